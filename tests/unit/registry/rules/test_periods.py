from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rules.periods import JAKARTA, InvalidPeriod, Milestone, NextDate, Period

OPENS = datetime(2026, 8, 1, 1, tzinfo=UTC)
CLOSES = datetime(2026, 8, 17, 16, 59, tzinfo=UTC)
GRACE = timedelta(minutes=30)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def period(**changes: Any) -> Period:
    given: dict[str, Any] = {
        "id": "2026-1",
        "title": "Pendaftaran 2026 tahap 1",
        "opens_at": OPENS,
        "closes_at": CLOSES,
        "grace": GRACE,
    }
    return Period(**(given | changes))


@pytest.mark.parametrize(
    ("now", "is_open", "accepts"),
    [
        (OPENS - SECOND, False, False),
        (OPENS, True, True),
        (CLOSES - SECOND, True, True),
        (CLOSES, False, True),
        (CLOSES + GRACE - SECOND, False, True),
        (CLOSES + GRACE, False, False),
        (CLOSES + timedelta(days=365), False, False),
    ],
)
def test_a_form_is_taken_for_a_while_after_closing(
    now: datetime, is_open: bool, accepts: bool
) -> None:
    assert period().is_open(now) is is_open
    assert period().accepts(now) is accepts


def test_any_time_zone_will_do_and_utc_is_kept() -> None:
    local = period(opens_at=OPENS.astimezone(JAKARTA), closes_at=CLOSES.astimezone(JAKARTA))
    assert local == period()
    assert local.opens_at.tzinfo is UTC
    assert local.is_open(OPENS.astimezone(timezone(timedelta(hours=-8))))


@pytest.mark.parametrize("name", ["2026-1", "2026-12", "2099-3"])
def test_an_id_is_year_and_number(name: str) -> None:
    assert period(id=name).id == name


@pytest.mark.parametrize(
    "changes",
    [
        *({"id": name} for name in ("", "2026", "26-1", "2026-0", "2026-01", "2026-123", "1999-1")),
        *({"id": name} for name in ("2026-I", " 2026-1", "2026-1\n", "٢٠٢٦-1", "2026-1/x")),
        {"closes_at": OPENS},
        {"closes_at": OPENS - DAY},
        {"opens_at": OPENS.replace(tzinfo=None)},
        {"closes_at": CLOSES.replace(tzinfo=None)},
        {"grace": -SECOND},
    ],
)
def test_what_a_period_can_not_be_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidPeriod):
        period(**changes)


def test_an_extension_moves_the_closing_time_and_nothing_else() -> None:
    longer = period().extend(CLOSES + DAY, "Lalu lintas padat")
    assert longer == period(closes_at=CLOSES + DAY)


@pytest.mark.parametrize(
    ("new_close", "reason"),
    [
        (CLOSES, "too busy"),
        (CLOSES - SECOND, "too busy"),
        (CLOSES + DAY, ""),
        (CLOSES + DAY, " \n"),
        ((CLOSES + DAY).replace(tzinfo=None), "too busy"),
    ],
)
def test_an_extension_is_later_and_has_a_reason(new_close: datetime, reason: str) -> None:
    with pytest.raises(InvalidPeriod):
        period().extend(new_close, reason)


@given(st.integers(-(10**7), 10**7).map(lambda seconds: CLOSES + seconds * SECOND))
def test_an_open_period_accepts_and_an_extended_one_accepts_no_less(now: datetime) -> None:
    if period().is_open(now):
        assert period().accepts(now)
    if period().accepts(now):
        assert period().extend(CLOSES + SECOND, "too busy").accepts(now)


@pytest.mark.parametrize(
    ("now", "musyawarah_on", "comes"),
    [
        (OPENS - DAY, None, NextDate(Milestone.OPENS, OPENS)),
        (OPENS, None, NextDate(Milestone.CLOSES, CLOSES)),
        (CLOSES, None, NextDate(Milestone.MEETINGS_UNKNOWN)),
        (CLOSES, date(2026, 9, 1), NextDate(Milestone.MEETINGS_BEGIN, date(2026, 9, 1))),
        # Still 31 August in UTC, and already 1 September in Jakarta.
        (
            datetime(2026, 8, 31, 17, tzinfo=UTC),
            date(2026, 8, 31),
            NextDate(Milestone.MEETINGS_BEGAN, date(2026, 8, 31)),
        ),
        (
            datetime(2026, 8, 31, 16, 59, tzinfo=UTC),
            date(2026, 8, 31),
            NextDate(Milestone.MEETINGS_BEGIN, date(2026, 8, 31)),
        ),
    ],
)
def test_the_next_date_is_the_one_that_concerns_a_household(
    now: datetime, musyawarah_on: date | None, comes: NextDate
) -> None:
    assert period(musyawarah_on=musyawarah_on).next_date(now) == comes
