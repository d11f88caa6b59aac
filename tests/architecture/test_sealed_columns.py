"""No column with something sealed is forgotten when keys change."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, Table

from fmotm.rekeying import EVERYTHING
from registry.store.models import Base

PLAIN_ENDINGS = ("id", "_index", "hash", "digest")
"""Ids, blind indexes and digests are bytes that nothing opens."""

NOT_SEALED = {
    "verdict.key": "random, made with the page: a retry brings the same",
}


def is_plain(column: Column[object]) -> bool:
    return column.name.endswith(PLAIN_ENDINGS) or bool(column.foreign_keys)


def test_keys_rotate_knows_every_column_of_bytes() -> None:
    bytes_columns = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary) and not is_plain(column)
    }
    assert bytes_columns == {holder.name for holder in EVERYTHING} | NOT_SEALED.keys()


def test_what_a_holder_is_bound_to_is_in_its_row_or_one_that_it_names() -> None:
    assert len({holder.name for holder in EVERYTHING}) == len(EVERYTHING)
    for holder in EVERYTHING:
        named: set[Table] = {key.column.table for key in holder.table.foreign_keys}
        assert holder.bound_to.table in {holder.table, *named}, holder.name
