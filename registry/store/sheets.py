"""Sheets of the pra-musyawarah: one RT's households, for one source to say whom it knows.

Here they are read. They are made in `sheet_making`, keyed from paper in `sheet_keying`, and marked
by whoever holds their link in `sheet_links`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from sqlalchemy import or_, select

from registry.rules.marks import Mark, Said, Source
from registry.store.bulk import among
from registry.store.models import Application, Sheet, SheetLine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session


_HIGHEST: Final = 32_767
"""What the column holds."""


class NoSuchSheet(LookupError):  # noqa: N818 - named after what happened
    """No sheet with this number stands, or none in sight."""


@dataclass(frozen=True, slots=True)
class Line:
    """One household on a sheet, sealed, and what was said of it there.

    ``mark`` came ``via`` `link` or `paper`; ``second`` is what the second person keyed.
    """

    line: int
    application_id: bytes
    sealed: bytes
    mark: Mark | None
    via: str | None
    second: Mark | None
    keyed_by: str | None
    checked_by: str | None

    @property
    def counted(self) -> Mark | None:
        """The mark, if it counts; see `said_of`."""
        return self.mark if self.via == "link" or self.mark == self.second else None


def said_of(session: Session, application_ids: Iterable[bytes]) -> dict[bytes, tuple[Said, ...]]:
    """Return what the neighbourhood says of these households; who has no mark is missing.

    A mark by link counts at once, one on paper when two people have keyed the same. Withdrawn
    sheets count for nothing. By source in the order of its code. One query.
    """
    rows = session.execute(
        select(SheetLine.application_id, Sheet.source, SheetLine.mark)
        .join(Sheet, Sheet.id == SheetLine.sheet_id)
        .where(among(SheetLine.application_id, application_ids))
        .where(Sheet.withdrawn_at.is_(None), counts())
        .order_by(SheetLine.application_id, Sheet.source)
    )
    said: defaultdict[bytes, tuple[Said, ...]] = defaultdict(tuple)
    for application_id, source, mark in rows:
        if mark is not None:
            said[application_id] += (Said(Source(source), Mark(mark)),)
    return dict(said)


def counts() -> ColumnElement[bool]:
    """Return the condition that the mark of a line counts."""
    # Equal only when both are there: of an unmarked line it is NULL, which is no yes.
    return or_(SheetLine.via == "link", SheetLine.mark == SheetLine.second_mark)


def token_hash(token: str) -> bytes:
    """Return what is kept of a link's token."""
    return sha256(token.encode()).digest()


def standing_sheet(
    session: Session, period: str, kelurahan: str, number: int, *, lock: bool = False
) -> Sheet:
    """Return the sheet with this number; ``lock`` lets nobody else change it meanwhile.

    Raises NoSuchSheet when it was withdrawn, is out of scope or never was.
    """
    asked = select(Sheet).where(
        Sheet.period_id == period,
        Sheet.kelurahan_code == kelurahan,
        Sheet.number == number,
        Sheet.withdrawn_at.is_(None),
    )
    if not 1 <= number <= _HIGHEST:
        raise NoSuchSheet(number)
    found = session.scalar(
        (asked.with_for_update() if lock else asked).execution_options(populate_existing=True)
    )
    if found is None:
        raise NoSuchSheet(number)
    return found


def lines_of(
    session: Session, sheet_ids: Iterable[bytes], *, lock: bool = False
) -> dict[bytes, list[Line]]:
    """Return the lines of sheets, by number. One query; ``lock`` as in `standing_sheet`."""
    asked = (
        select(
            SheetLine.sheet_id,
            SheetLine.line,
            SheetLine.application_id,
            Application.sealed,
            SheetLine.mark,
            SheetLine.via,
            SheetLine.second_mark,
            SheetLine.keyed_by,
            SheetLine.checked_by,
        )
        .join(Application, Application.id == SheetLine.application_id)
        .where(among(SheetLine.sheet_id, sheet_ids))
        .order_by(SheetLine.sheet_id, SheetLine.line)
    )
    found: defaultdict[bytes, list[Line]] = defaultdict(list)
    for (
        sheet_id,
        line,
        application_id,
        sealed,
        mark,
        via,
        second,
        first_by,
        second_by,
    ) in session.execute(asked.with_for_update(of=SheetLine) if lock else asked):
        marks = (_mark(mark), via, _mark(second), first_by, second_by)
        found[sheet_id].append(Line(line, application_id, sealed, *marks))
    return found


def _mark(code: str | None) -> Mark | None:
    return None if code is None else Mark(code)
