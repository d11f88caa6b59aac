"""The gate before the portal: tells whom it holds off before anything else is done for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from portal.admission.held_off import HeldOff, answer, keeps, wants_words
from portal.admission.kinds import kind_of
from portal.admission.waiting import waited
from portal.headers import of_every_answer
from registry.rules.admission import Kind, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from socket import socket
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from portal.admission.addresses import Addresses
    from portal.admission.load import Load
    from portal.admission.pages import Pages

_NEVER_BY_ADDRESS: Final = frozenset({Kind.SUBMISSION, Kind.FINISHING})
_FORM: Final = "/daftar"
"""Whatever comes from an address, people behind it register themselves."""

UNKNOWN: Final = 60
"""Seconds to wait when nobody can tell how long it will take."""

PATIENCE: Final = 5.0
"""Seconds that what somebody sends is waited for, only to give it back to them."""


class Gate:
    """Lets requests through, or answers them at once with when to come again."""

    def __init__(
        self, app: WSGIApplication, load: Load, addresses: Addresses, pages: Pages
    ) -> None:
        self._app = app
        self._load = load
        self._addresses = addresses
        self._pages = pages

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Let a request through, or answer it."""
        language, path = self._pages.language_of(environ.get("PATH_INFO", ""))
        kind = kind_of(environ["REQUEST_METHOD"], path)
        if kind is Kind.FREE:
            return self._app(environ, start_response)
        over = self._addresses.over(environ.get("REMOTE_ADDR", ""))
        why = self._load.refusal(kind, waited(environ))
        if over and kind not in _NEVER_BY_ADDRESS and path != _FORM:
            why = Refusal.ADDRESS
        if why is None:
            self._load.let_in(kind)
            return self._app(environ, start_response)
        self._load.refused(kind, why)
        seconds = round(over) + 1 if why is Refusal.ADDRESS else self._load.estimate(kind, why)
        query = environ.get("QUERY_STRING", "")
        held = HeldOff(kind, why, language, path, query, seconds, seconds or UNKNOWN)
        return self._answer(held, environ, start_response)

    def _answer(
        self, held: HeldOff, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        words = wants_words(environ.get("HTTP_ACCEPT", ""))
        form = None if words or method != "POST" else _sent(held.kind, environ)
        headers, body = answer(held, self._pages, words=words, post=method == "POST", form=form)
        secure = environ.get("wsgi.url_scheme") == "https"
        start_response(held.status, [*headers, *of_every_answer(secure=secure)])
        return [] if method == "HEAD" else [body]


def _sent(kind: Kind, environ: WSGIEnvironment) -> bytes | None:
    """Read what was sent; None when it is not kept, or not all of it came."""
    length = keeps(kind, environ.get("CONTENT_TYPE", ""), environ.get("CONTENT_LENGTH") or "")
    if length is None:
        return None
    connection: socket | None = environ.get("gunicorn.socket")
    if connection is not None:
        connection.settimeout(PATIENCE)
    try:
        body: bytes = environ["wsgi.input"].read(length)
    except OSError:  # gone, or silent
        return None
    return body if len(body) == length else None
