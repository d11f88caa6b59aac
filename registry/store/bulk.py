"""One statement for any number of rows: columns travel as arrays and are unnested."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from sqlalchemy import ARRAY, Table, any_, bindparam, column, func, literal, select
from sqlalchemy.dialects.postgresql import insert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement, TableValuedAlias
    from sqlalchemy.dialects.postgresql import Insert
    from sqlalchemy.orm import InstrumentedAttribute

    from registry.store.models import Base

_T = TypeVar("_T")

_PREFIX = "all_"  # SQLAlchemy keeps the bare column names for itself


def table_of(model: type[Base]) -> Table:
    """Return the table of a model, for statements that need nothing of the ORM."""
    return cast("Table", model.__table__)


def unnested(model: type[Base], columns: Sequence[str]) -> TableValuedAlias:
    """Return rows to select from, typed like those columns of the model, in the given order."""
    chosen = [table_of(model).c[name] for name in columns]
    arrays = [bindparam(_PREFIX + c.name, type_=ARRAY(c.type, dimensions=1)) for c in chosen]
    rows = func.unnest(*arrays).table_valued(*[column(c.name, c.type) for c in chosen])
    return rows.render_derived(name="given")


def insert_rows(model: type[Base], columns: Sequence[str]) -> Insert:
    """Return an INSERT of unnested rows, made in the order in which they are given."""
    rows = unnested(model, columns)
    return insert(table_of(model)).from_select(list(columns), select(*rows.c))


def arrays_of(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return the parameters of such a statement: one list for each column."""
    return {_PREFIX + name: [row[name] for row in rows] for name in columns}


def among(attribute: InstrumentedAttribute[_T], values: Iterable[_T]) -> ColumnElement[bool]:
    """Return the condition that a column is one of any number of values, as one parameter."""
    return attribute == any_(literal(list(values), ARRAY(attribute.type, dimensions=1)))
