"""What an organisation registered: its households, those first of whom something is asked.

Row-level security shows an organisation the applications that its accounts sent, wherever the
households live. One that its household replaced by itself later stays among them, as replaced:
the organisation holds its receipt, and has to learn that it is no longer the one that counts. The
newer one is the household's own, and is not shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import Text, case, cast, func, literal, null, select, true
from sqlalchemy.dialects.postgresql import BYTEA

from registry.rules.lifecycle import State
from registry.store.bulk import among
from registry.store.models import Application, Question
from registry.store.queries import Status
from registry.store.queue import PAGE
from registry.store.rulings import UNDECIDED

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

_NEWEST_FIRST: Final = 1 << 59
"""Above every number of a question or an entry; with 18 digits, as turns are read."""


@dataclass(frozen=True, slots=True)
class Theirs:
    """The applications of one organisation (its id) in a period; ``gone`` are those replaced."""

    period: str
    organisation: str
    gone: Collection[bytes] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """An application as its household may see it, with what is sealed of it."""

    application_id: bytes
    turn: int
    """Its place in the list: what a page begins after."""
    kelurahan_code: str
    receipt: str
    received_at: datetime
    state: State
    state_since: datetime
    sealed: bytes
    reason: str | None
    """The reason of the move to this state, as its event has it."""
    verdict: bytes | None
    """What the musyawarah says to the household, sealed; None where it said nothing."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the list, and whether there are more after it."""

    rows: tuple[Sent, ...]
    later: bool


def replaced(session: Session, period: str, organisation: str) -> frozenset[bytes]:
    """Return those that a later application of their NIK replaces, whoever sent it. One query."""
    return frozenset(session.scalars(select(func.superseded_of(period, organisation))))


def counts(session: Session, theirs: Theirs) -> dict[State, int]:
    """Return how many stand in each state, without those replaced. One query."""
    rows = session.execute(
        select(Application.state, func.count())
        .where(*_of(theirs), ~among(Application.id, theirs.gone))
        .group_by(Application.state)
    )
    return {State(state): count for state, count in rows}


def page(session: Session, theirs: Theirs, *, after: int | None = None, limit: int = PAGE) -> Page:
    """Return the first households, or those after a turn.

    On top, oldest question first, those that a question waits for; then the newest entry first.
    One query.
    """
    turn = _turn(theirs).label("turn")
    columns = [getattr(Application, name) for name in _COLUMNS]
    chosen = (
        select(Application.id.label("application_id"), turn, Application.nik_index, *columns)
        .where(*_of(theirs), *([turn.element > after] if after is not None else []))
        .order_by(turn)
        .limit(limit + 1)
        .subquery()
    )
    status = (
        func.public_status(chosen.c.nik_index, cast(chosen.c.receipt, Text), cast(null(), BYTEA))
        .table_valued(*Status.__dataclass_fields__)
        .lateral()
    )
    told = select(status).where(status.c.application_id == chosen.c.application_id).lateral()
    rows = session.execute(
        select(*(chosen.c[name] for name in _CHOSEN), told.c.reason, told.c.verdict)
        .join(told, true(), isouter=True)
        .order_by(chosen.c.turn)
    )
    found = [Sent(**{**row._asdict(), "state": State(row.state)}) for row in rows]
    return Page(tuple(found[:limit]), later=len(found) > limit)


def organisations_in(session: Session, period: str, kelurahan: str) -> list[str]:
    """Return the ids of those that registered households of a kelurahan. One query."""
    found = select(Application.organisation).where(
        Application.period_id == period,
        Application.kelurahan_code == kelurahan,
        Application.organisation.is_not(None),
    )
    return [each for each in session.scalars(found.distinct()) if each]


_COLUMNS: Final = (
    "kelurahan_code", "receipt", "received_at", "state", "state_since", "sealed",
)  # fmt: skip
_CHOSEN: Final = ("application_id", "turn", *_COLUMNS)


def _of(theirs: Theirs) -> list[ColumnElement[bool]]:
    return [
        Application.period_id == theirs.period,
        # Row-level security says so too; said here, an index finds them.
        Application.organisation == theirs.organisation,
    ]


def _turn(theirs: Theirs) -> ColumnElement[int]:
    """Return the order of the list as one number, so that a page begins after any household."""
    first_asked = (
        select(func.min(Question.id))
        .where(Question.application_id == Application.id, Question.answered_at.is_(None))
        .correlate(Application)
        .scalar_subquery()
    )
    undecided = Application.state.in_([each.value for each in UNDECIDED])
    stands = ~among(Application.id, theirs.gone)
    return func.coalesce(
        case((undecided & stands, first_asked)), literal(_NEWEST_FIRST) - Application.entry
    )
