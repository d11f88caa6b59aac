"""The waiting pages: rendered once, then filled in by putting strings together.

A page is cut where the time, the fields and the address go. They hold nothing of anybody else.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote

from flask import render_template

from portal.language import OWN, codes, gettext, in_language
from registry.rules.admission import Kind, Refusal

if TYPE_CHECKING:
    from flask import Flask

    from portal.admission.held_off import HeldOff

# Characters that no text has and no escaping changes.
_TIME, _SECONDS, _FIELDS, _PATH = "\ue000", "\ue001", "\ue002", "\ue003"
_CUTS: Final = re.compile(f"({_TIME}|{_SECONDS}|{_FIELDS}|{_PATH})".encode())
_FILLED_IN: Final = 256
"""Pages that are kept but for the fields: many are told the same in the same second."""

_WORDS: Final = {Refusal.CLOSED: "ditutup", Refusal.ADDRESS: "jaringan"}
_FROM_MINUTES_ON: Final = 90


class Form(NamedTuple):
    """Which page it is."""

    language: str
    why: str
    timed: bool
    """Whether it can be told how long it takes."""
    kept: str
    """'form' for the citizens' own, 'fields' for any other that is sent again, 'lost', or ''."""


class Page(NamedTuple):
    """A page in pieces, and how times are written in its language."""

    pieces: tuple[bytes, ...]
    seconds: str
    minutes: str


class Pages:
    """The waiting pages of a portal."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._rendered: dict[Form, Page] = {}
        self._codes = codes(app)
        self._around = lru_cache(_FILLED_IN)(self._fill_in)

    def language_of(self, path: str) -> tuple[str, str]:
        """Return the language of an address, and the path without it."""
        code, slash, rest = path.removeprefix("/").partition("/")
        return (code, slash + rest) if code in self._codes else (OWN, path)

    def with_fields(self, held: HeldOff, fields: bytes) -> bytes:
        """Return a page that sends these hidden fields again."""
        own = held.kind is Kind.SUBMISSION and held.path == "/daftar"
        return self._filled(held, "form" if own else "fields", fields)

    def without_fields(self, held: HeldOff, *, lost: bool = False) -> bytes:
        """Return a page that leads to the same address; `lost` when something was sent to it."""
        return self._filled(held, "lost" if lost else "")

    def _filled(self, held: HeldOff, kept: str, fields: bytes = b"") -> bytes:
        before, after = self._around(held, kept)
        return before + fields + after

    def _fill_in(self, held: HeldOff, kept: str) -> tuple[bytes, bytes]:
        """Return what of a page stands before the fields, and what after them."""
        why = _WORDS.get(held.why, "sibuk")
        form = Form(held.language, why, held.estimate is not None, kept)
        page = self._rendered.get(form) or self._render(form)
        values = {
            _TIME.encode(): _time(page, held.estimate or 0).encode(),
            _SECONDS.encode(): str(held.seconds).encode(),
            _PATH.encode(): escape(_address(held)).encode(),
        }
        filled = b"".join(values.get(piece, piece) for piece in page.pieces)
        before, _, after = filled.partition(_FIELDS.encode())
        return before, after

    def _render(self, form: Form) -> Page:
        keeps = form.kept in {"form", "fields"}
        with in_language(self._app, form.language, "/daftar" if form.kept == "form" else "/"):
            page = render_template(
                "kirim_lagi.html" if keeps else "sibuk.html",
                why=form.why,
                kira=_TIME if form.timed else "",
                wait=_SECONDS,
                cut=_FIELDS,
                action=_PATH,
                own=form.kept == "form",
                lost=form.kept == "lost",
            )
            seconds = gettext("%(n)s detik", n=_TIME)
            minutes = gettext("%(n)s menit", n=_TIME)
        rendered = Page(tuple(_CUTS.split(page.encode())), seconds, minutes)
        self._rendered[form] = rendered
        return rendered


def _address(held: HeldOff) -> str:
    """Return what was asked for, as a link: to this portal, whatever it looks like."""
    prefix = "" if held.language == OWN else f"/{held.language}"
    path = quote(held.path.lstrip("/").encode("latin-1"), safe="/=")  # as WSGI has it
    return f"{prefix}/{path}" + (f"?{held.query}" if held.query else "")


def _time(page: Page, seconds: int) -> str:
    """Write a time roughly, as it is known: in tens of seconds, then in minutes."""
    if seconds >= _FROM_MINUTES_ON:
        return page.minutes.replace(_TIME, str(round(seconds / 60)))
    return page.seconds.replace(_TIME, str(seconds if seconds < 10 else round(seconds, -1)))
