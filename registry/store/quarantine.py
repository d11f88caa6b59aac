"""What was set aside, and whose an entry's number is: for operators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from registry.store.bulk import among
from registry.store.models import Intake, Quarantine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session


def set_aside_entries(session: Session, *, put_back_too: bool = False) -> list[Quarantine]:
    """Return the entries in quarantine, by number; those that were put back only if asked."""
    rows = select(Quarantine).order_by(Quarantine.entry)
    if not put_back_too:
        rows = rows.where(Quarantine.put_back_at.is_(None))
    return list(session.scalars(rows))


def set_aside_now(session: Session) -> int:
    """Count the entries in quarantine that were not put back."""
    waiting = select(func.count()).select_from(Quarantine).where(Quarantine.put_back_at.is_(None))
    return session.scalar(waiting) or 0


def reused_numbers(session: Session, owners: Mapping[int, bytes]) -> list[int]:
    """Return which entry numbers (→ application id) are recorded for another application."""
    rows = session.execute(
        select(Intake.entry, Intake.application_id)
        .where(among(Intake.entry, owners))
        .order_by(Intake.entry)
    )
    return [row.entry for row in rows if row.application_id != owners[row.entry]]
