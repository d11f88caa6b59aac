"""What somebody is told who was held off: a page that keeps what they sent, or a few words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_plus

from registry.rules.admission import Kind, Refusal

if TYPE_CHECKING:
    from portal.admission.pages import Pages

MAX_BODY: Final = 64 * 1024
_MAX_FIELDS: Final = 600
_FORM: Final = "application/x-www-form-urlencoded"
_KEPT: Final = frozenset({Kind.SUBMISSION, Kind.FINISHING, Kind.LOOKUP})
"""Kinds whose fields are given back; others have passwords among them, or hold little."""

_PLAIN: Final = re.compile(b"[^&=<>\"']*=[^&=<>\"']*(?:&[^&=<>\"']*=[^&=<>\"']*)*")
_ENCODED: Final = re.compile(b"%[0-9A-Fa-f]{2}(?:%[0-9A-Fa-f]{2})*")
_FIRST: Final = b'<input type="hidden" name="'
_LAST: Final = b'">\n'
_BETWEEN: Final = _LAST + _FIRST


@dataclass(frozen=True, slots=True)
class HeldOff:
    """Somebody who is held off."""

    kind: Kind
    why: Refusal
    language: str
    path: str
    """Without what names the language."""
    query: str
    estimate: int | None
    """Seconds it will take; None when nobody can tell."""
    seconds: int
    """When to come again."""

    @property
    def status(self) -> str:
        """The HTTP status: 429 for an address that floods."""
        flood = self.why is Refusal.ADDRESS
        return "429 Too Many Requests" if flood else "503 Service Unavailable"


def keeps(kind: Kind, content_type: str, length: str) -> int | None:
    """Return how many bytes of a form there are to be given back; None when it is not kept."""
    if kind not in _KEPT or not content_type.lower().startswith(_FORM):
        return None
    if not (length.isascii() and length.isdigit() and len(length) < 9):
        return None
    return int(length) if int(length) <= MAX_BODY else None


def wants_words(accepts: str) -> bool:
    """Tell whether a script asks, which has the answers itself."""
    return "application/json" in accepts and "text/html" not in accepts


def answer(
    held: HeldOff, pages: Pages, *, words: bool, post: bool, form: bytes | None
) -> tuple[list[tuple[str, str]], bytes]:
    """Return body and headers, but those that every answer has.

    `form` is what was sent, None or empty when nothing is kept.
    """
    if words:
        body, content = f'{{"tunggu": {held.seconds}}}'.encode(), "application/json"
    else:
        body, content = _page(held, pages, post=post, form=form), "text/html; charset=utf-8"
    headers = [
        ("Content-Type", content),
        ("Content-Length", str(len(body))),
        ("Retry-After", str(held.seconds)),
    ]
    return headers, body


def _page(held: HeldOff, pages: Pages, *, post: bool, form: bytes | None) -> bytes:
    fields = hidden(form) if form else None
    if fields is None:
        return pages.without_fields(held, lost=post)
    return pages.with_fields(held, fields)


def hidden(form: bytes) -> bytes | None:
    """Return the fields of a form as hidden ones; None when it is not one of ours."""
    if form.count(b"&") >= _MAX_FIELDS:
        return None
    try:
        return (_as_browsers_send if _PLAIN.fullmatch(form) else _one_by_one)(form)
    except UnicodeDecodeError:
        return None


def _one_by_one(form: bytes) -> bytes:
    pairs = [pair.partition("=") for pair in form.decode("utf-8").split("&") if pair]
    return b"".join(
        _FIRST + _shown(name) + b'" value="' + _shown(value) + _LAST for name, _, value in pairs
    )


def _as_browsers_send(form: bytes) -> bytes:
    """Do it at once for all fields: each has one `=`, and no markup."""
    form.decode("utf-8")  # or else it is none of ours
    fields = form.replace(b"+", b" ").replace(b"=", b'" value="').replace(b"&", _BETWEEN)
    if b"%" in fields:
        fields = _ENCODED.sub(lambda found: _shown(found[0].decode()), fields)
    return _FIRST + fields + _LAST


def _shown(part: str) -> bytes:
    return escape(unquote_plus(part, errors="strict")).encode()
