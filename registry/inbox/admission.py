"""What the portals share about letting in: how the inbox stands, and the limits that dinas set."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from registry.inbox.errors import translated
from registry.inbox.names import ADMISSION, STREAM
from registry.rules.admission import DEFAULT, Condition, Limits
from registry.rules.errors import Invalid

if TYPE_CHECKING:
    from registry.inbox.stream import Inbox

# Both at once, on a full server too: that is when they are needed.
_SET: Final = """#!lua flags=allow-oom
redis.call('HSET', KEYS[1], 'version', ARGV[1], 'limits', ARGV[2])"""


class Published(NamedTuple):
    """The limits that the portals go by; version 0 are ours."""

    version: int
    limits: Limits


OURS: Final = Published(0, DEFAULT)


def publish(inbox: Inbox, version: int, limits: Limits) -> None:
    """Tell all portals the limits; raise InboxUnavailable."""
    with translated():
        script = inbox._client.register_script(_SET)
        script([ADMISSION], (version, json.dumps(limits.as_json())))


def published(inbox: Inbox) -> Published:
    """Return the limits that portals go by; ours when none, or none that can be read, are told.

    Raises InboxUnavailable.
    """
    with translated():
        return _read(inbox._client.hgetall(ADMISSION))


def look(inbox: Inbox) -> tuple[Condition, Published]:
    """Return how the inbox stands and the limits, in one round trip; raise InboxUnavailable."""
    with translated():
        pipeline = inbox._client.pipeline(transaction=False)
        pipeline.xlen(STREAM)
        pipeline.hgetall(ADMISSION)
        pipeline.info("memory")
        depth, told, memory = pipeline.execute(raise_on_error=False)
        for answer in (depth, told):
            if isinstance(answer, Exception):
                raise answer
    return Condition(depth, _share(memory)), _read(told)


def _share(memory: dict[str, Any] | Exception) -> float | None:
    # Narrow ACLs refuse INFO, and 0 is a server without a bound: then nothing is known.
    if isinstance(memory, Exception) or not (most := memory.get("maxmemory")):
        return None
    return float(memory["used_memory"]) / float(most)


def _read(told: dict[Any, Any]) -> Published:
    try:
        limits = Limits.from_json(json.loads(told[b"limits"]))
        return Published(int(told[b"version"]), limits)
    except (KeyError, ValueError, Invalid):
        return OURS
