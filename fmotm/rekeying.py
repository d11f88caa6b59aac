"""Other keys for what is stored: sealed anew, or opened and indexed anew, in small steps."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from portal.accounts import own as accounts
from registry.intake import PURPOSE
from registry.rules.application import answers_of
from registry.rules.errors import Invalid
from registry.rules.kk import NomorKK
from registry.rules.nik import Nik
from registry.rules.questionnaire import MAX_MEMBERS, member_key
from registry.sealing import UnsealError
from registry.store.sealed import (
    APPLICATIONS,
    HOLDERS,
    INDEXED,
    Sealed,
    begin_resealing,
    indexed_rows,
    people_positions,
    put_indexes,
    put_people,
    put_sealed,
    sealed_rows,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session, sessionmaker

    from registry.rules.application import Answers
    from registry.sealing import BlindIndex, KeyRing
    from registry.store.sealed import Holder, Indexed, Key

BATCH: Final = 500
BIG_BATCH: Final = 10
"""Rows of a transaction, and those of a holder whose rows are big."""

EVERYTHING: Final = (*HOLDERS, *accounts.HOLDERS)
"""All columns of the database that hold something sealed."""

_FIELDS: Final = ("nik", *(member_key(number, "nik") for number in range(1, MAX_MEMBERS + 1)))


@dataclass(frozen=True, slots=True)
class Indexes:
    """The keys that it takes: to open, and the blind index as it was and as it will be."""

    ring: KeyRing
    old: BlindIndex
    new: BlindIndex


@dataclass(slots=True)
class Outcome:
    """How many rows of each holder were changed, and which could not be opened, and why."""

    changed: dict[str, int] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How many were changed."""
        return sum(self.changed.values())


class Mismatch(ValueError):  # noqa: N818 - named after what it is
    """A stored index is neither the old nor the new one of what is sealed beside it."""


def reseal(sessions: sessionmaker[Session], ring: KeyRing) -> Outcome:
    """Seal everything anew that another key than the newest sealed. Commits each batch."""
    outcome = Outcome()
    for holder in EVERYTHING:
        rows = partial(_rows_to_reseal, holder, ring)
        _each_row(sessions, holder, rows, partial(_reseal, holder, ring), outcome)
    return outcome


def reindex(sessions: sessionmaker[Session], indexes: Indexes) -> Outcome:
    """Make all blind indexes anew. Commits each batch."""
    outcome = Outcome()
    for holder in INDEXED:
        rows = partial(indexed_rows, holder=holder)
        _each_row(sessions, holder, rows, partial(_reindex, holder, indexes), outcome)
    return outcome


_Row = TypeVar("_Row", bound=Sealed)


def _each_row(
    sessions: sessionmaker[Session],
    holder: Holder,
    rows: Callable[..., list[_Row]],
    change: Callable[[Session, _Row], bool],
    outcome: Outcome,
) -> None:
    """Change every row of a holder, a transaction for each batch: broken off, it goes on."""
    limit = BIG_BATCH if holder.big else BATCH
    after: Key | None = None
    while True:
        changed = 0
        with sessions.begin() as session:
            found = rows(session=session, after=after, limit=limit)
            for row in found:
                try:
                    changed += change(session, row)
                except (UnsealError, ValueError) as error:
                    reason = error.kind if isinstance(error, UnsealError) else "unreadable"
                    outcome.failed.append(f"{holder.name} {_shown(row.key)}: {reason}")
        outcome.changed[holder.name] = outcome.changed.get(holder.name, 0) + changed
        if len(found) < limit:
            return
        after = found[-1].key


def _shown(key: Key) -> str:
    return "/".join(each.hex() if isinstance(each, bytes) else str(each) for each in key)


def _rows_to_reseal(
    holder: Holder, ring: KeyRing, *, session: Session, after: Key | None, limit: int
) -> list[Sealed]:
    begin_resealing(session)
    return sealed_rows(session, holder, not_with=ring.newest, after=after, limit=limit)


def _reseal(holder: Holder, ring: KeyRing, session: Session, row: Sealed) -> bool:
    put_sealed(session, holder, row.key, ring.reseal(holder.purpose, row.bound_id, row.sealed))
    return True


def _reindex(holder: Holder, indexes: Indexes, session: Session, row: Indexed) -> bool:
    """Index an application with its people, or what was set aside, anew; tell whether it was old.

    Does not commit. Raises UnsealError, ValueError: what cannot be opened keeps the old index.
    """
    answers = _opened(row, indexes.ring)
    try:
        nik, kk_text = Nik(_text(answers, "nik")), _text(answers, "kk")
        kk = NomorKK(kk_text) if kk_text else None
    except Invalid as invalid:
        raise Mismatch(invalid.code) from None
    if row.nik_index == indexes.new.nik(nik):
        return False
    if row.nik_index != indexes.old.nik(nik):
        raise Mismatch("neither the old nor the new index")
    if holder is APPLICATIONS:
        _reindex_people(session, row.bound_id, answers, indexes)
    put_indexes(session, holder, row.key, indexes.new.nik(nik), indexes.new.kk(kk) if kk else None)
    return True


def _reindex_people(
    session: Session, application_id: bytes, answers: Answers, indexes: Indexes
) -> None:
    niks = [Nik(nik) for name in _FIELDS if (nik := _text(answers, name))]
    by_old = {indexes.old.nik(nik): indexes.new.nik(nik) for nik in niks}
    people = people_positions(session, application_id)
    if unknown := people.values() - by_old.keys():
        message = f"{len(unknown)} people of it are unknown"
        raise Mismatch(message)
    put_people(session, application_id, {at: by_old[old] for at, old in people.items()})


def _opened(row: Sealed, ring: KeyRing) -> Answers:
    answers: object = answers_of(ring.unseal(PURPOSE, row.bound_id, row.sealed))
    if not isinstance(answers, dict):
        raise Mismatch("no answers")
    return answers


def _text(answers: Answers, field: str) -> str:
    value = answers.get(field, "")
    return value if isinstance(value, str) else ""
