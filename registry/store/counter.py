"""What the counter of a kelurahan looks up, and the objections that it takes in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import Text, cast, func, insert, literal, null, select
from sqlalchemy.dialects.postgresql import BYTEA
from sqlalchemy.orm import aliased

from registry.rules.lifecycle import State
from registry.store.bulk import table_of
from registry.store.models import Application, Objection
from registry.store.moves import Ordered, carry_out
from registry.store.queries import Status

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from registry.rules.lifecycle import Actor

MOST: Final = 20
"""Applications of one NIK that are looked at, the latest: a flood of them helps nobody."""

OBJECTION: Final = "objection"
"""The reason of the move by which an application is objected; the words are sealed elsewhere."""

DECIDED: Final = frozenset({State.PROPOSED, State.NOT_PROPOSED, State.FINALISED})
"""The states in which there is something to object to, and the ministry has not got it yet."""


@dataclass(frozen=True, slots=True)
class Found:
    """An application in scope, as the counter needs it."""

    application_id: bytes
    period: str
    kelurahan: str
    receipt: str
    state: str
    state_since: datetime
    received_at: datetime
    kk_index: bytes | None
    sealed: bytes
    superseded: bool
    """Whether a later one replaced it, wherever that went."""


@dataclass(frozen=True, slots=True)
class Objected:
    """An objection: when it was taken in, by which account, and the household's words, sealed."""

    at: datetime
    taken_by: str
    sealed: bytes


def applications_of(session: Session, nik_index: bytes) -> list[Found]:
    """Return the applications in scope of this applicant's NIK, latest first. One query."""
    app = aliased(Application)
    status = (
        func.public_status(app.nik_index, cast(app.receipt, Text), cast(null(), BYTEA))
        .table_valued(*Status.__dataclass_fields__)
        .lateral()
    )
    rows = session.execute(
        select(
            app.id,
            app.period_id,
            app.kelurahan_code,
            app.receipt,
            app.state,
            app.state_since,
            app.received_at,
            app.kk_index,
            app.sealed,
            status.c.superseded,
        )
        .join(status, status.c.application_id == app.id)
        .where(app.nik_index == literal(nik_index, BYTEA))
        .order_by(app.entry.desc())
        .limit(MOST)
    )
    return [Found(*row) for row in rows]


def take_objection(
    session: Session, application_id: bytes, decided: State, sealed: bytes, actor: Actor
) -> None:
    """Take an objection in: the next musyawarah hears the household again. Does not commit.

    Both moves at once, so that no objection waits for somebody to pass it on. ``sealed`` is of
    `registry.opening.seal_words`. Raises IllegalMove for what is not decided or is with the
    ministry already, MovedMeanwhile for what is no longer as it was ``decided``.
    """
    objected, queued = State.OBJECTED, State.QUEUED
    carry_out(session, [Ordered(application_id, decided, objected, OBJECTION)], actor)
    carry_out(session, [Ordered(application_id, objected, queued, OBJECTION)], actor)
    session.execute(
        insert(table_of(Objection)).values(
            application_id=application_id, sealed=sealed, taken_by=actor.id
        )
    )


def objections_of(session: Session, application_id: bytes) -> list[Objected]:
    """Return a household's objections, latest first. One query."""
    rows = session.execute(
        select(Objection.at, Objection.taken_by, Objection.sealed)
        .where(Objection.application_id == application_id)
        .order_by(Objection.id.desc())
    )
    return [Objected(*row) for row in rows]
