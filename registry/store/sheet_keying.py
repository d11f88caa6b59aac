"""Keying marks from paper: one person keys, another keys the same paper without seeing the first.

Where both are equal the mark counts. Where they differ, either looks at the paper again and
corrects their own. The database refuses one person as both.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, func, select, update

from registry.store.bulk import arrays_of, table_of, unnested
from registry.store.models import Sheet, SheetLine
from registry.store.sheets import lines_of, standing_sheet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from registry.rules.marks import Mark
    from registry.store.sheets import Line


class Hand(StrEnum):
    """Who of the two somebody is for a sheet."""

    FIRST = "first"
    SECOND = "second"


class Refused(StrEnum):
    """Why marks from paper were not taken."""

    HANDED_IN = "handed_in"
    """By link, or by two people without a difference."""
    BY_LINK = "by_link"
    """It has marks by link, and nobody said that the paper replaces them."""
    TWO_OTHERS = "two_others"
    """Two people have keyed it, and this is neither."""
    OTHER_HAND = "other_hand"
    """The page was made for the other hand: somebody else was first meanwhile."""
    NO_SUCH_LINE = "no_such_line"
    EMPTY = "empty"


class NotKeyed(Exception):  # noqa: N818 - named after what happened
    """Marks from paper were not taken, and nothing was changed."""

    def __init__(self, refused: Refused) -> None:
        self.refused = refused
        super().__init__(refused.value)


@dataclass(frozen=True, slots=True)
class Read:
    """What somebody read off a paper: line → mark; a line that is missing is blank there.

    ``over_link`` says that the paper replaces what was marked by link.
    """

    hand: Hand
    marks: Mapping[int, Mark]
    by: str
    over_link: bool = False


@dataclass(frozen=True, slots=True)
class Keying:
    """How far the keying of a sheet is."""

    sheet: Sheet
    lines: tuple[Line, ...]

    @property
    def first(self) -> str | None:
        """Who keyed it first; None when nobody has."""
        return next((line.keyed_by for line in self.lines if line.keyed_by), None)

    @property
    def second(self) -> str | None:
        """Who keyed it again."""
        return next((line.checked_by for line in self.lines if line.checked_by), None)

    @property
    def by_link(self) -> int:
        """How many lines are marked by link."""
        return sum(line.via == "link" for line in self.lines)

    @property
    def differences(self) -> tuple[int, ...]:
        """The lines in which the two differ; none as long as one of them is missing."""
        if self.first is None or self.second is None:
            return ()
        return tuple(line.line for line in self.lines if line.mark != line.second)

    def hand_of(self, actor: str) -> Hand | None:
        """Return which hand somebody is, or would be; None when two others have keyed it."""
        if actor == self.first:
            return Hand.FIRST
        if actor == self.second:
            return Hand.SECOND
        if self.first is None:
            return Hand.FIRST
        return Hand.SECOND if self.second is None else None

    def own(self, hand: Hand) -> dict[int, Mark]:
        """Return what this hand has keyed: line → mark."""
        if hand is Hand.SECOND:
            return {line.line: line.second for line in self.lines if line.second}
        return {line.line: line.mark for line in self.lines if line.mark and line.keyed_by}


def keying(
    session: Session, period: str, kelurahan: str, number: int, *, lock: bool = False
) -> Keying:
    """Return how far the keying of a standing sheet is. Two queries; raises NoSuchSheet."""
    sheet = standing_sheet(session, period, kelurahan, number, lock=lock)
    return Keying(sheet, tuple(lines_of(session, [sheet.id], lock=lock).get(sheet.id, ())))


def key(session: Session, found: Keying, read: Read) -> Keying:
    """Take all that one hand read off the paper, in place of what it keyed before.

    ``found`` is locked. When both hands have keyed the same, the sheet is handed in. Returns how
    far it is now. Raises NotKeyed. Does not commit.
    """
    _check(found, read)
    _write(session, found.sheet.id, read)
    sheet = found.sheet
    now = Keying(sheet, tuple(lines_of(session, [sheet.id])[sheet.id]))
    if now.first and now.second and not now.differences:
        session.execute(
            update(table_of(Sheet)).where(Sheet.id == sheet.id).values(handed_in_at=func.now())
        )
        session.refresh(sheet)
    return now


def _check(found: Keying, read: Read) -> None:
    if found.sheet.handed_in_at is not None:
        raise NotKeyed(Refused.HANDED_IN)
    hand = found.hand_of(read.by)
    if hand is None:
        raise NotKeyed(Refused.TWO_OTHERS)
    if hand is not read.hand:
        raise NotKeyed(Refused.OTHER_HAND)
    if found.by_link and not read.over_link:
        raise NotKeyed(Refused.BY_LINK)
    if read.marks.keys() - {line.line for line in found.lines}:
        raise NotKeyed(Refused.NO_SUCH_LINE)
    if not read.marks:
        raise NotKeyed(Refused.EMPTY)


def _write(session: Session, sheet_id: bytes, read: Read) -> None:
    columns = ("line", "mark")
    given = unnested(SheetLine, columns)
    table, its = table_of(SheetLine), given.c
    marked = its.mark.is_not(None)
    who, when = case((marked, read.by)), case((marked, func.now()))
    if read.hand is Hand.FIRST:
        values: dict[str, Any] = {
            "mark": its.mark,
            "via": case((marked, "paper")),
            "keyed_by": who,
            "marked_at": when,
        }
    else:
        values = {"second_mark": its.mark, "checked_by": who, "checked_at": when}
    found = session.scalars(select(SheetLine.line).filter_by(sheet_id=sheet_id)).all()
    rows = [{"line": line, "mark": read.marks.get(line)} for line in found]
    session.execute(
        update(table).where(table.c.sheet_id == sheet_id, table.c.line == its.line).values(values),
        arrays_of(columns, rows),
    )
