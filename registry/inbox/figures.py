"""What the inbox server tells about itself, for those who watch it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from registry.inbox.durability import complaints
from registry.inbox.entries import Entry
from registry.inbox.errors import translated
from registry.inbox.names import HALTED, STREAM, entry_number

if TYPE_CHECKING:
    from registry.inbox.stream import Inbox


@dataclass(frozen=True, slots=True)
class Load:
    """How full the inbox is. ``oldest``: since when the oldest entry waits; None when none does."""

    last_number: int
    depth: int
    oldest: datetime | None
    halted: bool

    def oldest_seconds(self, now: datetime) -> float:
        """Tell how long the oldest entry has waited; 0 when none does."""
        return max(0.0, (now - self.oldest).total_seconds()) if self.oldest else 0.0


@dataclass(frozen=True, slots=True)
class Server:
    """Memory in bytes, ``memory_limit`` 0 where there is none; in how many ways it could lose."""

    memory: int
    memory_limit: int
    complaints: int


def load(inbox: Inbox) -> Load:
    """Ask how full it is, in one round trip; raises InboxUnavailable."""
    with translated(), inbox._client.pipeline(transaction=False) as asked:
        asked.xinfo_stream(STREAM)
        asked.get(HALTED)
        stream, halted = asked.execute(raise_on_error=False)
        for answer in (stream, halted):
            if isinstance(answer, Exception) and "no such key" not in str(answer):
                raise answer
    if isinstance(stream, Exception):  # nothing was ever appended
        return Load(0, 0, None, halted is not None)
    return Load(
        entry_number(stream["last-generated-id"]),
        stream["length"],
        _received(stream["first-entry"]),
        halted is not None,
    )


def server(inbox: Inbox) -> Server:
    """Ask about its memory, and whether it could lose entries; raises InboxUnavailable."""
    with translated():
        memory: dict[str, Any] = inbox._client.info("memory")
        return Server(
            int(memory.get("used_memory", 0)),
            int(memory.get("maxmemory", 0)),
            len(complaints(inbox._client)),
        )


def _received(first: tuple[bytes, dict[bytes, bytes]] | None) -> datetime | None:
    """Read when an entry was received; a damaged one has waited since now, as far as is known."""
    if not first:
        return None
    entry = Entry.read(entry_number(first[0]), first[1], 1)
    return datetime.now(UTC) if entry.damaged else entry.submission.received_at
