"""What is sealed in the database: read it, and put it back sealed or indexed with other keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select, update

from registry.store.bulk import table_of
from registry.store.models import Application, PersonIndex, Quarantine

if TYPE_CHECKING:
    from sqlalchemy import Column, Table
    from sqlalchemy.orm import Session

_ID: Final[dict[str, str]] = {"application": "id", "quarantine": "application_id"}
"""Table that holds something sealed → the column with the id that it is bound to."""

HOLDERS: Final = tuple(_ID)


@dataclass(frozen=True, slots=True)
class Sealed:
    """Something sealed. ``key`` is its row's; it is bound to the application's id."""

    key: bytes | int
    application_id: bytes
    sealed: bytes
    nik_index: bytes
    kk_index: bytes | None


def sealed_rows(
    session: Session,
    holder: str,
    *,
    after: bytes | int | None,
    limit: int,
    not_with: int | None = None,
) -> list[Sealed]:
    """Return rows of a holder by key, from past ``after``, locked until the transaction ends.

    ``not_with`` leaves out what is sealed with this key.
    """
    table, key = _table(holder)
    statement = select(
        key, table.c[_ID[holder]], table.c.sealed, table.c.nik_index, table.c.kk_index
    )
    if after is not None:
        statement = statement.where(key > after)
    if not_with is not None:
        # Byte 1 of what is sealed is the key's id: see registry.sealing. Damage may be shorter.
        long_enough = func.octet_length(table.c.sealed) > 1
        statement = statement.where(
            long_enough, func.get_byte(func.substr(table.c.sealed, 1, 2), 1) != not_with
        )
    rows = session.execute(statement.order_by(key).limit(limit).with_for_update(key_share=True))
    return [Sealed(*row) for row in rows]


def put_sealed(session: Session, holder: str, key: bytes | int, sealed: bytes) -> None:
    """Replace what a row holds. Does not commit."""
    table, column = _table(holder)
    session.execute(update(table).where(column == key).values(sealed=sealed))


def put_indexes(
    session: Session, holder: str, row: Sealed, nik_index: bytes, kk_index: bytes | None
) -> None:
    """Replace the blind indexes of a row. Does not commit."""
    table, column = _table(holder)
    session.execute(
        update(table).where(column == row.key).values(nik_index=nik_index, kk_index=kk_index)
    )


def put_people(session: Session, application_id: bytes, indexes: dict[int, bytes]) -> None:
    """Replace the blind indexes of an application's people, by position. Does not commit."""
    table = table_of(PersonIndex)
    for position, nik_index in indexes.items():
        session.execute(
            update(table)
            .where(table.c.application_id == application_id, table.c.position == position)
            .values(nik_index=nik_index)
        )


def people_positions(session: Session, application_id: bytes) -> dict[int, bytes]:
    """Return the blind indexes of an application's people, by position."""
    rows = session.execute(
        select(PersonIndex.position, PersonIndex.nik_index).where(
            PersonIndex.application_id == application_id
        )
    )
    return {row.position: row.nik_index for row in rows}


def _table(holder: str) -> tuple[Table, Column[bytes | int]]:
    table = table_of({"application": Application, "quarantine": Quarantine}[holder])
    (key,) = table.primary_key.columns
    return table, key
