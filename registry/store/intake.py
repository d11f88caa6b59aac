"""The drain's SQL: a batch of checked inbox entries becomes applications, in one transaction.

Two drains cannot deadlock: each takes its locks in the same order, first the entries by number,
then the applications by id. So a transaction calls `record` once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import func, insert, select, update

from registry.rules.lifecycle import Role, State
from registry.store.bulk import among, arrays_of, insert_rows, table_of
from registry.store.models import Application, Event, Intake, PersonIndex, Quarantine
from registry.store.repeats import repeat

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from registry.store.models import Base, Outcome


class InboxLostEntries(Exception):  # noqa: N818  # named after what happened
    """An entry number came back with another application: the inbox restarted its count.

    Acknowledged applications may be lost. Stop accepting and raise the alarm.
    """

    def __init__(self, entries: Sequence[int]) -> None:
        super().__init__(f"{len(entries)} inbox entries were numbered again, from {min(entries)}")
        self.entries = tuple(entries)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """An inbox entry that has been unsealed, parsed, screened and scored."""

    entry: int
    application_id: bytes
    period: str
    kelurahan: str
    rt: int | None
    rw: int | None
    nik_index: bytes
    kk_index: bytes | None
    receipt: str
    """12 characters without dashes."""
    replaces: str | None
    """The earlier receipt code that the applicant gave, or None."""
    sealed: bytes = field(repr=False)
    form_version: str
    received_at: datetime
    state: Literal["queued", "needs_correction"]
    helped_by: str | None
    organisation: str | None
    """The one whose account sent it; None for everybody else."""
    sent_by: str | None
    """The account that sent it, of an organisation or a counter; None for who needed none."""
    household_size: int
    people: tuple[bytes, ...]
    """Blind index of every NIK; position 0 is the applicant."""
    score: int
    priority: bool
    scoring: dict[str, Any]
    screening: dict[str, Any]
    flooded: bool

    @property
    def sender(self) -> Role:
        """As whom it was sent: by an account of an organisation or a counter, or by anybody."""
        if self.organisation:
            return Role.PENDAMPING
        return Role.COUNTER if self.sent_by else Role.CITIZEN

    @property
    def claim(self) -> str | None:
        """The earlier receipt code, unless it is the application's own."""
        return None if self.replaces == self.receipt else self.replaces


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a batch: entry numbers in ascending order."""

    inserted: tuple[int, ...] = ()
    repeated: tuple[int, ...] = ()
    """Entries whose application was known already."""
    already: tuple[int, ...] = ()
    """Entries that an earlier drain had recorded; nothing was done for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """An inbox entry on its way to quarantine, still sealed."""

    entry: int
    application_id: bytes
    period: str
    nik_index: bytes
    kk_index: bytes | None
    receipt: str
    sealed: bytes = field(repr=False)
    received_at: datetime
    error: str
    """A code and an exception's kind, for dinas; never personal data."""


def record(session: Session, batch: Sequence[Checked]) -> Recorded:
    """Record each entry once, whatever was recorded before and whoever else records it now.

    A handful of statements whatever the batch's size. Does not commit; acknowledge after the
    commit. Raises InboxLostEntries when a number was used for another application, and
    sqlalchemy.exc.IntegrityError when a row breaks the schema (then record them one by one).
    """
    ordered = list({item.entry: item for item in sorted(batch, key=_entry)}.values())
    if not ordered:
        return Recorded()
    claimed = _number(session, {i.entry: i.application_id for i in ordered}, "inserted")
    fresh = [item for item in ordered if item.entry in claimed]
    already = [item for item in ordered if item.entry not in claimed]
    _refuse_reused(session, {item.entry: item.application_id for item in already})
    first = list(_first_of_each(fresh))
    new = _insert_applications(session, first)
    inserted = [item for item in first if item.application_id in new]
    _insert_people(session, inserted)
    _insert(session, Event, _first_events(inserted, new))
    again = set(_entries(fresh)) - set(_entries(inserted))
    repeat(session, [item for item in fresh if item.entry in again])
    return Recorded(_entries(inserted), tuple(sorted(again)), _entries(already))


def record_practice(session: Session, batch: Sequence[Checked]) -> int:
    """Record made-up applications of practice, whose entries are negative; return how many.

    As `record` does, but for the inbox's numbers, which these never had: the balance does not see
    them. Does not commit.
    """
    new = _insert_applications(session, list(_first_of_each(batch)))
    inserted = [item for item in _first_of_each(batch) if item.application_id in new]
    _insert_people(session, inserted)
    _insert(session, Event, _first_events(inserted, new))
    return len(inserted)


def set_aside(session: Session, entry: SetAside) -> bool:
    """Put one entry into quarantine; False when it had been recorded before. Does not commit.

    Raises InboxLostEntries when the number was used for another application.
    """
    number = {entry.entry: entry.application_id}
    if not _number(session, number, "quarantined"):
        _refuse_reused(session, number)
        return False
    session.execute(
        insert(table_of(Quarantine)).values(
            entry=entry.entry,
            application_id=entry.application_id,
            period_id=entry.period,
            nik_index=entry.nik_index,
            # The inbox writes a missing KK as zeros.
            kk_index=entry.kk_index if any(entry.kk_index or b"") else None,
            receipt=entry.receipt,
            sealed=entry.sealed,
            received_at=entry.received_at,
            error=entry.error,
        )
    )
    return True


def put_back(session: Session, entry: int) -> bool:
    """Note that a quarantined entry goes to the inbox again, under a new number.

    False when it is not in quarantine or was put back before. Does not commit. Call it, append,
    then commit: an append that fails takes the note back, one that happens twice does no harm.
    """
    noted = session.execute(
        update(table_of(Quarantine))
        .where(Quarantine.entry == entry, Quarantine.put_back_at.is_(None))
        .values(put_back_at=func.now())
        .returning(Quarantine.entry)
    )
    return noted.scalar() is not None


def _entry(item: Checked) -> int:
    return item.entry


def _entries(items: Iterable[Checked]) -> tuple[int, ...]:
    return tuple(map(_entry, items))


def _first_of_each(items: Iterable[Checked]) -> Iterator[Checked]:
    seen: set[bytes] = set()
    for item in items:
        if item.application_id not in seen:
            seen.add(item.application_id)
            yield item


def _insert(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        columns = tuple(rows[0])
        session.execute(insert_rows(model, columns), arrays_of(columns, rows))


def _number(session: Session, numbers: Mapping[int, bytes], outcome: Outcome) -> set[int]:
    """Claim the numbers in ascending order; return those that nobody had recorded.

    Waits for another transaction that is recording one of them.
    """
    columns = ("entry", "application_id", "outcome")
    rows = [
        {"entry": entry, "application_id": owner, "outcome": outcome}
        for entry, owner in sorted(numbers.items())
    ]
    statement = insert_rows(Intake, columns).on_conflict_do_nothing(index_elements=["entry"])
    found = session.execute(statement.returning(Intake.entry), arrays_of(columns, rows))
    return set(found.scalars())


def _refuse_reused(session: Session, already: Mapping[int, bytes]) -> None:
    if not already:
        return
    known = session.execute(
        select(Intake.entry, Intake.application_id).where(among(Intake.entry, already))
    )
    reused = sorted(entry for entry, owner in known if already[entry] != owner)
    if reused:
        raise InboxLostEntries(reused)


def _insert_applications(session: Session, items: Sequence[Checked]) -> dict[bytes, datetime]:
    """Insert those that are not there, by ascending id; return which are new, and since when."""
    if not items:
        return {}
    rows = [_application(item) for item in sorted(items, key=lambda item: item.application_id)]
    columns = tuple(rows[0])
    statement = insert_rows(Application, columns).on_conflict_do_nothing(index_elements=["id"])
    returned = statement.returning(Application.id, Application.state_since)
    found = session.execute(returned, arrays_of(columns, rows))
    return {row.id: row.state_since for row in found}


def _application(item: Checked) -> dict[str, Any]:
    return {
        "id": item.application_id,
        "period_id": item.period,
        "kelurahan_code": item.kelurahan,
        "rt": item.rt,
        "rw": item.rw,
        "nik_index": item.nik_index,
        "kk_index": item.kk_index,
        "receipt": item.receipt,
        "replaces": item.claim,
        "replaces_entry": item.entry if item.claim else None,
        "sealed": item.sealed,
        "form_version": item.form_version,
        "entry": item.entry,
        "received_at": item.received_at,
        "state": item.state,
        "helped_by": item.helped_by,
        "organisation": item.organisation,
        "household_size": item.household_size,
        "score": item.score,
        "priority": item.priority,
        "scoring": item.scoring,
        "screening": item.screening,
        "flooded": item.flooded,
    }


def _insert_people(session: Session, items: Iterable[Checked]) -> None:
    rows = [
        {
            "period_id": item.period,
            "nik_index": nik_index,
            "application_id": item.application_id,
            "position": position,
        }
        for item in items
        # A NIK that stands twice in one household keeps its first place.
        for nik_index, position in _places(item.people).items()
    ]
    _insert(session, PersonIndex, rows)


def _places(people: Sequence[bytes]) -> dict[bytes, int]:
    places: dict[bytes, int] = {}
    for position, nik_index in enumerate(people):
        places.setdefault(nik_index, position)
    return places


def _first_events(
    items: Iterable[Checked], since: Mapping[bytes, datetime]
) -> list[dict[str, Any]]:
    """Return two events for each: somebody sent it, the software checked it."""
    return [
        {
            "application_id": item.application_id,
            "at": at,
            "actor_id": actor_id,
            "actor_role": role,
            "kind": to_state,
            "from_state": from_state,
            "to_state": to_state,
            "details": {"entry": item.entry},
        }
        for item in items
        for at, actor_id, role, from_state, to_state in (
            (item.received_at, item.sent_by, item.sender, None, State.RECEIVED),
            (since[item.application_id], None, Role.SYSTEM, State.RECEIVED, item.state),
        )
    ]
