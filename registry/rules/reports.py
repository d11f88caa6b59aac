"""The report of a visit, as an officer's phone or page sends it: read once, here.

What is measured (times, position) comes from the device; what is chosen is checked against its
codes. A report names the visit by an id that was made on the phone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final, Literal, TypeVar, cast, get_args

from registry.rules.errors import Invalid
from registry.rules.findings import read_findings
from registry.rules.names import clean_text
from registry.rules.position import parse_position
from registry.rules.visits import Call, Outcome, Visit, refuse

Ktp = Literal["same", "differs", "not_shown"]
"""What came of comparing the KTP with the photo."""

KTP_LABELS: Final[Mapping[Ktp, str]] = MappingProxyType(
    {
        "same": "KTP sama dengan foto",
        "differs": "KTP berbeda dengan foto",
        "not_shown": "KTP tidak ditunjukkan",
    }
)

NOTE_LIMIT: Final = 300
"""Characters of the officer's note."""

COARSEST: Final = 100_000
"""Metres; who is known no better than this was not located at all."""

_EARLIEST: Final = 2020
"""Year; a clock that says less was never set."""

_ID: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)
_MEASURED: Final = ("mulai", "selesai", "titik", "akurasi")
_CHOSEN: Final = ("hasil", "panggilan", "ktp", "catatan")
_OWN: Final = frozenset(("id", "petugas", "csrf_token", *_MEASURED, *_CHOSEN))
_Value = TypeVar("_Value")

Given = Mapping[str, Sequence[str]]
"""Field → its values, as forms have them."""


@dataclass(frozen=True, slots=True)
class Report:
    """A visit and what was found. Made by :func:`read_report` alone.

    ``ktp`` is None unless the household was met. ``position`` is `latitude,longitude`, None where
    the device did not know it; ``accuracy`` is in metres.
    """

    id: bytes
    visit: Visit
    ktp: Ktp | None
    found: Mapping[str, str] = field(repr=False)
    position: str | None = field(repr=False)
    accuracy: int | None
    note: str = field(repr=False)


class Refused(ValueError):  # noqa: N818 - named after what it is
    """A report that cannot be kept; ``problems``: field → code of `meeting_problems`."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(", ".join(sorted(set(problems.values()))))
        self.problems = dict(problems)


def read_report(given: Given, *, officer: str, now: datetime, people: int) -> Report:
    """Read a report.

    Without `selesai` it ends ``now``: a page without scripts measures from its opening to its
    sending. ``people`` is how many the household has. Raises Refused with all that is wrong.
    """
    form = _Form(given)
    visit_id = form.take("id", _read_id)
    outcome = form.take("hasil", _read_outcome)
    call = form.take("panggilan", _read_call)
    ktp = form.take("ktp", _read_ktp) if outcome is Outcome.MET else None
    note = form.take("catatan", _read_note)
    started = form.take("mulai", _read_time)
    ended = form.take("selesai", lambda text: _read_time(text) if text else now)
    rest = {name: values for name, values in given.items() if name not in _OWN}
    found, wrong = read_findings(rest, people)
    form.problems |= wrong
    if visit_id is None or outcome is None or started is None or ended is None:
        raise Refused(form.problems)
    visit = Visit(officer, started, ended, outcome, call)
    form.take("selesai", lambda _: refuse(visit, now))
    if form.problems:
        raise Refused(form.problems)
    position, accuracy = _read_place(given)
    return Report(visit_id, visit, ktp, found, position, accuracy, note or "")


class _Form:
    """Takes fields one by one, and keeps what is wrong with them."""

    def __init__(self, given: Given) -> None:
        self._given = given
        self.problems: dict[str, str] = {}

    def take(self, name: str, read: Callable[[str], _Value]) -> _Value | None:
        try:
            return read(next(iter(self._given.get(name, ())), "").strip())
        except Invalid as wrong:
            self.problems[name] = wrong.code
            return None


def _read_id(text: str) -> bytes:
    if not _ID.fullmatch(text):
        raise Invalid("visit_id")
    return bytes.fromhex(text)


def _read_outcome(text: str) -> Outcome:
    try:
        return Outcome(text)
    except ValueError:
        raise Invalid("visit_outcome") from None


def _read_call(text: str) -> Call | None:
    try:
        return Call(text) if text else None
    except ValueError:
        raise Invalid("visit_call") from None


def _read_note(text: str) -> str:
    try:
        return clean_text(text, NOTE_LIMIT)
    except Invalid:
        raise Invalid("note_too_long") from None


def _read_ktp(text: str) -> Ktp:
    if text not in get_args(Ktp):
        raise Invalid("visit_ktp")
    return cast("Ktp", text)


def _read_time(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid("visit_time_zone") from None
    if moment.tzinfo is None or moment.year < _EARLIEST:
        raise Invalid("visit_time_zone")
    return moment


def _read_place(given: Given) -> tuple[str | None, int | None]:
    """Return position and accuracy. A place that cannot be is left out: the visit was made."""
    text, accuracy = (next(iter(given.get(name, ())), "").strip() for name in ("titik", "akurasi"))
    try:
        position = parse_position(text)
    except Invalid:
        return None, None
    metres = int(accuracy) if re.fullmatch(r"[0-9]{1,6}", accuracy) else COARSEST
    return (position, metres) if metres < COARSEST else (None, None)
