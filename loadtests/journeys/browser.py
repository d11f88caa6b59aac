"""What a journey needs of a browser; and a plain one, which tests use."""

from __future__ import annotations

import http.client
import re
from html import unescape
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import urlencode, urlsplit

from fmotm.households.client import Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fmotm.households import Raw

FORM: Final = "application/x-www-form-urlencoded"
_TIMEOUT: Final = 20.0
_TOKEN: Final = re.compile(r'name="csrf_token"[^>]* value="([^"]+)"')


class NoAnswer(Exception):  # noqa: N818 - named after what happened
    """The portal did not answer; what was asked may have happened."""


class Lost(Exception):  # noqa: N818 - named after what happened
    """A page was not the one that the journey goes on with; the message says which and how."""


class Browser(Protocol):
    """Asks for pages. ``name`` is what a page is counted as; redirects are not followed."""

    def get(self, path: str, name: str) -> Reply:
        """Return a page. Raises NoAnswer."""

    def post(self, path: str, fields: Raw, name: str) -> Reply:
        """Send a form. Raises NoAnswer."""


class PlainBrowser:
    """One connection and its cookies. Close it when done."""

    def __init__(self, url: str, address: str = "10.0.0.1") -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(
            parts.hostname or "", parts.port, timeout=_TIMEOUT
        )
        self._address = address
        self._cookies: dict[str, str] = {}

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def get(self, path: str, name: str) -> Reply:  # noqa: ARG002 - nothing is counted
        """Return a page."""
        return self._ask("GET", path, None)

    def post(self, path: str, fields: Raw, name: str) -> Reply:  # noqa: ARG002 - as above
        """Send a form."""
        return self._ask("POST", path, urlencode(fields, doseq=True))

    def _ask(self, method: str, path: str, body: str | None) -> Reply:
        try:
            self._connection.request(method, path, body, self._headers(body))
            answer = self._connection.getresponse()
            page = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise NoAnswer(type(error).__name__) from None
        for cookie in answer.headers.get_all("Set-Cookie", ()):
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return reply(answer.status, page, dict(answer.headers))

    def _headers(self, body: str | None) -> dict[str, str]:
        headers = {"X-Forwarded-For": self._address}
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{name}={each}" for name, each in self._cookies.items())
        return headers if body is None else {**headers, "Content-Type": FORM}


def reply(status: int, page: bytes, headers: Mapping[str, str]) -> Reply:
    """Return an answer as journeys read it: its Location is a path, a wait is in seconds.

    Clients differ in how they write the names of headers.
    """
    said = {name.lower(): value for name, value in headers.items()}
    parts = urlsplit(said.get("location", ""))
    location = parts._replace(scheme="", netloc="").geturl() or None
    wait = said.get("retry-after", "")
    return Reply(
        status, page.decode("utf-8", "replace"), location, float(wait) if wait.isdigit() else None
    )


def shown(page: Reply, what: str) -> Reply:
    """Return a page that was answered with 200. Raises Lost."""
    if page.status != HTTPStatus.OK:
        message = f"{what}: HTTP {page.status}"
        raise Lost(message)
    return page


def token_on(page: Reply, what: str) -> str:
    """Return the CSRF token of a page's form. Raises Lost."""
    found = _TOKEN.search(shown(page, what).text)
    if found is None:
        message = f"{what}: no form"
        raise Lost(message)
    return unescape(found[1])
