"""The empty forms, answered before Flask is asked: everybody opens them at the same hour.

Flask makes them, with every header; for a second its answer is given to whoever asks in the same
way. A phone or a cache in between may keep that of `/daftar` for much longer anyway, so nobody sees
an older one; that of `/cek` never changes, and no phone keeps it, with what was typed into it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, NamedTuple

from flask import request

from portal import metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from flask import Flask

PATH: Final = "/daftar"
STATUS: Final = "/cek"
ENDPOINTS: Final = {PATH: "apply.form", STATUS: "status.form"}
"""Path, after that of the language → Flask's name of it, by which it is counted."""

KEPT_FOR: Final = 1.0
"""Seconds that an answer is given again."""

WAYS_TO_ASK: Final = 64
"""Answers that are kept: languages by what browsers say that they can unpack. Others are made."""

_OF_A_BODY: Final = frozenset({"content-type", "content-length", "content-encoding"})


class _Answer(NamedTuple):
    status: str
    headers: list[tuple[str, str]]
    body: bytes
    until: float
    """When it is to be made again, by the clock of the front; 0 when it may not be kept."""
    etag: str | None

    @property
    def headers_alone(self) -> list[tuple[str, str]]:
        return [each for each in self.headers if each[0].lower() not in _OF_A_BODY]


class Front:
    """Answers GETs of the empty forms; everything else goes on."""

    def __init__(self, app: WSGIApplication, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._clock = clock
        self._kept: dict[tuple[str, ...], _Answer] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, or let Flask."""
        endpoint = ENDPOINTS.get(environ["PATH_INFO"])
        if endpoint is None or environ["REQUEST_METHOD"] != "GET":
            return self._app(environ, start_response)
        asked = (
            endpoint,
            environ.get("SCRIPT_NAME", ""),
            environ["wsgi.url_scheme"],
            environ.get("HTTP_ACCEPT_ENCODING", ""),
        )
        began, now = time.perf_counter(), self._clock()
        answer = self._kept.get(asked)
        made = answer is None or now >= answer.until
        if answer is None or made:
            answer = self._made(environ, now)
            if answer.until:
                self._keep(asked, answer, now)
        had = answer.etag is not None and environ.get("HTTP_IF_NONE_MATCH") == answer.etag
        if had:
            start_response("304 NOT MODIFIED", answer.headers_alone)
        else:
            start_response(answer.status, answer.headers)
        if not made:  # what Flask answers it has counted
            metrics.answered(endpoint, 304 if had else 200, time.perf_counter() - began)
        return [] if had else [answer.body]

    def forget(self) -> None:
        """Ask Flask again from now on."""
        self._kept.clear()

    def _made(self, environ: WSGIEnvironment, now: float) -> _Answer:
        """Let Flask make it for somebody who has nothing yet."""
        heard: list[tuple[str, list[tuple[str, str]]]] = []

        def listen(status: str, headers: list[tuple[str, str]], *_: object) -> Callable[..., None]:
            heard.append((status, headers))
            return lambda *_: None

        plain = {name: each for name, each in environ.items() if name not in _CONDITIONS}
        made = self._app(plain, listen)
        try:
            body = b"".join(made)
        finally:
            if close := getattr(made, "close", None):
                close()
        status, headers = heard[-1]
        named = {name.lower(): value for name, value in headers}
        public = "public" in named.get("cache-control", "") or _SAME_FOR_ALL in plain
        kept = status.startswith("200 ") and public
        return _Answer(status, headers, body, now + KEPT_FOR if kept else 0, named.get("etag"))

    def _keep(self, asked: tuple[str, ...], answer: _Answer, now: float) -> None:
        if len(self._kept) >= WAYS_TO_ASK:
            self._kept = {way: each for way, each in [*self._kept.items()] if now < each.until}
        if len(self._kept) < WAYS_TO_ASK:
            self._kept[asked] = answer


def same_for_all() -> None:
    """Say of the answer to this request that it is the same for all, though nobody may keep it."""
    request.environ[_SAME_FOR_ALL] = True


_SAME_FOR_ALL: Final = "portal.same_for_all"
_CONDITIONS: Final = frozenset(
    {"HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE"}
    | {"HTTP_RANGE", "HTTP_IF_RANGE"}
)


def init_app(app: Flask) -> None:
    """Put it right before Flask, where the language of an address is known."""
    app.extensions["front"] = front = Front(app.wsgi_app)
    app.wsgi_app = front  # type: ignore[method-assign]
