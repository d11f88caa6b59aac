"""Naming who stands in for a lurah (Plh): one at a time in a kelurahan.

Nothing here commits; a rule that is broken raises AccountError.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import FIRST_DAY, LAST_DAY, MAY_ACT, ONE_ACTING, Account, ActingChair
from portal.accounts.people import NAME_LENGTH, broken, read_kelurahan
from portal.accounts.problems import AccountError, AlreadyActing
from portal.accounts.sign_in import note
from registry.rules.lifecycle import Role

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

_LONGEST: Final = timedelta(days=90)
_LOCK: Final = 3_171_101_003


@dataclass(frozen=True, slots=True)
class Acting:
    """A letter that names a Plh."""

    kelurahan: str
    letter_number: str
    from_on: date
    until_on: date


def name(db: Session, account: Account, letter: Acting, by: str) -> None:
    """Let someone stand in for the lurah of a kelurahan, from day to day. Raises AccountError.

    One at a time: naming waits for others that name, and the constraint says who was first.
    """
    code = read_kelurahan(letter.kelurahan)
    own = code in account.kelurahan_codes
    if account.role not in MAY_ACT or own is (account.role == Role.CHAIR):
        raise AccountError("may_act")
    if not letter.letter_number.strip() or len(letter.letter_number) > NAME_LENGTH:
        raise AccountError("letter")
    if not timedelta(0) <= letter.until_on - letter.from_on <= _LONGEST:
        raise AccountError("dates")
    if letter.from_on < FIRST_DAY or letter.until_on > LAST_DAY:
        raise AccountError("dates")
    named = ActingChair(
        account_id=account.id,
        kelurahan_code=code,
        letter_number=letter.letter_number.strip(),
        from_on=letter.from_on,
        until_on=letter.until_on,
        named_by=by,
    )
    # Two that are refused by each other would wait for each other.
    db.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    try:
        with db.begin_nested():
            db.add(named)
    except IntegrityError as error:
        if broken(error) != ONE_ACTING:
            raise
        raise _already_acting(db, code, letter) from None
    note(db, account.id, "acting_named", by)


def withdraw(db: Session, account: Account, acting_id: int, by: str) -> None:
    """Let someone stand in no more. Raises AccountError."""
    withdrawn = db.scalar(
        update(ActingChair)
        .where(
            ActingChair.id == acting_id,
            ActingChair.account_id == account.id,
            ActingChair.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=func.now())
        .returning(ActingChair.id)
    )
    if withdrawn is None:
        raise AccountError("unknown")
    note(db, account.id, "acting_withdrawn", by)


def _already_acting(db: Session, code: str, letter: Acting) -> AccountError:
    first = db.execute(
        select(Account.full_name, ActingChair.from_on, ActingChair.until_on)
        .join(ActingChair, ActingChair.account_id == Account.id)
        .where(
            ActingChair.kelurahan_code == code,
            ActingChair.withdrawn_at.is_(None),
            ActingChair.from_on <= letter.until_on,
            ActingChair.until_on >= letter.from_on,
        )
        .order_by(ActingChair.from_on)
        .limit(1)
    ).one()
    return AlreadyActing(first.full_name, first.from_on, first.until_on)
