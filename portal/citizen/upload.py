"""Reading one uploaded photo, in memory alone: Werkzeug's own reading writes it to disk in clear.

A phone on a bad network holds a thread for as long as its upload takes, so only a few uploads run
at a time: whoever applies meanwhile finds a thread.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Final, NamedTuple

from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from registry.photos import MAX_UPLOAD, NotAPhoto, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flask import Request

AT_ONCE: Final = 2
"""Uploads that a process reads at the same time, of its eight threads."""

FIELD: Final = "foto"

_AROUND: Final = 64 * 1024
"""Bytes that the form itself may take around the photo."""

_FIELDS: Final = 4 * _AROUND
"""Bytes of what is no file. The parser's own buffer of 64 KB, and what it keeps back, count too."""

_HEARD_OUT: Final = 3 * MAX_UPLOAD
"""Bytes of a body that is too large which are still read, so that the phone sees the answer."""

_CHUNK: Final = 64 * 1024


class Busy(Exception):  # noqa: N818 - named after what is the case
    """Too many others are sending photos just now."""


class Uploads:
    """The few places of a process for whoever sends a photo."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._places = threading.BoundedSemaphore(at_once)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Take a place for as long as the block runs; raise Busy when there is none."""
        if not self._places.acquire(blocking=False):
            raise Busy
        try:
            yield
        finally:
            self._places.release()


class Upload(NamedTuple):
    """A photo, maybe of no bytes, and the other fields of its form."""

    content: bytes
    fields: Mapping[str, str]


def read_photo(request: Request) -> bytes:
    """Return the file of the field `foto`; raise NotAPhoto (EMPTY, HUGE, CUT)."""
    content = read_upload(request).content
    if not content:
        raise NotAPhoto(Refusal.EMPTY)
    return content


def read_upload(request: Request) -> Upload:
    """Return the file of the field `foto` with what came beside it; raise NotAPhoto (HUGE, CUT)."""
    request.max_content_length = MAX_UPLOAD + _AROUND
    if request.mimetype != "multipart/form-data":
        return Upload(b"", {})
    parser = FormDataParser(
        stream_factory=_in_memory, max_form_memory_size=_FIELDS, max_form_parts=10, silent=False
    )
    try:
        _, fields, files = parser.parse(
            request.stream, request.mimetype, request.content_length, request.mimetype_params
        )
    except RequestEntityTooLarge:
        _hear_out(request)
        raise NotAPhoto(Refusal.HUGE) from None
    except (ClientDisconnected, ValueError):
        raise NotAPhoto(Refusal.CUT) from None
    file = files.get(FIELD)
    return Upload(file.stream.read() if file else b"", fields)


def _in_memory(
    total_content_length: int | None,  # noqa: ARG001 - Werkzeug gives it by name
    content_type: str | None,  # noqa: ARG001
    filename: str | None,  # noqa: ARG001
    content_length: int | None = None,  # noqa: ARG001
) -> BytesIO:
    return BytesIO()


def _hear_out(request: Request) -> None:
    """Read on, up to a bound, and forget: a browser that is cut off shows no answer."""
    if (request.content_length or 0) > _HEARD_OUT:
        return
    stream, left = request.environ["wsgi.input"], _HEARD_OUT
    while left > 0 and (read := len(stream.read(_CHUNK))):
        left -= read
