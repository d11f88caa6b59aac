"""The items of a frozen agenda, each with what stands recorded of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from registry.rules.agenda import Part
from registry.rules.quorum import Element
from registry.rules.verdicts import Recorded, SteppedAside, Tie, Totals, Verdict, totals
from registry.store.bulk import among
from registry.store.meetings.refusals import NoSuchItem
from registry.store.models import AgendaItem, Application
from registry.store.models import Verdict as Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands recorded of an item; ``verdict`` is None where it was taken back.

    ``sealed`` opens with the application's id (`registry.opening.words`): `sentence`, `question`,
    and `proof`, the document that was looked at.
    """

    version: int
    verdict: Verdict | None
    reason: str | None
    sealed: bytes | None
    stepped_aside: tuple[SteppedAside, ...]
    dissent: tuple[Element, ...]
    via: str
    by: str
    at: datetime
    key: bytes


@dataclass(frozen=True, slots=True)
class Line:
    """One item of an agenda. ``standing`` is None where nothing was ever recorded."""

    number: int
    application_id: bytes
    part: Part
    rw: int | None
    rt: int | None
    why: tuple[str, ...]
    pulled: bool
    standing: Standing | None

    @property
    def version(self) -> int:
        """The version that a page shows, to be sent back with what is recorded on it; from 0."""
        return self.standing.version if self.standing else 0

    @property
    def verdict(self) -> Verdict | None:
        """The verdict that stands; None for none."""
        return self.standing.verdict if self.standing else None

    @property
    def listed(self) -> bool:
        """Whether it is ratified with its RW's list."""
        return self.part is Part.LIST and not self.pulled


@dataclass(frozen=True, slots=True)
class Sealed:
    """What of a household has to be opened to be read."""

    application_id: bytes
    sealed: bytes
    received_at: datetime
    household_size: int
    state: str


def items(
    session: Session,
    musyawarah_id: bytes,
    *,
    parts: Sequence[Part] = tuple(Part),
    rw: int | None = None,
) -> list[Line]:
    """Return the items by number: of these parts, of one RW where one is asked. One query."""
    asked = _lines(musyawarah_id).where(AgendaItem.part.in_([part.value for part in parts]))
    if rw is not None:
        asked = asked.where(AgendaItem.rw == rw)
    return list(_read(session, asked))


def discussed(session: Session, musyawarah_id: bytes) -> list[Line]:
    """Return what is talked about one by one, in the order of the evening. One query.

    The facts first, then the rest, and what was pulled out of the lists last, as it came.
    """
    asked = _lines(musyawarah_id).where(
        (AgendaItem.part != Part.LIST.value) | AgendaItem.pulled_by.is_not(None)
    )
    return sorted(_read(session, asked), key=lambda line: (line.part is Part.LIST, line.number))


def item(session: Session, musyawarah_id: bytes, number: int) -> Line:
    """Return one item; raise NoSuchItem. One query."""
    for line in _read(session, _lines(musyawarah_id).where(AgendaItem.number == number)):
        return line
    raise NoSuchItem


def sealed_of(session: Session, application_ids: Iterable[bytes]) -> dict[bytes, Sealed]:
    """Return what is sealed of these households, by application id. One query."""
    rows = session.execute(
        select(
            Application.id,
            Application.sealed,
            Application.received_at,
            Application.household_size,
            Application.state,
        ).where(among(Application.id, application_ids))
    )
    return {row.id: Sealed(*row) for row in rows}


@dataclass(frozen=True, slots=True)
class Ledger:
    """The list of one RW: all its lines, those pulled out too."""

    rw: int
    lines: tuple[Line, ...]

    @property
    def listed(self) -> tuple[Line, ...]:
        """The lines that are ratified together."""
        return tuple(line for line in self.lines if line.listed)

    @property
    def open(self) -> int:
        """How many of them have no verdict yet."""
        return sum(line.verdict is None for line in self.listed)

    @property
    def ratified(self) -> bool:
        """Whether the list was ratified, and nobody on it waits."""
        return bool(self.listed) and not self.open


def by_rw(lines: Iterable[Line]) -> list[Ledger]:
    """Return the lists of the agenda, by RW."""
    found: dict[int, list[Line]] = {}
    for line in lines:
        if line.part is Part.LIST and line.rw is not None:
            found.setdefault(line.rw, []).append(line)
    return [Ledger(rw, tuple(found[rw])) for rw in sorted(found)]


def totals_of(lines: Iterable[Line]) -> Totals:
    """Return how the evening adds up."""
    return totals(
        Recorded(line.number, line.verdict, line.standing.by if line.standing else "")
        for line in lines
    )


def recorders(lines: Iterable[Line]) -> frozenset[str]:
    """Return the accounts whose verdicts stand."""
    return frozenset(
        line.standing.by for line in lines if line.standing and line.standing.verdict is not None
    )


def _lines(musyawarah_id: bytes) -> Select[tuple[Any, ...]]:
    # The highest version of each item, found by walking the primary key once.
    last = (
        select(Row)
        .where(Row.musyawarah_id == musyawarah_id)
        .ext(distinct_on(Row.number))
        .order_by(Row.number, Row.version.desc())
        .subquery()
    )
    columns = [getattr(AgendaItem, name) for name in _ITEM]
    said = [last.c[name].label(f"said_{name}") for name in _SAID]
    return (
        select(*columns, *said)
        .select_from(AgendaItem)
        .outerjoin(last, last.c.number == AgendaItem.number)
        .where(AgendaItem.musyawarah_id == musyawarah_id)
        .order_by(AgendaItem.number)
    )


_ITEM = ("number", "application_id", "part", "rw", "rt", "why", "pulled_by")
_SAID = (
    "version",
    "verdict",
    "reason",
    "sealed",
    "stepped_aside",
    "dissent",
    "via",
    "by",
    "at",
    "key",
)


def _read(session: Session, asked: Select[tuple[Any, ...]]) -> Iterator[Line]:
    for row in session.execute(asked):
        number, application_id, part, rw, rt, why, pulled_by, *said = row
        standing = None if said[0] is None else standing_of(*said)
        yield Line(
            number, application_id, Part(part), rw, rt, tuple(why), pulled_by is not None, standing
        )


def standing_of(  # noqa: PLR0913, PLR0917 - the columns of the row
    version: int,
    verdict: str | None,
    reason: str | None,
    sealed: bytes | None,
    stepped_aside: Sequence[str],
    dissent: Sequence[str],
    via: str,
    by: str,
    at: datetime,
    key: bytes,
) -> Standing:
    """Return what a row of `verdict` says."""
    return Standing(
        version,
        Verdict(verdict) if verdict else None,
        reason,
        sealed,
        tuple(map(_aside, stepped_aside)),
        tuple(map(Element, dissent)),
        via,
        by,
        at,
        key,
    )


def with_standing(line: Line, standing: Standing) -> Line:
    """Return the item with what stands of it now."""
    return replace(line, standing=standing)


def _aside(stored: str) -> SteppedAside:
    attendee, _, tie = stored.partition(":")
    return SteppedAside(int(attendee), Tie(tie))
