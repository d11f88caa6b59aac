"""What the portal's tests share: a browser's view of a page, and households to send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from urllib.parse import urlencode

from sqlalchemy import Engine
from sqlalchemy.orm import sessionmaker
from werkzeug.test import Client, TestResponse

from fmotm.households import household
from registry.inbox import Inbox
from registry.intake import Keys, examine
from registry.rules.periods import Period
from registry.rules.questionnaire import questionnaire
from registry.store import models
from registry.store.intake import record

Fields = dict[str, list[str]]

PERIOD = "2026-1"
FORM = "application/x-www-form-urlencoded"
HIDDEN = {"periode", "versi", "aksi", "tiket"}


def now() -> datetime:
    return datetime.now(UTC)


def snapshot(
    opens: timedelta = timedelta(days=-1),
    closes: timedelta = timedelta(days=9),
    grace: timedelta = timedelta(),
    period: str = PERIOD,
) -> Period:
    """Give a period by its distance from now."""
    return Period(period, "Putaran 1", now() + opens, now() + closes, grace)


def answers(number: int = 1, seed: int = 7, **changed: str | list[str]) -> Fields:
    """Give the answers of a made-up household, as a browser would send them."""
    raw = {**household(seed, number), **changed}
    return {name: [value] if isinstance(value, str) else list(value) for name, value in raw.items()}


def form(fields: Mapping[str, list[str]], **hidden: str) -> Fields:
    """Add what the form sends for itself."""
    own = {"periode": PERIOD, "versi": questionnaire().version, "aksi": "kirim", **hidden}
    return {**fields, **{name: [value] for name, value in own.items()}}


def body(fields: Mapping[str, list[str]]) -> bytes:
    return urlencode(fields, doseq=True).encode()


def post(client: Client, fields: Mapping[str, list[str]], to: str = "/daftar") -> TestResponse:
    return client.post(to, data=body(fields), content_type=FORM)


@dataclass
class Page(HTMLParser):
    """A page as a browser without scripts knows it."""

    html: str
    values: Fields = field(default_factory=dict)
    inputs: set[str] = field(default_factory=set)
    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    refers: list[str] = field(default_factory=list)
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self._open: str | None = None
        self._templates = 0
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._templates += tag == "template"
        if self._templates:  # for scripts: a browser without them has nothing of it
            return
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a":
            self.links.append(given.get("href", ""))
        for refers in ("for", "aria-describedby", "aria-labelledby"):
            self.refers += given.get(refers, "").split()
        if tag in {"input", "textarea", "select"}:
            self.inputs.add(given.get("name", ""))
        self._value(tag, given)

    def _value(self, tag: str, given: dict[str, str]) -> None:
        """Note what the browser would send."""
        if tag == "input":
            ticked = given.get("type") not in {"radio", "checkbox"} or "checked" in given
            if ticked:
                self._add(given["name"], given.get("value", ""))
        elif tag in {"select", "textarea"}:
            self._open = given["name"]
            if tag == "textarea":
                self._add(given["name"], "")
        elif tag == "option" and self._open and "selected" in given:
            self._add(self._open, given.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._templates:
            return
        self.text += data
        if self._open and self.get_starttag_text().startswith("<textarea"):  # type: ignore[union-attr]
            # A browser drops the line end that follows the tag.
            self.values[self._open][-1] += data.replace("\r\n", "\n").removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        self._templates -= tag == "template"
        if tag in {"select", "textarea"}:
            self._open = None

    def _add(self, name: str, value: str) -> None:
        self.values.setdefault(name, []).append(value)

    def answered(self) -> Fields:
        """Give what would be sent, without blanks and what the form sends for itself."""
        return {
            name: sorted(kept)
            for name, values in self.values.items()
            if name not in HIDDEN and (kept := [value for value in values if value.strip()])
        }


def answered(fields: Mapping[str, list[str]]) -> Fields:
    """Give answers in the same shape as `Page.answered`."""
    return {name: sorted(values) for name, values in fields.items() if name not in HIDDEN}


def drain(inbox: Inbox, keys: Keys, database: Engine) -> int:
    """Do what a worker does, in short; returns how many entries."""
    entries = inbox.claim("tests")
    with sessionmaker(database).begin() as session:
        if session.get(models.Period, PERIOD) is None:
            a_day = timedelta(days=1)
            session.add(
                models.Period(id=PERIOD, title="", opens_at=now() - a_day, closes_at=now() + a_day)
            )
            session.flush()
        record(session, [examine(entry, keys) for entry in entries])
    inbox.acknowledge(entries)
    return len(entries)
