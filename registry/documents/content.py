"""What the papers of a musyawarah say, before it is known how they look.

Whoever fills these in decides what may be seen: a template shows all that it is given. What names
a person is left out of `repr`, so that no log and no error quotes it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, Final

_NIK_LENGTH: Final = 16
_SHOWN: Final = 4
_DOT: Final = "•"
_SCHEMA: Final = "berita-acara/1"
# What may differ between two prints of the same minutes.
_OF_ONE_PRINT: Final = frozenset({"verify_url", "full", "watermark"})


def mask_nik(nik: str) -> str:
    """Return a NIK to be recognised by: `3171••••••••0001`; what is masked already stays.

    Whatever is no NIK by its length is hidden altogether.
    """
    if len(nik) != _NIK_LENGTH:
        return _DOT * _NIK_LENGTH if nik else ""
    hidden = _NIK_LENGTH - 2 * _SHOWN
    return f"{nik[:_SHOWN]}{_DOT * hidden}{nik[-_SHOWN:]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A kelurahan and what it lies in, in the names of `registry.rules.regions`.

    `province` is without the word: `DKI Jakarta`; `kota` with it: `Kota Administrasi Jakarta
    Pusat`; `code` is that of the kelurahan, `31.71.01.1001`.
    """

    province: str
    kota: str
    kecamatan: str
    kelurahan: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """One who attended: a number in the list, the element they stand for, their office there."""

    number: int
    name: str = field(repr=False)
    element_label: str
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Cases by outcome. `open` are those that were not reached and carry over.

    `by_reason` divides those not proposed, `by_part` all that stood on the agenda: label, cases.
    """

    proposed: int
    not_proposed: int
    field_check: int
    postponed: int
    open: int
    by_reason: tuple[tuple[str, int], ...] = ()
    by_part: tuple[tuple[str, int], ...] = ()

    @property
    def total(self) -> int:
        """Cases on the agenda."""
        return self.proposed + self.not_proposed + self.field_check + self.postponed + self.open


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One case in the annex. `nik` is in full or masked: the print masks it unless it is full."""

    number: int
    nik: str = field(repr=False)
    name: str = field(repr=False)
    address: str = field(repr=False)
    rt: str
    rw: str
    status_label: str
    description: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Minutes:
    """A berita acara of one session.

    `number` is such as `BA-001/31.71.01.1001/2026-1`; `began`, `ended` and `closed_at` are aware.
    `chair_acting_letter` is the letter that names an acting chair (Plh), empty for the lurah.
    `stepped_aside` and `dissent` are sentences by element, never names. `totals_on_paper` tells
    that the lurah compared the counts with those written on paper. `corrects` names the minutes
    that these correct, by number and digest. `verify_url` ends with `content_digest` of these
    minutes: see `with_verify_url`. `full` shows each NIK, and then needs `watermark`: for whom
    this copy was made, and when. `practice` marks what stands for nothing.
    """

    number: str
    place: Place
    period_title: str
    session_number: int
    held_on: date
    began: datetime
    ended: datetime
    chair_name: str = field(repr=False)
    chair_acting_letter: str = ""
    officer_names: tuple[str, ...] = field(default=(), repr=False)
    attendance: tuple[Attendee, ...] = ()
    quorum_sentence: str
    quorate: bool
    counts: Counts
    totals_on_paper: bool = False
    lines: tuple[Line, ...] = ()
    stepped_aside: tuple[str, ...] = field(default=(), repr=False)
    dissent: tuple[str, ...] = field(default=(), repr=False)
    notes: str = field(default="", repr=False)
    corrects: str = ""
    correction_reason: str = field(default="", repr=False)
    verify_url: str = ""
    closed_at: datetime
    full: bool = False
    watermark: str = ""
    practice: bool = False


def content_digest(minutes: Minutes) -> str:
    """Return what these minutes say as 64 hexadecimal digits: SHA-256 of their canonical JSON.

    All fields count but `verify_url`, `full` and `watermark`, so a masked and a full print have
    one digest. Each NIK counts as it is masked: from the digest on a page with few lines, the
    eight hidden digits could otherwise be found by trying.
    """
    said = _canonical(minutes)
    for name in _OF_ONE_PRINT:
        del said[name]
    text = json.dumps({"schema": _SCHEMA} | said, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode("ascii")).hexdigest()


def with_verify_url(minutes: Minutes, base: str) -> Minutes:
    """Return the minutes with their address below `base`, such as `https://…/berita-acara/`."""
    return replace(minutes, verify_url=f"{base.rstrip('/')}/{content_digest(minutes)}")


def _canonical(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        found = {part.name: _canonical(getattr(value, part.name)) for part in fields(value)}
        return found | {"nik": mask_nik(value.nik)} if isinstance(value, Line) else found
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_canonical(entry) for entry in value]
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetLine:
    """One household on a sheet: its number there, a name and an address, and nothing else."""

    number: int
    name: str = field(repr=False)
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet of the pra-musyawarah: the households of one RT, for one source to mark.

    `source_label` is who marks (`Ketua RT`, `Dasawisma`, `Pendata`); `number` names the sheet;
    `url` is its expiring link, good until `until` (aware).
    """

    number: str
    place: Place
    period_title: str
    rt: str
    rw: str
    source_label: str
    prepared_at: datetime
    until: datetime
    url: str = field(repr=False)
    lines: tuple[SheetLine, ...] = ()
    practice: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaItem:
    """One case on the agenda, as the meeting may hear it: never score, NIK, phone or health.

    `size` counts the persons of the household, `facts` are label and answer of the house. `note`
    is what speaks against or is to be settled, with its sources.
    """

    number: int
    name: str = field(repr=False)
    rt: str
    rw: str
    size: int
    facts: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """The frozen agenda of a session; `number` is given when it is frozen, `frozen_at` is aware.

    `lists` is part a: RW and its cases, ratified as a list; `against` is part b, facts with two
    sources; `one_by_one` is part c.
    """

    number: str
    place: Place
    period_title: str
    session_number: int
    held_on: date
    frozen_at: datetime
    lists: tuple[tuple[str, tuple[AgendaItem, ...]], ...] = ()
    against: tuple[AgendaItem, ...] = ()
    one_by_one: tuple[AgendaItem, ...] = ()
    practice: bool = False
