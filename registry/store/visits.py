"""Visits to households: kept as they came from the officers' phones, and what follows from them.

A visit's id is made on the phone, so sent twice it is the same visit. Nothing of it is ever
changed; what it moved or established stands in the events.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import exists, or_, select
from sqlalchemy.dialects.postgresql import insert

from registry.rules.events import Happening
from registry.rules.lifecycle import State
from registry.rules.visits import Call, Outcome, what_is_missing
from registry.rules.visits import Visit as Made
from registry.store.bulk import among, table_of
from registry.store.models import Application, Event, Visit
from registry.store.moves import Happened, Ordered, carry_out, note

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from registry.rules.lifecycle import Actor
    from registry.rules.reports import Ktp


class Effect(StrEnum):
    """What became of a household by a visit."""

    BACK = "back"
    """It was met, and waits for the next session."""
    NOT_FOUND = "not_found"
    """Its address is established as not found; the next session hears of it."""
    STAYS = "stays"
    """There is more to do before it may go back."""
    TOO_LATE = "too_late"
    """It no longer waited for a visit; the visit is kept."""
    KNOWN = "known"
    """This very visit was kept before."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A visit as it came. ``outside_dki``: the household was found not to live in Jakarta."""

    id: bytes
    application_id: bytes
    kelurahan: str
    made: Made
    ktp: Ktp | None
    sealed: bytes
    outside_dki: bool = False


class VisitTaken(Exception):  # noqa: N818 - named after what is the case
    """Another visit, of another household or officer, has this id already."""


def record(session: Session, sent: Sent, actor: Actor, *, has_phone: bool) -> Effect:
    """Keep a visit, and do what follows from it. Does not commit.

    Who was met goes back to the queue, and so does whose address is established as not found by
    `what_is_missing`, which has to know whether the household gave a number. Raises VisitTaken;
    LookupError when no such household is in sight in that kelurahan.
    """
    # Locked, so that of two failed visits that come at once one sees the other.
    state = session.scalar(
        select(Application.state)
        .where(Application.id == sent.application_id, Application.kelurahan_code == sent.kelurahan)
        .with_for_update(key_share=True)
    )
    if state is None:
        raise LookupError("no such household here")
    if not _keep(session, sent, actor):
        return Effect.KNOWN
    about = {"visit": sent.id.hex(), "outcome": sent.made.outcome.value}
    if sent.outside_dki:
        about["outside_dki"] = "true"
    note(session, Happened(Happening.VISITED, sent.application_id, details=about), actor)
    effect = _follows(session, sent, has_phone=has_phone)
    if effect is Effect.NOT_FOUND:
        note(
            session,
            Happened(Happening.ADDRESS_NOT_FOUND, sent.application_id, details=about),
            actor,
        )
    if state != State.FIELD_CHECK:
        return Effect.TOO_LATE
    if effect is not Effect.STAYS:
        back = Ordered(sent.application_id, State.FIELD_CHECK, State.QUEUED, details=about)
        carry_out(session, [back], actor)
    return effect


def _keep(session: Session, sent: Sent, actor: Actor) -> bool:
    """Insert a visit; False when it is there already, as the same officer's to the same house."""
    made = sent.made
    table = table_of(Visit)
    kept = session.execute(
        insert(table)
        .values(
            id=sent.id,
            application_id=sent.application_id,
            kelurahan_code=sent.kelurahan,
            officer_id=made.officer,
            started_at=made.started_at,
            ended_at=made.ended_at,
            outcome=made.outcome.value,
            call=made.call and made.call.value,
            ktp=sent.ktp,
            sealed=sent.sealed,
        )
        .on_conflict_do_nothing(index_elements=[table.c.id])
        .returning(table.c.id)
    )
    if kept.one_or_none() is not None:
        return True
    there = session.execute(
        select(Visit.application_id, Visit.officer_id).where(Visit.id == sent.id)
    ).one_or_none()
    if there is None or tuple(there) != (sent.application_id, actor.id):
        raise VisitTaken
    return False


def _follows(session: Session, sent: Sent, *, has_phone: bool) -> Effect:
    if sent.made.outcome is Outcome.MET:
        return Effect.BACK
    if sent.made.outcome is Outcome.NOBODY_HOME:
        return Effect.STAYS
    all_of_them = visits_of(session, [sent.application_id])[sent.application_id]
    return Effect.STAYS if what_is_missing(all_of_them, has_phone=has_phone) else Effect.NOT_FOUND


def visits_of(session: Session, ids: Iterable[bytes]) -> dict[bytes, list[Made]]:
    """Return the visits to these households, earliest first, by application id. One query.

    A household that nobody visited is not in it.
    """
    rows = session.execute(
        select(
            Visit.application_id,
            Visit.officer_id,
            Visit.started_at,
            Visit.ended_at,
            Visit.outcome,
            Visit.call,
        )
        .where(among(Visit.application_id, ids))
        .order_by(Visit.application_id, Visit.started_at, Visit.id)
    )
    found: dict[bytes, list[Made]] = {}
    for application_id, officer, started, ended, outcome, call in rows:
        made = Made(officer, started, ended, Outcome(outcome), Call(call) if call else None)
        found.setdefault(application_id, []).append(made)
    return found


def not_found(session: Session, ids: Iterable[bytes]) -> set[bytes]:
    """Return those of these households whose address is established as not found. One query.

    It was once, by `registry.rules.visits.what_is_missing` with whether they have a phone, and no
    visit found the house, nor did anyone answer a call, before or since.
    """
    found_after_all = exists(Visit.id).where(
        Visit.application_id == Event.application_id,
        or_(
            Visit.outcome != Outcome.ADDRESS_NOT_FOUND.value,
            Visit.call == Call.ANSWERED.value,
        ),
    )
    rows = session.scalars(
        select(Event.application_id).where(
            among(Event.application_id, ids),
            Event.kind == Happening.ADDRESS_NOT_FOUND.value,
            ~found_after_all,
        )
    )
    return {each for each in rows if each is not None}


def found_outside(session: Session, ids: Iterable[bytes]) -> set[bytes]:
    """Return those of these households whom the last visit that met them found outside Jakarta.

    That is an officer's finding, the criterion `domisili_luar_dki`. One query.
    """
    rows = session.execute(
        select(Event.application_id, Event.details)
        .where(among(Event.application_id, ids), Event.kind == Happening.VISITED.value)
        .order_by(Event.id)
    )
    last: dict[bytes, bool] = {}
    for application_id, details in rows:
        if application_id is not None and details.get("outcome") == Outcome.MET:
            last[application_id] = "outside_dki" in details
    return {each for each, outside in last.items() if outside}
