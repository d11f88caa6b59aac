"""Holding off before a thread is woken: when very many come, that costs more than the answer.

The worker's loop shows what a connection has sent, still unread. Only what is there as a whole, and
plain, is answered here; everything else takes the ordinary way, to the gate.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from werkzeug.http import parse_list_header

from portal.admission.gate import UNKNOWN
from portal.admission.held_off import HeldOff, answer, keeps, wants_words
from portal.admission.kinds import kind_of
from portal.headers import of_every_answer
from registry.rules.admission import Kind

if TYPE_CHECKING:
    from portal.admission.addresses import Addresses
    from portal.admission.load import Load
    from portal.admission.pages import Pages

_POSTS: Final = frozenset({Kind.SUBMISSION, Kind.LOOKUP})
_NOT_PLAIN: Final = frozenset({"transfer-encoding", "expect", "upgrade"})
"""Headers of requests that a real parser reads."""

# RFC 9112 to the letter: no control characters, no lines that end in a line feed alone.
_HEAD: Final = re.compile(
    r"(GET|POST) (/[!-~]*) HTTP/1\.1((?:\r\n[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t -~]*)*)"
)
_LINES: Final = tuple(
    "".join(f"{name}: {value}\r\n" for name, value in of_every_answer(secure=secure))
    for secure in (False, True)
)
"""The headers that every answer has, over HTTP and over HTTPS."""

_NOT_PLAIN_IN_PATHS: Final = re.compile("[%#]")


class Answer(NamedTuple):
    """What is sent at once, in place of so many bytes that came."""

    read: int
    response: bytes


class _Request(NamedTuple):
    method: str
    path: str
    query: str
    headers: dict[str, str]
    begins: int
    """Where its body begins."""


class Early:
    """Answers requests that were not read yet."""

    def __init__(self, load: Load, addresses: Addresses, pages: Pages, proxies: int) -> None:
        self._load = load
        self._addresses = addresses
        self._pages = pages
        self._proxies = proxies

    @property
    def wanted(self) -> bool:
        """Whether it is worth to look."""
        return self._load.crowded

    def __call__(self, came: bytes, queued: int, waited: float, peer: str) -> Answer | None:
        """Return the answer to somebody who would wait too long; None to take the ordinary way.

        ``peer`` is the address at the other end of the connection.
        """
        request = _read(came)
        if request is None:
            return None
        language, path = self._pages.language_of(request.path)
        kind = kind_of(request.method, path)
        form = _form(kind, request, came)
        if kind is Kind.FREE or form is None:
            return None
        why = self._load.too_many(kind, queued, waited)
        if why is None:
            return None
        self._addresses.over(self._told(request, "x-forwarded-for") or peer)
        self._load.refused(kind, why)
        seconds = self._load.estimate(kind, why)
        held = HeldOff(kind, why, language, path, request.query, seconds, seconds or UNKNOWN)
        return Answer(request.begins + len(form), self._response(held, request, form))

    def _response(self, held: HeldOff, request: _Request, form: bytes) -> bytes:
        words = wants_words(request.headers.get("accept", ""))
        post = request.method == "POST"
        headers, body = answer(held, self._pages, words=words, post=post, form=form)
        own = "".join([f"{name}: {value}\r\n" for name, value in headers])
        others = _LINES[self._told(request, "x-forwarded-proto") == "https"]
        return f"HTTP/1.1 {held.status}\r\n{own}{others}\r\n".encode() + body

    def _told(self, request: _Request, header: str) -> str:
        """Return what the first trusted proxy says of who asks; '' when there is none."""
        value = request.headers.get(header) if self._proxies else None
        if not value:
            return ""
        told = parse_list_header(value) if "," in value or '"' in value else [value]
        return told[-self._proxies] if len(told) >= self._proxies else ""


def _read(came: bytes) -> _Request | None:
    """Read the head of a request; None when it is not all there, or not plain."""
    head, end, _ = came.partition(b"\r\n\r\n")
    plain = _HEAD.fullmatch(head.decode("latin-1")) if end else None
    if plain is None:
        return None
    method, target, lines = plain.groups()
    path, _, query = target.partition("?")
    if _NOT_PLAIN_IN_PATHS.search(path):
        return None
    headers: dict[str, str] = {}
    for line in lines.split("\r\n")[1:]:
        name, _, value = line.partition(":")
        name = name.lower()
        if name in headers or name in _NOT_PLAIN:
            return None
        headers[name] = value.strip()
    if headers.get("connection", "keep-alive").lower() != "keep-alive":
        return None
    return _Request(method, path, query, headers, len(head) + len(end))


def _form(kind: Kind, request: _Request, came: bytes) -> bytes | None:
    """Return the form that was sent; None when it is not all there, or none of those kept."""
    length = request.headers.get("content-length", "")
    if request.method == "GET":
        return b"" if not length else None
    size = keeps(kind, request.headers.get("content-type", ""), length) if kind in _POSTS else None
    if size is None or len(came) < request.begins + size:
        return None
    return came[request.begins : request.begins + size]
