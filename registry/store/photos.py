"""Photos in the database: sent by the portal, worked off by a worker, told to the citizen.

A blob goes into the store before its row, and out of it before its row goes: what is in the store
without a row is at most an upload that was cut short, and the sweep finds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import (
    LargeBinary,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased

from registry.photos import Kind, Refusal, State
from registry.store.bulk import table_of
from registry.store.models import Photo

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from sqlalchemy import ColumnElement, Row
    from sqlalchemy.orm import Session

MAX_WAITING: Final = 3
"""Photos of one kind and application that may wait at once: a flood waits at the door."""

MAX_ATTEMPTS: Final = 3
"""How often a photo may kill its worker before it is given up."""

REST: Final = timedelta(seconds=60)
"""How long a photo is left alone once a worker has begun with it: longer than a job may take."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A photo that lies sealed in the store."""

    id: bytes
    application_id: bytes
    kind: Kind
    blob: str
    key_id: int
    size: int
    visit_id: bytes | None = None
    """The visit on which an officer took it; None for what a household sends."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is told of a photo."""

    kind: Kind
    state: State
    reason: Refusal | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """A photo that was made anew, where it lies, to be shown to an officer."""

    id: bytes
    application_id: bytes
    blob: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """A photo to work off; ``attempts`` counts this one."""

    id: bytes
    application_id: bytes
    blob: str
    attempts: int


def add(session: Session, sent: Sent) -> bool:
    """Note a photo that lies in the store; False when too many of its kind wait. Does not commit.

    Several at once may each slip in; the portal takes only a few uploads at a time.
    """
    if sent.visit_id is None:
        found = of_application(session, sent.application_id).get(sent.kind, ())
    else:
        found = of_visit(session, sent.application_id, sent.visit_id).get(sent.kind, ())
    if sum(each.state is State.RECEIVED for each in found) >= MAX_WAITING:
        return False
    session.execute(
        insert(table_of(Photo)).values(
            id=sent.id,
            application_id=sent.application_id,
            visit_id=sent.visit_id,
            kind=sent.kind.value,
            blob=sent.blob,
            key_id=sent.key_id,
            size=sent.size,
        )
    )
    return True


def of_application(session: Session, application_id: bytes) -> dict[Kind, tuple[Shown, ...]]:
    """Return what its household sent of each kind, newest first. One query; no scope is needed."""
    sent = func.public_photos(literal(application_id, LargeBinary)).table_valued(
        "kind", "state", "reason", "created_at"
    )
    return _by_kind(session.execute(select(sent)))


def of_visit(
    session: Session, application_id: bytes, visit_id: bytes
) -> dict[Kind, tuple[Shown, ...]]:
    """Return what an officer took of each kind on a visit, newest first. One query."""
    rows = session.execute(
        select(Photo.kind, Photo.state, Photo.reason, Photo.created_at)
        .where(Photo.application_id == application_id, Photo.visit_id == visit_id)
        .order_by(Photo.number.desc())
    )
    return _by_kind(rows)


def newest_ready(
    session: Session, application_id: bytes, kind: Kind, *, visit_id: bytes | None = None
) -> Kept | None:
    """Return the photo of this kind that counts: of a visit, or else of the household itself.

    None where there is none that can be shown, or it is not in sight.
    """
    found = session.execute(
        select(Photo.id, Photo.application_id, Photo.blob)
        .where(
            Photo.application_id == application_id,
            Photo.kind == kind.value,
            Photo.visit_id.is_not_distinct_from(visit_id),
            Photo.state == State.READY.value,
        )
        .order_by(Photo.number.desc())
        .limit(1)
    ).one_or_none()
    return Kept(found.id, found.application_id, str(found.blob)) if found else None


def _by_kind(rows: Iterable[Row[*tuple[Any, ...]]]) -> dict[Kind, tuple[Shown, ...]]:
    found: dict[Kind, tuple[Shown, ...]] = {}
    for row in rows:
        reason = Refusal(row.reason) if row.reason else None
        shown = Shown(Kind(row.kind), State(row.state), reason, row.created_at)
        found[shown.kind] = (*found.get(shown.kind, ()), shown)
    return found


def waiting(session: Session, limit: int, *, rest: timedelta = REST) -> list[bytes]:
    """Return the ids of photos that a worker is to begin with, oldest first."""
    return list(
        session.scalars(select(Photo.id).where(_due(rest)).order_by(Photo.number).limit(limit))
    )


def waiting_now(session: Session) -> int:
    """Count the photos that no worker has finished with."""
    received = select(func.count()).select_from(Photo).where(Photo.state == "received")
    return session.scalar(received) or 0


def claim(session: Session, photo_id: bytes, *, rest: timedelta = REST) -> Claimed | None:
    """Begin with a photo; None when there is nothing to do, or another began. Does not commit."""
    row = session.execute(
        update(table_of(Photo))
        .where(Photo.id == photo_id, _due(rest))
        .values(attempts=Photo.attempts + 1, tried_at=func.now())
        .returning(Photo.id, Photo.application_id, Photo.blob, Photo.attempts)
    ).one_or_none()
    return Claimed(row.id, row.application_id, str(row.blob), row.attempts) if row else None


def give_back(session: Session, photo_id: bytes) -> None:
    """Uncount an attempt that failed through no fault of the photo. Does not commit."""
    session.execute(
        update(table_of(Photo)).where(Photo.id == photo_id).values(attempts=Photo.attempts - 1)
    )


def mark_ready(session: Session, photo_id: bytes, blob: str, key_id: int, size: int) -> bool:
    """Note that a photo was made anew; False when that was done already. Does not commit."""
    values = {"state": State.READY.value, "blob": blob, "key_id": key_id, "size": size}
    return _finish(session, photo_id, values)


def mark_refused(session: Session, photo_id: bytes, reason: Refusal) -> bool:
    """Note that a photo cannot be used; False when it was finished already. Does not commit."""
    values = {"state": State.REFUSED.value, "blob": None, "key_id": None, "reason": reason.value}
    return _finish(session, photo_id, values)


def replaced(session: Session, limit: int = 100) -> list[tuple[bytes, str | None]]:
    """Return (id, blob) of photos that a newer one stands for.

    A ready one replaces all that came before it; a refused one only those refused before it.
    """
    newer = aliased(Photo)
    stands = or_(
        newer.state == State.READY,
        and_(newer.state == State.REFUSED, Photo.state == State.REFUSED),
    )
    found = select(Photo.id, Photo.blob).where(
        exists(newer.id).where(
            newer.application_id == Photo.application_id,
            newer.kind == Photo.kind,
            newer.visit_id.is_not_distinct_from(Photo.visit_id),
            newer.number > Photo.number,
            stands,
        )
    )
    return [(row.id, row.blob) for row in session.execute(found.limit(limit))]


def remove(session: Session, photo_id: bytes) -> None:
    """Forget a photo whose blob is gone. Does not commit."""
    session.execute(delete(table_of(Photo)).where(Photo.id == photo_id))


def in_use(session: Session, blobs: Iterable[str]) -> set[str]:
    """Return those of these blobs that a row names. One query."""
    return set(filter(None, session.scalars(select(Photo.blob).where(Photo.blob.in_(list(blobs))))))


def sealed_otherwise(session: Session, key_id: int) -> int:
    """Return how many photos another key than this one sealed."""
    others = select(func.count()).select_from(Photo).where(Photo.key_id != key_id)
    return session.scalar(others) or 0


def _due(rest: timedelta) -> ColumnElement[bool]:
    rested = or_(Photo.tried_at.is_(None), Photo.tried_at <= func.now() - rest)
    return and_(Photo.state == State.RECEIVED, rested)


def _finish(session: Session, photo_id: bytes, values: Mapping[str, object]) -> bool:
    statement = update(table_of(Photo)).where(Photo.id == photo_id)
    unfinished = statement.where(Photo.state == State.RECEIVED).values(**values)
    return session.execute(unfinished.returning(Photo.id)).one_or_none() is not None
