"""What an agenda has to know of each queued application, in few statements for thousands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from registry.rules.agenda import FOUND_OUTSIDE, Case
from registry.rules.lifecycle import State
from registry.rules.marks import advice
from registry.rules.screening import FlagKind
from registry.store.bulk import among
from registry.store.meetings.sources import not_found, said_of
from registry.store.models import (
    AgendaItem,
    Application,
    Event,
    Musyawarah,
    Stage,
)
from registry.store.questions import unanswered
from registry.store.queue import kin
from registry.store.visits import found_outside

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from sqlalchemy.orm import Session


def queued_cases(session: Session, kelurahan: str, period: str) -> list[Case]:
    """Return the queued applications of a kelurahan that none supersedes, as the agenda asks.

    Nine statements, whatever their number.
    """
    gone = set(session.scalars(select(func.superseded_in(period, kelurahan))))
    rows = session.execute(
        select(
            Application.id,
            Application.rw,
            Application.rt,
            Application.entry,
            Application.priority,
            Application.score,
            Application.screening,
            Application.flooded,
        ).where(
            Application.period_id == period,
            Application.kelurahan_code == kelurahan,
            Application.state == State.QUEUED.value,
        )
    )
    waiting = [row for row in rows if row.id not in gone]
    ids = [row.id for row in waiting]
    alike, outside = kin(session, ids), found_outside(session, ids)
    said, lost = said_of(session, ids), not_found(session, ids)
    objected, checked = _heard_again(session, ids)
    silent, carried = unanswered(session, ids), _carried(session, ids)
    return [
        Case(
            application_id=row.id,
            rw=row.rw,
            rt=row.rt,
            entry=row.entry,
            priority=row.priority,
            score=row.score,
            criteria=(
                *_flags(row.screening, FlagKind.CRITERION),
                *([FOUND_OUTSIDE] if row.id in outside else []),
            ),
            checks=_flags(row.screening, FlagKind.CHECK),
            rivals=sum(other.rival for other in alike.get(row.id, ())),
            duplicates=sum(not other.rival for other in alike.get(row.id, ())),
            advice=advice(said.get(row.id, ())),
            not_found=row.id in lost,
            objected=row.id in objected,
            field_checked=row.id in checked,
            unanswered=row.id in silent,
            carried=row.id in carried,
            flooded=row.flooded,
        )
        for row in waiting
    ]


def queued(session: Session, found: Musyawarah) -> int:
    """Return how many applications wait in the queue of a session's kelurahan. One query."""
    gone = select(func.superseded_in(found.period_id, found.kelurahan_code))
    waiting = select(func.count()).where(
        Application.period_id == found.period_id,
        Application.kelurahan_code == found.kelurahan_code,
        Application.state == State.QUEUED.value,
        Application.id.not_in(gone),
    )
    return session.scalar(waiting) or 0


def _flags(screening: dict[str, Any], kind: FlagKind) -> tuple[str, ...]:
    return tuple(flag["id"] for flag in screening["flags"] if flag.get("kind") == kind.value)


def _heard_again(session: Session, ids: Sequence[bytes]) -> tuple[set[bytes], set[bytes]]:
    """Return those that are heard on their objection, and those back from a visit."""
    rows = session.execute(
        select(Event.application_id, Event.from_state)
        .where(among(Event.application_id, ids))
        .where(Event.from_state.in_([State.OBJECTED.value, State.FIELD_CHECK.value]))
        .where(Event.to_state == State.QUEUED.value)
    )
    found = list(rows)
    objected = {row.application_id for row in found if row.from_state == State.OBJECTED.value}
    return objected, {row.application_id for row in found} - objected


def _carried(session: Session, ids: Sequence[bytes]) -> set[bytes]:
    """Return those that stood on the agenda of a session which then moved them nowhere."""
    moved = (
        select(Event.id)
        .where(Event.application_id == AgendaItem.application_id)
        .where(Event.musyawarah_id == Musyawarah.id, Event.to_state.is_not(None))
        .exists()
    )
    rows = session.scalars(
        select(AgendaItem.application_id)
        .join(Musyawarah, Musyawarah.id == AgendaItem.musyawarah_id)
        .where(among(AgendaItem.application_id, ids))
        .where(Musyawarah.stage == Stage.CLOSED.value, ~moved)
    )
    return set(rows)
