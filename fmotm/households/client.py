"""A patient HTTP client for one portal: one connection kept open, refusals waited out.

Sending the same form again is always safe: the portal knows an application by its answers.
"""

import http.client
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Event
from typing import Final
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit

from fmotm.households.home import Raw

TRIES: Final = 8
"""Times that a page is asked for before giving up."""

LONGEST_WAIT: Final = 120.0
"""Seconds; a Retry-After beyond it is not waited out in full."""

_TIMEOUT: Final = 20.0
_FIRST_WAIT: Final = 0.5
_LONGEST_GUESS: Final = 15.0
_COME_AGAIN: Final = frozenset({429, 502, 503, 504})


class SendError(Exception):
    """The portal could not be used at all; the message says what to look at."""


class GaveUp(Exception):  # noqa: N818 - reads as what it says
    """A page was refused, or not answered, as often as was tried; the message says how.

    ``silent`` when the last of it was no answer at all.
    """

    def __init__(self, message: str, *, silent: bool = False) -> None:
        super().__init__(message)
        self.silent = silent


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of the portal; ``location`` is a path at the same portal."""

    status: int
    text: str
    location: str | None
    retry_after: float | None


class Client:
    """One connection to the portal at ``url``, for one thread. Close it when done.

    Asks up to ``tries`` times for a page; ``stop`` ends its waits. Raises SendError when ``url``
    is no http or https address.
    """

    def __init__(self, url: str, stop: Event | None = None, *, tries: int = TRIES) -> None:
        self._base = _address(url)
        self._stop = stop or Event()
        self._tries = tries
        self._connection = self._connect()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def get(self, path: str) -> Reply:
        """Return a page, waiting out refusals; raises GaveUp."""
        return self._patiently(lambda: self._ask("GET", path))

    def post(self, path: str, fields: Raw, learn: Callable[[Reply], Raw]) -> Reply:
        """Send a form as a browser does and return the answer, waiting out refusals.

        ``learn`` tells what a page of refusal adds to the fields, such as a ticket. Raises GaveUp.
        """
        sent = dict(fields)

        def ask() -> Reply:
            reply = self._ask("POST", path, urlencode(sent, doseq=True).encode())
            if reply.status in _COME_AGAIN:
                sent.update(learn(reply))
            return reply

        return self._patiently(ask)

    def _patiently(self, ask: Callable[[], Reply]) -> Reply:
        reason, silent = "", False
        for attempt in range(self._tries):
            wait = _guess(attempt)
            try:
                reply = ask()
            except (OSError, http.client.HTTPException) as error:
                self._connection.close()
                reason, silent = f"no answer ({type(error).__name__})", True
            else:
                if reply.status not in _COME_AGAIN:
                    return reply
                reason, silent = f"HTTP {reply.status}", False
                if reply.retry_after is not None:
                    wait = min(reply.retry_after, LONGEST_WAIT) * _jitter(1.0, 1.25)
            if attempt + 1 < self._tries and self._stop.wait(wait):
                raise GaveUp("stopped")
        message = f"{reason}, {self._tries} times"
        raise GaveUp(message, silent=silent)

    def _ask(self, method: str, path: str, body: bytes | None = None) -> Reply:
        """Ask once; a connection that the server had closed while it was idle is made anew."""
        reused = self._connection.sock is not None
        try:
            return self._exchange(method, path, body)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            self._connection.close()
            if not reused:
                raise
        return self._exchange(method, path, body)

    def _exchange(self, method: str, path: str, body: bytes | None) -> Reply:
        headers = {"Accept": "text/html", "User-Agent": "fmotm-households"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        address = urljoin(self._base.geturl(), path.lstrip("/"))
        target = urlsplit(address)._replace(scheme="", netloc="", fragment="").geturl()
        self._connection.request(method, target, body, headers)
        answer = self._connection.getresponse()
        page = answer.read()
        return Reply(
            answer.status,
            page.decode("utf-8", "replace"),
            self._within(address, answer.headers.get("Location")),
            _seconds(answer.headers.get("Retry-After")),
        )

    def _within(self, address: str, location: str | None) -> str | None:
        """Return a Location as a path below the portal; None when it leads elsewhere."""
        if location is None:
            return None
        base, target = self._base.geturl(), urljoin(address, location)
        return target.removeprefix(base) if target.startswith(base) else None

    def _connect(self) -> http.client.HTTPConnection:
        kind = (
            http.client.HTTPSConnection
            if self._base.scheme == "https"
            else http.client.HTTPConnection
        )
        return kind(self._base.hostname or "", self._base.port, timeout=_TIMEOUT)


def _address(url: str) -> SplitResult:
    """Return the address of a portal, its path ending in a slash."""
    try:
        base = urlsplit(url.strip())
        usable = base.scheme in {"http", "https"} and base.hostname and base.port != 0
    except ValueError:  # such as a port of letters
        usable = False
    if not usable:
        message = f"{url!r} is no address of a portal; it looks like http://127.0.0.1:8000"
        raise SendError(message)
    return base._replace(path=base.path.rstrip("/") + "/", query="", fragment="")


def _seconds(retry_after: str | None) -> float | None:
    """Return a Retry-After, seconds or a date (RFC 9110 10.2.3), as seconds from now."""
    if retry_after is None:
        return None
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        until = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def _guess(attempt: int) -> float:
    """Return how long to wait when nobody said: twice as long each time."""
    return min(_FIRST_WAIT * 2.0**attempt, _LONGEST_GUESS) * _jitter(0.5, 1.0)


def _jitter(low: float, high: float) -> float:
    """Return a factor by chance: who was refused together should not come back together."""
    return random.uniform(low, high)  # noqa: S311 - no secret
