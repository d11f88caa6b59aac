"""Making sheets of the pra-musyawarah, giving them new links, and taking them back.

A sheet is made from the queue and its lines stay as they are; a new link adds those who came since.
A link has 32 random bytes, of which only the SHA-256 is kept: it is shown once.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select, true, update

from registry.rules.lifecycle import State
from registry.rules.marks import Source
from registry.store.bulk import among, arrays_of, insert_rows, table_of
from registry.store.models import ID_LENGTH, Application, Sheet, SheetLine
from registry.store.sheets import lines_of, standing_sheet, token_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from registry.store.sheets import Line


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which sheets somebody wants: of one RW, or of all of the kelurahan when it is None.

    ``sources`` each get their own; ``expires_at`` is when the links end.
    """

    period: str
    kelurahan: str
    rw: int | None
    sources: tuple[Source, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Made:
    """A sheet that was made or got a new link, with the token of its link: kept nowhere."""

    id: bytes
    number: int
    rw: int
    rt: int
    source: Source
    expires_at: datetime
    token: str


def make(session: Session, wanted: Wanted, by: str) -> list[Made]:
    """Make a sheet for each RT with queued households and each source that has none standing.

    Asked again it makes nothing and returns nothing. Lines go by inbox entry. A handful of
    statements, however many sheets. Does not commit.
    """
    _lock(session, wanted.period, wanted.kelurahan)
    homes = _homes(session, wanted)
    standing = _standing(session, wanted)
    missing = [
        (*place, source)
        for place in homes
        for source in wanted.sources
        if (*place, source) not in standing
    ]
    first = _last_number(session, wanted) + 1
    made = [
        Made(_new_id(), number, *each, wanted.expires_at, _new_token())
        for number, each in enumerate(missing, first)
    ]
    _insert(session, Sheet, [_row(each, wanted, by) for each in made])
    rows = [row for each in made for row in _rows(each.id, homes[each.rw, each.rt])]
    _insert(session, SheetLine, rows)
    return made


def renew(
    session: Session, period: str, kelurahan: str, numbers: Iterable[int], expires_at: datetime
) -> list[Made]:
    """Give sheets new links: the old ones end, and sheets that were handed in are open again.

    Households that were queued since then are added at their ends; what stands there keeps its
    line and its marks, so that a paper printed earlier can still be keyed in. Raises NoSuchSheet
    unless all of them stand. Does not commit.
    """
    _lock(session, period, kelurahan)
    sheets = [
        standing_sheet(session, period, kelurahan, number, lock=True)
        for number in sorted(set(numbers))
    ]
    made = []
    for sheet in sheets:
        token = _new_token()
        sheet.token_hash, sheet.expires_at = token_hash(token), expires_at
        sheet.handed_in_at = None
        made.append(_made(sheet, token))
    session.flush()
    _add_newcomers(session, sheets)
    return made


def withdraw(session: Session, period: str, kelurahan: str, number: int, by: str) -> None:
    """Take a sheet back: its link ends and its marks count no more; another can then be made.

    Raises NoSuchSheet. Does not commit.
    """
    found = standing_sheet(session, period, kelurahan, number, lock=True)
    session.execute(
        update(table_of(Sheet))
        .where(Sheet.id == found.id)
        .values(withdrawn_at=func.now(), withdrawn_by=by)
    )
    session.expire(found)


def by_tokens(
    session: Session, period: str, kelurahan: str, tokens: Iterable[str]
) -> list[tuple[Made, list[Line]]]:
    """Return the standing sheets of these links, by number, with their lines. Two queries.

    For the paper, which carries the link: so only who was just shown it can print. Tokens that
    belong to no sheet of this kelurahan are left out.
    """
    hashes = {token_hash(token): token for token in tokens}
    sheets = session.scalars(
        select(Sheet)
        .where(among(Sheet.token_hash, hashes), Sheet.withdrawn_at.is_(None))
        .where(Sheet.period_id == period, Sheet.kelurahan_code == kelurahan)
        .order_by(Sheet.number)
    ).all()
    lines = lines_of(session, [each.id for each in sheets])
    return [(_made(each, hashes[each.token_hash]), lines.get(each.id, [])) for each in sheets]


def waiting(period: str, kelurahan: str) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that an application is queued in this kelurahan and stands."""
    gone = select(func.superseded_in(period, kelurahan).column_valued("gone"))
    return (
        Application.period_id == period,
        Application.kelurahan_code == kelurahan,
        Application.state == State.QUEUED,
        Application.id.not_in(gone),
    )


def _homes(session: Session, wanted: Wanted) -> dict[tuple[int, int], list[bytes]]:
    rows = session.execute(
        select(Application.id, Application.rw, Application.rt)
        .where(*waiting(wanted.period, wanted.kelurahan))
        .where(true() if wanted.rw is None else Application.rw == wanted.rw)
        .order_by(Application.rw, Application.rt, Application.entry)
    )
    homes: defaultdict[tuple[int, int], list[bytes]] = defaultdict(list)
    for application_id, rw, rt in rows:
        # Whose RT nobody knows stands on no sheet; the meeting hears them one by one.
        if rw is not None and rt is not None:
            homes[rw, rt].append(application_id)
    return homes


def _standing(session: Session, wanted: Wanted) -> set[tuple[int, int, str]]:
    rows = session.execute(
        select(Sheet.rw, Sheet.rt, Sheet.source).where(
            Sheet.period_id == wanted.period,
            Sheet.kelurahan_code == wanted.kelurahan,
            Sheet.withdrawn_at.is_(None),
        )
    )
    return {(rw, rt, source) for rw, rt, source in rows}


def _last_number(session: Session, wanted: Wanted) -> int:
    of_kelurahan = (Sheet.period_id == wanted.period, Sheet.kelurahan_code == wanted.kelurahan)
    return session.scalar(select(func.max(Sheet.number)).where(*of_kelurahan)) or 0


def _add_newcomers(session: Session, sheets: Iterable[Sheet]) -> None:
    rows: list[dict[str, Any]] = []
    for sheet in sheets:
        on_it = select(SheetLine.application_id, SheetLine.line).filter_by(sheet_id=sheet.id)
        known: Mapping[bytes, int] = dict(session.execute(on_it).all())
        queued = session.scalars(
            select(Application.id)
            .where(*waiting(sheet.period_id, sheet.kelurahan_code))
            .where(Application.rw == sheet.rw, Application.rt == sheet.rt)
            .order_by(Application.entry)
        )
        new = [each for each in queued if each not in known]
        rows += _rows(sheet.id, new, after=max(known.values(), default=0))
    _insert(session, SheetLine, rows)


def _rows(sheet_id: bytes, ids: Iterable[bytes], after: int = 0) -> Iterator[dict[str, Any]]:
    for line, application_id in enumerate(ids, after + 1):
        yield {"sheet_id": sheet_id, "line": line, "application_id": application_id}


def _row(made: Made, wanted: Wanted, by: str) -> dict[str, Any]:
    return {
        "id": made.id,
        "period_id": wanted.period,
        "kelurahan_code": wanted.kelurahan,
        "rw": made.rw,
        "rt": made.rt,
        "source": made.source.value,
        "number": made.number,
        "token_hash": token_hash(made.token),
        "expires_at": made.expires_at,
        "made_by": by,
    }


def _made(sheet: Sheet, token: str) -> Made:
    source = Source(sheet.source)
    return Made(sheet.id, sheet.number, sheet.rw, sheet.rt, source, sheet.expires_at, token)


def _insert(session: Session, model: type[Sheet | SheetLine], rows: list[dict[str, Any]]) -> None:
    if rows:
        columns = tuple(rows[0])
        session.execute(insert_rows(model, columns), arrays_of(columns, rows))


def _new_id() -> bytes:
    return secrets.token_bytes(ID_LENGTH)


def _new_token() -> str:
    return secrets.token_urlsafe(32)


_SEED: Final = 3_171_101


def _lock(session: Session, period: str, kelurahan: str) -> None:
    """Let one at a time number the sheets of a kelurahan, so that two who make them both can."""
    key = func.hashtextextended(f"sheets {period} {kelurahan}", _SEED)
    session.execute(select(func.pg_advisory_xact_lock(key)))
