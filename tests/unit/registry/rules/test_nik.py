import copy
import pickle
import string
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rules.errors import Invalid
from registry.rules.nik import Nik, Sex

TODAY = date(2026, 3, 15)
PREFIXES = frozenset({"317101", "327501"})
NIK_CODES = {"nik_empty", "nik_letters", "nik_length", "nik_day", "nik_month", "nik_serial"}

days = st.integers(1, 31) | st.integers(41, 71)
valid_niks = st.builds(
    "{:06}{:02}{:02}{:02}{:04}".format,
    st.integers(0, 999_999),
    days,
    st.integers(1, 12),
    st.integers(0, 99),
    st.integers(1, 9999),
)


def parse_or_code(text: str) -> Nik | str:
    try:
        return Nik.parse(text)
    except Invalid as refused:
        return refused.code


@pytest.mark.parametrize(
    "typed",
    [
        "3171011708450001",
        " 3171011708450001 ",
        "3171 0117 0845 0001",
        "317101.170845.0001",
        "31.71.01-17-08-45-0001",
        "3171\N{NO-BREAK SPACE}0117\N{NO-BREAK SPACE}0845\N{NO-BREAK SPACE}0001",
        "３１７１０１１７０８４５０００１",
        "٣١٧١٠١١٧٠٨٤٥٠٠٠١",
        "۳۱۷۱۰۱۱۷۰۸۴۵۰۰۰۱",
        "\N{ZERO WIDTH NO-BREAK SPACE}3171011708450001\r\n",
        "\N{LEFT-TO-RIGHT MARK}3171011708450001",
    ],
)
def test_a_nik_is_read_however_it_is_spaced(typed: str) -> None:
    assert Nik.parse(typed).value == "3171011708450001"


@pytest.mark.parametrize(
    "digits",
    [
        "3171010101000001",
        "3171013112999999",
        "3171014101000001",  # women's first day
        "3171017112999999",  # and last
        "3171013102900001",  # 31 February: flagged, never refused
        "0000000101000001",  # unknown region: flagged, never refused
        "9999997112999999",
        "6501011708850001",
        "9601011708850001",
    ],
)
def test_only_what_no_nik_can_be_is_refused(digits: str) -> None:
    assert Nik.parse(digits).value == digits


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "nik_empty"),
        (" \N{NO-BREAK SPACE}-. ", "nik_empty"),
        ("1", "nik_length"),
        ("317101170845001", "nik_length"),
        ("31710117084500011", "nik_length"),
        pytest.param("3" * 10_000_000, "nik_length", id="huge 3"),
        ("3171O11708450001", "nik_letters"),
        ("3171011708450OO1", "nik_letters"),
        ("3l71011708450001", "nik_letters"),
        ("saya tidak punya", "nik_letters"),
        ("3171011708450001;", "nik_letters"),
        ("' OR 1=1 --", "nik_letters"),
        ("-3171011708450001\x00", "nik_letters"),
        ("3171010008450001", "nik_day"),
        ("3171013208450001", "nik_day"),
        ("3171014008450001", "nik_day"),
        ("3171017208450001", "nik_day"),
        ("3171018108450001", "nik_day"),
        ("3171019908450001", "nik_day"),
        ("3171011700450001", "nik_month"),
        ("3171011713450001", "nik_month"),
        ("3171011799450001", "nik_month"),
        ("3171011708450000", "nik_serial"),
        ("0000000000000000", "nik_day"),
    ],
)
def test_an_impossible_nik_is_refused_by_a_code(typed: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        Nik.parse(typed)
    assert refused.value.code == code


def test_exactly_the_days_and_months_of_the_rule_are_accepted() -> None:
    days = {day: parse_or_code(f"317101{day:02}08450001") for day in range(100)}
    months = {month: parse_or_code(f"31710117{month:02}450001") for month in range(100)}
    assert [day for day in days if days[day] != "nik_day"] == [*range(1, 32), *range(41, 72)]
    assert [month for month in months if months[month] != "nik_month"] == [*range(1, 13)]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("", "nik_length"),
        ("3171 0117 0845 0001", "nik_length"),
        ("３１７１０１１７０８４５０００１", "nik_letters"),
        ("3171011708450000", "nik_serial"),
    ],
)
def test_a_nik_with_an_impossible_value_can_not_be_built(value: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        Nik(value)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("digits", "born"),
    [
        ("3171011708450001", date(1945, 8, 17)),
        ("3171015708450001", date(1945, 8, 17)),
        ("3171011708150001", date(2015, 8, 17)),  # not 1915
        ("3171011503260001", date(2026, 3, 15)),  # born today
        ("3171011603260001", date(1926, 3, 16)),  # tomorrow: a hundred years ago
        ("3171013112250001", date(2025, 12, 31)),
        ("3171010101270001", date(1927, 1, 1)),
        ("3171012902000001", date(2000, 2, 29)),
        ("3171016902960001", date(1996, 2, 29)),
        ("3171012902280001", date(1928, 2, 29)),
        ("3171012902010001", None),
        ("3171013002000001", None),
        ("3171013104800001", None),
        ("3171017106800001", None),
    ],
)
def test_the_birth_date_is_the_latest_possible_one(digits: str, born: date | None) -> None:
    assert Nik(digits).birth_date(TODAY) == born


def test_a_leap_day_of_the_year_00_skips_the_century_without_one() -> None:
    assert Nik("3171012902000001").birth_date(date(2100, 6, 1)) == date(2000, 2, 29)


@pytest.mark.parametrize(
    ("day", "sex"),
    [("01", Sex.MALE), ("31", Sex.MALE), ("41", Sex.FEMALE), ("71", Sex.FEMALE)],
)
def test_the_day_tells_the_sex(day: str, sex: Sex) -> None:
    assert Nik(f"317101{day}08450001").sex is sex


def test_sex_has_the_codes_of_pbdt() -> None:
    assert [(sex.name, sex.value) for sex in Sex] == [("MALE", "1"), ("FEMALE", "2")]


@pytest.mark.parametrize(
    ("digits", "birth", "sex", "flags"),
    [
        ("3171011708450001", date(1945, 8, 17), Sex.MALE, ()),
        ("3171015708450001", date(1945, 8, 17), Sex.FEMALE, ()),
        ("3171011708450001", None, None, ()),
        ("3171011708450001", date(1845, 8, 17), None, ()),  # the NIK has no century
        ("3171011708150001", date(1915, 8, 17), None, ()),
        ("3171011708150001", date(2015, 8, 17), None, ()),
        ("3171011708450001", date(1945, 8, 18), None, ("birth_differs",)),
        ("3171011708450001", date(1945, 7, 17), None, ("birth_differs",)),
        ("3171011708450001", date(1946, 8, 17), None, ("birth_differs",)),
        ("3171011708450001", None, Sex.FEMALE, ("sex_differs",)),
        ("3171015708450001", None, Sex.MALE, ("sex_differs",)),
        ("3171991708450001", None, None, ("prefix_unknown",)),
        ("3275011708450001", None, None, ("prefix_not_dki",)),
        ("9999991708450001", None, None, ("prefix_unknown", "prefix_not_dki")),
        ("3171013002800001", None, None, ("date_impossible",)),
        ("3171012902010001", date(2001, 3, 1), None, ("date_impossible",)),
        ("3171012902000001", date(2000, 2, 29), None, ()),
        (
            "9999997108451234",
            date(1950, 1, 1),
            Sex.MALE,
            ("prefix_unknown", "prefix_not_dki", "birth_differs", "sex_differs"),
        ),
        (
            "9999997109451234",
            date(1950, 1, 1),
            Sex.MALE,
            ("prefix_unknown", "prefix_not_dki", "date_impossible", "sex_differs"),
        ),
    ],
)
def test_what_people_should_look_at_is_flagged(
    digits: str, birth: date | None, sex: Sex | None, flags: tuple[str, ...]
) -> None:
    assert Nik(digits).flags(birth, sex, PREFIXES) == flags


def test_without_a_list_of_prefixes_none_is_unknown() -> None:
    assert Nik("3199991708450001").flags(None, None, None) == ()
    assert Nik("3199991708450001").flags(None, None, frozenset()) == ("prefix_unknown",)


def test_prefix_is_the_region_of_first_registration() -> None:
    assert Nik("3275011708450001").prefix == "327501"


def test_equal_niks_are_equal_however_they_were_typed() -> None:
    assert {Nik.parse("3171 0117 0845 0001"), Nik("3171011708450001")} == {Nik("3171011708450001")}


def test_masked_keeps_only_both_ends() -> None:
    assert Nik("3171011708450001").masked == "3171••••••••0001"


@given(valid_niks)
def test_no_way_of_printing_a_nik_shows_its_middle(digits: str) -> None:
    nik = Nik(digits)
    for shown in (
        nik.masked,
        repr(nik),
        str(nik),
        f"{nik}",
        f"{nik!r:>40}",
        f"{[nik]}",
        f"{nik!a}",
    ):
        found = "".join(
            character for character in shown.replace(r"\u2022", "•") if character in string.digits
        )
        assert found == digits[:4] + digits[12:]
        assert digits not in shown


@given(valid_niks)
def test_a_nik_comes_through_parsing_and_copying_unchanged(digits: str) -> None:
    nik = Nik.parse(digits)
    assert nik.value == digits
    assert Nik.parse(nik.value) == nik
    assert pickle.loads(pickle.dumps(nik)) == nik
    assert copy.deepcopy(nik) == nik


@given(valid_niks, st.dates(), st.dates() | st.none(), st.sampled_from(Sex) | st.none())
def test_birth_and_flags_agree_with_each_other(
    digits: str, today: date, birth: date | None, sex: Sex | None
) -> None:
    nik = Nik(digits)
    flags = nik.flags(birth, sex, PREFIXES)
    born = nik.birth_date(today) if today.year >= 200 else None
    if born is not None:
        assert born <= today
        assert "date_impossible" not in flags
        assert "birth_differs" not in nik.flags(born, nik.sex, None)
        assert f"{born:%d%m}"[2:] == digits[8:10]
        assert born.year % 100 == int(digits[10:12])
    if "date_impossible" in flags:
        assert nik.birth_date(today) is None


@given(st.text() | st.text("0123456789 .-Ol٣３", max_size=24))
def test_any_text_is_a_nik_or_refused_by_a_known_code(text: str) -> None:
    outcome = parse_or_code(text)
    if isinstance(outcome, Nik):
        assert len(outcome.value) == 16
        assert Nik.parse(outcome.value) == outcome
    else:
        assert outcome in NIK_CODES
