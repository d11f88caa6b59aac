"""Naming people: accounts, their links, their locks. Who stands in for a lurah: `acting`.

For dinas' pages and `fmotm user` alike. Nothing here commits; a rule that is broken raises
AccountError.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from portal.accounts.models import (
    ROLES,
    Account,
    AccountEvent,
    AccountKelurahan,
    Invitation,
)
from portal.accounts.problems import AccountError
from portal.accounts.security import digest
from portal.accounts.sign_in import end_all_sessions, fold, note
from registry.rules.errors import Invalid
from registry.rules.lifecycle import Role
from registry.rules.regions import kelurahan
from registry.rules.scope import ORGANISATION

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

LINK_HOLDS: Final = timedelta(days=7)
PAGE: Final = 50
"""Accounts on a page."""

_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+")
NAME_LENGTH: Final = 120
_ONE_ACCOUNT: Final = "uq_account_email"


@dataclass(frozen=True, slots=True)
class NewAccount:
    """Whom to invite, as typed; `invite` judges it."""

    email: str
    full_name: str
    role: str
    kelurahan: Sequence[str] = ()
    organisation_id: str | None = None
    organisation_name: str | None = None


def invite(db: Session, new: NewAccount, by: str) -> tuple[Account, str]:
    """Make an account; return it and the token of its link, which is kept nowhere.

    Raises AccountError; the constraint on the e-mail settles who was first.
    """
    account = _judged(new)
    codes = _kelurahan_codes(new)
    try:
        with db.begin_nested():
            db.add(account)
    except IntegrityError as error:
        if broken(error) != _ONE_ACCOUNT:
            raise
        raise AccountError("taken") from None
    db.add_all(AccountKelurahan(account_id=account.id, kelurahan_code=code) for code in codes)
    note(db, account.id, "invited", by)
    return account, _link(db, account.id, by)


def new_link(db: Session, account: Account, by: str) -> str:
    """Return the token of a new link, for who has not used the first, or lost their password.

    Those before it no longer work. Password and second factor stay until it is used.
    Raises AccountError.
    """
    if not account.active:
        raise AccountError("disabled")
    db.execute(
        update(Invitation)
        .where(
            Invitation.account_id == account.id,
            Invitation.used_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=func.now())
    )
    note(db, account.id, "invited", by)
    return _link(db, account.id, by)


def disable(db: Session, account: Account, by: str) -> None:
    """Let an account sign in no more, and end its sessions at once. Raises AccountError."""
    if by == str(account.id):
        raise AccountError("own")
    _set_active(db, account, by, active=False)
    end_all_sessions(db, account.id)


def enable(db: Session, account: Account, by: str) -> None:
    """Let an account sign in again."""
    _set_active(db, account, by, active=True)


def unlock(db: Session, account: Account, by: str) -> None:
    """Let an account that was locked by wrong tries sign in again now."""
    db.execute(
        update(Account).where(Account.id == account.id).values(failures=0, locked_until=None)
    )
    note(db, account.id, "unlocked", by)


def account_by_email(db: Session, email: str) -> Account:
    """Return the account of an e-mail; raises AccountError."""
    account = db.scalar(select(Account).where(Account.email == fold(email)))
    if account is None:
        raise AccountError("unknown")
    return account


def accounts(
    db: Session,
    *,
    kelurahan_code: str | None = None,
    role: str | None = None,
    after: int = 0,
    limit: int | None = None,
) -> list[Account]:
    """Return accounts in the order in which they were made, from past an id."""
    statement = select(Account).where(Account.id > after).order_by(Account.id).limit(limit)
    if kelurahan_code:
        statement = statement.where(
            Account.kelurahan.any(AccountKelurahan.kelurahan_code == kelurahan_code)
        )
    if role:
        statement = statement.where(Account.role == role)
    loaded = statement.options(selectinload(Account.kelurahan), selectinload(Account.acting))
    return list(db.scalars(loaded))


def names_of(db: Session, ids: Iterable[str | None]) -> dict[str, str]:
    """Return the names of those who did something, by actor's id; operators have none."""
    numbers = {int(each) for each in ids if each and each.isdecimal()}
    rows = db.execute(select(Account.id, Account.full_name).where(Account.id.in_(numbers)))
    return {str(row.id): row.full_name for row in rows}


def last_events(db: Session, account_id: int, limit: int = 5) -> list[AccountEvent]:
    """Return what happened to an account, the newest first."""
    return list(
        db.scalars(
            select(AccountEvent)
            .where(AccountEvent.account_id == account_id)
            .order_by(AccountEvent.id.desc())
            .limit(limit)
        )
    )


def _judged(new: NewAccount) -> Account:
    email, name = fold(new.email), " ".join(new.full_name.split())
    if not _EMAIL.fullmatch(email) or len(email.encode()) > 254:
        raise AccountError("email")
    if not name or len(name) > NAME_LENGTH:
        raise AccountError("name")
    if new.role not in ROLES:
        raise AccountError("role")
    organisation, its_name = new.organisation_id or None, (new.organisation_name or "").strip()
    given = (organisation is not None, bool(its_name))
    if set(given) != {new.role == Role.PENDAMPING}:
        raise AccountError("organisation")
    if organisation and not (ORGANISATION.fullmatch(organisation) and len(its_name) < 200):
        raise AccountError("organisation")
    return Account(
        email=email,
        full_name=name,
        role=new.role,
        organisation_id=organisation,
        organisation_name=its_name or None,
        fs_uniquifier=secrets.token_urlsafe(32),
    )


def _kelurahan_codes(new: NewAccount) -> list[str]:
    codes = sorted({read_kelurahan(code) for code in new.kelurahan})
    wanted = {Role.REVIEWER: len(codes) >= 1, Role.CHAIR: len(codes) == 1}
    wanted[Role.COUNTER] = len(codes) == 1
    if not wanted.get(Role(new.role), not codes):
        raise AccountError("kelurahan")
    return codes


def read_kelurahan(typed: str) -> str:
    """Return the code of a kelurahan that was typed. Raises AccountError."""
    try:
        return kelurahan(typed.strip()).code
    except Invalid:
        raise AccountError("kelurahan_unknown") from None


def broken(error: IntegrityError) -> str:
    """Return the name of the constraint that was broken."""
    name: str | None = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    return name or ""


def _link(db: Session, account_id: int, by: str) -> str:
    token = secrets.token_urlsafe(32)
    db.add(
        Invitation(
            digest=digest(token),
            account_id=account_id,
            made_by=by,
            expires_at=func.now() + LINK_HOLDS,
        )
    )
    return token


def _set_active(db: Session, account: Account, by: str, *, active: bool) -> None:
    db.execute(update(Account).where(Account.id == account.id).values(active=active))
    note(db, account.id, "enabled" if active else "disabled", by)


def is_locked(db: Session, account_id: int) -> bool:
    """Tell whether wrong tries keep an account out just now."""
    until = select(Account.id).where(Account.id == account_id, Account.locked_until > func.now())
    return db.scalar(until) is not None
