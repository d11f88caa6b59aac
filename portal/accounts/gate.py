"""What happens before a page of the signed-in, and before no other: session, CSRF, hooks.

A view is one of theirs when it has `roles`; see `portal.accounts.roles`. Citizens' pages pay
nothing for any of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar, cast

from flask import current_app, g, jsonify, redirect, render_template, request, session
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from portal import language
from portal.accounts import security, sign_in
from portal.accounts.cookie import DeskSession, DeskSessions
from portal.hooks import hooks_kept_to

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.typing import ResponseReturnValue

    View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
else:
    View = TypeVar("View")


class _Csrf(CSRFProtect):  # type: ignore[misc]  # the library has no types
    """Asks for the token where a view has found it; elsewhere where forms and scripts put it."""

    def _get_csrf_token(self) -> str | None:
        given: str | None = g.get("csrf_given")
        return given or cast("str | None", super()._get_csrf_token())


_csrf: Final = _Csrf()


def init_app(app: Flask) -> None:
    """Open sessions for pages of the signed-in, and keep the libraries' hooks to them."""
    interface = DeskSessions()
    app.session_interface = interface
    app.config.update(
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_PATH="/",
        PERMANENT_SESSION_LIFETIME=sign_in.LONGEST,
        # The gate asks for the token. It lives as long as its session.
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.before_request(_enter)
    # They read the session, on every page: every citizen's page would depend on a cookie.
    with hooks_kept_to(app, is_theirs):
        _csrf.init_app(app)
        security.init_app(app)
    app.register_error_handler(CSRFError, _forged)


def is_theirs() -> bool:
    """Tell whether this request is for a page of the signed-in, and can be answered with one."""
    view = current_app.view_functions.get(request.endpoint or "")
    return hasattr(view, "roles") and not g.get("without_database")


def wants_json() -> bool:
    """Tell whether a script asks, which needs a status rather than a page."""
    return request.is_json or request.accept_mimetypes.best == "application/json"


def _enter() -> ResponseReturnValue | None:
    if not is_theirs():
        return None
    if request.method == "GET" and (prefix := language.current().prefix):
        # They are in Indonesian only; a page has one address.
        root, query = request.script_root.removesuffix(prefix), request.query_string.decode("latin")
        return redirect(f"{root}{request.path}" + (f"?{query}" if query else ""))
    _read_account()
    view = current_app.view_functions[request.endpoint or ""]
    if request.method not in {"GET", "HEAD", "OPTIONS"} and not hasattr(view, "checks_token"):
        _csrf.protect()
    return None


def sees_desk() -> bool:
    """Tell whether who asks is signed in and meets an error among the pages of the signed-in.

    An address there that is none is answered as one of somebody else's: nobody can tell them apart.
    """
    if g.get("without_database") or language.current().prefix:
        return False
    if request.url_rule is None and request.path.split("/")[1] in _first_parts():
        try:
            _read_account()
        except (OperationalError, PoolTimeout):
            return False
    return g.get("account") is not None


def _first_parts() -> set[str]:
    """Return with what the addresses of the signed-in begin, the door's not among them."""
    return {
        rule.rule.split("/")[1]
        for rule in current_app.url_map.iter_rules()
        if getattr(current_app.view_functions[rule.endpoint], "roles", None)
    }


def _read_account() -> None:
    current = session._get_current_object()  # type: ignore[attr-defined]
    cast("DeskSessions", current_app.session_interface).read(
        current_app, cast("DeskSession", current)
    )
    g.account = sign_in.resume_session()
    if g.account is None:
        session.pop("_user_id", None)


def checks_token(view: View) -> View:
    """Declare that a view checks the CSRF token itself, by `check_token`, before it does anything.

    For forms with a photo: the ordinary reading of a form writes files to disk in clear.
    """
    view.checks_token = True  # type: ignore[attr-defined]
    return view


def check_token(token: str | None) -> None:
    """Check a token that came in a form, or else in the header; raise CSRFError."""
    g.csrf_given = token or request.headers.get("X-CSRFToken") or "none"
    _csrf.protect()


def _forged(error: CSRFError) -> ResponseReturnValue:
    del error
    if wants_json():
        return jsonify(galat="Halaman sudah terlalu lama terbuka. Buka lagi halamannya."), 400
    return render_template("akun/kedaluwarsa.html"), 400
