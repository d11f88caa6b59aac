"""Counts of the last stretches of time."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from portal.admission.recent import Recent


@dataclass
class Clock:
    at: float = 1000.0

    def __call__(self) -> float:
        return self.at


def test_what_is_older_is_forgotten() -> None:
    clock = Clock()
    recent = Recent(1, 10, clock)
    for _ in range(30):
        recent.add(2)
        clock.at += 1
    assert recent.total() == 18  # the stretch that has just begun is empty
    clock.at += 5
    assert recent.total() == 8
    clock.at += 100
    assert (recent.total(), recent.rate()) == (0, 0)


@pytest.mark.parametrize(("seconds", "rate"), [(1, 6.0), (60, 0.1)])
def test_a_rate_is_that_of_the_time_since_it_first_happened(seconds: float, rate: float) -> None:
    clock = Clock()
    recent = Recent(seconds, 10, clock)
    for _ in range(3):
        recent.add(6)
        clock.at += seconds
    assert recent.rate() == pytest.approx(rate)


def test_a_pause_lowers_the_rate() -> None:
    clock = Clock()
    recent = Recent(1, 10, clock)
    recent.add(12)
    assert recent.rate() == 12  # nothing else is known yet
    clock.at += 4
    assert recent.rate() == 3
    recent.add(9)  # in a stretch that has just begun
    assert recent.rate() == 3
