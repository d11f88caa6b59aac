"""What the processes tell each other of how it goes, in REDIS_URL: it may be lost at any time.

The ticker keeps samples in two rings, an hour by 5 s and a day by the minute, so that they stay
as large as they are, and two tickers at once write one sample. Portals and workers add to totals.
Everything here raises redis.RedisError.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from registry.rules.load import Sample

if TYPE_CHECKING:
    from collections.abc import Mapping

    import redis

EVERY: Final = 5.0
"""Seconds between two samples of the hour."""

MINUTE: Final = 60.0
HOUR: Final = 3_600.0
DAY: Final = 86_400.0

FRESH: Final = 60.0
"""Seconds after which what the ticker told last no longer stands for now."""

_HOUR: Final = "fmotm:watch:hour"
_DAY: Final = "fmotm:watch:day"
_NOW: Final = "fmotm:watch:now"
_REFUSED: Final = "fmotm:watch:refused"
_DRAINED: Final = "fmotm:watch:drained"
_FORGOTTEN: Final = int(2 * DAY)
_RINGS: Final = ((_HOUR, EVERY, HOUR), (_DAY, MINUTE, DAY))


@dataclass(frozen=True, slots=True)
class Queues:
    """What the ticker saw of RQ at ``at``: jobs that wait, and workers that live, by queue."""

    at: float
    waiting: Mapping[str, int]
    workers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Records:
    """What the ticker saw in PostgreSQL at ``at``.

    ``missing``: by how many entries the inbox's last number is below PostgreSQL's. ``unsealed``:
    seconds that the oldest event outside the chain has waited. ``balanced`` is what the last
    balance said, at ``balanced_at``; None before the first.
    """

    at: float
    missing: int
    quarantine: int
    photos: int
    unsealed: float
    balanced: bool | None = None
    balanced_at: float = 0.0


class Watch:
    """What is told and read, on one Redis or Valkey. Threads may share one."""

    def __init__(self, client: redis.Redis) -> None:
        self._client = client

    def keep(self, sample: Sample) -> None:
        """Keep a sample; the last of its minute stands for the minute."""
        packed = json.dumps(asdict(sample), separators=(",", ":"))
        with self._client.pipeline(transaction=False) as told:
            for ring, every, span in _RINGS:
                told.hset(ring, str(int(sample.at // every % (span // every))), packed)
                told.expire(ring, _FORGOTTEN)
            told.execute()

    def hour(self, now: float) -> list[Sample]:
        """Return the samples of the last hour, in order of time."""
        return self._read(_HOUR, now - HOUR, now)

    def day(self, now: float) -> list[Sample]:
        """Return a sample of each minute of the last day, in order of time."""
        return self._read(_DAY, now - DAY, now)

    def _read(self, ring: str, since: float, now: float) -> list[Sample]:
        kept: dict[Any, Any] = self._client.hgetall(ring)
        samples = []
        for packed in kept.values():
            with suppress(ValueError, TypeError):  # of another release
                samples.append(Sample(**json.loads(packed)))
        return sorted(
            (each for each in samples if since <= each.at <= now + EVERY), key=lambda each: each.at
        )

    def add_refused(self, many: Mapping[str, int]) -> None:
        """Add to the refusals, by kind."""
        self._add(_REFUSED, many)

    def refused(self) -> dict[str, int]:
        """Return all refusals since REDIS_URL began, of all portals, by kind."""
        return {name: int(total) for name, total in self._totals(_REFUSED).items()}

    def add_drain(self, outcomes: Mapping[str, int], seconds: float) -> None:
        """Add a drain: how many entries became what, and how long it took."""
        self._add(_DRAINED, {**outcomes, "drains": 1, "seconds": seconds})

    def drained(self) -> dict[str, float]:
        """Return what all drains since REDIS_URL began did: by outcome, `drains`, `seconds`."""
        return self._totals(_DRAINED)

    def _add(self, key: str, many: Mapping[str, float]) -> None:
        with self._client.pipeline(transaction=False) as told:
            for name, more in many.items():
                told.hincrbyfloat(key, name, more)
            told.execute()

    def _totals(self, key: str) -> dict[str, float]:
        found: dict[Any, Any] = self._client.hgetall(key)
        return {name.decode(): float(total) for name, total in sorted(found.items())}

    def tell(self, what: Queues | Records) -> None:
        """Tell how it is now."""
        self._client.hset(_NOW, type(what).__name__, json.dumps(asdict(what)))

    def told(self) -> tuple[Queues | None, Records | None]:
        """Return what was told last, however long ago; None for what never was."""
        queues, records = self._client.hmget(_NOW, [Queues.__name__, Records.__name__])
        return (
            Queues(**json.loads(queues)) if queues else None,
            Records(**json.loads(records)) if records else None,
        )
