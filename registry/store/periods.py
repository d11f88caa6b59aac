"""Rounds of registration in the database: opened, extended, closed, each with who and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Final, Literal

from sqlalchemy import func, select

from registry.rules import practice
from registry.rules.periods import InvalidPeriod, Period
from registry.store import models

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from registry.rules.lifecycle import Actor

Kind = Literal["opened", "extended", "closed"]

KEPT_AT_THE_DOOR: Final = timedelta(days=400)
"""How long after closing the inbox server still knows a period: it tells the next date by it."""


class UnknownPeriod(LookupError):  # noqa: N818 - named after what it is
    """There is no such period."""

    def __init__(self, period: str) -> None:
        super().__init__(f"there is no period {period}")


def lock_periods(session: Session) -> None:
    """Let nobody else open or extend a period until the transaction ends: they wait."""
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def find_periods(session: Session) -> list[Period]:
    """Return all periods but practice's, the one that opened first before the others."""
    rows = session.scalars(
        select(models.Period).where(_real()).order_by(models.Period.opens_at, models.Period.id)
    )
    return [_period(row) for row in rows]


def open_period(session: Session, period: Period, actor: Actor, reason: str) -> Period:
    """Add a period. Does not commit. Raises InvalidPeriod when it exists or overlaps another.

    Only one is open at a time: an application belongs to the one that is.
    """
    lock_periods(session)
    if session.get(models.Period, period.id) is not None:
        message = f"there is a period {period.id} already"
        raise InvalidPeriod(message)
    _refuse_overlap(session, period)
    session.add(
        models.Period(
            id=period.id,
            title=period.title,
            opens_at=period.opens_at,
            closes_at=period.closes_at,
            musyawarah_on=period.musyawarah_on,
        )
    )
    session.flush()
    _note(session, period, "opened", actor, reason)
    return period


def extend_period(
    session: Session, period_id: str, new_close: datetime, actor: Actor, reason: str
) -> Period:
    """Close a period later. Does not commit. Raises UnknownPeriod, InvalidPeriod."""
    lock_periods(session)
    row = _locked(session, period_id)
    extended = _period(row).extend(new_close, reason)
    _refuse_overlap(session, extended)
    row.closes_at = extended.closes_at
    _note(session, extended, "extended", actor, reason)
    return extended


def close_period(
    session: Session, period_id: str, now: datetime, actor: Actor, reason: str
) -> Period:
    """Close an open period now, before its time. Does not commit.

    Raises UnknownPeriod; InvalidPeriod when it is not open or no reason is given.
    """
    row = _locked(session, period_id)
    period = _period(row)
    if not reason.strip():
        raise InvalidPeriod("closing a period early needs a reason")
    if not period.is_open(now):
        message = f"the period {period_id} is not open"
        raise InvalidPeriod(message)
    # To the millisecond, as the inbox server keeps it; never back to when it opened.
    closes_at = max(_millisecond(now), period.opens_at + timedelta(milliseconds=1))
    closed = replace(period, closes_at=closes_at)
    row.closes_at = closed.closes_at
    _note(session, closed, "closed", actor, reason)
    return closed


def snapshots(session: Session) -> list[Period]:
    """Return what the door must know: every period that is not over for long."""
    recent = session.scalars(
        select(models.Period)
        .where(_real(), models.Period.closes_at > func.now() - KEPT_AT_THE_DOOR)
        .order_by(models.Period.opens_at, models.Period.id)
    )
    return [
        replace(
            period,
            opens_at=_millisecond(period.opens_at),
            closes_at=_millisecond(period.closes_at),
        )
        for period in map(_period, recent)
    ]


_LOCK: Final = 3_171_101_002


def _locked(session: Session, period_id: str) -> models.Period:
    row = session.scalar(
        select(models.Period).where(_real(), models.Period.id == period_id).with_for_update()
    )
    if row is None:
        raise UnknownPeriod(period_id)
    return row


def _refuse_overlap(session: Session, period: Period) -> None:
    for other in find_periods(session):
        apart = other.closes_at <= period.opens_at or period.closes_at <= other.opens_at
        if other.id != period.id and not apart:
            message = f"it would overlap the period {other.id}"
            raise InvalidPeriod(message)


def _real() -> ColumnElement[bool]:
    return ~models.Period.id.startswith(practice.PREFIX, autoescape=True)


def _period(row: models.Period) -> Period:
    return Period(
        id=row.id,
        title=row.title,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        musyawarah_on=row.musyawarah_on,
    )


def _note(session: Session, period: Period, kind: Kind, actor: Actor, reason: str) -> None:
    session.add(
        models.PeriodChange(
            period_id=period.id,
            actor_id=actor.id,
            actor_role=actor.role.value,
            kind=kind,
            opens_at=period.opens_at,
            closes_at=period.closes_at,
            reason=reason.strip(),
        )
    )


def _millisecond(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=moment.microsecond // 1000 * 1000)
