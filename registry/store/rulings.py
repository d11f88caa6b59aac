"""What a person says of applications that share a NIK or a KK: one household, two, or whose.

Rivals and duplicates stand side by side until somebody has looked. Software withdraws none.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from sqlalchemy import insert, or_, select

from registry.rules.events import Happening
from registry.rules.lifecycle import State
from registry.store.bulk import among, table_of
from registry.store.models import Application, Ruling
from registry.store.moves import Happened, MovedMeanwhile, Ordered, carry_out, note
from registry.store.queue import kin

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from registry.rules.lifecycle import Actor
    from registry.store.models.review import RulingKind

REASONS: Final[Mapping[RulingKind, str]] = MappingProxyType(
    {"merged": "merged", "theirs": "not_theirs"}
)
"""Ruling → the code of `lifecycle.WITHDRAWALS` with which the other application goes."""

UNDECIDED: Final = frozenset(
    {State.RECEIVED, State.NEEDS_CORRECTION, State.QUEUED, State.FIELD_CHECK}
)
"""States in which an application may still be withdrawn by a ruling."""


class NotAlike(Exception):  # noqa: N818 - named after what is the case
    """Applications that share neither NIK nor KK with the one they are compared with."""


class AlreadyDecided(Exception):  # noqa: N818 - named after what is the case
    """The other application has been decided by a meeting: only an objection can change that."""


@dataclass(frozen=True, slots=True)
class Order:
    """A ruling as an officer gives it: of this one, and those others, and why (sealed)."""

    application_id: bytes
    others: tuple[bytes, ...]
    kind: RulingKind
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Done:
    """What a ruling did: withdrawn here; ``elsewhere`` are kelurahan that have to do it."""

    withdrawn: tuple[bytes, ...]
    elsewhere: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ruled:
    """A ruling that stands in the history of an application."""

    other_id: bytes
    kind: RulingKind
    sealed: bytes
    sealed_for: bytes
    """The application that the reason is bound to."""
    actor_id: str
    at: datetime


def rule(session: Session, order: Order, actor: Actor) -> Done:
    """Record a ruling, and withdraw what it says must go. Does not commit.

    What lies out of scope stays; its kelurahan is named. Raises NotAlike; MovedMeanwhile when this
    application, or another one, is no longer where it was; AlreadyDecided.
    """
    alike = kin(session, [order.application_id]).get(order.application_id, ())
    kelurahan = {other.application_id: other.kelurahan for other in alike}
    before = {each.other_id for each in rulings_of(session, order.application_id)}
    if not order.others or not set(order.others) <= kelurahan.keys() | before:
        raise NotAlike
    here = _lock(session, order)
    reason = REASONS.get(order.kind)
    if reason:
        _withdraw(session, here, reason, actor)
    _record(session, order, actor)
    told = [order.application_id, *(() if reason else here)]
    for each in told:
        note(session, Happened(Happening(f"ruled_{order.kind}"), each), actor)
    if not reason:
        return Done((), ())
    elsewhere = {kelurahan[each] for each in order.others if each in kelurahan.keys() - here.keys()}
    return Done(tuple(here), tuple(sorted(elsewhere)))


def rulings_of(session: Session, application_id: bytes) -> list[Ruled]:
    """Return the rulings of an application and others, oldest first. One query.

    Of those that another kelurahan made, only who sees it sees them.
    """
    rows = session.execute(
        select(
            Ruling.application_id, Ruling.other_id, Ruling.kind, Ruling.sealed, Ruling.actor_id,
            Ruling.at,
        )
        .where(or_(Ruling.application_id == application_id, Ruling.other_id == application_id))
        .order_by(Ruling.id)
    )  # fmt: skip
    return [
        Ruled(
            row.other_id if row.application_id == application_id else row.application_id,
            row.kind,
            row.sealed,
            row.application_id,
            row.actor_id,
            row.at,
        )
        for row in rows
    ]


def _lock(session: Session, order: Order) -> dict[bytes, State]:
    """Return those of the order that are in scope, and where they stand, locked by id."""
    rows = session.execute(
        select(Application.id, Application.state)
        .where(among(Application.id, [order.application_id, *order.others]))
        .order_by(Application.id)
        .with_for_update(key_share=True)
    )
    found = {row.id: State(row.state) for row in rows}
    if found.pop(order.application_id, None) is not State.QUEUED:
        raise MovedMeanwhile([order.application_id])
    return found


def _withdraw(session: Session, standing: Mapping[bytes, State], reason: str, actor: Actor) -> None:
    if gone := [each for each, state in standing.items() if state is State.WITHDRAWN]:
        raise MovedMeanwhile(gone)
    if not set(standing.values()) <= UNDECIDED:
        raise AlreadyDecided
    orders = [Ordered(each, state, State.WITHDRAWN, reason) for each, state in standing.items()]
    carry_out(session, orders, actor)


def _record(session: Session, order: Order, actor: Actor) -> None:
    rows = [
        {
            "application_id": order.application_id,
            "other_id": other,
            "kind": order.kind,
            "sealed": order.sealed,
            "actor_id": actor.id,
        }
        for other in order.others
    ]
    session.execute(insert(table_of(Ruling)), rows)
