"""What somebody is told who was held off: a page that keeps what they sent, or a few words."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from portal.headers import HEADERS, HSTS
from registry.rules.admission import Kind, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from socket import socket
    from wsgiref.types import StartResponse, WSGIEnvironment

    from portal.admission.pages import Pages

MAX_BODY: Final = 64 * 1024
MAX_FIELDS: Final = 600
PATIENCE: Final = 5.0
"""Seconds that what somebody sends is waited for, only to give it back to them."""

_FORM: Final = "application/x-www-form-urlencoded"
_KEPT: Final = frozenset({Kind.SUBMISSION, Kind.FINISHING, Kind.LOOKUP})
"""Kinds whose fields are given back; others have passwords among them, or hold little."""


@dataclass(frozen=True, slots=True)
class HeldOff:
    """Somebody who is held off."""

    kind: Kind
    why: Refusal
    language: str
    path: str
    """Without what names the language."""
    estimate: int | None
    """Seconds it will take; None when nobody can tell."""
    seconds: int
    """When to come again."""


def answer(
    held: HeldOff, pages: Pages, environ: WSGIEnvironment, start_response: StartResponse
) -> Iterable[bytes]:
    """Answer 503, or 429 to an address that floods; never again anything that was not sent."""
    if _asks_for_json(environ):
        kind, body = "application/json", f'{{"tunggu": {held.seconds}}}'.encode()
    else:
        kind, body = "text/html; charset=utf-8", _page(held, pages, environ).encode()
    flood = held.why is Refusal.ADDRESS
    headers = [
        ("Content-Type", kind),
        ("Content-Length", str(len(body))),
        ("Retry-After", str(held.seconds)),
        ("Cache-Control", "no-store"),
        *HEADERS.items(),
    ]
    if environ.get("wsgi.url_scheme") == "https":
        headers.append(("Strict-Transport-Security", HSTS))
    start_response("429 Too Many Requests" if flood else "503 Service Unavailable", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _page(held: HeldOff, pages: Pages, environ: WSGIEnvironment) -> str:
    if environ["REQUEST_METHOD"] != "POST":
        return pages.without_fields(held)
    fields = _sent(environ) if held.kind in _KEPT else None
    if fields is None:
        return pages.without_fields(held, lost=True)
    return pages.with_fields(held, "".join(map(_hidden, fields)))


def _asks_for_json(environ: WSGIEnvironment) -> bool:
    accepts = environ.get("HTTP_ACCEPT", "")
    return "application/json" in accepts and "text/html" not in accepts


def _sent(environ: WSGIEnvironment) -> list[tuple[str, str]] | None:
    """Read the fields of a form; None when it is none, or not all of it came."""
    length = environ.get("CONTENT_LENGTH") or ""
    if not environ.get("CONTENT_TYPE", "").lower().startswith(_FORM):
        return None
    if not (length.isascii() and length.isdigit() and len(length) < 9 and int(length) <= MAX_BODY):
        return None
    connection: socket | None = environ.get("gunicorn.socket")
    if connection is not None:
        connection.settimeout(PATIENCE)
    try:
        body = environ["wsgi.input"].read(int(length))
        if len(body) < int(length):
            return None
        return parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS
        )
    except (OSError, ValueError):  # gone, silent, or no form of ours
        return None


def _hidden(field: tuple[str, str]) -> str:
    return f'<input type="hidden" name="{escape(field[0])}" value="{escape(field[1])}">\n'
