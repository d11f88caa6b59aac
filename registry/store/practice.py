"""Rounds of practice: each filling begins one, and the newest is the one that is shown."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from registry.rules import practice
from registry.store.models import Application, Period
from registry.store.periods import lock_periods

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

LASTS: Final = timedelta(days=30)
"""How long before now a round of practice began; it is closed, as when meetings are held."""


def newest(session: Session) -> str | None:
    """Return the round of practice that counts; None before the first filling. One query."""
    return session.scalar(
        select(Period.id)
        .where(Period.id.startswith(practice.PREFIX, autoescape=True))
        .order_by(Period.opens_at.desc(), func.length(Period.id).desc(), Period.id.desc())
        .limit(1)
    )


def begin(session: Session, now: datetime) -> str:
    """Begin a new round of practice, which takes the place of the one before; return its id.

    Does not commit. One at a time: others wait.
    """
    lock_periods(session)
    known = session.scalars(
        select(Period.id).where(Period.id.startswith(practice.PREFIX, autoescape=True))
    )
    period = practice.after(list(known))
    session.add(
        Period(
            id=period,
            title="Latihan - data rekaan",
            opens_at=now - LASTS,
            closes_at=now,
            musyawarah_on=now.date(),
        )
    )
    session.flush()
    return period


def lowest_entry(session: Session) -> int:
    """Return the lowest entry number that practice has used; 0 when it has used none."""
    lowest = session.scalar(select(func.min(Application.entry)))
    return min(0, lowest or 0)
