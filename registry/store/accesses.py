"""Who opened whose case: noted in the transaction that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from registry.store.bulk import table_of
from registry.store.models import Access

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from registry.rules.lifecycle import Actor
    from registry.store.models.review import Opened


@dataclass(frozen=True, slots=True)
class Seen:
    """One time that somebody opened something of a household."""

    at: datetime
    actor_id: str
    actor_role: str
    opened: str
    reason: str | None


def note_access(
    session: Session,
    actor: Actor,
    opened: Opened,
    application_ids: Iterable[bytes],
    *,
    reason: str | None = None,
) -> None:
    """Note that an actor opened something of these households. Does not commit."""
    rows = [
        {
            "actor_id": actor.id,
            "actor_role": actor.role.value,
            "application_id": application_id,
            "opened": opened,
            "reason": reason,
        }
        for application_id in application_ids
    ]
    if rows:
        session.execute(insert(table_of(Access)), rows)


def accesses_of(session: Session, application_id: bytes, limit: int = 50) -> list[Seen]:
    """Return who opened this household's case last, latest first. One query."""
    rows = session.execute(
        select(Access.at, Access.actor_id, Access.actor_role, Access.opened, Access.reason)
        .where(Access.application_id == application_id)
        .order_by(Access.id.desc())
        .limit(limit)
    )
    return [Seen(*row) for row in rows]


def unmasked(session: Session, actor: Actor, application_id: bytes, since: datetime) -> bool:
    """Tell whether an actor gave a reason to see this household's data since then. One query."""
    given = select(Access.id).where(
        Access.application_id == application_id,
        Access.actor_id == actor.id,
        Access.opened == "unmasked",
        Access.at > since,
    )
    return session.scalar(given.limit(1)) is not None
