"""Seals events into the hash chain, and compares the chain with the events.

`registry.rules.chain` says what is hashed. Events are sealed in the order of their ids, up to the
`horizon`: below it no event can appear any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Text, cast, column, extract, func, select, table, text

from registry.rules.chain import GENESIS, Column, Head, Kind, Link, Sealable, canonical, chained
from registry.rules.chain import verify as verify_chain
from registry.store.bulk import arrays_of, insert_rows
from registry.store.models import EventLink

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, Executable, Result, Select
    from sqlalchemy.orm import Session

    from registry.rules.chain import Verdict

BATCH: Final = 2_000
"""Events of one transaction at most."""

_PAGE: Final = 2_000
_LOCK: Final = 3_171_101_004

_KINDS: Final = {
    "bigint": Kind.INTEGER,
    "integer": Kind.INTEGER,
    "smallint": Kind.INTEGER,
    "text": Kind.TEXT,
    "bytea": Kind.BYTES,
    "timestamp with time zone": Kind.MOMENT,
}
"""All other types are hashed as the JSON that PostgreSQL makes of them."""

_EVENT: Final = table("event", column("id"))
_COLUMNS: Final = text(
    """
    SELECT attname AS name, format_type(atttypid, NULL) AS type FROM pg_attribute
    WHERE attrelid = 'event'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attname
    """
)

_UNSEALED: Final = text(
    """
    SELECT extract(epoch FROM now() - at) FROM event
    WHERE id > coalesce((SELECT event_id FROM event_chain ORDER BY number DESC LIMIT 1), 0)
    ORDER BY id LIMIT 1
    """
)


def horizon(session: Session) -> int | None:
    """Return an event id up to which all events can be seen, for good; 0 when there is none.

    Waits for those who are writing events, a second at most, and meanwhile holds up new ones; None
    when a writer did not end in time. Needs READ COMMITTED, and a transaction that has written no
    event itself.
    """
    found: int | None = session.scalar(text("SELECT event_horizon()"))
    return found


def seal(session: Session, up_to: int, limit: int = BATCH) -> int:
    """Seal the next events with ids up to ``up_to``, a `horizon`; return how many there were.

    0 also when another session seals at this moment. Does not commit; needs READ COMMITTED.
    """
    alone = session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _LOCK})
    if not alone:
        return 0
    last = session.execute(_links().order_by(EventLink.number.desc()).limit(1)).one_or_none()
    number, after, previous = last or (0, None, GENESIS)
    columns = _columns(session)
    found = _events(columns).where(_EVENT.c.id <= up_to).limit(limit)
    links = []
    for row in session.execute(found if after is None else found.where(_EVENT.c.id > after)):
        number += 1
        previous = chained(previous, canonical(columns, row[1:]))
        links.append({"number": number, "event_id": row.id, "hash": previous})
    if links:
        session.execute(insert_rows(EventLink, Link._fields), arrays_of(Link._fields, links))
    return len(links)


def head(session: Session) -> Head:
    """Return the end of the chain."""
    newest = _links().order_by(EventLink.number.desc()).limit(1)
    link = session.execute(newest).one_or_none()
    return Head(link.number, link.hash) if link else Head(0, GENESIS)


def unsealed_seconds(session: Session) -> float:
    """Return how long the oldest event that is not sealed has waited; 0 when all are."""
    found = session.scalar(_UNSEALED)
    return max(0.0, float(found or 0.0))


def holds(session: Session, noted: Head) -> bool:
    """Tell whether the chain goes through a head that was noted before."""
    link = session.execute(_links().where(EventLink.number == noted.number)).one_or_none()
    return noted == (Head(link.number, link.hash) if link else Head(0, GENESIS))


def verify(session: Session, heads: Iterable[Head] = ()) -> Verdict:
    """Compare every event with the chain, and the chain with heads that were noted before.

    Reads all of both tables in one snapshot, which it takes: the session must not have begun, and
    can be used for nothing else. Events may be written and sealed meanwhile. Raises PermissionError
    when the connection does not see every event.
    """
    session.connection(
        execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    )
    if not session.scalar(select(func.scope_all())):
        raise PermissionError("the chain can be compared only by who sees every event")
    columns = _columns(session)

    def number_of(event_id: int) -> int | None:
        of_event = select(EventLink.number).where(EventLink.event_id == event_id)
        return session.scalars(of_event).first()

    with (
        _streamed(session, _links().order_by(EventLink.number)) as links,
        _streamed(session, _events(columns)) as events,
    ):
        return verify_chain(
            (Link(link.number, link.event_id, link.hash) for link in links),
            (Sealable(event.id, canonical(columns, event[1:])) for event in events),
            heads,
            number_of,
        )


def _links() -> Select[int, int, bytes]:
    return select(EventLink.number, EventLink.event_id, EventLink.hash)


def _events(columns: Sequence[Column]) -> Select[*tuple[Any, ...]]:
    """Return the id of each event, and after it all its columns as they are hashed."""
    read = (_as_hashed(each).label(f"c_{each.name}") for each in columns)
    return select(_EVENT.c.id, *read).order_by(_EVENT.c.id)


def _as_hashed(each: Column) -> ColumnElement[Any]:
    # Not by way of Python: its floats and its calendar hold less than PostgreSQL's.
    stored: ColumnElement[Any] = column(each.name)
    if each.kind == Kind.MOMENT:
        return cast(func.trunc(extract("epoch", stored) * 1_000_000), Text)
    if each.kind == Kind.JSON:
        return cast(func.to_jsonb(stored), Text)
    return stored


def _columns(session: Session) -> tuple[Column, ...]:
    """Return all columns there are, also those that a newer release has added."""
    # Until the transaction ends no migration may add one.
    session.execute(text("LOCK TABLE event IN ACCESS SHARE MODE"))
    return tuple(
        Column(row.name, _KINDS.get(row.type, Kind.JSON)) for row in session.execute(_COLUMNS)
    )


def _streamed(session: Session, statement: Executable) -> Result[*tuple[Any, ...]]:
    return session.execute(statement, execution_options={"yield_per": _PAGE})
