"""How each kelurahan stands, with who is responsible: for the board and for `fmotm board`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from portal.accounts.responsible import responsible
from registry.rules.periods import civil_date
from registry.rules.progress import Step
from registry.store.board import board

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from portal.accounts.responsible import Responsible
    from registry.rules.periods import Period
    from registry.store.board import Row


class Lack(StrEnum):
    """What is left undone in a kelurahan; the codes stand in addresses."""

    NONE_HELD = "belum-sidang"
    OVERDUE = "lewat-batas"
    UNCLOSED = "belum-ditutup"
    """Not closed, and not overdue either."""
    MINUTES = "berita-acara"
    NOBODY = "tanpa-lurah"


@dataclass(frozen=True, slots=True)
class Line:
    """A kelurahan on the board."""

    row: Row
    people: tuple[Responsible, ...]
    lacks: frozenset[Lack]


def lines(session: Session, period: Period, now: datetime) -> list[Line]:
    """Return how the 267 kelurahan stand, in order of code. Ten statements at most."""
    people = responsible(session, civil_date(now))
    begun = meetings_began(period, now)
    return [
        Line(row, tuple(who), _lacks(row, who, begun=begun))
        for row in board(session, period.id, now)
        for who in (people.get(row.kelurahan.code, []),)
    ]


def meetings_began(period: Period, now: datetime) -> bool:
    """Tell whether meetings should be held by now; without a day of theirs, once it is closed."""
    if period.musyawarah_on is None:
        return now >= period.closes_at
    return civil_date(now) >= period.musyawarah_on


def _lacks(row: Row, people: Iterable[Responsible], *, begun: bool) -> frozenset[Lack]:
    there = {
        Lack.NONE_HELD: begun and row.none_held,
        Lack.OVERDUE: row.overdue > 0,
        Lack.UNCLOSED: row.unclosed > row.overdue,
        Lack.MINUTES: row.facts.minutes_waiting > 0,
        Lack.NOBODY: not any(person.arrived for person in people),
    }
    return frozenset(lack for lack, is_so in there.items() if is_so)


_ORDER: Final = tuple(Step)

SORTS: Final[Mapping[str, Callable[[Line], tuple[int, ...]]]] = MappingProxyType(
    {
        "langkah": lambda line: (_ORDER.index(line.row.step),),
        "menunggu": lambda line: (-line.row.facts.waiting,),
        "kunjungan": lambda line: (-line.row.facts.field_check,),
        "diusulkan": lambda line: (-line.row.proposed,),
        "tidak": lambda line: (-line.row.not_proposed,),
        "terlama": lambda line: (-(line.row.oldest_days or -1),),
        "sidang": lambda line: (-line.row.overdue, -line.row.unclosed, line.row.facts.held),
        "lurah": lambda line: (Lack.NOBODY not in line.lacks,),
        "berita": lambda line: (-line.row.facts.minutes_waiting, line.row.minutes_number or 0),
    }
)
"""Code in an address → what comes first; within the same, the order of kelurahan holds."""

_BY_PLACE: Final = attrgetter("row.kelurahan.code")


def arranged(every: Iterable[Line], only: str = "", order: str = "") -> list[Line]:
    """Return the lines that lack something (`tertunda`, or a Lack), sorted; else all of them.

    Unknown codes are as none: by kota and kecamatan, all of them.
    """
    if only == "tertunda":
        chosen = [line for line in every if line.lacks]
    elif only in set(Lack):
        chosen = [line for line in every if only in line.lacks]
    else:
        chosen = list(every)
    chosen.sort(key=_BY_PLACE)
    return sorted(chosen, key=SORTS[order]) if order in SORTS else chosen
