"""What an application that is sent again changes: it reopens, or names what it replaces."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update

from registry.rules.events import Happening
from registry.rules.lifecycle import State
from registry.store.bulk import among, arrays_of, insert_rows, table_of, unnested
from registry.store.models import Application, Event, Intake

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from registry.store.intake import Checked


@dataclass(frozen=True, slots=True)
class Standing:
    """The columns of an application that sending it again may change."""

    id: bytes
    entry: int
    received_at: datetime
    state: str
    state_since: datetime
    replaces: str | None
    replaces_entry: int | None
    organisation: str | None

    def after(self, item: Checked) -> Standing:
        """Return how it stands once `item`, the same answers, has come.

        What entries of one batch or of several do does not depend on the order in which they
        are recorded, save that the first earlier receipt to be recorded stays, and the first
        organisation: one that is asked for help follows the household from then on, and neither
        another one nor the household's own retry takes it away.
        """
        standing = self
        if item.entry < self.entry:
            standing = replace(standing, entry=item.entry, received_at=item.received_at)
        # A retry from before the withdrawal, recorded after it, must not undo it.
        if self.state == State.WITHDRAWN and item.received_at > self.state_since:
            standing = replace(standing, state=State.QUEUED, state_since=item.received_at)
        if item.claim is not None and self.replaces in {None, item.claim}:
            latest = max(item.entry, self.replaces_entry or 0)
            standing = replace(standing, replaces=item.claim, replaces_entry=latest)
        if self.organisation is None and item.organisation is not None:
            standing = replace(standing, organisation=item.organisation)
        return standing


COLUMNS = tuple(Standing.__dataclass_fields__)
CHANGED = COLUMNS[1:]


def repeat(session: Session, items: Sequence[Checked]) -> None:
    """Record entries, in ascending order, whose applications exist. Does not commit."""
    if not items:
        return
    standings = _lock(session, {item.application_id for item in items})
    events = []
    for item in items:
        before = standings[item.application_id]
        after = before.after(item)
        events.append(_resubmitted(item, before, after))
        standings[item.application_id] = after
    _update(session, standings.values())
    columns = tuple(events[0])
    session.execute(insert_rows(Event, columns), arrays_of(columns, events))
    session.execute(
        update(table_of(Intake))
        .where(among(Intake.entry, [item.entry for item in items]))
        .values(outcome="repeated")
    )


def _lock(session: Session, ids: set[bytes]) -> dict[bytes, Standing]:
    chosen = [table_of(Application).c[name] for name in COLUMNS]
    rows = session.execute(
        select(*chosen)
        .where(among(Application.id, ids))
        .order_by(Application.id)
        # No weaker: two drains must see each other's changes. No stronger: rows that refer to
        # the application may be added meanwhile.
        .with_for_update(key_share=True)
    )
    return {row.id: Standing(*row) for row in rows}


def _update(session: Session, standings: Iterable[Standing]) -> None:
    given = unnested(Application, COLUMNS)
    table = table_of(Application)
    statement = (
        update(table)
        .where(table.c.id == given.c.id)
        .values({name: given.c[name] for name in CHANGED} | {"updated_at": func.now()})
    )
    session.execute(statement, arrays_of(COLUMNS, [asdict(standing) for standing in standings]))


def _resubmitted(item: Checked, before: Standing, after: Standing) -> dict[str, Any]:
    reopened = before.state != after.state
    return {
        "application_id": item.application_id,
        "at": item.received_at,
        "actor_id": item.sent_by,
        "actor_role": item.sender,
        "kind": Happening.RESUBMITTED.value,
        "from_state": before.state if reopened else None,
        "to_state": after.state if reopened else None,
        # The receipt code itself stays out of the history: it opens the status.
        "details": {"entry": item.entry, "linked": before.replaces != after.replaces},
    }
