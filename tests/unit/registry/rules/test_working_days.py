from datetime import date

import pytest

from registry.rules.verdicts import close_by
from registry.rules.working_days import days_off


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 3, 18),  # joint leave before Nyepi
        date(2026, 3, 20),  # joint leave before Lebaran
        date(2026, 3, 23),
        date(2026, 3, 24),
        date(2026, 5, 1),
        date(2026, 8, 17),
        date(2026, 12, 24),
        date(2027, 1, 1),
    ],
)
def test_public_holidays_and_joint_leave_are_days_off(day: date) -> None:
    assert day in days_off(day)
    assert day in days_off(date(2026, 1, 1))


@pytest.mark.parametrize("day", [date(2026, 3, 17), date(2026, 3, 25), date(2026, 8, 18)])
def test_days_on_which_offices_work_are_not(day: date) -> None:
    assert day not in days_off(day)


@pytest.mark.parametrize(
    ("ended", "by"),
    [
        # Lebaran 2026, with Nyepi before it: from Wednesday 18 to Tuesday 24 March nobody works.
        (date(2026, 3, 16), date(2026, 3, 25)),
        (date(2026, 3, 17), date(2026, 3, 26)),
        (date(2026, 3, 20), date(2026, 3, 26)),
        (date(2026, 3, 25), date(2026, 3, 27)),
        # Independence Day 2026 is a Monday.
        (date(2026, 8, 13), date(2026, 8, 18)),
        (date(2026, 8, 14), date(2026, 8, 19)),
        (date(2026, 8, 17), date(2026, 8, 19)),
        # Joint leave, Christmas, a weekend; New Year, a weekend, Isra Mikraj.
        (date(2026, 12, 23), date(2026, 12, 29)),
        (date(2026, 12, 31), date(2027, 1, 6)),
    ],
)
def test_the_lurah_has_two_days_on_which_offices_work(ended: date, by: date) -> None:
    assert close_by(ended, days_off(ended)) == by


@pytest.mark.parametrize(("year", "least"), [(2026, 25), (2027, 26)])
def test_joint_leave_is_among_them_for_the_years_for_which_it_was_decided(
    year: int, least: int
) -> None:
    assert len([day for day in days_off(date(year, 1, 1)) if day.year == year]) >= least
