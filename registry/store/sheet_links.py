"""A sheet by its link: who holds the token sees its lines and marks them, without an account.

All of it goes through functions of the database that ask for the token; no scope is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import ARRAY, Integer, LargeBinary, Text, func, literal, select

from registry.rules.marks import Mark, Source
from registry.store.sheets import token_hash

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class LinkedSheet:
    """The head of a sheet whose link is good."""

    id: bytes
    kelurahan: str
    rw: int
    rt: int
    source: Source
    number: int
    expires_at: datetime
    handed_in_at: datetime | None


@dataclass(frozen=True, slots=True)
class LinkedLine:
    """One household of it, sealed, and its mark by this link.

    ``on_paper``: it is being keyed from paper, and the link marks it no more.
    """

    line: int
    application_id: bytes
    sealed: bytes
    mark: Mark | None
    on_paper: bool


def linked_sheet(session: Session, token: str) -> LinkedSheet | None:
    """Return the sheet of a link; None when it expired, was withdrawn, or is nobody's."""
    names = (
        "id", "kelurahan_code", "rw", "rt", "source", "number", "expires_at", "handed_in_at",
    )  # fmt: skip
    asked = func.link_sheet(_hash(token)).table_valued(*names)
    row = session.execute(select(asked)).one_or_none()
    if row is None:
        return None
    sheet_id, kelurahan, rw, rt, source, number, expires_at, handed_in_at = row
    return LinkedSheet(
        sheet_id, kelurahan, rw, rt, Source(source), number, expires_at, handed_in_at
    )


def linked_lines(session: Session, token: str) -> list[LinkedLine]:
    """Return the lines of a link's sheet; none when the link is not good."""
    names = ("line", "application_id", "sealed", "mark", "on_paper")
    asked = func.link_lines(_hash(token)).table_valued(*names)
    rows = session.execute(select(asked).order_by(asked.c.line))
    return [
        LinkedLine(line, application_id, sealed, Mark(mark) if mark else None, on_paper)
        for line, application_id, sealed, mark, on_paper in rows
    ]


def mark_lines(session: Session, token: str, marks: Mapping[int, Mark]) -> int:
    """Mark lines, and return how many were: none of a sheet that was handed in meanwhile.

    Lines that are keyed from paper, or are not on the sheet, stay as they are. Does not commit.
    """
    asked = func.link_mark(
        _hash(token),
        literal(list(marks), ARRAY(Integer)),
        literal([mark.value for mark in marks.values()], ARRAY(Text)),
    ).column_valued("marked")
    return session.scalar(select(asked)) or 0


def hand_in(session: Session, token: str) -> bool:
    """Hand a sheet in: its link then only shows it. False when it was already. No commit."""
    return bool(session.scalar(select(func.link_hand_in(_hash(token)).column_valued("handed"))))


def _hash(token: str) -> ColumnElement[bytes]:
    return literal(token_hash(token), LargeBinary)
