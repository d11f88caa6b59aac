"""Whom a process holds off, by how long they waited, and what it tells them."""

from __future__ import annotations

from contextlib import suppress

import pytest

from portal.admission import load as loads
from portal.admission.load import FEW, IN_A_ROW, LEAST, MOST, STALE, UNPACED, Load
from registry.inbox.admission import OURS, Published
from registry.rules.admission import UNKNOWN, Condition, Kind, Limits, Refusal
from tests.unit.portal.admission.test_recent import Clock

BUSY = Refusal.BUSY_SUBMISSION
FULL = Condition(depth=5, memory=0.9)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def load(clock: Clock) -> Load:
    return Load(clock)


def crowd(load: Load, waited: float = 1.0) -> None:
    """Let so many come late, one after the other, that it is no accident."""
    for _ in range(IN_A_ROW):
        load.refusal(Kind.OTHER, waited)


def test_a_few_late_ones_are_no_crowd(load: Load) -> None:
    assert [load.refusal(Kind.OTHER, 9.0) for _ in range(IN_A_ROW - 1)] == [None] * (IN_A_ROW - 1)
    assert load.refusal(Kind.OTHER, 0.0) is None
    assert load.refusal(Kind.OTHER, 9.0) is None


@pytest.mark.parametrize(
    ("waited", "held_off"),
    [
        (0.29, set()),
        (0.35, {Kind.ENTRANCE, Kind.OTHER}),
        (0.55, {Kind.LOOKUP, Kind.ENTRANCE, Kind.OTHER}),
        (0.75, set(Kind) - {Kind.FREE}),
    ],
)
def test_in_a_crowd_the_last_are_held_off_first(
    load: Load, waited: float, held_off: set[Kind]
) -> None:
    crowd(load)
    assert {kind for kind in set(Kind) - {Kind.FREE} if load.refusal(kind, waited)} == held_off


def test_when_nobody_waits_any_more_all_are_let_in(load: Load) -> None:
    crowd(load)
    assert load.refusal(Kind.SUBMISSION, 0.9) is Refusal.BUSY_SUBMISSION
    load.refusal(Kind.SUBMISSION, 0.01)
    assert load.refusal(Kind.OTHER, 0.5) is None


def test_limits_that_dinas_sets_hold_from_when_they_are_heard(load: Load) -> None:
    load.heard(UNKNOWN, Published(1, Limits(lookups_closed=True)))
    assert load.refusal(Kind.LOOKUP, 0.0) is Refusal.CLOSED
    assert load.refusal(Kind.SUBMISSION, 0.0) is None
    load.heard(UNKNOWN, Published(2, Limits(depth=5)))
    assert load.refusal(Kind.LOOKUP, 0.0) is None


def test_a_full_inbox_takes_no_applications_and_everything_else_goes_on(load: Load) -> None:
    load.heard(FULL, OURS)
    assert load.refusal(Kind.SUBMISSION, 0.0) is Refusal.INBOX_MEMORY
    assert [load.refusal(kind, 0.0) for kind in set(Kind) - {Kind.SUBMISSION}] == [None] * 5


def test_what_was_heard_long_ago_holds_nobody_off_but_limits_stay(load: Load, clock: Clock) -> None:
    load.heard(FULL, Published(1, Limits(others_closed=True)))
    clock.at += STALE
    assert load.refusal(Kind.SUBMISSION, 0.0) is None
    assert load.refusal(Kind.OTHER, 0.0) is Refusal.CLOSED


def appended(load: Load, clock: Clock, seconds: float) -> None:
    with load.appending():
        clock.at += seconds


def test_a_slow_inbox_rests_for_a_second_and_is_tried_again(load: Load, clock: Clock) -> None:
    appended(load, clock, 0.1)
    load.heard(Condition(0, 0.0), OURS)
    assert load.refusal(Kind.SUBMISSION, 0.0) is None
    for seconds in (0.1, 1.0, 1.0):
        appended(load, clock, seconds)
    load.heard(Condition(0, 0.0), OURS)
    assert load.refusal(Kind.SUBMISSION, 0.0) is Refusal.INBOX_SLOW
    load.heard(Condition(0, 0.0), OURS)
    assert load.refusal(Kind.SUBMISSION, 0.0) is None


def test_an_append_that_fails_is_measured_too(load: Load, clock: Clock) -> None:
    with suppress(OSError), load.appending():
        clock.at += 1
        raise OSError
    load.heard(Condition(), OURS)
    assert load.inbox.append == 1


def test_what_was_measured_while_the_server_was_gone_is_forgotten(load: Load, clock: Clock) -> None:
    appended(load, clock, 1.0)
    load.heard_nothing()
    load.heard(Condition(), OURS)
    assert load.inbox.append is None


def test_without_an_appended_application_nothing_grows(load: Load, clock: Clock) -> None:
    for _ in range(5_000):
        appended(load, clock, 0.0)
    assert len(load._appends) == loads._APPENDS


@pytest.mark.parametrize(
    ("served", "refused", "seconds"),
    [(0, 50, None), (10, 0, LEAST), (10, 200, 20), (10, 1_000_000, MOST), (100, 50, LEAST)],
)
def test_those_held_off_of_late_come_first_at_the_rate_of_those_served(
    load: Load, served: int, refused: int, seconds: int | None
) -> None:
    for _ in range(served):
        load.let_in(Kind.SUBMISSION)
    for _ in range(min(refused, 5_000)):
        load.refused(Kind.SUBMISSION, Refusal.BUSY_SUBMISSION)
    load._held_off[Kind.SUBMISSION].add(refused - min(refused, 5_000))
    assert load.estimate(Kind.SUBMISSION, BUSY) == seconds
    assert load.estimate(Kind.LOOKUP, Refusal.BUSY_LOOKUP) is None


@pytest.mark.parametrize(
    ("why", "known"),
    [
        (Refusal.BUSY_SUBMISSION, True),
        (Refusal.INBOX_SLOW, True),
        (Refusal.INBOX_MEMORY, False),
        (Refusal.INBOX_DEPTH, False),
        (Refusal.CLOSED, False),
    ],
)
def test_when_somebody_makes_room_nobody_can_tell(load: Load, why: Refusal, known: bool) -> None:
    load.let_in(Kind.SUBMISSION)
    assert (load.estimate(Kind.SUBMISSION, why) is not None) is known


def test_an_estimate_goes_by_the_last_seconds(load: Load, clock: Clock) -> None:
    for _ in range(10):
        load.let_in(Kind.SUBMISSION)
        for _ in range(40):
            load.refused(Kind.SUBMISSION, Refusal.BUSY_SUBMISSION)
    assert load.estimate(Kind.SUBMISSION, BUSY) == 40
    clock.at += 10
    assert load.estimate(Kind.SUBMISSION, BUSY) is None
    load.let_in(Kind.SUBMISSION)
    assert load.estimate(Kind.SUBMISSION, BUSY) == LEAST


@pytest.mark.parametrize(
    ("queued", "kinds"),
    [
        (FEW + 84, set()),
        (FEW + 85, {Kind.ENTRANCE, Kind.OTHER}),
        (FEW + 141, {Kind.ENTRANCE, Kind.OTHER, Kind.LOOKUP}),
        (FEW + 197, set(Kind) - {Kind.FREE}),
    ],
)
def test_who_would_wait_too_long_is_told_at_once(
    load: Load, clock: Clock, queued: int, kinds: set[Kind]
) -> None:
    crowd(load)
    for _ in range(200):
        load.let_in(Kind.SUBMISSION)
    clock.at += 0.5  # 400 a second
    assert {kind for kind in set(Kind) - {Kind.FREE} if load.too_many(kind, queued, 0.0)} == kinds


@pytest.mark.parametrize(("waited", "why"), [(0.48, None), (0.5, Refusal.BUSY_SUBMISSION)])
def test_who_waited_too_long_already_is_told_at_once_however_few_wait(
    load: Load, clock: Clock, waited: float, why: Refusal | None
) -> None:
    crowd(load)
    for _ in range(200):
        load.let_in(Kind.SUBMISSION)
    clock.at += 0.5
    assert load.too_many(Kind.SUBMISSION, 0, waited) is why


def test_how_few_were_served_while_few_came_holds_nobody_off(load: Load, clock: Clock) -> None:
    for _ in range(10):
        clock.at += 1.0
        load.let_in(Kind.SUBMISSION)  # one a second
    crowd(load)
    assert load.too_many(Kind.OTHER, UNPACED, 0.0) is None
    assert load.too_many(Kind.OTHER, UNPACED + 1, 0.0) is Refusal.BUSY_OTHER
    clock.at += 0.5
    load.let_in(Kind.SUBMISSION)
    assert load.too_many(Kind.OTHER, UNPACED, 0.0) is Refusal.BUSY_OTHER


def test_where_nobody_was_served_few_may_wait(load: Load, clock: Clock) -> None:
    crowd(load)
    clock.at += 0.5
    assert load.too_many(Kind.SUBMISSION, FEW, 0.0) is None
    assert load.too_many(Kind.SUBMISSION, FEW + 1, 0.0) is Refusal.BUSY_SUBMISSION


def test_while_it_is_calm_nobody_is_told_at_once(load: Load) -> None:
    assert not load.crowded
    assert load.too_many(Kind.OTHER, 10_000, 9.0) is None


def test_each_refusal_is_counted_for_those_who_watch(clock: Clock) -> None:
    counted: list[str] = []
    load = Load(clock, counted.append)
    load.refused(Kind.LOOKUP, Refusal.BUSY_LOOKUP)
    load.refused(Kind.LOOKUP, Refusal.CLOSED)
    assert counted == ["busy_lookup", "closed_by_dinas"]
    refused = load.figures()["refused"]
    assert {why: many for why, many in refused.items() if many} == dict.fromkeys(counted, 1)


def test_the_longest_wait_is_told_once(load: Load) -> None:
    for waited in (0.1, 0.7, 0.2):
        load.refusal(Kind.OTHER, waited)
    assert load.figures()["waited"] == 0.7
    assert load.figures()["waited"] == 0
