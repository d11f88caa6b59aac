from __future__ import annotations

import random

import pytest

from loadtests.load.shapes import (
    DAYS,
    REGISTRATIONS,
    ROUND,
    SHAPES,
    Arrivals,
    Shape,
    real_peak,
    times_real,
)

EVERY = pytest.mark.parametrize("shape", SHAPES.values(), ids=lambda shape: shape.name)
STEPS = 2_000


def rates(shape: Shape, start: float = 0.0, end: float = 1.0) -> list[float]:
    return [shape.rate(start + (end - start) * (at + 0.5) / STEPS) for at in range(STEPS)]


@EVERY
def test_the_peak_is_reached_and_not_exceeded(shape: Shape) -> None:
    assert min(rates(shape)) >= 0.0
    assert max(rates(shape)) == pytest.approx(1.0, abs=0.01)


@EVERY
def test_the_total_is_the_area_below_the_curve(shape: Shape) -> None:
    by_hand = sum(rates(shape)) / STEPS * 50 * 180

    assert shape.total(50, 180) == pytest.approx(by_hand, rel=0.01)


@EVERY
def test_everybody_has_come_at_the_end_and_nobody_leaves_before(shape: Shape) -> None:
    came = [shape.upto(at / STEPS) for at in range(STEPS + 1)]

    assert came[0] == 0.0
    assert came[-1] == pytest.approx(1.0)
    assert came == sorted(came)
    assert shape.upto(-1) == 0.0
    assert shape.upto(7) == pytest.approx(1.0)


@EVERY
def test_as_many_arrive_as_the_shape_says(shape: Shape) -> None:
    arrivals = Arrivals(shape, 100.0, 60.0, random.Random(3))

    came = [arrivals.due(second / 10) for second in range(1, 601)]

    expected = shape.total(100.0, 60.0)
    assert abs(sum(came) - expected) < 5 * expected**0.5
    assert arrivals.due(1_000.0) == 0


def test_arrivals_are_the_same_again_by_their_seed() -> None:
    first, again = (Arrivals(SHAPES["day"], 9.0, 60.0, random.Random(1)) for _ in range(2))

    assert [first.due(at) for at in range(60)] == [again.due(at) for at in range(60)]


def test_a_day_has_a_morning_peak_and_one_after_work_and_sleeps_at_night() -> None:
    day = SHAPES["day"]
    morning, noon, evening, night = (day.rate(hour / 24) for hour in (10, 16, 19, 3))

    assert morning == 1.0
    assert evening > noon > night
    assert rates(day, 4 / 24, 10 / 24) == sorted(rates(day, 4 / 24, 10 / 24))
    assert day.rate(1 - 1e-9) == pytest.approx(day.rate(0.0), abs=1e-3)


def test_on_the_first_day_nobody_comes_before_it_opens() -> None:
    first = SHAPES["first-day"]

    assert first.rate(7.99 / 24) == 0.0
    assert first.rate(8.01 / 24) > 0.99


def test_on_the_last_day_more_and_more_come_until_midnight() -> None:
    evening = rates(SHAPES["last-day"], 22 / 24, 1.0)

    assert evening == sorted(evening)


def test_a_ramp_only_rises_and_a_soak_stays() -> None:
    assert rates(SHAPES["ramp"]) == sorted(rates(SHAPES["ramp"]))
    assert set(rates(SHAPES["soak"])) == {1.0}


def test_a_spike_is_five_times_what_is_around_it() -> None:
    assert set(rates(SHAPES["spike"])) == {0.2, 1.0}


def test_a_round_is_busiest_on_its_first_and_its_last_day() -> None:
    days = [max(rates(ROUND, day / DAYS, (day + 1) / DAYS)) for day in range(DAYS)]

    assert days[0] == pytest.approx(1.0, abs=0.01)
    assert days[-1] == pytest.approx(1.0, abs=0.01)
    assert max(days[5:-4]) < 0.5


def test_the_biggest_rounds_peak_gives_its_registrations() -> None:
    assert ROUND.total(real_peak(), DAYS * 86_400) == pytest.approx(REGISTRATIONS)
    assert times_real(2 * real_peak()) == pytest.approx(2.0)
