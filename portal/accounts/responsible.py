"""Who is responsible for a kelurahan today: its lurah, or who stands in for them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from portal.accounts.models import MAY_ACT, Account, AccountKelurahan, ActingChair
from registry.rules.lifecycle import Role

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Responsible:
    """Somebody who closes the sessions of a kelurahan."""

    name: str
    letter: str | None
    """Number of the letter by which they stand in (Plh); None for the lurah."""
    arrived: bool
    """Whether they have used their invitation: who has not cannot close anything."""


def responsible(db: Session, today: date) -> dict[str, list[Responsible]]:
    """Return kelurahan → who may close its sessions today (a day of Jakarta), a Plh first.

    Who is missing has nobody. Disabled accounts do not count. Two statements.
    """
    found: defaultdict[str, list[Responsible]] = defaultdict(list)
    acting = db.execute(
        select(Account, ActingChair)
        .join(ActingChair, ActingChair.account_id == Account.id)
        .where(
            Account.active,
            Account.role.in_([role.value for role in MAY_ACT]),
            ActingChair.withdrawn_at.is_(None),
            ActingChair.from_on <= today,
            ActingChair.until_on >= today,
        )
        .order_by(ActingChair.id)
    )
    for account, named in acting:
        # A reviewer acts in their own kelurahan alone: the account knows.
        if named.kelurahan_code in account.acting_on(today):
            found[named.kelurahan_code].append(_person(account, named.letter_number))
    chairs = db.execute(
        select(Account.full_name, Account.password.is_not(None), AccountKelurahan.kelurahan_code)
        .join(AccountKelurahan, AccountKelurahan.account_id == Account.id)
        .where(Account.active, Account.role == Role.CHAIR.value)
        .order_by(Account.id)
    )
    for name, arrived, code in chairs:
        found[code].append(Responsible(name, None, arrived))
    return dict(found)


def _person(account: Account, letter: str | None) -> Responsible:
    return Responsible(account.full_name, letter, account.password is not None)
