"""Flask-Security as we use it: hashes, TOTP and who is signed in. Its own pages are not served.

See ADR 0008 for what is taken from it and what not. Its hooks run on pages of the signed-in only.
"""

from __future__ import annotations

import hashlib
import secrets
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any, Final, cast

from flask import current_app, g
from flask_security import Security, UserDatastore
from flask_security.password_util import PasswordUtil
from flask_security.totp import Totp
from flask_security.utils import hash_password, verify_password
from passlib.exc import UsedTokenError
from sqlalchemy import or_, select, update
from werkzeug.exceptions import ServiceUnavailable

from portal.accounts.models import Account, RoleName
from portal.accounts.passwords import weakness
from portal.services import services

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from flask import Flask
    from passlib.totp import TotpMatch
    from sqlalchemy.orm import Session

ISSUER: Final = "Bansos Jakarta"
"""What the authenticator app shows beside the code."""

CODE_STEP: Final = 30
"""Seconds that a clock may be off: codes of the step before and after count too."""

RECOVERY_CODES: Final = 10
_RECOVERY_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_RECOVERY_LENGTH: Final = 16
"""80 bits: nobody finds one by trying, not even against its digest."""

TOTP_PURPOSE: Final = "totp"
HASHED_AT_ONCE: Final = 2
"""Passwords that a process hashes at a time: citizens get the other threads."""

_HASH_WAIT: Final = 5.0
_hashing = BoundedSemaphore(HASHED_AT_ONCE)

_CONFIG: Final[dict[str, Any]] = {
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
    "SECURITY_PASSWORD_HASH": "argon2",
    # argon2 salts by itself; a pepper out of SECRET_KEY would make that key unchangeable.
    "SECURITY_PASSWORD_SINGLE_HASH": {"argon2"},
    # OWASP's smallest memory: eight threads of it are 160 MB, not half a gigabyte.
    "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
        "argon2__memory_cost": 19 * 1024,
        "argon2__time_cost": 2,
        "argon2__parallelism": 1,
    },
    "SECURITY_PASSWORD_NORMALIZE_FORM": "NFKC",
    # That a code is made at all; the secrets themselves are sealed with SEAL_KEYS.
    "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
    "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": RECOVERY_CODES,
    "SECURITY_TOTP_ISSUER": ISSUER,
    "SECURITY_CLI_USERS_NAME": None,
    "SECURITY_CLI_ROLES_NAME": None,
    # Flask-Login's sign of an address and a browser: office laptops change theirs all the time.
    "SESSION_PROTECTION": None,
}


class Accounts(UserDatastore):
    """Where Flask-Security finds accounts. Each call is a transaction of its own."""

    def __init__(self) -> None:
        super().__init__(Account, RoleName)

    def find_user(
        self,
        case_insensitive: bool = False,  # noqa: ARG002
        **by: Any,
    ) -> Account | None:
        """Return the account that is signed in, when the gate has it already, or look it up."""
        found: Account | None = g.get("account")
        if found and all(getattr(found, name) == value for name, value in by.items()):
            return found
        with transaction() as db:
            return db.scalar(select(Account).filter_by(**by))

    def find_role(self, role: str) -> RoleName:
        """Return a role by its name."""
        return RoleName(role)


class Passwords(PasswordUtil):
    """Flask-Security's way to judge a new password, with our rules."""

    def validate(
        self,
        password: str,
        is_register: bool,  # noqa: ARG002
        **about: Any,
    ) -> tuple[list[str] | None, str]:
        """Return what is wrong with it, None when nothing is, and its normal form."""
        normal = self.normalize(password)
        user: Account = about["user"]
        wrong = weakness(normal, (user.full_name, user.email, user.organisation_name or ""))
        return ([wrong] if wrong else None), normal


class OneTimeTotp(Totp):
    """TOTP whose codes are accepted once."""

    def generate_totp_secret(self) -> str:
        """Make a secret, in clear: it is sealed like all that is secret here."""
        return cast("str", self._totp.new().to_json(encrypt=False))

    def generate_recovery_codes(self, number: int) -> list[str]:
        """Make codes such as `7k2m-9xqd-04hz-wv8r`."""
        return [
            "-".join(
                "".join(secrets.choice(_RECOVERY_ALPHABET) for _ in range(4))
                for _ in range(_RECOVERY_LENGTH // 4)
            )
            for _ in range(number)
        ]

    def get_last_counter(self, user: Any) -> int | None:
        """Return the last time step whose code was accepted."""
        return cast("Account", user).totp_counter

    def set_last_counter(self, user: Any, tmatch: TotpMatch) -> None:
        """Take a time step; of two that come with one code at once, one is refused."""
        newer = or_(Account.totp_counter.is_(None), Account.totp_counter < tmatch.counter)
        with transaction() as db:
            taken = db.scalar(
                update(Account)
                .where(Account.id == user.id, newer)
                .values(totp_counter=tmatch.counter)
                .returning(Account.id)
            )
        if taken is None:
            raise UsedTokenError


def init_app(app: Flask) -> None:
    """Set Flask-Security up, without a page of its own."""
    app.config.update(_CONFIG)
    # Not used to encrypt anything, but Flask-Security wants some before it makes codes.
    app.config["SECURITY_TOTP_SECRETS"] = {"1": secrets.token_hex()}
    security = Security(
        app,
        Accounts(),
        register_blueprint=False,
        totp_cls=OneTimeTotp,
        password_util_cls=Passwords,
    )
    # It would also take tokens out of headers and addresses. We give none away.
    security.login_manager.request_loader(None)
    with app.app_context():
        app.extensions["nobodys_password"] = hash_password(secrets.token_urlsafe())


def transaction() -> AbstractContextManager[Session]:
    """Give a transaction on the accounts' tables: short, so that no request holds two connections.

    Commits when its block ends. It has no scope: citizens' rows are not in its sight.
    """
    return services().sessions.begin()


def password_matches(password: str, hashed: str | None) -> bool:
    """Tell whether a password is the one; takes as long when there is none to compare with."""
    normal = _security().password_util.normalize(password[:1000])
    nobodys: str = current_app.extensions["nobodys_password"]
    with _one_of_few():
        matches = verify_password(normal, hashed or nobodys)
    return matches and hashed is not None


def new_password(account: Account, password: str) -> tuple[str | None, str]:
    """Return what is wrong with a new password, or None and its hash."""
    wrong, normal = _security().password_util.validate(password, is_register=False, user=account)
    if wrong:
        return wrong[0], ""
    with _one_of_few():
        return None, hash_password(normal)


def new_totp_secret(account: Account) -> bytes:
    """Make a TOTP secret for an account, sealed."""
    secret: str = _security().totp_factory.generate_totp_secret()
    return services().keys.ring.seal(TOTP_PURPOSE, id_bytes(account.id), secret.encode())


def unsealed(account: Account, sealed: bytes) -> str:
    """Return a TOTP secret as Flask-Security takes it."""
    return services().keys.ring.unseal(TOTP_PURPOSE, id_bytes(account.id), sealed).decode()


def totp_matches(account: Account, sealed: bytes, code: str) -> bool:
    """Tell whether a code is the one of now, and take it: it never matches again."""
    return bool(totp().verify_totp(code, unsealed(account, sealed), account, window=CODE_STEP))


def totp() -> OneTimeTotp:
    """Return the maker of secrets and recovery codes."""
    return cast("OneTimeTotp", _security().totp_factory)


def id_bytes(account_id: int) -> bytes:
    """Return the id that a sealed TOTP secret is bound to: 16 bytes."""
    return account_id.to_bytes(16, "big")


def digest(secret: str) -> bytes:
    """Return what is kept of something random that only its owner has."""
    return hashlib.sha256(secret.encode()).digest()


def _security() -> Security:
    return cast("Security", current_app.extensions["security"])


class _one_of_few:  # noqa: N801 - used like a function
    """Waits for its turn to hash; a flood of sign-ins ends in 503, not in citizens' threads."""

    def __enter__(self) -> None:
        if not _hashing.acquire(timeout=_HASH_WAIT):
            raise ServiceUnavailable

    def __exit__(self, *_error: object) -> None:
        _hashing.release()
