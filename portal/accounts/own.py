"""What people do with their own account: password, second factor, sign out everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, func, select, update

from portal.accounts.models import Account, Invitation, RecoveryCode
from portal.accounts.security import (
    RECOVERY_CODES,
    TOTP_PURPOSE,
    digest,
    id_bytes,
    new_totp_secret,
    totp,
    totp_matches,
    transaction,
)
from portal.accounts.sign_in import end_all_sessions, note
from registry.store.bulk import table_of
from registry.store.sealed import Holder

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_ACCOUNT: Final = table_of(Account).c

HOLDERS: Final = tuple(
    Holder(column, TOTP_PURPOSE, bound_to=_ACCOUNT.id, as_id=id_bytes)
    for column in (_ACCOUNT.totp_sealed, _ACCOUNT.totp_pending)
)
"""What is sealed of an account, for `fmotm keys rotate`."""


def invited(token: str) -> Account | None:
    """Return whom a link is for, while it holds and has not been used."""
    with transaction() as db:
        return db.scalar(
            select(Account)
            .join(Invitation, Invitation.account_id == Account.id)
            .where(
                Invitation.digest == digest(token),
                Invitation.used_at.is_(None),
                Invitation.withdrawn_at.is_(None),
                Invitation.expires_at > func.now(),
                Account.active,
            )
        )


def accept(token: str, hashed: str) -> Account | None:
    """Use a link up and set the password; None when it has been used, even just now.

    Whatever proved the account before is gone: password, second factor, recovery codes, sessions.
    """
    with transaction() as db:
        account_id = db.scalar(
            update(Invitation)
            .where(
                Invitation.digest == digest(token),
                Invitation.used_at.is_(None),
                Invitation.withdrawn_at.is_(None),
                Invitation.expires_at > func.now(),
                Invitation.account_id.in_(select(Account.id).where(Account.active)),
            )
            .values(used_at=func.now())
            .returning(Invitation.account_id)
        )
        if account_id is None:
            return None
        db.execute(
            update(Account)
            .where(Account.id == account_id)
            .values(
                password=hashed,
                totp_sealed=None,
                totp_pending=None,
                totp_counter=None,
                failures=0,
                locked_until=None,
            )
        )
        db.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
        end_all_sessions(db, account_id)
        note(db, account_id, "password_set")
        return db.get(Account, account_id)


def change_password(account: Account, hashed: str) -> Account:
    """Set another password; ends every session. Returns the account as it is then."""
    with transaction() as db:
        db.execute(update(Account).where(Account.id == account.id).values(password=hashed))
        end_all_sessions(db, account.id)
        note(db, account.id, "password_set")
        return db.get_one(Account, account.id)


def sign_out_everywhere(account: Account) -> None:
    """End every session of an account, this one too."""
    with transaction() as db:
        end_all_sessions(db, account.id)
        note(db, account.id, "signed_out_everywhere")


def pending_secret(account: Account) -> bytes:
    """Return the sealed secret that is being set up: the same one until it is confirmed."""
    if account.totp_pending is not None:
        return account.totp_pending
    with transaction() as db:
        db.execute(
            update(Account)
            .where(Account.id == account.id, Account.totp_pending.is_(None))
            .values(totp_pending=new_totp_secret(account))
        )
        made = db.scalar(select(Account.totp_pending).where(Account.id == account.id))
        assert made is not None  # noqa: S101 - just written
        return made


def confirm_totp(account: Account, code: str) -> list[str] | None:
    """Take the secret over that was set up; returns new recovery codes, None for a wrong code."""
    pending = account.totp_pending
    if pending is None or not totp_matches(account, pending, code):
        return None
    with transaction() as db:
        taken = db.scalar(
            update(Account)
            .where(Account.id == account.id, Account.totp_pending == pending)
            .values(totp_sealed=pending, totp_pending=None)
            .returning(Account.id)
        )
        if taken is None:
            return None
        note(db, account.id, "totp_set")
        return _new_recovery_codes(db, account.id)


def new_recovery_codes(account: Account) -> list[str]:
    """Make recovery codes; the old ones no longer work. They are shown once and kept nowhere."""
    with transaction() as db:
        return _new_recovery_codes(db, account.id)


def recovery_codes_left(account: Account) -> int:
    """Count the recovery codes that have not been used."""
    with transaction() as db:
        left = db.scalar(
            select(func.count()).where(
                RecoveryCode.account_id == account.id, RecoveryCode.used_at.is_(None)
            )
        )
    return left or 0


def _new_recovery_codes(db: Session, account_id: int) -> list[str]:
    codes = totp().generate_recovery_codes(RECOVERY_CODES)
    db.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    db.add_all(RecoveryCode(account_id=account_id, digest=digest(code)) for code in codes)
    note(db, account_id, "recovery_made")
    return codes
