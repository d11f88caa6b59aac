"""What samples say: rates over gaps and lost totals, and how things are."""

from __future__ import annotations

from typing import Any

import pytest

from registry.rules.load import (
    MANY_WAIT,
    STALE,
    TOO_OLD,
    Point,
    Sample,
    State,
    grown,
    in_buckets,
    judged,
    mean,
    per_minute,
    refused_for,
    refused_in_all,
)

NOW = 1_800_000_000.0


def arrived(sample: Sample) -> int | None:
    return sample.arrived


def minute(a_minute: int, waiting: int = 0, **last: Any) -> list[Sample]:
    """Give the samples of a minute in which so many came evenly."""
    samples = [
        Sample(NOW - 60 + 5 * step, 1000 + a_minute * step // 12, waiting) for step in range(12)
    ]
    values: dict[str, Any] = {"arrived": 1000 + a_minute, "waiting": waiting, **last}
    return [*samples, Sample(NOW, **values)]


def test_a_rate_is_what_grew_between_two_samples() -> None:
    samples = [Sample(NOW, 100, 0), Sample(NOW + 5, 110, 0), Sample(NOW + 11, 110, 0)]
    assert per_minute(samples, arrived, 5.0) == [Point(NOW + 5, 120.0), Point(NOW + 11, 0.0)]


@pytest.mark.parametrize(
    ("before", "later"),
    [
        (Sample(NOW, None), Sample(NOW + 5, 10, 0)),
        (Sample(NOW, 10, 0), Sample(NOW + 5, None)),
        (Sample(NOW, 10, 0), Sample(NOW + 5, 9, 0)),
        (Sample(NOW, 10, 0), Sample(NOW + 15.1, 20, 0)),
        (Sample(NOW, 10, 0), Sample(NOW, 20, 0)),
    ],
    ids=["was down", "is down", "began anew", "gap", "same moment"],
)
def test_what_is_not_known_is_no_rate(before: Sample, later: Sample) -> None:
    assert per_minute([before, later], arrived, 5.0) == [Point(later.at, None)]


def test_no_samples_are_no_rates() -> None:
    assert per_minute([], arrived, 5.0) == []
    assert per_minute([Sample(NOW, 1, 0)], arrived, 5.0) == []
    assert grown([], arrived) == 0


def test_what_a_lost_total_counts_again_is_counted() -> None:
    samples = [Sample(NOW, 5), Sample(NOW, 9), Sample(NOW, None), Sample(NOW, 2), Sample(NOW, 4)]
    assert grown(samples, arrived) == 4 + 2 + 2


def test_refusals_are_counted_by_kind_and_together() -> None:
    sample = Sample(NOW, 0, refused={"nik": 2, "busy_lookup": 3})
    assert refused_in_all(sample) == 5
    assert [refused_for(kind)(sample) for kind in ("nik", "unheard_of")] == [2, 0]


def test_buckets_take_what_falls_into_them_and_know_gaps() -> None:
    points = [Point(0.0, 1), Point(9.9, 3), Point(10.0, None), Point(30.0, 7), Point(40.0, 9)]
    assert in_buckets(points, 0.0, 40.0, 4, mean) == [2, None, None, 7]
    assert in_buckets(points, 0.0, 40.0, 4, max) == [3, None, None, 7]
    assert in_buckets([], 0.0, 40.0, 2, max) == [None, None]


def test_all_is_well() -> None:
    now = judged(minute(720, 35), NOW + 2)
    assert (now.state, now.arrived, now.drained, now.refused) == (State.WELL, 720, 720, 0)


@pytest.mark.parametrize("waiting", [0, MANY_WAIT])
def test_at_night_nothing_arrives_and_all_is_well(waiting: int) -> None:
    assert judged(minute(0, waiting), NOW).state is State.WELL


@pytest.mark.parametrize(
    ("samples", "state"),
    [
        ([], State.UNKNOWN),
        ([Sample(NOW - STALE - 1, 1, 0)], State.UNKNOWN),
        ([Sample(NOW + STALE + 61, 1, 0)], State.UNKNOWN),
        (minute(9, arrived=None), State.DOWN),
        (minute(9, halted=True), State.HALTED),
        (minute(9, oldest=TOO_OLD + 1), State.OLD),
        (minute(9, oldest=TOO_OLD), State.WELL),
        (minute(9, waiting=MANY_WAIT + 20), State.WELL),
        ([*minute(600)[:-1], Sample(NOW, 1600, MANY_WAIT + 1)], State.GROWING),
        (minute(99, refused={"busy_lookup": 1}), State.REFUSING),
        (minute(99, refused={"nik": 50, "address": 9}), State.WELL),
        (minute(0, refused={"unavailable": 1}), State.REFUSING),
    ],
)
def test_the_worst_that_is_true_is_said(samples: list[Sample], state: State) -> None:
    assert judged(samples, NOW).state is state


def test_the_newest_is_known_even_when_it_is_old() -> None:
    old = Sample(NOW - 500, 1, 0)
    assert judged([old], NOW).sample == old
    assert judged([], NOW).sample is None


def test_one_sample_tells_no_rate() -> None:
    now = judged([Sample(NOW, 5, 5)], NOW)
    assert (now.state, now.arrived, now.drained) == (State.WELL, None, None)
