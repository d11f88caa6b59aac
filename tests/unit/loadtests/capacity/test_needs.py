from __future__ import annotations

from dataclasses import replace

import pytest

from loadtests.capacity.needs import BUSY, CORES, PLACES, SPARE, Costs, Place, first_limit, needs
from loadtests.load.shapes import REGISTRATIONS, real_peak

COSTS = Costs(
    portal_ms=2.0,
    worker_ms=1.0,
    postgres_ms=0.5,
    database_bytes=3_000,
    waiting_bytes=1_000,
    inbox_per_second=10_000,
)


def at(rate: float) -> Place:
    """Give a place whose peak is so high."""
    return Place("somewhere", rate / real_peak(), "made up")


def test_the_city_is_the_round_that_there_was() -> None:
    city = PLACES[0]

    assert city.registrations == REGISTRATIONS
    assert city.peak == real_peak()
    assert all("assumed" in place.source for place in PLACES[1:])


def test_hosts_are_as_many_as_the_peak_takes_and_one_to_spare() -> None:
    full = BUSY * CORES * 1000 / COSTS.portal_ms  # what one host carries

    assert needs(at(full * 0.99), COSTS, rush=1).portals == 1 + SPARE
    assert needs(at(full * 1.01), COSTS, rush=1).portals == 2 + SPARE
    assert needs(at(full * 0.099), COSTS, rush=10).portals == 1 + SPARE
    assert needs(at(full * 1.01), COSTS, rush=1).workers == 1 + SPARE


def test_what_there_is_once_is_told_by_its_share() -> None:
    need = needs(at(1_000), COSTS, rush=1)

    assert need.per_second == pytest.approx(1_000)
    assert need.postgres_cores == 1
    assert need.inbox_share == pytest.approx(0.1)
    assert need.inbox_gb == pytest.approx(3.6)
    assert need.database_gb == pytest.approx(at(1_000).registrations * 3e-6)


def test_the_first_limit_is_the_lower_one() -> None:
    slow = replace(COSTS, inbox_per_second=100)

    assert first_limit(COSTS, 4) == ("PostgreSQL on 4 cores", 8_000 * BUSY)
    assert first_limit(COSTS, 16) == ("the inbox", 10_000 * BUSY)
    assert first_limit(slow, 4) == ("the inbox", 100 * BUSY)
