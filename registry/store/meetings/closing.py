"""Closing a session: the lurah makes what the officers recorded happen, all of it or nothing.

Until then no verdict is seen outside. Below its quorum a meeting only recommended: nothing moves.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select

from registry.opening import seal_words, words
from registry.rules.events import Happening
from registry.rules.lifecycle import Role, State
from registry.rules.periods import civil_date
from registry.rules.verdicts import Verdict, carry_out, check_totals, close_by, may_close
from registry.rules.working_days import days_off
from registry.store.bulk import among, arrays_of, insert_rows, table_of
from registry.store.meetings.holding import advance, held
from registry.store.meetings.items import items, recorders, totals_of
from registry.store.meetings.plan import first_ended
from registry.store.meetings.refusals import NoSuchSession, Refused, TotalsDiffer
from registry.store.minutes import ask
from registry.store.models import Application, Event, Question, Stage
from registry.store.moves import Happened, Ordered, note
from registry.store.moves import carry_out as move_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from registry.rules.lifecycle import Actor
    from registry.rules.verdicts import Totals
    from registry.sealing import KeyRing
    from registry.store.meetings.items import Line
    from registry.store.models import Musyawarah


@dataclass(frozen=True, slots=True)
class Paper:
    """What the lurah reads off the signed paper."""

    proposed: int
    not_proposed: int
    field_check: int
    postponed: int


@dataclass(frozen=True, slots=True)
class Order:
    """What the lurah, or who stands in for them, orders.

    ``version`` is the one that their page showed. ``closed_as`` is `chair`, or the number of the
    letter by which they act.
    """

    musyawarah_id: bytes
    version: int
    paper: Paper
    closed_as: str = "chair"


@dataclass(frozen=True, slots=True)
class Closed:
    """What closing did. ``left_out`` are the items whose households had gone meanwhile."""

    totals: Totals
    quorate: bool
    left_out: tuple[int, ...]
    late: bool
    minutes: int


def close(session: Session, ring: KeyRing, order: Order, actor: Actor, now: datetime) -> Closed:
    """Close a session and carry out what it decided. Does not commit.

    Raises NoSuchSession (also for who is not chair there today), TotalsDiffer; Refused: `stale`,
    or the stage; Invalid: `closer_recorded_alone`. Nothing is changed then.
    """
    found, lines, counted = _checked(session, order, actor)
    gone = _gone(session, found, lines)
    standing = [line for line in lines if line.application_id not in gone]
    quorate = bool(found.quorate)
    move_all(session, _orders(found, standing, quorate=quorate), actor)
    _note_all(session, _happened(found, standing, quorate=quorate), actor)
    if quorate:
        _ask(session, ring, found.id, standing, actor)
    late = is_late(session, found, now)
    left_out = tuple(line.number for line in lines if line.application_id in gone)
    advance(
        session,
        found.id,
        found.version,
        Stage.ENDED,
        {
            "stage": Stage.CLOSED.value,
            "closed_by": actor.id,
            "closed_at": func.now(),
            "closed_as": order.closed_as,
            "on_paper": asdict(order.paper),
        },
    )
    details = {
        "session": found.number,
        "totals": asdict(counted),
        "quorate": quorate,
        "late": late,
        "left_out": list(left_out),
    }
    note(
        session, Happened(Happening.SESSION_CLOSED, musyawarah_id=found.id, details=details), actor
    )
    minutes = ask(session, found, actor)
    return Closed(counted, quorate, left_out, late, minutes)


def check(session: Session, order: Order, actor: Actor) -> None:
    """Raise what `close` would raise, and do nothing: before a code is asked for and used up."""
    _checked(session, order, actor)


def left_out(session: Session, found: Musyawarah) -> list[int]:
    """Return the items that a closing left out because their households had gone. One query."""
    details = session.scalar(
        select(Event.details).where(
            Event.musyawarah_id == found.id, Event.kind == Happening.SESSION_CLOSED.value
        )
    )
    return list(details["left_out"]) if details else []


def last_day(session: Session, found: Musyawarah) -> date | None:
    """Return the last day on which a session may be closed in time; None while it has not ended."""
    ended = first_ended(session, found.id)
    if ended is None:
        return None
    day = civil_date(ended)
    return close_by(day, days_off(day))


def is_late(session: Session, found: Musyawarah, now: datetime) -> bool:
    """Tell whether the two working days for closing are over."""
    last = last_day(session, found)
    return last is not None and civil_date(now) > last


def _checked(session: Session, order: Order, actor: Actor) -> tuple[Musyawarah, list[Line], Totals]:
    found = held(session, order.musyawarah_id, Stage.ENDED, alone=True)
    if not actor.holds(Role.CHAIR, found.kelurahan_code):
        raise NoSuchSession
    if found.version != order.version:
        raise Refused("stale")
    lines = items(session, found.id)
    counted = totals_of(lines)
    may_close(str(actor.id), recorders(lines))
    _check_paper(order.paper, counted)
    return found, lines, counted


def _check_paper(paper: Paper, counted: Totals) -> None:
    # What is open is not typed: it is what the other four leave of the agenda.
    typed = type(counted)(**asdict(paper), open=counted.open)
    if differ := check_totals(typed, counted):
        raise TotalsDiffer(differ)


def _gone(session: Session, found: Musyawarah, lines: Sequence[Line]) -> set[bytes]:
    """Return the households that are queued no more: withdrawn, or replaced by a newer form.

    Locks the others until the transaction ends, by id as `moves` does.
    """
    ids = {line.application_id for line in lines}
    rows = session.execute(
        select(Application.id, Application.state)
        .where(among(Application.id, ids))
        .order_by(Application.id)
        .with_for_update(key_share=True)
    )
    queued = {row.id for row in rows if row.state == State.QUEUED.value}
    replaced = session.scalars(
        select(func.superseded_in(found.period_id, found.kelurahan_code))
    ).all()
    return ids - (queued - set(replaced))


def _orders(found: Musyawarah, lines: Iterable[Line], *, quorate: bool) -> list[Ordered]:
    orders = []
    for line in lines:
        reason = line.standing.reason if line.standing else None
        after = carry_out(line.verdict, reason, quorate=quorate)
        if after is not None:
            details = _details(found, line)
            orders.append(
                Ordered(line.application_id, State.QUEUED, after, reason, found.id, details)
            )
    return orders


def _happened(found: Musyawarah, lines: Iterable[Line], *, quorate: bool) -> list[Happened]:
    """Return what is noted of those that stay: postponed, recommended, or not reached."""
    told = []
    for line in lines:
        if line.verdict is None:
            kind = Happening.CARRIED_OVER
        elif not quorate:
            kind = Happening.RECOMMENDED
        elif line.verdict is Verdict.POSTPONED:
            kind = Happening.POSTPONED
        else:
            continue
        details = _details(found, line)
        if kind is Happening.RECOMMENDED and line.standing and line.verdict:
            details |= {"verdict": line.verdict.value, "reason": line.standing.reason}
        told.append(Happened(kind, line.application_id, found.id, details))
    return told


def _details(found: Musyawarah, line: Line) -> dict[str, Any]:
    details: dict[str, Any] = {"session": found.number, "item": line.number}
    if line.standing:
        details |= {"via": line.standing.via, "recorded_by": line.standing.by}
    return details


def _note_all(session: Session, told: Sequence[Happened], actor: Actor) -> None:
    if not told:
        return
    rows = [
        {
            "application_id": each.application_id,
            "musyawarah_id": each.musyawarah_id,
            "actor_id": actor.id,
            "actor_role": actor.role.value,
            "kind": each.kind.value,
            "details": each.details,
        }
        for each in told
    ]
    columns = tuple(rows[0])
    session.execute(insert_rows(Event, columns), arrays_of(columns, rows))


def _ask(
    session: Session, ring: KeyRing, musyawarah_id: bytes, lines: Iterable[Line], actor: Actor
) -> None:
    """Put the questions of those that were postponed to their households."""
    rows = []
    for line in lines:
        if line.verdict is not Verdict.POSTPONED or line.standing is None:
            continue
        question = words(ring, line.application_id, line.standing.sealed).get("question")
        if question:
            rows.append(
                {
                    "application_id": line.application_id,
                    "musyawarah_id": musyawarah_id,
                    "asked_by": str(actor.id),
                    "question": seal_words(ring, line.application_id, {"question": question}),
                }
            )
    if rows:
        session.execute(insert(table_of(Question)), rows)
