"""How a worker gets its entries: its own, those of the dead, then new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import redis

from registry.inbox.entries import Entry
from registry.inbox.names import GROUP, STREAM, entry_id, entry_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# By number; None where the entry is gone from the stream though it was never acknowledged.
Found: TypeAlias = dict[int, dict[bytes, bytes] | None]


def claim(
    client: redis.Redis, consumer: str, count: int, reclaim_after: float | None
) -> list[Entry] | None:
    """Take up to ``count`` entries for ``consumer``; None when there is no group yet.

    Without ``reclaim_after`` only new ones.
    """
    try:
        found = _read(client, consumer, ">" if reclaim_after is None else "0", count)
    except redis.ResponseError as error:
        if "NOGROUP" not in str(error):
            raise
        return None
    if reclaim_after is None:
        return _entries(client, found, {})
    if len(found) < count:
        found |= _reclaim(client, consumer, count - len(found), reclaim_after)
    # Asked before new ones are read, so that in quiet times it need not be asked at all.
    deliveries = _deliveries(client, consumer, count) if found else {}
    if len(found) < count:
        found |= _read(client, consumer, ">", count - len(found))
    return _entries(client, found, deliveries)


def _entries(client: redis.Redis, found: Found, deliveries: Mapping[int, int]) -> list[Entry]:
    _forget(client, [number for number, fields in found.items() if fields is None])
    return [
        Entry.read(number, fields, deliveries.get(number, 1))
        for number, fields in sorted(found.items())
        if fields is not None
    ]


def _read(client: redis.Redis, consumer: str, after: str, count: int) -> Found:
    """Read what this consumer holds already (after '0'), or new entries (after '>')."""
    reply: Any = client.xreadgroup(GROUP, consumer, {STREAM: after}, count=count)
    return _found(reply[0][1]) if reply else {}


def _reclaim(client: redis.Redis, consumer: str, count: int, idle: float) -> Found:
    """Take over what others hold for ``idle`` seconds or longer."""
    found: Found = {}
    cursor: Any = "0-0"
    while True:
        cursor, entries, *_ = client.xautoclaim(
            STREAM, GROUP, consumer, int(idle * 1000), cursor, count - len(found)
        )
        found |= _found(entries)
        if cursor == b"0-0" or len(found) >= count:
            return found


def _deliveries(client: redis.Redis, consumer: str, count: int) -> dict[int, int]:
    """Count how often each of the first ``count`` entries that it holds was handed out."""
    held: Any = client.xpending_range(STREAM, GROUP, "-", "+", count, consumer)
    return {entry_number(each["message_id"]): each["times_delivered"] for each in held}


def _forget(client: redis.Redis, numbers: Sequence[int]) -> None:
    """Let go of entries that somebody deleted by hand: the balance will miss them, loudly."""
    if numbers:
        client.xack(STREAM, GROUP, *map(entry_id, numbers))


def _found(entries: Iterable[tuple[bytes, dict[bytes, bytes] | None]]) -> Found:
    return {entry_number(stream_id): fields or None for stream_id, fields in entries}
