"""The session cookie: only pages of the signed-in read it, so only they can depend on it.

A citizen's page must be the same for whoever asks for it, or no cache may serve it. So a session
is unread until the gate reads it, and an unread one is never written, nor told of in `Vary`.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from flask import has_request_context, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature

if TYPE_CHECKING:
    from flask import Flask, Request, Response
    from flask.sessions import SessionMixin

NAME: Final = "meja"
SECURE_NAME: Final = f"__Host-{NAME}"
"""Over HTTPS: browsers take it from this host alone, so no neighbour can put one there."""


CLOCKS_APART: Final = timedelta(minutes=1)
"""How far the clocks of two portals may be apart: what the one signed just now is not yet to the
other, and is no reason to send an officer to sign in again."""


class DeskSession(SecureCookieSession):
    """A session that is empty until it has been read."""

    read = False


class DeskSessions(SecureCookieSessionInterface):
    """Signs sessions into a cookie of its own; reads them when it is told to."""

    digest_method = staticmethod(hashlib.sha256)

    def open_session(self, app: Flask, request: Request) -> DeskSession:  # noqa: ARG002
        """Give an unread session, whatever cookie came."""
        return DeskSession()

    def read(self, app: Flask, session: DeskSession) -> None:
        """Fill a session from the request's cookie; one that we did not sign is as none."""
        session.read = True
        serializer = self.get_signing_serializer(app)
        value = request.cookies.get(self.get_cookie_name(app))
        if value and serializer:
            try:
                kept, signed_at = serializer.loads(value, return_timestamp=True)
            except BadSignature:
                return
            age = datetime.now(UTC) - signed_at
            if -CLOCKS_APART <= age <= app.permanent_session_lifetime:
                dict.update(session, kept)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write a session that was read; raises RuntimeError when an unread one was changed."""
        if isinstance(session, DeskSession) and session.read:
            super().save_session(app, session, response)
        elif session.modified:
            raise RuntimeError("only pages of the signed-in have a session")

    def get_cookie_name(self, app: Flask) -> str:  # noqa: ARG002
        """Return its name, which over HTTPS binds it to this host."""
        return SECURE_NAME if _is_secure() else NAME

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002
        """Tell whether it may only travel over HTTPS: whenever it came so."""
        return _is_secure()


def _is_secure() -> bool:
    return has_request_context() and request.is_secure
