"""The limits of letting in that dinas set, with who, when and why.

Nothing here commits. Rows are only ever added. The portals go by the copy on the inbox server
(`registry.inbox.admission`), which the ticker puts right when it differs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from registry.rules.admission import DEFAULT, Limits
from registry.store.bulk import table_of
from registry.store.models import AdmissionRule

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from registry.rules.lifecycle import Actor

SHOWN = 20
"""Changes that are shown at once."""


class LimitsChanged(Exception):  # noqa: N818 - named after what happened
    """Somebody else has set the limits since the page was shown."""


@dataclass(frozen=True, slots=True)
class Set:
    """Limits that somebody of dinas set, or ours (version 0)."""

    limits: Limits
    version: int = 0
    reason: str = ""
    set_by: str | None = None
    set_at: datetime | None = None


def history(session: Session, most: int = SHOWN) -> list[Set]:
    """Return the last changes, the one that holds first. One query."""
    last = select(AdmissionRule).order_by(AdmissionRule.version.desc()).limit(most)
    return [_set(row) for row in session.scalars(last)]


def current(session: Session) -> Set:
    """Return what holds. One query."""
    return next(iter(history(session, 1)), Set(DEFAULT))


def set_(session: Session, limits: Limits, reason: str, *, seen: int, actor: Actor) -> Set:
    """Set the limits; return what holds then.

    ``seen`` is the version that the page showed. What holds already is not set again, so a form
    sent twice is one. Raises LimitsChanged.
    """
    stands = current(session)
    if stands.limits == limits:
        return stands
    if seen != stands.version:
        raise LimitsChanged
    table = table_of(AdmissionRule)
    adding = insert(table).values(
        version=stands.version + 1,
        limits=limits.as_json(),
        reason=reason,
        set_by=str(actor.id),
    )
    if session.execute(adding.on_conflict_do_nothing().returning(table.c.version)).scalar() is None:
        raise LimitsChanged
    return current(session)


def _set(row: AdmissionRule) -> Set:
    limits = Limits.from_json(row.limits)
    return Set(limits, row.version, row.reason, row.set_by, row.set_at)
