"""What a round of some size needs, reckoned from what a household costs. Pure: figures in, out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from loadtests.load.shapes import REGISTRATIONS, real_peak

BUSY: Final = 0.6
"""Share of a core that is planned for at the peak; above it, waiting grows without bound."""

CORES: Final = 8
"""Of a portal's or a worker's host; assumed."""

SPARE: Final = 1
"""Hosts of each kind that may be gone without anybody noticing."""

OUTAGE: Final = 3_600.0
"""Seconds for which PostgreSQL or all workers may be gone at the peak: the inbox keeps so much."""

RUSH: Final = 10.0
"""Times the busiest moment of the shapes, which are assumed: news, a rumour, the last evening."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a round is held. ``times`` how many register, by the biggest round that there was."""

    name: str
    times: float
    source: str

    @property
    def registrations(self) -> int:
        """How many register in a round."""
        return round(REGISTRATIONS * self.times)

    @property
    def peak(self) -> float:
        """Registrations a second in the busiest moment, by the shape of a round of 20 days."""
        return real_peak() * self.times


PLACES: Final = (
    Place("city: Jakarta", 1.0, "the round of February 2022, 1,799,332 registrations in 20 days"),
    Place("province", 5.0, "assumed: the largest has five times as many people as Jakarta"),
    Place("country", 26.0, "assumed: the country has 26 times as many people as Jakarta"),
)


@dataclass(frozen=True, slots=True)
class Costs:
    """What a household costs: milliseconds of processor and bytes, and the inbox's own limit."""

    portal_ms: float
    worker_ms: float
    postgres_ms: float
    database_bytes: float
    waiting_bytes: float
    inbox_per_second: float
    """Households that the one thread of the inbox takes, its disk included."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a peak needs."""

    per_second: float
    portals: int
    workers: int
    postgres_cores: int
    inbox_share: float
    """Of what the one inbox takes; above 1 it is too small."""
    inbox_gb: float
    """Memory, for what waits when nothing is drained for `OUTAGE`."""
    database_gb: float


def needs(place: Place, costs: Costs, rush: float = RUSH) -> Needs:
    """Reckon what a place needs at its peak, ``rush`` times as high as assumed."""
    rate = place.peak * rush
    return Needs(
        per_second=rate,
        portals=_hosts(rate * costs.portal_ms),
        workers=_hosts(rate * costs.worker_ms),
        postgres_cores=math.ceil(rate * costs.postgres_ms / 1000 / BUSY),
        inbox_share=rate / costs.inbox_per_second,
        inbox_gb=rate * OUTAGE * costs.waiting_bytes / 1e9,
        database_gb=place.registrations * costs.database_bytes / 1e9,
    )


def first_limit(costs: Costs, postgres_cores: int) -> tuple[str, float]:
    """Name what cannot be had twice and is full first, and at how many a second.

    Portals and workers are added; there is one inbox, and one PostgreSQL of so many cores.
    """
    limits = {
        "the inbox": costs.inbox_per_second,
        f"PostgreSQL on {postgres_cores} cores": postgres_cores * 1000 / costs.postgres_ms,
    }
    name = min(limits, key=lambda each: limits[each])
    return name, limits[name] * BUSY


def _hosts(ms_a_second: float) -> int:
    """Return how many hosts carry so many milliseconds of processor a second, with one to spare."""
    return math.ceil(ms_a_second / 1000 / BUSY / CORES) + SPARE
