"""The RT and RW that dinas says there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from registry.inbox import Neighbourhood
from registry.store import models
from registry.store.bulk import among, arrays_of, insert_rows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many RT a load put in and took out, and of how many kelurahan."""

    kelurahan: int
    added: int
    removed: int


def neighbourhoods(session: Session) -> dict[str, frozenset[Neighbourhood]]:
    """Return the RT and RW by kelurahan code; a kelurahan that is missing has any."""
    row = models.Neighbourhood
    found: dict[str, set[Neighbourhood]] = {}
    for kelurahan, rt, rw in session.execute(select(row.kelurahan_code, row.rt, row.rw)):
        found.setdefault(kelurahan, set()).add(Neighbourhood(rt, rw))
    return {kelurahan: frozenset(each) for kelurahan, each in found.items()}


def replace_neighbourhoods(
    session: Session, listed: Mapping[str, frozenset[Neighbourhood]]
) -> Loaded:
    """Make these all the RT and RW of the kelurahan that are listed. Does not commit.

    The other kelurahan keep theirs. Statements: a few, whatever the number of rows.
    """
    row = models.Neighbourhood
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    known = neighbourhoods(session)
    kept = {code: known.get(code, frozenset()) for code in listed}
    session.execute(delete(row).where(among(row.kelurahan_code, list(listed))))
    rows = [
        {"kelurahan_code": code, "rw": each.rw, "rt": each.rt}
        for code, all_of_it in sorted(listed.items())
        for each in sorted(all_of_it)
    ]
    columns = ("kelurahan_code", "rw", "rt")
    if rows:
        session.execute(insert_rows(row, columns), arrays_of(columns, rows))
    return Loaded(
        len(listed),
        added=sum(len(listed[code] - kept[code]) for code in listed),
        removed=sum(len(kept[code] - listed[code]) for code in listed),
    )


_LOCK = 3_171_101_003
