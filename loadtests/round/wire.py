"""HTTP/1.1 as a sender needs it, and no more: what it reads of an answer costs microseconds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_END: Final = b"\r\n\r\n"
_LONGEST_HEAD: Final = 16_384
_STATUS: Final = re.compile(rb"HTTP/1\.[01] (\d{3})")
_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_LOCATION: Final = re.compile(rb"\r\nlocation: *([^\r]+)", re.IGNORECASE)
_RETRY: Final = re.compile(rb"\r\nretry-after: *(\d+)", re.IGNORECASE)
_CLOSES: Final = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)


class NotHTTP(ValueError):  # noqa: N818 - named after what it is
    """What came is no answer that we can read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that has come whole; ``retry_after`` in seconds."""

    status: int
    location: str
    retry_after: int | None
    closes: bool
    """Whether the server closes the connection after it."""
    body: bytes


def read(received: bytes) -> Answer | None:
    """Return the answer that came; None while some of it is under way. Raises NotHTTP."""
    end = received.find(_END)
    if end < 0:
        if len(received) > _LONGEST_HEAD:
            raise NotHTTP("the answer's head has no end")
        return None
    head = received[: end + 2]
    status, length = _STATUS.match(head), _LENGTH.search(head)
    if status is None:
        raise NotHTTP("the answer has no status")
    closes = _CLOSES.search(head) is not None
    if length is None:
        raise NotHTTP("the answer does not say how long it is")
    start = end + len(_END)
    body = received[start : start + int(length[1])]
    if len(body) < int(length[1]):
        return None
    location, retry = _LOCATION.search(head), _RETRY.search(head)
    return Answer(
        int(status[1]),
        location[1].decode("latin-1") if location else "",
        int(retry[1]) if retry else None,
        closes,
        body,
    )


def form(host: str, body: bytes, number: int) -> bytes:
    """Return a request that sends a household's form, from an address of its own.

    The portal believes one proxy, which names it: people come from many addresses.
    """
    return (
        b"POST /daftar HTTP/1.1\r\nHost: %s\r\nX-Forwarded-For: 10.%d.%d.%d\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s"
    ) % (host.encode(), number >> 16 & 255, number >> 8 & 255, number & 255, len(body), body)


def page(host: str, path: str) -> bytes:
    """Return a request for a page."""
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode("latin-1")
