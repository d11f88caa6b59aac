"""What is sealed in the database: read it, and put it back sealed or indexed with other keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, case, func, select, true, tuple_, update

from registry import visiting
from registry.intake import PURPOSE as ANSWERS
from registry.opening import WORDS
from registry.store import minutes, paper
from registry.store.bulk import table_of
from registry.store.models import (
    AgendaItem,
    Application,
    Attendee,
    Correction,
    Minutes,
    Musyawarah,
    Objection,
    PaperForm,
    PersonIndex,
    Quarantine,
    Question,
    Ruling,
    Verdict,
    Visit,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Column, ColumnElement, Select, Table
    from sqlalchemy.orm import Session

Key = tuple[bytes | int, ...]
"""A row's primary key."""


def _as_it_is(bound: bytes) -> bytes:
    return bound


@dataclass(frozen=True, slots=True)
class Holder:
    """A column that holds something sealed, and what that is bound to."""

    column: Column[Any]
    purpose: str
    bound_to: Column[Any]
    """The column with the id: of the same table, or of one that it names by a foreign key."""
    as_id: Callable[[Any], bytes] = _as_it_is
    big: bool = False
    """Whether a row holds up to megabytes: few of them at once, then."""

    @property
    def table(self) -> Table:
        """The table with the column."""
        return self.column.table

    @property
    def name(self) -> str:
        """`table.column`."""
        return f"{self.table.name}.{self.column.name}"


_APPLICATION: Final = table_of(Application).c
_QUARANTINE: Final = table_of(Quarantine).c
_RULING: Final = table_of(Ruling).c
_QUESTION: Final = table_of(Question).c
_VISIT: Final = table_of(Visit).c
_PAPER: Final = table_of(PaperForm).c
_OBJECTION: Final = table_of(Objection).c
_MUSYAWARAH: Final = table_of(Musyawarah).c
_ATTENDEE: Final = table_of(Attendee).c
_MINUTES: Final = table_of(Minutes).c

APPLICATIONS: Final = Holder(_APPLICATION.sealed, ANSWERS, _APPLICATION.id)
QUARANTINED: Final = Holder(_QUARANTINE.sealed, ANSWERS, _QUARANTINE.application_id)

HOLDERS: Final = (
    APPLICATIONS,
    QUARANTINED,
    Holder(_RULING.sealed, WORDS, _RULING.application_id),
    Holder(_QUESTION.question, WORDS, _QUESTION.application_id),
    Holder(_QUESTION.answer, WORDS, _QUESTION.application_id),
    Holder(_VISIT.sealed, visiting.PURPOSE, _VISIT.id),
    Holder(_PAPER.sealed, paper.PURPOSE, _PAPER.id),
    Holder(_OBJECTION.sealed, WORDS, _OBJECTION.application_id),
    Holder(_MUSYAWARAH.notes, WORDS, _MUSYAWARAH.id),
    Holder(_ATTENDEE.sealed, WORDS, _ATTENDEE.musyawarah_id),
    Holder(table_of(Verdict).c.sealed, WORDS, table_of(AgendaItem).c.application_id),
    # An approved correction is copied, sealed as it is, into the reason of new minutes, while its
    # row is locked. In this order the copy is seen: either its source was new, or it comes later.
    Holder(table_of(Correction).c.sealed, WORDS, _MINUTES.musyawarah_id),
    Holder(_MINUTES.reason, WORDS, _MINUTES.musyawarah_id),
    Holder(_MINUTES.content, minutes.PURPOSE + "content", _MINUTES.id, big=True),
    Holder(_MINUTES.pdf, minutes.PURPOSE + "pdf", _MINUTES.id, big=True),
    Holder(_MINUTES.xlsx, minutes.PURPOSE + "xlsx", _MINUTES.id, big=True),
)
"""All that is sealed in the registry's tables; accounts have theirs (`portal.accounts.own`)."""

INDEXED: Final = (APPLICATIONS, QUARANTINED)
"""Those with blind indexes beside what is sealed."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """Something sealed, the id that it is bound to, and the key of its row."""

    key: Key
    bound_id: bytes
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Indexed(Sealed):
    """Sealed answers, with the blind indexes of who gave them."""

    nik_index: bytes
    kk_index: bytes | None


def sealed_rows(
    session: Session, holder: Holder, *, not_with: int, after: Key | None, limit: int
) -> list[Sealed]:
    """Return rows that this key did not seal, by key from past ``after``, locked until the end."""
    asked = _asked(holder, after, limit).where(_sealed_otherwise(holder.column, not_with))
    return [
        Sealed(tuple(key), holder.as_id(bound), sealed)
        for bound, sealed, *key in session.execute(asked)
    ]


def indexed_rows(
    session: Session, holder: Holder, *, after: Key | None, limit: int
) -> list[Indexed]:
    """Return rows of one of INDEXED, by key from past ``after``, locked until the end."""
    columns = holder.table.c
    asked = _asked(holder, after, limit).add_columns(columns.nik_index, columns.kk_index)
    return [
        Indexed(tuple(key), bound, sealed, nik_index, kk_index)
        for bound, sealed, *key, nik_index, kk_index in session.execute(asked)
    ]


def begin_resealing(session: Session) -> None:
    """Let this transaction replace what is sealed in append-only rows; their trigger still looks.

    Only the tables' owner may: see ADR 0016.
    """
    session.execute(select(func.set_config("fmotm.resealing", "on", True)))


def put_sealed(session: Session, holder: Holder, key: Key, sealed: bytes) -> None:
    """Replace what a row holds. Does not commit."""
    changed = update(holder.table).where(_row(holder, key)).values({holder.column: sealed})
    session.execute(changed)


def put_indexes(
    session: Session, holder: Holder, key: Key, nik_index: bytes, kk_index: bytes | None
) -> None:
    """Replace the blind indexes of a row. Does not commit."""
    changed = update(holder.table).where(_row(holder, key))
    session.execute(changed.values(nik_index=nik_index, kk_index=kk_index))


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


def _asked(holder: Holder, after: Key | None, limit: int) -> Select[*tuple[Any, ...]]:
    table, keys = holder.table, holder.table.primary_key.columns
    source = table if holder.bound_to.table is table else table.join(holder.bound_to.table)
    asked = select(holder.bound_to, holder.column, *keys).select_from(source)
    if after is not None:
        asked = asked.where(tuple_(*keys) > after)
    return asked.order_by(*keys).limit(limit).with_for_update(key_share=True, of=table)


def _row(holder: Holder, key: Key) -> ColumnElement[bool]:
    columns = holder.table.primary_key.columns
    return and_(*(column == value for column, value in zip(columns, key, strict=True)))


def _sealed_otherwise(column: Column[Any], key_id: int) -> ColumnElement[bool]:
    # Byte 1 of what is sealed is the key's id: see registry.sealing. Damage may be shorter.
    named = func.get_byte(func.substr(column, 1, 2), 1) != key_id
    short = func.octet_length(column) < 2
    return and_(column.is_not(None), case((short, true()), else_=named))
