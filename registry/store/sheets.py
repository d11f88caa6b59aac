"""Sheets of the pra-musyawarah: what the neighbourhood says of the households of each RT."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from registry.rules.marks import Mark, Said, Source
from registry.store.bulk import among
from registry.store.models import Sheet, SheetLine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session


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
