"""Where a kelurahan stands on dinas' board."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from registry.rules.progress import STEPS, Facts, Step, age_in_days, is_overdue, step
from registry.rules.working_days import days_off


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, Step.EMPTY),
        ({"waiting": 5}, Step.NO_SHEETS),
        ({"waiting": 5, "sheets": 2, "sheets_out": 1}, Step.SORTING),
        ({"waiting": 5, "sheets": 2}, Step.SORTED),
        ({"waiting": 5, "sheets": 2, "field_check": 1}, Step.VISITS),
        # Nobody who is visited hides that the neighbourhood still sorts.
        ({"waiting": 5, "sheets": 2, "sheets_out": 1, "field_check": 1}, Step.SORTING),
        ({"field_check": 1}, Step.VISITS),
        ({"waiting": 5, "planned": 1}, Step.PLANNED),
        ({"waiting": 5, "under_way": 1}, Step.UNDER_WAY),
        ({"waiting": 5, "ended": 1}, Step.ENDED),
        # What holds the others up comes first.
        ({"waiting": 5, "ended": 1, "planned": 1, "closed": 2}, Step.ENDED),
        ({"waiting": 5, "closed": 1}, Step.BETWEEN),
        ({"field_check": 5, "closed": 1, "minutes_waiting": 1}, Step.BETWEEN),
        ({"decided": 5, "closed": 1, "minutes_waiting": 1}, Step.MINUTES),
        ({"decided": 5, "closed": 1}, Step.DONE),
        ({"decided": 5}, Step.DONE),
    ],
)
def test_the_step_to_act_on_first_is_told(facts: dict[str, Any], expected: Step) -> None:
    assert step(Facts(**facts)) is expected


def test_every_step_has_words() -> None:
    assert set(STEPS) == set(Step)


@pytest.mark.parametrize(
    ("ended", "today", "overdue"),
    [
        (date(2026, 3, 3), date(2026, 3, 5), False),  # Tuesday: until Thursday
        (date(2026, 3, 3), date(2026, 3, 6), True),
        (date(2026, 3, 6), date(2026, 3, 10), False),  # Friday: until Tuesday
        (date(2026, 3, 6), date(2026, 3, 11), True),
        (date(2026, 3, 17), date(2026, 3, 26), False),  # Nyepi and Lebaran lie between
        (date(2026, 3, 17), date(2026, 3, 27), True),
    ],
)
def test_a_session_is_overdue_after_two_working_days(
    ended: date, today: date, overdue: bool
) -> None:
    assert is_overdue(ended, today, days_off(ended)) is overdue


def test_age_counts_days_of_jakarta() -> None:
    # 00.30 and 23.30 of one day there are two days in UTC.
    early, late = datetime(2026, 3, 2, 17, 30, tzinfo=UTC), datetime(2026, 3, 3, 16, 30, tzinfo=UTC)
    assert age_in_days(early, late) == 0
    assert age_in_days(early, datetime(2026, 3, 3, 17, 30, tzinfo=UTC)) == 1
    assert age_in_days(None, late) is None
