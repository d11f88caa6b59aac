"""How far the pra-musyawarah of a kelurahan is: its RT, their sheets, and what is missing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

from registry.rules.marks import SECOND, Source
from registry.store.models import Application, Sheet, SheetLine
from registry.store.sheet_making import waiting
from registry.store.sheets import counts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class SheetCount:
    """One standing sheet in figures."""

    number: int
    source: Source
    lines: int
    marked: int
    """Lines whose mark counts."""
    keyed: int
    """Lines that one of two has keyed, or both and differently."""
    waiting: int
    """Lines of households that are still queued."""
    expires_at: datetime
    handed_in_at: datetime | None


@dataclass(frozen=True, slots=True)
class Neighbours:
    """One RT: how many of its households are queued, and its sheets."""

    rw: int
    rt: int
    queued: int
    sheets: tuple[SheetCount, ...]

    @property
    def of_rt(self) -> SheetCount | None:
        """The sheet of the RT itself."""
        return next((each for each in self.sheets if each.source is Source.RT), None)

    @property
    def second(self) -> tuple[SheetCount, ...]:
        """The sheets of second sources."""
        return tuple(each for each in self.sheets if each.source in SECOND)

    @property
    def complete(self) -> bool:
        """Whether the RT and a second source have handed in."""
        one, others = self.of_rt, self.second
        return bool(one and one.handed_in_at and any(each.handed_in_at for each in others))

    def missing(self, sheet: SheetCount) -> int:
        """How many queued households of the RT came after a sheet was made."""
        return max(0, self.queued - sheet.waiting)


@dataclass(frozen=True, slots=True)
class Overview:
    """All RT of a kelurahan with queued households or sheets, in order."""

    rts: tuple[Neighbours, ...]
    nowhere: int
    """Queued households whose RT or RW nobody knows: on no sheet."""

    def by_rw(self) -> dict[int, list[Neighbours]]:
        """Return the RT of each RW, in order."""
        found: defaultdict[int, list[Neighbours]] = defaultdict(list)
        for each in self.rts:
            found[each.rw].append(each)
        return dict(found)

    def without(self, sources: Iterable[Source]) -> int:
        """How many RT with queued households have no standing sheet of any of these sources."""
        wanted = set(sources)
        return sum(
            each.queued > 0 and not any(sheet.source in wanted for sheet in each.sheets)
            for each in self.rts
        )

    @property
    def complete(self) -> int:
        """How many RT have both sources in."""
        return sum(each.complete for each in self.rts)


def overview(session: Session, period: str, kelurahan: str, rw: int | None = None) -> Overview:
    """Return how far a kelurahan, or one RW of it, is. Two queries, whatever its size."""
    queued: dict[tuple[int, int], int] = {}
    nowhere = 0
    rows = session.execute(
        select(Application.rw, Application.rt, func.count())
        .where(*waiting(period, kelurahan))
        .group_by(Application.rw, Application.rt)
    )
    for its_rw, its_rt, count in rows:
        if its_rw is None or its_rt is None:
            nowhere += count
        else:
            queued[its_rw, its_rt] = count
    sheets = _sheets(session, period, kelurahan)
    places = sorted(queued.keys() | sheets.keys())
    return Overview(
        tuple(
            Neighbours(*place, queued.get(place, 0), tuple(sheets.get(place, ())))
            for place in places
            if rw is None or place[0] == rw
        ),
        nowhere,
    )


def _sheets(
    session: Session, period: str, kelurahan: str
) -> dict[tuple[int, int], list[SheetCount]]:
    # A set that is made once: as a join it is planned badly until there are statistics of a new
    # period, and takes seconds.
    queued = select(Application.id).where(*waiting(period, kelurahan))
    one_only = or_(SheetLine.mark.is_not(None), SheetLine.second_mark.is_not(None))
    rows = session.execute(
        select(
            Sheet.rw,
            Sheet.rt,
            Sheet.number,
            Sheet.source,
            func.count(SheetLine.line),
            func.count().filter(counts()),
            func.count().filter(one_only, func.coalesce(~counts(), True)),
            func.count().filter(SheetLine.application_id.in_(queued)),
            Sheet.expires_at,
            Sheet.handed_in_at,
        )
        .join(SheetLine, SheetLine.sheet_id == Sheet.id)
        .where(Sheet.period_id == period, Sheet.kelurahan_code == kelurahan)
        .where(Sheet.withdrawn_at.is_(None))
        .group_by(Sheet.id)
        .order_by(Sheet.rw, Sheet.rt, Sheet.number)
    )
    found: defaultdict[tuple[int, int], list[SheetCount]] = defaultdict(list)
    for rw, rt, number, source, *figures in rows:
        found[rw, rt].append(SheetCount(number, Source(source), *figures))
    return dict(found)
