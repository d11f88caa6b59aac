from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rules.errors import Invalid
from registry.rules.periods import JAKARTA
from registry.rules.visits import (
    LABELS,
    MISSING_LABELS,
    Call,
    Outcome,
    Outlier,
    Visit,
    comparable,
    outliers,
    refuse,
    too_short,
    what_is_missing,
)

MET, NOBODY_HOME, NOT_FOUND = Outcome
ANSWERED, UNANSWERED, WRONG_NUMBER = Call
NOW = datetime(2026, 9, 30, 12, tzinfo=JAKARTA)
MINUTE = timedelta(minutes=1)


def visit(
    day: int,
    time: str,
    outcome: Outcome = NOT_FOUND,
    call: Call | None = None,
    *,
    minutes: float = 10,
) -> Visit:
    """Make a visit in September, at a time of Jakarta."""
    hour, minute = map(int, time.split(":"))
    started = datetime(2026, 9, day, hour, minute, tzinfo=JAKARTA)
    return Visit("7", started, started + minutes * MINUTE, outcome, call)


visits_of_a_week = st.lists(
    st.builds(
        lambda day, hour, outcome, call: visit(day, f"{hour}:00", outcome, call),
        st.integers(1, 7),
        st.integers(0, 23),
        st.sampled_from(Outcome),
        st.none() | st.sampled_from(Call),
    ),
    max_size=5,
)


@pytest.mark.parametrize(
    ("visits", "missing"),
    [
        ([], ("second_visit", "call")),
        ([visit(1, "09:00")], ("second_visit", "call")),
        ([visit(1, "09:00", call=UNANSWERED)], ("second_visit",)),
        ([visit(1, "09:00"), visit(2, "10:00")], ("another_hour", "call")),
        ([visit(1, "09:00"), visit(2, "10:00", call=UNANSWERED)], ("another_hour",)),
        ([visit(1, "09:00"), visit(1, "16:00")], ("call",)),
        ([visit(1, "09:00"), visit(1, "16:00", call=UNANSWERED)], ()),
        ([visit(1, "09:00", call=WRONG_NUMBER), visit(1, "16:00")], ()),
        ([visit(1, "16:00", call=UNANSWERED), visit(1, "09:00")], ()),
        # Parts of the day, in Jakarta: 10:59 pagi, 11:00 siang, 15:00 sore, 19:00 malam.
        ([visit(1, "08:00"), visit(2, "10:59", call=UNANSWERED)], ("another_hour",)),
        ([visit(1, "08:00"), visit(2, "11:00", call=UNANSWERED)], ()),
        ([visit(1, "11:00"), visit(2, "14:59", call=UNANSWERED)], ("another_hour",)),
        ([visit(1, "11:00"), visit(2, "15:00", call=UNANSWERED)], ()),
        ([visit(1, "15:00"), visit(2, "18:59", call=UNANSWERED)], ("another_hour",)),
        ([visit(1, "15:00"), visit(2, "19:00", call=UNANSWERED)], ()),
        # Another part of the day, but the same hour: ten minutes' visit, then two hours at least.
        ([visit(1, "10:55"), visit(1, "11:05", call=UNANSWERED)], ("another_hour",)),
        ([visit(1, "10:00"), visit(1, "12:09", call=UNANSWERED)], ("another_hour",)),
        ([visit(1, "10:00"), visit(1, "12:10", call=UNANSWERED)], ()),
        # Of three visits any two will do.
        ([visit(1, "09:00"), visit(2, "09:30"), visit(3, "19:30", call=UNANSWERED)], ()),
        # Who answers can be asked for the address.
        ([visit(1, "09:00"), visit(1, "16:00", call=ANSWERED)], ("ask_address",)),
        (
            [visit(1, "09:00", call=UNANSWERED), visit(2, "16:00", call=ANSWERED)],
            ("ask_address",),
        ),
        # A house that somebody stood at was found, whoever was at home.
        (
            [visit(1, "09:00"), visit(1, "16:00", call=UNANSWERED), visit(2, "9:00", NOBODY_HOME)],
            ("found",),
        ),
        ([visit(1, "09:00", MET)], ("found",)),
    ],
)
def test_an_address_is_not_found_after_two_visits_and_a_call(
    visits: list[Visit], missing: tuple[str, ...]
) -> None:
    assert what_is_missing(visits, has_phone=True) == missing
    without_call = tuple(code for code in missing if code != "call")
    assert what_is_missing(iter(visits), has_phone=False) == without_call


@given(visits_of_a_week, st.booleans())
def test_an_address_is_never_not_found_on_less(visits: list[Visit], has_phone: bool) -> None:
    missing = what_is_missing(visits, has_phone=has_phone)
    assert missing == what_is_missing(visits[::-1], has_phone=has_phone)
    assert set(missing) <= MISSING_LABELS.keys()
    if not missing:
        assert len(visits) >= 2
        assert {one.outcome for one in visits} == {NOT_FOUND}
        assert all(one.call is not ANSWERED for one in visits)
        assert len({one.started_at.hour for one in visits}) >= 2
        assert not has_phone or any(one.call for one in visits)


def test_hours_are_those_of_jakarta_whatever_zone_a_device_writes() -> None:
    pagi = datetime.fromisoformat("2026-09-01T02:00:00+00:00")  # 09:00 in Jakarta
    still_pagi = datetime.fromisoformat("2026-09-02T03:30:00+00:00")  # 10:30
    visits = [Visit("7", at, at + MINUTE, NOT_FOUND, UNANSWERED) for at in (pagi, still_pagi)]
    assert what_is_missing(visits, has_phone=True) == ("another_hour",)


@pytest.mark.parametrize(
    ("minutes", "code"),
    [
        (-1, "visit_ends_before_start"),
        (6 * 60 + 0.1, "visit_too_long"),
    ],
)
def test_a_visit_that_cannot_have_been_is_refused(minutes: float, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        refuse(visit(1, "09:00", MET, minutes=minutes), NOW)
    assert refused.value.code == code


@pytest.mark.parametrize("minutes", [0, 1, 6 * 60])
def test_any_other_length_is_taken(minutes: float) -> None:
    refuse(visit(1, "09:00", MET, minutes=minutes), NOW)


def test_a_phone_may_be_five_minutes_ahead_and_no_more() -> None:
    refuse(visit(30, "11:55", MET, minutes=10), NOW)
    with pytest.raises(Invalid, match="visit_in_future"):
        refuse(visit(30, "11:56", MET, minutes=10), NOW)


def test_a_time_needs_its_zone() -> None:
    naive = datetime(2026, 9, 1, 9)  # noqa: DTZ001 - what is refused
    with pytest.raises(Invalid, match="visit_time_zone"):
        Visit("7", naive, NOW, MET)
    with pytest.raises(Invalid, match="visit_time_zone"):
        Visit("7", NOW, naive, MET)


def minutes(*lengths: float) -> list[timedelta]:
    return [length * MINUTE for length in lengths]


USUAL = minutes(12, 14, 15, 16, 18, 20, 20, 22, 25, 30)


@pytest.mark.parametrize(
    ("own", "kind"),
    [
        (minutes(15, 18, 20, 20, 25), None),
        (minutes(7, 8, 8, 9, 60), None),
        (minutes(3, 3, 3, 3, 60), "short"),
        (minutes(0, 0, 0, 0, 0), "short"),
        (minutes(20, 20, 120, 130, 140), "long"),
        (minutes(40, 45, 50, 55, 60), None),
        # Four visits say nothing.
        (minutes(1, 1, 1, 1), None),
    ],
)
def test_an_officer_stands_out_by_the_usual_length_of_their_visits(
    own: list[timedelta], kind: str | None
) -> None:
    found = outliers({"7": own, "8": USUAL[:5], "9": USUAL[5:]})
    assert [(one.officer, one.kind) for one in found] == ([("7", kind)] if kind else [])


def test_an_outlier_comes_with_what_a_supervisor_asks_about() -> None:
    lengths = {"9": USUAL, "12": minutes(2, 2, 2.5, 3, 40, 50), "10": minutes(*[200] * 5)}
    assert outliers(lengths) == (
        Outlier("10", 5, 200 * MINUTE, 17 * MINUTE, "long"),
        Outlier("12", 6, 2.75 * MINUTE, 22 * MINUTE, "short"),
    )


def test_nine_visits_of_the_others_say_nothing() -> None:
    assert outliers({"7": minutes(*[1] * 5), "8": USUAL[:9]}) == ()
    assert len(outliers({"7": minutes(*[1] * 5), "8": USUAL})) == 1


@pytest.mark.parametrize(("length", "stands_out"), [(25, False), (26, True), (4, False), (3, True)])
def test_where_all_take_the_same_time_small_differences_are_none(
    length: float, stands_out: bool
) -> None:
    assert bool(outliers({"7": minutes(*[length] * 5), "8": minutes(*[10] * 10)})) is stands_out


lengths_of_visits = st.dictionaries(
    st.sampled_from("abcd"),
    st.lists(st.integers(0, 360).map(lambda length: length * MINUTE), max_size=15),
)


@given(lengths_of_visits)
def test_any_lengths_can_be_compared(lengths: dict[str, Sequence[timedelta]]) -> None:
    found = outliers(lengths)
    assert [one.officer for one in found] == sorted({one.officer for one in found})
    for one in found:
        assert one.visits == len(lengths[one.officer]) >= 5
        assert (one.median < one.others_median) is (one.kind == "short")


def test_those_who_do_as_all_others_do_stand_out_in_nothing() -> None:
    assert outliers(dict.fromkeys("789", USUAL)) == ()
    assert outliers({}) == ()


def test_meeting_a_household_takes_three_minutes() -> None:
    visits = [
        visit(1, "09:00", MET, minutes=2.9),
        visit(1, "10:00", MET, minutes=3),
        visit(1, "11:00", NOBODY_HOME, minutes=1),
        visit(1, "12:00", NOT_FOUND, minutes=1),
        visit(1, "13:00", MET, minutes=0),
    ]
    assert too_short(visits) == (visits[0], visits[4])


def test_everything_has_its_words() -> None:
    assert LABELS.keys() == {*Outcome, *Call}
    assert all(label.endswith(".") for label in MISSING_LABELS.values())


@pytest.mark.parametrize(
    ("own", "others", "enough"), [(5, 10, True), (4, 10, False), (5, 9, False), (0, 0, False)]
)
def test_few_visits_say_nothing(own: int, others: int, enough: bool) -> None:
    assert comparable(own, others) is enough
