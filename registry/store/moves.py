"""Moves of applications: the only way that people change a state, each with its event."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from registry.rules.lifecycle import State, move
from registry.store.bulk import among, arrays_of, insert_rows, table_of
from registry.store.models import Application, Event

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from registry.rules.events import Happening
    from registry.rules.lifecycle import Actor, Move


class MovedMeanwhile(Exception):  # noqa: N818 - named after what happened
    """Applications that are not in the state they were expected in, or are not in sight.

    Somebody moved them meanwhile, or they belong to another kelurahan; nothing may be carried out.
    """

    def __init__(self, ids: Iterable[bytes]) -> None:
        self.ids = tuple(ids)
        super().__init__(f"{len(self.ids)} applications moved meanwhile")


@dataclass(frozen=True, slots=True)
class Ordered:
    """A move that somebody orders: from a state, to another one, and why."""

    application_id: bytes
    before: State
    after: State
    reason: str | None = None
    musyawarah_id: bytes | None = None
    details: dict[str, Any] = field(default_factory=dict)
    """What else the event says; nothing personal."""


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened to an application, a session, or both, and moved no state."""

    kind: Happening
    application_id: bytes | None = None
    musyawarah_id: bytes | None = None
    details: dict[str, Any] = field(default_factory=dict)


def carry_out(session: Session, orders: Sequence[Ordered], actor: Actor) -> None:
    """Make these moves and write their events: all of them, or none. Does not commit.

    A handful of statements whatever their number; locks by id, so that two cannot deadlock.
    Raises IllegalMove for what may not be, MovedMeanwhile for what is no longer as expected.
    """
    if not orders:
        return
    moves = [(each, move(each.before, each.after, actor, reason=each.reason)) for each in orders]
    _lock(session, orders)
    for target in dict.fromkeys(order.after for order in orders):
        ids = [order.application_id for order in orders if order.after is target]
        session.execute(
            update(table_of(Application))
            .where(among(Application.id, ids))
            .values(state=target.value, state_since=func.now(), updated_at=func.now())
        )
    rows = [_event(order, made) for order, made in moves]
    columns = tuple(rows[0])
    session.execute(insert_rows(Event, columns), arrays_of(columns, rows))


def note(session: Session, happened: Happened, actor: Actor) -> None:
    """Write an event that moves no state. Does not commit."""
    session.execute(
        insert(table_of(Event)).values(
            application_id=happened.application_id,
            musyawarah_id=happened.musyawarah_id,
            actor_id=actor.id,
            actor_role=actor.role.value,
            kind=happened.kind.value,
            details=happened.details,
        )
    )


def _lock(session: Session, orders: Sequence[Ordered]) -> None:
    expected = {order.application_id: order.before for order in orders}
    rows = session.execute(
        select(Application.id, Application.state)
        .where(among(Application.id, expected))
        .order_by(Application.id)
        .with_for_update(key_share=True)
    )
    found = {row.id: row.state for row in rows}
    if moved := [each for each, state in expected.items() if found.get(each) != state]:
        raise MovedMeanwhile(moved)


def _event(order: Ordered, made: Move) -> dict[str, Any]:
    return {
        "application_id": order.application_id,
        "musyawarah_id": order.musyawarah_id,
        "actor_id": made.actor.id,
        "actor_role": made.actor.role.value,
        "kind": made.after.value,
        "from_state": made.before.value,
        "to_state": made.after.value,
        "reason": made.reason,
        "details": order.details,
    }
