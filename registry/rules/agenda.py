"""The agenda of one evening: what is ratified by list, what is told as a fact, what is discussed.

A round brings a kelurahan thousands of cases and an evening has room for some 175 one by one. So
the plain ones are read out by RW and ratified as a list, and people talk about the others. The
rules only sort: each case comes before people, and any may be pulled out of a list.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from math import inf
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from registry.rules.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from registry.rules.marks import Advice

PER_EVENING: Final = 175
"""Cases that a meeting can look at one by one in an evening, at a minute each."""


class Part(StrEnum):
    """A part of the agenda, in the order of the evening."""

    LIST = "a"
    FACTS = "b"
    EACH = "c"


PART_LABELS: Final[Mapping[Part, str]] = MappingProxyType(
    {
        Part.LIST: "Daftar per RW",
        Part.FACTS: "Fakta dari dua sumber",
        Part.EACH: "Dibahas satu per satu",
    }
)
"""Part → its words."""

LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "moved": "Pindah, menurut dua sumber",
        "died": "Meninggal, menurut dua sumber",
        "address_not_found": "Alamat tidak ditemukan dalam dua kunjungan",
        "outside_dki": "Di luar DKI Jakarta, menurut jawaban keluarga dan petugas",
        "criteria": "Ada jawaban yang termasuk kriteria musyawarah",
        "rivals": "Ada pendaftaran lain dengan NIK pemohon yang sama",
        "duplicates": "Ada pendaftaran lain dengan NIK anggota atau KK yang sama",
        "objected": "Keluarga mengajukan keberatan",
        "discuss": "Lingkungan minta dibahas, atau sumbernya berbeda",
        "not_known": "Belum ada sumber yang mengenal keluarga ini",
        "unanswered": "Pertanyaan musyawarah belum dijawab",
        "rt_rw_unknown": "RT atau RW belum diketahui",
        "flooded": "NIK ini dikirim terlalu sering dalam sehari",
    }
)
"""Code of :func:`why` → its words; the order is that of the codes."""

_FACTS: Final = frozenset({"moved", "died", "address_not_found", "outside_dki"})
FOUND_OUTSIDE: Final = "domisili_luar_dki"
"""The criterion that no answer can meet: an officer finds it at a visit."""

_OUTSIDE_DKI: Final = frozenset({"ktp_luar_dki", FOUND_OUTSIDE})
"""Criteria of `penyaringan-dki-2022`: the first is the household's answer, the second is what an
officer found at a visit. Together they are two sources."""


@dataclass(frozen=True, slots=True)
class Case:
    """What the agenda has to know of an application.

    ``entry`` is its number in the inbox; ``criteria`` and ``checks`` are the ids of its flags;
    ``rivals`` and ``duplicates`` count other applications; ``advice`` is what the neighbourhood
    said. ``not_found``: the address is established as not found. ``objected``: heard again on the
    household's objection. ``field_checked``: a visit was ordered and has been made. ``unanswered``:
    a question was put to the household, and it is silent. ``carried``: an earlier session had it on
    its agenda and decided nothing. ``flooded``: one of too many of its NIK in a day.
    """

    application_id: bytes
    rw: int | None
    rt: int | None
    entry: int
    priority: bool
    score: int | None
    criteria: tuple[str, ...]
    checks: tuple[str, ...]
    rivals: int
    duplicates: int
    advice: Advice
    not_found: bool
    objected: bool
    field_checked: bool
    unanswered: bool
    carried: bool
    flooded: bool


@dataclass(frozen=True, slots=True)
class Item:
    """A case under its number on a frozen agenda."""

    number: int
    case: Case
    part: Part


def part(case: Case) -> Part:
    """Return the part of the agenda to which a case belongs.

    FACTS when two sources say something that ends a claim: moved or died by two sources of the
    neighbourhood, the address not found in two visits, outside DKI by the household's own answer
    and an officer's finding. It is told with its sources and decided by people like all others.

    LIST only when nothing at all speaks: no criterion, rival, duplicate, objection, silence or wish
    to discuss, the RT and RW known, not one of too many, and known to at least one source. A list
    is ratified without a word about anyone on it, so nobody may be on it of whom somebody should
    have asked.

    EACH for everything else. `checks` alone keep nobody off a list: they are for officers, and some
    (a NIK of another province's first registration) are true of half the city.
    """
    speaks = why(case)
    if not speaks:
        return Part.LIST
    return Part.FACTS if _FACTS.intersection(speaks) else Part.EACH


def why(case: Case) -> tuple[str, ...]:
    """Return the codes of LABELS, in its order, of all that keeps a case off the lists."""
    return tuple(_speaks(case))


def _speaks(case: Case) -> Iterator[str]:
    advice = case.advice
    if advice.against is not None:
        yield advice.against.value
    known = advice.known or advice.against is not None or advice.discuss
    said = {
        "address_not_found": case.not_found,
        "outside_dki": _OUTSIDE_DKI.issubset(case.criteria),
        "criteria": bool(case.criteria),
        "rivals": case.rivals > 0,
        "duplicates": case.duplicates > 0,
        "objected": case.objected,
        "discuss": advice.discuss,
        "not_known": not known,
        "unanswered": case.unanswered,
        "rt_rw_unknown": case.rt is None or case.rw is None,
        "flooded": case.flooded,
    }
    yield from (code for code, speaks in said.items() if speaks)


def draw(cases: Sequence[Case], *, each: int = PER_EVENING) -> tuple[Item, ...]:
    """Return the agenda of one evening, numbered from 1; the same cases always give the same one.

    Lists and facts come by RW, RT and entry, all of them. One by one come at most ``each`` cases:
    first what was carried over, then objections, priority, the higher pre-score, the earlier entry.
    What is not drawn stays for the next session. Raises Invalid: `agenda_size` (below 0).
    """
    if each < 0:
        raise Invalid("agenda_size")
    parts: dict[Part, list[Case]] = {Part.LIST: [], Part.FACTS: [], Part.EACH: []}
    for case in cases:
        parts[part(case)].append(case)
    drawn = [
        *((Part.LIST, case) for case in sorted(parts[Part.LIST], key=_by_place)),
        *((Part.FACTS, case) for case in sorted(parts[Part.FACTS], key=_by_place)),
        *((Part.EACH, case) for case in sorted(parts[Part.EACH], key=_by_urgency)[:each]),
    ]
    return tuple(Item(number, case, where) for number, (where, case) in enumerate(drawn, 1))


# The id comes last so that nothing hangs on the order in which a query happened to return rows.
def _by_place(case: Case) -> tuple[float, float, int, bytes]:
    rw = inf if case.rw is None else case.rw
    rt = inf if case.rt is None else case.rt
    return rw, rt, case.entry, case.application_id


def _by_urgency(case: Case) -> tuple[bool, bool, bool, float, int, bytes]:
    score = -inf if case.score is None else case.score
    return (
        not case.carried,
        not case.objected,
        not case.priority,
        -score,
        case.entry,
        case.application_id,
    )


def lists(items: Sequence[Item]) -> Mapping[int, tuple[Item, ...]]:
    """Return the items that are ratified by list, of each RW, in the order of their numbers."""
    by_rw: defaultdict[int, list[Item]] = defaultdict(list)
    for item in sorted(items, key=lambda item: item.number):
        if item.part is Part.LIST and item.case.rw is not None:
            by_rw[item.case.rw].append(item)
    return {rw: tuple(by_rw[rw]) for rw in sorted(by_rw)}
