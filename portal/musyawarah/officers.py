"""The names of those who did something: people by their account's id, organisations by theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from portal.accounts.models import Account

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session


def names(session: Session, ids: Iterable[str | None]) -> dict[str, str]:
    """Return full names by account id; one that is gone or no number is not there. One query."""
    numbers = {int(each) for each in ids if each and each.isdecimal()}
    if not numbers:
        return {}
    rows = session.execute(
        select(Account.id, Account.full_name).where(Account.id.in_(sorted(numbers)))
    )
    return {str(row.id): row.full_name for row in rows}


def organisation_names(session: Session, ids: Iterable[str | None]) -> dict[str, str]:
    """Return what organisations are called, by id, as their latest account says. One query."""
    wanted = sorted({each for each in ids if each})
    if not wanted:
        return {}
    rows = session.execute(
        select(Account.organisation_id, Account.organisation_name)
        .where(Account.organisation_id.in_(wanted))
        .order_by(Account.id)
    )
    return {row.organisation_id: row.organisation_name for row in rows}
