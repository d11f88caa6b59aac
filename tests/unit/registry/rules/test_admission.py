"""The limits of letting in, and which of them holds whom off."""

from __future__ import annotations

from typing import Any

import pytest

from registry.rules.admission import (
    DEFAULT,
    RANGES,
    UNKNOWN,
    Condition,
    Kind,
    Limits,
    Refusal,
    closed,
    longest_wait,
    of_inbox,
    too_late,
)
from registry.rules.errors import Invalid


@pytest.mark.parametrize("name", RANGES)
@pytest.mark.parametrize("beyond", [-1, 1])
def test_a_limit_out_of_its_range_is_refused(name: str, beyond: int) -> None:
    value = RANGES[name][beyond > 0] + beyond
    with pytest.raises(Invalid, match="limit_range"):
        Limits.from_json({name: value})


@pytest.mark.parametrize("waits", [(100, 200, 50), (400, 100, 200), (100, 400, 400)])
def test_what_comes_first_never_waits_less(waits: tuple[int, int, int]) -> None:
    with pytest.raises(Invalid, match="limit_order"):
        Limits(submission=waits[0], lookup=waits[1], other=waits[2])


def test_limits_come_back_from_json_as_they_were() -> None:
    limits = Limits(memory=50, depth=7, lookups_closed=True)
    assert Limits.from_json(limits.as_json()) == limits
    assert Limits.from_json({}) == DEFAULT
    assert Limits.from_json({"depth": 7, "of a later version": 1}) == Limits(depth=7)


@pytest.mark.parametrize(
    "stored",
    [
        None,
        [],
        "x",
        {"memory": "85"},
        {"memory": True},
        {"memory": 85.5},
        {"memory": 0},
        {"lookups_closed": 1},
        {"depth": None},
        {"other": 600},
    ],
)
def test_what_are_no_limits_is_refused(stored: Any) -> None:
    with pytest.raises(Invalid):
        Limits.from_json(stored)


@pytest.mark.parametrize(
    ("kind", "wait", "why"),
    [
        (Kind.SUBMISSION, 0.7, Refusal.BUSY_SUBMISSION),
        (Kind.FINISHING, 0.7, Refusal.BUSY_SUBMISSION),
        (Kind.LOOKUP, 0.5, Refusal.BUSY_LOOKUP),
        (Kind.ENTRANCE, 0.3, Refusal.BUSY_OTHER),
        (Kind.OTHER, 0.3, Refusal.BUSY_OTHER),
    ],
)
def test_submissions_outrank_look_ups_and_those_the_rest(
    kind: Kind, wait: float, why: Refusal
) -> None:
    assert (longest_wait(kind, DEFAULT), too_late(kind)) == (wait, why)


@pytest.mark.parametrize(
    ("limits", "shut"),
    [
        (DEFAULT, set[Kind]()),
        (Limits(lookups_closed=True), {Kind.LOOKUP}),
        (Limits(others_closed=True), {Kind.OTHER}),
        (Limits(lookups_closed=True, others_closed=True), {Kind.LOOKUP, Kind.OTHER}),
    ],
)
def test_dinas_closes_neither_applying_nor_the_way_in(limits: Limits, shut: set[Kind]) -> None:
    assert {kind for kind in Kind if closed(kind, limits)} == shut


@pytest.mark.parametrize(
    ("condition", "why"),
    [
        (UNKNOWN, None),
        (Condition(10, 0.849, 0.499), None),
        (Condition(10, 0.85, 0.0), Refusal.INBOX_MEMORY),
        (Condition(1_000, 0.0, 0.0), Refusal.INBOX_DEPTH),
        (Condition(999, None, 0.5), Refusal.INBOX_SLOW),
        (Condition(None, 1.0, None), Refusal.INBOX_MEMORY),
    ],
)
def test_the_inbox_takes_none_beyond_a_limit(condition: Condition, why: Refusal | None) -> None:
    assert of_inbox(condition, Limits(depth=1_000)) is why


def test_without_a_limit_any_number_may_wait() -> None:
    assert of_inbox(Condition(depth=10_000_000), DEFAULT) is None
