"""Whether the running servers write to disk before they answer: asked of them, not believed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import psycopg
from psycopg import sql

from loadtests.bench.measure import CheckFailed
from registry.inbox import Inbox, connect

if TYPE_CHECKING:
    from collections.abc import Mapping

_SYNCED: Final = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


def check_durable(environ: Mapping[str, str]) -> None:
    """Raise CheckFailed when a figure would be of servers that may lose what they accepted."""
    with connect(environ["INBOX_REDIS_URL"]) as client:
        complaints = Inbox(client).durability()
    with psycopg.connect(environ["DATABASE_URL"]) as connection:
        for name, needed in _SYNCED.items():
            shown = connection.execute(sql.SQL("SHOW {}").format(sql.Identifier(name))).fetchone()
            if shown != (needed,):
                complaints.append(f"PostgreSQL's {name} is {shown and shown[0]}, not {needed}")
    if complaints:
        raise CheckFailed("; ".join(complaints))
