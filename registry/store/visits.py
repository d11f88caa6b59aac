"""Visits to households: kept as they came from the officers' phones, and what follows from them.

A visit's id is made on the phone, so sent twice it is the same visit. Nothing of it is ever
changed; what it moved or established stands in the events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import exists, or_, select

from registry.rules.visits import Call, Outcome
from registry.rules.visits import Visit as Made
from registry.store.bulk import among
from registry.store.models import Event, Visit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

NOT_FOUND: Final = "address_not_found"
"""Kind of the event by which an address is established as not found."""


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
            among(Event.application_id, ids), Event.kind == NOT_FOUND, ~found_after_all
        )
    )
    return {each for each in rows if each is not None}
