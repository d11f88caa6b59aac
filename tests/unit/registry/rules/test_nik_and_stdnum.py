"""Our NIK beside the one of python-stdnum 2.2, a reference to compare with, not the check."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.exceptions import ValidationError
from stdnum.id import nik as stdnum_nik

from registry.rules.errors import Invalid
from registry.rules.nik import Nik

TODAY = date(2026, 3, 15)
PROVINCES_OF_STDNUM = (
    *range(11, 20),
    21,
    *range(31, 37),
    *range(51, 54),
    *range(61, 65),
    *range(71, 77),
    81,
    82,
    91,
    94,
)

born = st.dates(date(1927, 1, 1), TODAY)


def digits_of(province: int, district: int, birth: date, offset: int, serial: int) -> str:
    return f"{province}{district:04}{birth.day + offset:02}{birth:%m%y}{serial:04}"


agreeing = st.builds(
    digits_of,
    st.sampled_from(PROVINCES_OF_STDNUM),
    st.integers(0, 9999),
    born,
    st.sampled_from([0, 40]),
    st.integers(1, 9999),
)


def ours(text: str) -> str | None:
    try:
        return Nik.parse(text).value
    except Invalid:
        return None


def theirs(text: str) -> str | None:
    try:
        return stdnum_nik.validate(text)
    except ValidationError:
        return None


@given(agreeing)
def test_both_accept_a_possible_nik_and_read_the_same_day(digits: str) -> None:
    assert ours(digits) == theirs(digits) == digits
    stated = stdnum_nik.get_birth_date(digits)
    mine = Nik(digits).birth_date(TODAY)
    assert mine is not None
    assert (mine.day, mine.month, mine.year % 100) == (
        stated.day,
        stated.month,
        stated.year % 100,
    )
    assert mine.year - stated.year in {0, 100}


@given(agreeing, st.sampled_from([" ", "-", ".", "\N{NO-BREAK SPACE}", "\N{EN DASH}"]))
def test_both_read_a_spaced_nik(digits: str, separator: str) -> None:
    spaced = separator.join((digits[:6], digits[6:12], digits[12:]))
    assert ours(spaced) == theirs(spaced) == digits


@given(st.text("0123456789", max_size=20).filter(lambda text: len(text) != 16))
def test_both_refuse_any_other_length(text: str) -> None:
    assert ours(text) is None
    assert theirs(text) is None


@pytest.mark.parametrize(
    "digits",
    [
        "3171010008450001",  # day 00
        "3171014008450001",  # day 40
        "3171018008450001",  # day 80
        "3171013208450001",  # day 32
        "3171017208450001",  # day 72
        "3171011700450001",  # month 00
        "3171011713450001",  # month 13
        "317101170845000A",
        "",
    ],
)
def test_both_refuse(digits: str) -> None:
    assert ours(digits) is None
    assert theirs(digits) is None


@pytest.mark.parametrize(
    ("digits", "why"),
    [
        ("3171011708450000", "serials begin with 0001"),
        ("3171018108450001", "day 81 is no woman's day; they take it modulo 40"),
        ("3171019908450001", "nor is day 99"),
    ],
)
def test_they_accept_what_no_nik_can_be(digits: str, why: str) -> None:
    assert theirs(digits) == digits, why
    assert ours(digits) is None, why


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        *[(f"{province}01011708450001", "prefix_not_dki") for province in (65, 92, 93, 95, 96)],
        ("9971011708450001", "prefix_not_dki"),  # no province, but a flag, not a refusal
        ("3171013002450001", "date_impossible"),
        ("3171012902010001", "date_impossible"),
        ("3171017106450001", "date_impossible"),
        ("٣١٧١٠١١٧٠٨٤٥٠٠٠١", None),  # they read full-width digits, but not Arabic-Indic ones
        ("\N{ZERO WIDTH NO-BREAK SPACE}3171011708450001", None),
    ],
)
def test_they_refuse_what_we_flag_or_normalise(text: str, flag: str | None) -> None:
    assert theirs(text) is None
    assert Nik.parse(text).flags(None, None, None) == ((flag,) if flag else ())


def test_they_do_not_look_at_the_district() -> None:
    assert theirs("3199991708450001") == "3199991708450001"
    assert Nik("3199991708450001").flags(None, None, frozenset({"317101"})) == ("prefix_unknown",)


def test_they_put_the_young_into_the_last_century() -> None:
    assert stdnum_nik.get_birth_date("3171011708150001") == date(1915, 8, 17)
    assert Nik("3171011708150001").birth_date(TODAY) == date(2015, 8, 17)
