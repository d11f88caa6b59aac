"""What the neighbourhood says of a household before the meeting (pra-musyawarah).

Each RT and, apart from it, a second source (Dasawisma or pendata) marks the same names. Marks
advise the meeting and decide nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Mark(StrEnum):
    """What a source says of one household."""

    KNOWN = "known"
    MOVED = "moved"
    DIED = "died"
    NOT_FOUND = "not_found"
    DISCUSS = "discuss"


class Source(StrEnum):
    """Who says it."""

    RT = "rt"
    DASAWISMA = "dasawisma"
    PENDATA = "pendata"


SECOND: Final = frozenset({Source.DASAWISMA, Source.PENDATA})
"""Those who mark beside the RT and without it."""

FACTS: Final = frozenset({Mark.MOVED, Mark.DIED})
"""What two sources together can say against a household. That an address is not found is none of
these: only visits establish it."""

LABELS: Final[Mapping[Mark, str]] = MappingProxyType(
    {
        Mark.KNOWN: "Dikenal",
        Mark.MOVED: "Pindah",
        Mark.DIED: "Meninggal",
        Mark.NOT_FOUND: "Tidak ditemukan",
        Mark.DISCUSS: "Perlu dibahas",
    }
)
"""Mark → its words on the sheet."""

SOURCE_LABELS: Final[Mapping[Source, str]] = MappingProxyType(
    {Source.RT: "RT", Source.DASAWISMA: "Dasawisma", Source.PENDATA: "Pendata"}
)
"""Source → its words on the sheet."""


@dataclass(frozen=True, slots=True)
class Said:
    """One mark of one source."""

    source: Source
    mark: Mark


@dataclass(frozen=True, slots=True)
class Advice:
    """What the marks of one household come to.

    ``against`` is MOVED or DIED when at least two sources say that and nothing else, else None.
    ``discuss``: something was said that people should look at. ``known``: a source knows them.
    ``sources`` is how many have spoken.
    """

    against: Mark | None
    discuss: bool
    known: bool
    sources: int


def advice(said: Iterable[Said]) -> Advice:
    """Return what the marks of one household come to; their order does not matter.

    A fact counts against a household only when two sources say the same and none says anything
    else: the RT may be at odds with someone, and a single slip must cost nobody their aid. Whatever
    one source says alone, or sources say differently, is for the meeting to discuss. A source that
    marked a household twice and differently is at odds with itself, and counts as one.
    """
    said = frozenset(said)
    marks = {one.mark for one in said}
    sources = len({one.source for one in said})
    against = next(iter(marks)) if len(marks) == 1 and sources > 1 else None
    if against not in FACTS:
        against = None
    return Advice(
        against,
        discuss=against is None and bool(marks - {Mark.KNOWN}),
        known=Mark.KNOWN in marks,
        sources=sources,
    )
