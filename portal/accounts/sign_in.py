"""Proving who one is: tries are counted before they are judged, and locked by account.

After LIMIT wrong passwords or codes in a row an account is locked for a minute, then for twice as
long with each further one, up to an hour. By account and not by address: a whole kelurahan shares
one. While it is locked nothing is compared at all, so that the right password tells a stranger
nothing either; the one answer to whatever goes wrong says that waiting may help.
"""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

from flask import g, session
from flask_login import current_user
from flask_security.utils import login_user, logout_user
from sqlalchemy import case, func, insert, literal, or_, select, text, update

from portal.accounts.models import Account, AccountEvent, AccountSession, RecoveryCode
from portal.accounts.security import (
    digest,
    password_matches,
    totp_matches,
    transaction,
)

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

LIMIT: Final = 5
"""Wrong ones in a row that an account may have."""

FIRST_LOCK: Final = 60
LONGEST_LOCK: Final = 3600
"""Seconds."""

IDLE: Final = timedelta(minutes=30)
LONGEST: Final = timedelta(hours=12)
"""When a session ends: without a request for so long, and at most so long."""

SEEN_EVERY: Final = timedelta(minutes=1)
"""How often it is noted that a session is in use."""

_TOTP: Final = re.compile(r"\d{6}", re.ASCII)
_NOT_OF_CODES: Final = re.compile(r"[\s\-]")
_SESSION: Final = "sid"


class Answer(Enum):
    """How a try ended."""

    RIGHT = "right"
    WRONG = "wrong"
    LOCKED = "locked"


def check_password(email: str, password: str) -> Account | None:
    """Return the account of an e-mail and its password, None in every other case.

    An e-mail that is unknown, an account that is locked, disabled or not yet taken over and a
    wrong password cost the same time and the same questions to the database.
    """
    tried = _count_try(Account.email == fold(email))
    right = password_matches(password, tried.password if tried else None)
    if tried is None or not right:
        _note_failure(tried.id if tried else 0, "wrong_password")
        return None
    return _give_back(tried.id)


def check_own_password(account: Account, password: str) -> Answer:
    """Judge the password that somebody signed in gives again; wrong ones count."""
    counted = _count_try(Account.id == account.id)
    if counted is None:
        return Answer.LOCKED
    if not password_matches(password, counted.password):
        _note_failure(account.id, "wrong_password")
        return Answer.WRONG
    _give_back(account.id)
    return Answer.RIGHT


def check_code(account_id: int, code: str) -> Answer:
    """Judge a code of the authenticator, or a recovery code; a right one is then used up."""
    if _count_try(Account.id == account_id) is None:
        return Answer.LOCKED
    plain = _NOT_OF_CODES.sub("", code).lower()
    is_totp = _TOTP.fullmatch(plain) is not None
    if not (_use_totp if is_totp else _use_recovery_code)(account_id, plain):
        _note_failure(account_id, "wrong_code")
        return Answer.WRONG
    with transaction() as db:
        _forget_failures(db, account_id)
    return Answer.RIGHT


def locked_until(account_id: int) -> datetime | None:
    """Return until when an account is locked, None when it is not."""
    with transaction() as db:
        return db.scalar(
            select(Account.locked_until).where(
                Account.id == account_id, Account.locked_until > func.now()
            )
        )


def begin_session(account: Account) -> None:
    """Sign in, on this device, with a session that knows nothing of the one before."""
    session.clear()
    g.pop("csrf_token", None)
    login_user(account, remember=False)
    session[_SESSION] = token = secrets.token_urlsafe(32)
    with transaction() as db:
        db.add(AccountSession(digest=digest(token), account_id=account.id))
        _forget_failures(db, account.id)
        note(db, account.id, "signed_in")


def end_session() -> None:
    """Sign out, on this device."""
    token = session.get(_SESSION)
    if token and current_user.is_authenticated:
        with transaction() as db:
            db.execute(
                update(AccountSession)
                .where(AccountSession.digest == digest(token))
                .values(ended_at=func.now())
            )
            note(db, current_user.id, "signed_out")
    forget_session()


def forget_session() -> None:
    """Take a session that has ended out of the browser."""
    logout_user()
    session.clear()


def end_all_sessions(db: Session, account_id: int) -> str:
    """Sign an account out everywhere; returns what stands in its sessions from now on."""
    uniquifier = secrets.token_urlsafe(32)
    db.execute(update(Account).where(Account.id == account_id).values(fs_uniquifier=uniquifier))
    db.execute(
        update(AccountSession)
        .where(AccountSession.account_id == account_id, AccountSession.ended_at.is_(None))
        .values(ended_at=func.now())
    )
    return uniquifier


def resume_session() -> Account | None:
    """Return whose session this is, None when there is none or it has ended."""
    token, uniquifier = session.get(_SESSION), session.get("_user_id")
    if not (isinstance(token, str) and isinstance(uniquifier, str)):
        return None
    with transaction() as db:
        found = db.execute(
            select(Account, AccountSession.seen_at < func.now() - SEEN_EVERY)
            .join(AccountSession, AccountSession.account_id == Account.id)
            .where(
                AccountSession.digest == digest(token),
                AccountSession.ended_at.is_(None),
                AccountSession.seen_at > func.now() - IDLE,
                AccountSession.began_at > func.now() - LONGEST,
                Account.fs_uniquifier == uniquifier,
                Account.active,
            )
        ).one_or_none()
        if found is None:
            return None
        account, stale = found
        if stale:
            db.execute(
                update(AccountSession)
                .where(AccountSession.digest == digest(token))
                .values(seen_at=func.now())
            )
    return account


def note(db: Session, account_id: int, kind: str, by: str | None = None) -> None:
    """Write down what happened to an account; `by` is an actor's id, when not the owner's."""
    db.add(AccountEvent(account_id=account_id, kind=kind, by=by))


def fold(email: str) -> str:
    """Return an e-mail as the user name that it is: without spaces around it, case-folded."""
    return email.strip().casefold()


class _Tried(NamedTuple):
    id: int
    password: str | None


def _count_try(whose: ColumnElement[bool]) -> _Tried | None:
    """Count a try before it is judged, so that many at once are no more than one by one.

    None for an account that is not there, disabled, or locked: then nothing is to be judged.
    """
    failures = Account.failures + 1
    doubled = FIRST_LOCK * func.power(2, func.least(failures - LIMIT, 10))
    seconds = func.least(doubled, LONGEST_LOCK)
    pause = func.make_interval(0, 0, 0, 0, 0, 0, seconds)
    with transaction() as db:
        _without_waiting_for_the_disk(db)
        counted = db.execute(
            update(Account)
            .where(
                whose,
                Account.active,
                or_(Account.locked_until.is_(None), Account.locked_until <= func.now()),
            )
            .values(
                failures=failures,
                locked_until=case((failures >= LIMIT, func.now() + pause), else_=None),
            )
            .returning(Account.id, Account.password)
        ).one_or_none()
        return _Tried(*counted) if counted else None


def _give_back(account_id: int) -> Account:
    """Take the own try back. Those before it stay: a right password is only half of it."""
    with transaction() as db:
        db.execute(
            update(Account)
            .where(Account.id == account_id)
            .values(failures=func.greatest(Account.failures - 1, 0), locked_until=None)
        )
        return db.get_one(Account, account_id)


def _forget_failures(db: Session, account_id: int) -> None:
    db.execute(
        update(Account).where(Account.id == account_id).values(failures=0, locked_until=None)
    )


def _note_failure(account_id: int, kind: str) -> None:
    """Write a failure down; the same statements for an account that is not there."""
    with transaction() as db:
        _without_waiting_for_the_disk(db)
        for each, enough in ((kind, 0), ("locked", LIMIT)):
            whose = select(Account.id, literal(each)).where(
                Account.id == account_id, Account.failures >= enough
            )
            db.execute(insert(AccountEvent).from_select(["account_id", "kind"], whose))


def _use_totp(account_id: int, code: str) -> bool:
    with transaction() as db:
        account = db.get_one(Account, account_id)
    return account.totp_sealed is not None and totp_matches(account, account.totp_sealed, code)


def _use_recovery_code(account_id: int, plain: str) -> bool:
    written = "-".join(plain[at : at + 4] for at in range(0, len(plain), 4))
    with transaction() as db:
        used = db.scalar(
            update(RecoveryCode)
            .where(
                RecoveryCode.account_id == account_id,
                RecoveryCode.digest == digest(written),
                RecoveryCode.used_at.is_(None),
            )
            .values(used_at=func.now())
            .returning(RecoveryCode.account_id)
        )
        if used is not None:
            note(db, account_id, "recovery_used")
    return used is not None


def _without_waiting_for_the_disk(db: Session) -> None:
    """Let a failure be committed as fast as nothing: the time must not tell of an account."""
    db.execute(text("SET LOCAL synchronous_commit = off"))
