"""The houses that wait for a visit, and the visits of a kelurahan as a supervisor sees them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from registry.rules.lifecycle import State
from registry.rules.visits import Call, Outcome
from registry.rules.visits import Visit as Made
from registry.store.bulk import among
from registry.store.models import Application, Visit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from typing import Any

    from sqlalchemy import Row, Select
    from sqlalchemy.orm import Session

    from registry.rules.reports import Ktp


@dataclass(frozen=True, slots=True)
class House:
    """A household to be visited. ``since``: when its visit was ordered."""

    application_id: bytes
    rt: int | None
    rw: int | None
    state: str
    since: datetime
    received_at: datetime
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Checked:
    """A visit that was made, with what is sealed of it and of its household."""

    id: bytes
    application_id: bytes
    rt: int | None
    rw: int | None
    made: Made
    ktp: Ktp | None
    sealed: bytes = field(repr=False)
    answers: bytes = field(repr=False)


_HOUSE = (
    Application.id,
    Application.rt,
    Application.rw,
    Application.state,
    Application.state_since,
    Application.received_at,
    Application.sealed,
)


def houses(
    session: Session, period: str, kelurahan: str, *, rw: int | None = None, limit: int
) -> list[House]:
    """Return the houses of a kelurahan that wait for a visit, by RW, RT and entry. One query.

    Those whose RW or RT nobody knows come last; ``rw`` asks for one RW alone.
    """
    statement = select(*_HOUSE).where(
        Application.period_id == period,
        Application.kelurahan_code == kelurahan,
        Application.state == State.FIELD_CHECK,
    )
    if rw is not None:
        statement = statement.where(Application.rw == rw)
    ordered = statement.order_by(
        Application.rw.nulls_last(), Application.rt.nulls_last(), Application.entry
    )
    return [House(*row) for row in session.execute(ordered.limit(limit))]


def houses_by_rw(session: Session, period: str, kelurahan: str) -> dict[int | None, int]:
    """Return how many houses of each RW wait for a visit; None is an RW that nobody knows."""
    rows = session.execute(
        select(Application.rw, func.count().label("number"))
        .where(
            Application.period_id == period,
            Application.kelurahan_code == kelurahan,
            Application.state == State.FIELD_CHECK,
        )
        .group_by(Application.rw)
        .order_by(Application.rw.nulls_last())
    )
    return {row.rw: row.number for row in rows}


def houses_by_id(session: Session, kelurahan: str, ids: Iterable[bytes]) -> list[House]:
    """Return these households of a kelurahan in whatever state, by RW, RT and entry. One query."""
    rows = session.execute(
        select(*_HOUSE)
        .where(Application.kelurahan_code == kelurahan, among(Application.id, ids))
        .order_by(Application.rw.nulls_last(), Application.rt.nulls_last(), Application.entry)
    )
    return [House(*row) for row in rows]


def visits_made(session: Session, period: str, kelurahan: str, *, limit: int) -> list[Checked]:
    """Return the visits to households of a period in a kelurahan, latest first. One query."""
    rows = session.execute(
        _visits()
        .where(Visit.kelurahan_code == kelurahan, Application.period_id == period)
        .order_by(Visit.started_at.desc(), Visit.id)
        .limit(limit)
    )
    return [_checked(row) for row in rows]


def visit_made(session: Session, kelurahan: str, visit_id: bytes) -> Checked | None:
    """Return one visit of a kelurahan; None when there is none in sight. One query."""
    found = session.execute(
        _visits().where(Visit.kelurahan_code == kelurahan, Visit.id == visit_id)
    ).one_or_none()
    return _checked(found) if found else None


def _visits() -> Select[*tuple[Any, ...]]:
    return select(
        Visit.id,
        Visit.application_id,
        Application.rt,
        Application.rw,
        Visit.officer_id,
        Visit.started_at,
        Visit.ended_at,
        Visit.outcome,
        Visit.call,
        Visit.ktp,
        Visit.sealed,
        Application.sealed.label("answers"),
    ).join(Application, Application.id == Visit.application_id)


def _checked(row: Row[*tuple[Any, ...]]) -> Checked:
    call = Call(row.call) if row.call else None
    made = Made(row.officer_id, row.started_at, row.ended_at, Outcome(row.outcome), call)
    return Checked(
        row.id, row.application_id, row.rt, row.rw, made, row.ktp, row.sealed, row.answers
    )
