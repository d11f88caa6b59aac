import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rules.errors import Invalid
from registry.rules.kk import NomorKK

numbers = st.text(string.digits, min_size=16, max_size=16)


def parse_or_code(text: str) -> NomorKK | str:
    try:
        return NomorKK.parse(text)
    except Invalid as refused:
        return refused.code


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("3171012204150007", "3171012204150007"),
        ("3171 0122 0415 0007", "3171012204150007"),
        ("31.71.01-220415-0007\n", "3171012204150007"),
        ("٣１71012204150007", "3171012204150007"),
        ("3171010000000000", "3171010000000000"),  # no date nor serial is asked of a KK
    ],
)
def test_a_card_number_is_read_however_it_is_spaced(typed: str, value: str) -> None:
    assert NomorKK.parse(typed).value == value


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "kk_empty"),
        (" - ", "kk_empty"),
        ("317101220415000", "kk_length"),
        ("31710122041500070", "kk_length"),
        pytest.param("1" * 1_000_000, "kk_length", id="huge 1"),
        ("317101220415OO07", "kk_letters"),
        ("tidak punya", "kk_letters"),
        ("3171012204150007\x00", "kk_letters"),
    ],
)
def test_what_is_no_card_number_is_refused_by_a_code(typed: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        NomorKK.parse(typed)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("value", "code"), [("3171", "kk_length"), ("３１７１０１２２０４１５０００７", "kk_letters")]
)
def test_a_card_number_of_another_shape_can_not_be_built(value: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        NomorKK(value)
    assert refused.value.code == code


@given(numbers)
def test_sixteen_digits_come_through_and_print_masked(digits: str) -> None:
    number = NomorKK.parse(digits)
    assert number.value == digits
    assert NomorKK.parse(number.value) == number
    assert number.masked == f"{digits[:4]}••••••••{digits[12:]}"
    assert repr(number) == str(number) == f"{number}" == f"NomorKK({number.masked})"


@given(st.text())
def test_any_text_is_a_card_number_or_refused_by_a_known_code(text: str) -> None:
    outcome = parse_or_code(text)
    if isinstance(outcome, NomorKK):
        assert NomorKK.parse(outcome.value) == outcome
    else:
        assert outcome in {"kk_empty", "kk_letters", "kk_length"}
