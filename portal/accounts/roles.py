"""Who is signed in, and which views are for whom.

    @blueprint.get("/musyawarah")
    @for_roles(Role.REVIEWER, Role.CHAIR)
    def index() -> str:
        with signed_in_session() as session:
            ...

Who is not signed in is sent to /masuk. Who is, in another role or out of scope, gets 404 and not
403: it does not even tell that there is something.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast
from urllib.parse import urlsplit

from flask import abort, g, jsonify, redirect, request, url_for

from portal.accounts.gate import wants_json
from portal.accounts.models import OF_KELURAHAN, ROLES, Account
from portal.accounts.sign_in import Answer, check_code, locked_until
from portal.dates import now
from portal.services import services
from registry.rules import practice
from registry.rules.lifecycle import Actor, Role
from registry.rules.periods import JAKARTA
from registry.rules.scope import Scope
from registry.store.session import scoped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
else:
    View = TypeVar("View")

ANYBODY: Final = Actor(None, Role.CITIZEN)
"""Whoever is not signed in: sees nothing."""


class WrongCode(ValueError):  # noqa: N818 - named after what it is
    """The code that was asked for again is wrong; the message is for the one who typed it."""


def current_account() -> Account | None:
    """Return whose session this is; None on citizens' pages and where nobody is signed in."""
    account: Account | None = g.get("account")
    return account


def current_actor() -> Actor:
    """Return who acts in this request, with today's scope; ANYBODY where nobody is signed in."""
    account = current_account()
    if account is None:
        return ANYBODY
    if "actor" not in g:
        g.actor = actor_of(account)
    return cast("Actor", g.actor)


def actor_of(account: Account) -> Actor:
    """Return an account as an actor, as of today in Jakarta."""
    role = Role(account.role)
    acting = account.acting_on(now().astimezone(JAKARTA).date())
    if role in OF_KELURAHAN:
        codes = {*account.kelurahan_codes, *acting}
        # Everyone who checks or chairs may practise; the desk has nothing to do there.
        practises = codes and role in {Role.REVIEWER, Role.CHAIR}
        scope = Scope.of_kelurahan({*codes, practice.CODE} if practises else codes)
    elif account.organisation_id is not None:
        scope = Scope.of_organisation(account.organisation_id)
    else:
        scope = Scope.EVERYTHING if role in {Role.DINAS, Role.AUDITOR} else Scope.NOTHING
    return Actor(str(account.id), role, scope, acting)


def has_role(*roles: Role) -> bool:
    """Tell whether who is signed in holds one of these today; for templates and views."""
    actor = current_actor()
    return any(actor.holds(role) for role in roles)


def for_roles(*roles: Role, before_totp: bool = False) -> Callable[[View], View]:
    """Declare for whom a view is; the decorator next to the function, below the route.

    `before_totp` is for the pages on which a second factor is set up: everyone who needs one is
    sent there from all others.
    """
    wanted = frozenset(roles)

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(*given: Any, **named: Any) -> ResponseReturnValue:
            account = current_account()
            if account is None:
                return _to_sign_in()
            if not has_role(*wanted):
                abort(404)
            if account.needs_totp and not before_totp:
                return redirect(url_for("account.totp"))
            return view(*given, **named)

        guarded.roles = wanted  # type: ignore[attr-defined]
        return cast("View", guarded)

    return declare


def for_all_roles(*, before_totp: bool = False) -> Callable[[View], View]:
    """Declare that a view is for everyone who is signed in."""
    return for_roles(*ROLES, before_totp=before_totp)


def with_session(view: View) -> View:
    """Declare that a view is for anybody and has a session: what leads to signing in."""
    view.roles = frozenset()  # type: ignore[attr-defined]
    return view


@contextmanager
def signed_in_session() -> Iterator[Session]:
    """Give the transaction of this request, which PostgreSQL knows to be the actor's.

    Commits when its block ends. What is out of scope is not there: `abort(404)` for it.
    """
    with scoped(services().sessions, current_actor()) as session:
        yield session


def require_totp_now(code: str) -> None:
    """Ask for the second factor again, before something that cannot be undone.

    Raises WrongCode, whose message is for the page; wrong ones count and lock as at the door.
    Call it before the transaction begins: it has one of its own.
    """
    account = current_account()
    if account is None or not account.has_totp:
        raise WrongCode("Pasang dulu kode masuk di halaman akun Anda.")
    answer = check_code(account.id, code)
    if answer is not Answer.RIGHT:
        raise WrongCode(wrong_code(account.id, answer))


def wrong_code(account_id: int, answer: Answer) -> str:
    """Return what to say to somebody who has proven a password, but not the code."""
    until = locked_until(account_id)
    if answer is Answer.LOCKED and until:
        clock = f"{until.astimezone(JAKARTA):%H.%M}"
        return f"Terlalu banyak kode yang salah. Tunggu sampai pukul {clock} WIB."
    return "Kode salah atau sudah dipakai. Tunggu kode berikutnya di HP Anda, lalu coba lagi."


def own_path(target: str | None) -> str | None:
    """Return a path of ours to go on to; None for whatever leads, or might lead, elsewhere."""
    if not target or len(target) > 500 or not target.isascii() or not target.isprintable():
        return None
    if not target.startswith("/") or target.startswith("//") or "\\" in target:
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


def _to_sign_in() -> ResponseReturnValue:
    address = url_for("sign_in.form")
    if wants_json():
        return jsonify(galat="Anda sudah keluar. Masuk lagi.", masuk=address), 401
    if request.method == "GET":
        query = f"?{request.query_string.decode('ascii', 'ignore')}" if request.query_string else ""
        address = url_for("sign_in.form", next=f"{request.path}{query}")
    return redirect(address)
