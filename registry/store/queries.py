"""Named queries: status, review queue, rivals and duplicates.

What supersedes, rivals or duplicates what is derived here, when it is read, and stored nowhere:
it cannot be out of date, and does not depend on the order in which drains reached the entries.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import (
    ARRAY,
    LargeBinary,
    Text,
    and_,
    any_,
    exists,
    false,
    func,
    literal,
    literal_column,
    select,
    true,
    union,
)
from sqlalchemy.orm import aliased

from registry.rules.lifecycle import State
from registry.store.models import Application, Intake, PersonIndex

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session
    from sqlalchemy.sql.selectable import LateralFromClause


@dataclass(frozen=True, slots=True)
class Status:
    """Where one application stands, for those who hold its receipt or its KK."""

    application_id: bytes
    period: str
    receipt: str
    state: str
    received_at: datetime
    state_since: datetime
    kelurahan: str | None
    """None while it is in quarantine: sealed, and not yet placed."""
    entry: int
    superseded: bool
    reason: str | None
    """The reason of the move to this state, as its event has it."""
    verdict: bytes | None
    """What the musyawarah says to the household, sealed; None where it said nothing."""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One application of the review queue, with what the meeting is told before opening it."""

    application_id: bytes
    receipt: str
    entry: int
    received_at: datetime
    rt: int | None
    rw: int | None
    household_size: int
    score: int
    priority: bool
    screening: dict[str, Any]
    helped_by: str | None
    flooded: bool
    rivals: int
    """Other applications of the same applicant's NIK that do not replace this one."""
    duplicates: int
    """Other applications, rivals aside, with a NIK or the KK of this one."""


@dataclass(frozen=True, slots=True)
class Related:
    """An application that shares a NIK or the KK with another one."""

    application_id: bytes
    receipt: str
    kelurahan: str
    state: str
    entry: int
    kind: Literal["rival", "duplicate"]
    same_kk: bool


# Written out, not a parameter: only so is the partial index of the queue always usable.
_QUEUED = literal_column(f"'{State.QUEUED}'", Text)

QUEUE_COLUMNS = tuple(QueueRow.__dataclass_fields__)[1:-2]


def status_by_receipt(session: Session, nik_index: bytes, receipt: str) -> list[Status]:
    """Return the applications of this applicant's NIK with this receipt code (12 characters).

    At most one, but for a collision of receipt codes. One query, found or not; no scope is needed.
    """
    return _status(session, nik_index, receipt, None)


def status_by_kk(session: Session, nik_index: bytes, kk_index: bytes) -> list[Status]:
    """Return every application of this applicant's NIK and KK, latest entry first.

    All of them: whoever files a rival must not hide the household's own. One query; no scope is
    needed.
    """
    return _status(session, nik_index, None, kk_index)


def review_queue(
    session: Session, period: str, kelurahan: str, *, limit: int | None = None
) -> list[QueueRow]:
    """Return the queued applications of a kelurahan (its code) in the order of the meeting.

    Priority first, then the higher pre-score, then the earlier entry. Superseded applications
    are left out, rivals are all in. One query.
    """
    app, other = aliased(Application), aliased(Application)
    same_nik = other.nik_index == app.nik_index
    kin = _kin(app)
    counts = (
        select(
            func.count().filter(same_nik).label("rivals"),
            func.count().filter(~same_nik).label("duplicates"),
        )
        .select_from(kin)
        .join(other, other.id == kin.c.id)
        .where(_stands(other))
        .correlate(app)
        .lateral()
    )
    columns = [getattr(app, name) for name in QUEUE_COLUMNS]
    rows = session.execute(
        select(app.id, *columns, counts.c.rivals, counts.c.duplicates)
        .select_from(app)
        .join(counts, true())
        .where(app.period_id == period, app.kelurahan_code == kelurahan)
        .where(app.state == _QUEUED, ~superseded(app))
        .order_by(app.priority.desc(), app.score.desc(), app.entry)
        .limit(limit)
    )
    return [QueueRow(*row) for row in rows]


def related(session: Session, application_id: bytes) -> list[Related]:
    """Return the rivals and duplicates of one application, by entry. One query."""
    app, other = aliased(Application), aliased(Application)
    kin = _kin(app)
    rows = session.execute(
        select(
            other.id,
            other.receipt,
            other.kelurahan_code,
            other.state,
            other.entry,
            other.nik_index == app.nik_index,
            func.coalesce(other.kk_index == app.kk_index, false()),
        )
        .select_from(app)
        .join(kin, true())
        .join(other, other.id == kin.c.id)
        .where(app.id == application_id, _stands(other))
        .order_by(other.entry)
    )
    return [
        Related(*row[:5], kind="rival" if row[5] else "duplicate", same_kk=row[6]) for row in rows
    ]


def highest_entry(session: Session) -> int:
    """Return the highest inbox entry that is recorded; 0 when none is."""
    return session.scalar(select(func.coalesce(func.max(Intake.entry), 0))) or 0


def superseded(app: type[Application]) -> ColumnElement[bool]:
    """Return the condition that a later application of the same NIK carried this one's receipt.

    Later by entry number. Versions may carry each other's receipts in a ring, when the household
    goes back to answers that it gave before: sent again with the receipt of that later one, or of
    one sent after it, this one stands. So at least one of a ring always does: there is a version
    whose receipt was carried the longest ago, and all of the ring is later than that.
    """
    later = aliased(Application)
    return exists(later.id).where(supersedes(later, app))


def supersedes(later: type[Application], app: type[Application]) -> ColumnElement[bool]:
    """Return the condition that one application supersedes another: see :func:`superseded`."""
    carried = aliased(Application)
    went_back = and_(
        app.replaces_entry > later.replaces_entry,
        exists(carried.id)
        .where(
            carried.period_id == app.period_id,
            carried.nik_index == app.nik_index,
            carried.receipt == app.replaces,
            carried.replaces_entry >= later.replaces_entry,
        )
        .correlate(app, later),
    )
    return and_(
        later.period_id == app.period_id,
        later.nik_index == app.nik_index,
        later.replaces == app.receipt,
        later.replaces_entry > app.entry,
        ~func.coalesce(went_back, false()),
    )


def _status(
    session: Session, nik_index: bytes, receipt: str | None, kk_index: bytes | None
) -> list[Status]:
    asked = func.public_status(
        literal(nik_index, LargeBinary), literal(receipt, Text), literal(kk_index, LargeBinary)
    ).table_valued(*Status.__dataclass_fields__)
    rows = session.execute(select(asked).order_by(asked.c.entry.desc()))
    return [Status(*row) for row in rows]


def _stands(other: type[Application]) -> ColumnElement[bool]:
    return and_(other.state != State.WITHDRAWN, ~superseded(other))


def _kin(app: type[Application]) -> LateralFromClause:
    """Return the ids of the others of the period with a NIK or the KK of this one.

    A union, not an OR, so that each half goes by its own index. An array of the NIKs, not a join
    of the table with itself: that is planned badly until PostgreSQL has statistics of a new
    period, and the review queue of its first minutes then took many seconds.
    """
    same_kk, mine, theirs = aliased(Application), aliased(PersonIndex), aliased(PersonIndex)
    by_kk = select(same_kk.id).where(
        same_kk.period_id == app.period_id,
        same_kk.kk_index == app.kk_index,
        same_kk.id != app.id,
    )
    niks = select(mine.nik_index).where(mine.application_id == app.id).correlate(app)
    all_niks = func.array(niks.scalar_subquery(), type_=ARRAY(LargeBinary))
    by_person = select(theirs.application_id).where(
        theirs.period_id == app.period_id,
        theirs.nik_index == any_(all_niks),
        theirs.application_id != app.id,
    )
    return union(by_kk.correlate(app), by_person.correlate(app)).lateral()
