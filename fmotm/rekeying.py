"""New blind indexes for what is stored: opened, indexed again, put back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from registry.intake import PURPOSE
from registry.rules.application import answers_of
from registry.rules.errors import Invalid
from registry.rules.kk import NomorKK
from registry.rules.nik import Nik
from registry.rules.questionnaire import MAX_MEMBERS, member_key
from registry.store.sealed import Sealed, people_positions, put_indexes, put_people

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from registry.rules.application import Answers
    from registry.sealing import BlindIndex, KeyRing

_FIELDS: Final = ("nik", *(member_key(number, "nik") for number in range(1, MAX_MEMBERS + 1)))


@dataclass(frozen=True, slots=True)
class Indexes:
    """The keys that it takes: to open, and the blind index as it was and as it will be."""

    ring: KeyRing
    old: BlindIndex
    new: BlindIndex


class Mismatch(ValueError):  # noqa: N818 - named after what it is
    """A stored index is neither the old nor the new one of what is sealed beside it."""


def reindex_application(session: Session, row: Sealed, indexes: Indexes) -> bool:
    """Index an application and its people anew; tell whether they were not yet.

    Does not commit. Raises UnsealError, ValueError.
    """
    answers, changed = _reindex(session, "application", row, indexes)
    if changed:
        niks = [Nik(nik) for name in _FIELDS if (nik := _text(answers, name))]
        by_old = {indexes.old.nik(nik): indexes.new.nik(nik) for nik in niks}
        people = people_positions(session, row.application_id)
        if unknown := people.values() - by_old.keys():
            message = f"{len(unknown)} people of it are unknown"
            raise Mismatch(message)
        put_people(session, row.application_id, {at: by_old[old] for at, old in people.items()})
    return changed


def reindex_quarantine(session: Session, row: Sealed, indexes: Indexes) -> bool:
    """Index an entry that was set aside anew; tell whether it was not yet. Does not commit.

    Raises UnsealError, ValueError: what cannot be opened keeps the old index.
    """
    return _reindex(session, "quarantine", row, indexes)[1]


def _reindex(session: Session, holder: str, row: Sealed, indexes: Indexes) -> tuple[Answers, bool]:
    answers = _opened(row, indexes.ring)
    try:
        nik, kk_text = Nik(_text(answers, "nik")), _text(answers, "kk")
        kk = NomorKK(kk_text) if kk_text else None
    except Invalid as invalid:
        raise Mismatch(invalid.code) from None
    if row.nik_index == indexes.new.nik(nik):
        return answers, False
    if row.nik_index != indexes.old.nik(nik):
        raise Mismatch("neither the old nor the new index")
    put_indexes(session, holder, row, indexes.new.nik(nik), indexes.new.kk(kk) if kk else None)
    return answers, True


def _opened(row: Sealed, ring: KeyRing) -> Answers:
    answers: object = answers_of(ring.unseal(PURPOSE, row.application_id, row.sealed))
    if not isinstance(answers, dict):
        raise Mismatch("no answers")
    return answers


def _text(answers: Answers, field: str) -> str:
    value = answers.get(field, "")
    return value if isinstance(value, str) else ""
