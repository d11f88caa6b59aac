"""A session from its plan to its end: one version for each change, so that a stale page fails."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from registry.rules import agenda as rules
from registry.rules.events import Happening
from registry.rules.periods import civil_date
from registry.rules.quorum import Quorum, demand, missing
from registry.store.bulk import table_of
from registry.store.meetings.attendance import present
from registry.store.meetings.cases import queued_cases
from registry.store.meetings.holding import advance
from registry.store.meetings.items import items, totals_of
from registry.store.meetings.refusals import NoSuchSession, Refused
from registry.store.models import ID_LENGTH, AgendaItem, Event, Musyawarah, Stage
from registry.store.moves import Happened, note
from registry.store.quorums import least

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from registry.rules.agenda import Item
    from registry.rules.lifecycle import Actor

FARTHEST: Final = timedelta(days=90)
"""How far from today a session may be planned, or noted afterwards: beyond is a slip."""

_TRIES: Final = 9

UNDER_WAY: Final = "uq_musyawarah_under_way"


def new_key() -> bytes:
    """Make the key of a form that is about to be shown: sent twice, it counts once."""
    return secrets.token_bytes(ID_LENGTH)


def plan(  # noqa: PLR0913 - one parameter for each thing that an officer enters
    session: Session,
    kelurahan: str,
    period: str,
    *,
    held_on: date,
    quorum: Quorum,
    actor: Actor,
    key: bytes,
    now: datetime,
) -> Musyawarah:
    """Plan the next session of a kelurahan; the same ``key`` again gives the same session.

    Raises Refused: `date_far`; Invalid: `quorum_below` what dinas asks. Does not commit.
    """
    if abs(held_on - civil_date(now)) > FARTHEST:
        raise Refused("date_far")
    table = table_of(Musyawarah)
    here = (table.c.period_id == period, table.c.kelurahan_code == kelurahan)
    values = {
        "id": key,
        "period_id": period,
        "kelurahan_code": kelurahan,
        "held_on": held_on,
        "quorum": quorum.as_json(),
        "planned_by": str(actor.id),
    }
    # Two at once make the same number: the loser asks again.
    for _ in range(_TRIES):
        if (known := session.get(Musyawarah, key)) is not None:
            return known
        demand(quorum, least(session, period, kelurahan).quorum)
        number = session.scalar(select(func.coalesce(func.max(table.c.number), 0) + 1).where(*here))
        adding = insert(table).values(number=number, **values).on_conflict_do_nothing()
        if session.execute(adding.returning(table.c.id)).scalar() is not None:
            note(session, Happened(Happening.SESSION_PLANNED, musyawarah_id=key), actor)
    raise Refused("stale")


def change_plan(
    session: Session, musyawarah_id: bytes, version: int, held_on: date, quorum: Quorum
) -> Musyawarah:
    """Change the day and the quorum while nothing is frozen.

    Raises NoSuchSession; Refused: `stale`, or the stage it is in; Invalid: `quorum_below`. The
    transaction is then to be given up. Does not commit.
    """
    values = {"held_on": held_on, "quorum": quorum.as_json()}
    found = advance(session, musyawarah_id, version, Stage.PLANNED, values)
    _demand(session, found)
    return found


def find(session: Session, kelurahan: str, period: str, number: int) -> Musyawarah:
    """Return a session by its number; raise NoSuchSession."""
    found = session.scalars(
        select(Musyawarah).filter_by(kelurahan_code=kelurahan, period_id=period, number=number)
    ).one_or_none()
    if found is None:
        raise NoSuchSession
    return found


def sessions_of(session: Session, kelurahan: str, period: str) -> list[Musyawarah]:
    """Return the sessions of a kelurahan in a period, by number. One query."""
    asked = select(Musyawarah).filter_by(kelurahan_code=kelurahan, period_id=period)
    return list(session.scalars(asked.order_by(Musyawarah.number)))


def freeze(
    session: Session,
    musyawarah_id: bytes,
    version: int,
    actor: Actor,
    each: int = rules.PER_EVENING,
) -> tuple[Item, ...]:
    """Draw the agenda from the queue, number it, and freeze it; return its items.

    Raises NoSuchSession; Refused: `stale`, `under_way`, `agenda_empty`, or the stage it is in;
    Invalid: `quorum_below`, when dinas has asked for more since. Does not commit.
    """
    values = {"stage": Stage.FROZEN.value, "frozen_by": actor.id, "frozen_at": func.now()}
    try:
        with session.begin_nested():
            found = advance(session, musyawarah_id, version, Stage.PLANNED, values)
    except IntegrityError as error:
        if UNDER_WAY not in str(error.orig):
            raise
        raise Refused("under_way") from None
    _demand(session, found)
    cases = queued_cases(session, found.kelurahan_code, found.period_id)
    drawn = rules.draw(cases, each=each)
    if not drawn:
        raise Refused("agenda_empty")
    _insert_items(session, musyawarah_id, drawn)
    parts = {part.value: sum(one.part is part for one in drawn) for part in rules.Part}
    note(
        session,
        Happened(
            Happening.AGENDA_FROZEN,
            musyawarah_id=musyawarah_id,
            details={"session": found.number, "queued": len(cases), "parts": parts},
        ),
        actor,
    )
    return drawn


def open_(session: Session, musyawarah_id: bytes, version: int, actor: Actor) -> Musyawarah:
    """Open the meeting. Raises as `advance`. Does not commit."""
    values = {"stage": Stage.OPEN.value, "opened_by": actor.id, "opened_at": func.now()}
    found = advance(session, musyawarah_id, version, Stage.FROZEN, values)
    _note(session, Happening.SESSION_OPENED, found, actor)
    return found


def end(session: Session, musyawarah_id: bytes, version: int, actor: Actor) -> Musyawarah:
    """End the meeting, and keep whether it had its quorum. Raises as `advance`. Does not commit.

    Items without a verdict carry over to the next session.
    """
    values: dict[str, Any] = {
        "stage": Stage.ENDED.value,
        "ended_by": actor.id,
        "ended_at": func.now(),
        "on_screen": None,
    }
    # The stage first: whoever records holds the row until they have committed, and none follows.
    found = advance(session, musyawarah_id, version, Stage.OPEN, values)
    lacking = missing(Quorum.from_json(found.quorum), present(session, musyawarah_id))
    found.quorate = lacking.met
    session.flush()
    left = totals_of(items(session, musyawarah_id)).open
    _note(session, Happening.SESSION_ENDED, found, actor, quorate=lacking.met, open=left)
    return found


def reopen(session: Session, musyawarah_id: bytes, version: int, actor: Actor) -> Musyawarah:
    """Go on with a meeting that was ended, to mend what was recorded. Raises as `advance`.

    The days for closing still count from its first end. Does not commit.
    """
    values = dict.fromkeys(("ended_by", "ended_at", "quorate")) | {"stage": Stage.OPEN.value}
    found = advance(session, musyawarah_id, version, Stage.ENDED, values)
    _note(session, Happening.SESSION_REOPENED, found, actor)
    return found


def first_ended(session: Session, musyawarah_id: bytes) -> datetime | None:
    """Return when the meeting ended for the first time; None when it never did."""
    asked = select(func.min(Event.at)).where(
        Event.musyawarah_id == musyawarah_id, Event.kind == Happening.SESSION_ENDED.value
    )
    return session.scalar(asked)


def show(session: Session, musyawarah_id: bytes, shown: str) -> None:
    """Let the projector show `item:NUMBER` or `rw:NUMBER`; nothing once the meeting has ended.

    Does not commit.
    """
    session.execute(
        update(table_of(Musyawarah))
        .where(Musyawarah.id == musyawarah_id, Musyawarah.stage == Stage.OPEN.value)
        .where(Musyawarah.on_screen.is_distinct_from(shown))
        .values(on_screen=shown)
    )


def _demand(session: Session, found: Musyawarah) -> None:
    asked = least(session, found.period_id, found.kelurahan_code)
    demand(Quorum.from_json(found.quorum), asked.quorum)


def _insert_items(session: Session, musyawarah_id: bytes, drawn: Sequence[Item]) -> None:
    rows = [
        {
            "musyawarah_id": musyawarah_id,
            "number": one.number,
            "application_id": one.case.application_id,
            "part": one.part.value,
            "rw": one.case.rw,
            "rt": one.case.rt,
            "why": list(rules.why(one.case)),
        }
        for one in drawn
    ]
    session.execute(insert(table_of(AgendaItem)), rows)


def _note(
    session: Session, kind: Happening, found: Musyawarah, actor: Actor, **details: Any
) -> None:
    said = {"session": found.number, **details}
    note(session, Happened(kind, musyawarah_id=found.id, details=said), actor)
