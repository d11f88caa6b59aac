"""Holding off before a thread is woken: when very many come, that costs more than the answer.

The worker's loop shows what a connection has sent, still unread. Only what is there as a whole, and
plain, is answered here; everything else takes the ordinary way, to the gate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from portal.admission.gate import UNKNOWN
from portal.admission.held_off import HeldOff, answer, keeps, wants_words
from portal.admission.kinds import kind_of
from registry.rules.admission import Kind

if TYPE_CHECKING:
    from portal.admission.load import Load
    from portal.admission.pages import Pages

_POSTS: Final = frozenset({Kind.SUBMISSION, Kind.LOOKUP})
_NOT_PLAIN: Final = frozenset({"transfer-encoding", "expect", "upgrade"})
"""Headers of requests that a real parser reads."""


class Answer(NamedTuple):
    """What is sent at once, in place of so many bytes that came."""

    read: int
    response: bytes


class _Request(NamedTuple):
    method: str
    path: str
    headers: dict[str, str]
    begins: int
    """Where its body begins."""


class Early:
    """Answers requests that were not read yet."""

    def __init__(self, load: Load, pages: Pages) -> None:
        self._load = load
        self._pages = pages

    def wanted(self, queued: int) -> bool:
        """Tell whether it is worth to look, with so many waiting for a thread."""
        return self._load.crowded(queued)

    def __call__(self, came: bytes, queued: int, waited: float = 0.0) -> Answer | None:
        """Return the answer to somebody who would wait too long; None to take the ordinary way."""
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
        self._load.refused(kind, why)
        seconds = self._load.estimate(kind)
        held = HeldOff(kind, why, language, path, seconds, seconds or UNKNOWN)
        words = wants_words(request.headers.get("accept", ""))
        post = request.method == "POST"
        headers, body = answer(held, self._pages, words=words, post=post, form=form)
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
        head = f"HTTP/1.1 {held.status}\r\n{lines}\r\n"
        return Answer(request.begins + len(form), head.encode() + body)


def _read(came: bytes) -> _Request | None:
    """Read the head of a request; None when it is not all there, or not plain."""
    head, end, _ = came.partition(b"\r\n\r\n")
    if not end or not head.isascii():
        return None
    first, *lines = head.decode("ascii").split("\r\n")
    method, _, target = first.removesuffix(" HTTP/1.1").partition(" ")
    if not first.endswith(" HTTP/1.1") or method not in {"GET", "POST"}:
        return None
    path = target.partition("?")[0]
    if not path.startswith("/") or "%" in path or " " in target:
        return None
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        name = name.lower()
        if not colon or name.strip() != name or name in headers or name in _NOT_PLAIN:
            return None
        headers[name] = value.strip()
    if headers.get("connection", "keep-alive").lower() != "keep-alive":
        return None
    return _Request(method, path, headers, len(head) + len(end))


def _form(kind: Kind, request: _Request, came: bytes) -> bytes | None:
    """Return the form that was sent; None when it is not all there, or none of those kept."""
    length = request.headers.get("content-length", "")
    if request.method == "GET":
        return b"" if not length else None
    size = keeps(kind, request.headers.get("content-type", ""), length) if kind in _POSTS else None
    if size is None or len(came) < request.begins + size:
        return None
    return came[request.begins : request.begins + size]
