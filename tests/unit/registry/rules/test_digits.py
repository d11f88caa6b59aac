import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rules.digits import MAX_INPUT, read_digits
from registry.rules.errors import Invalid

EVERY_DECIMAL_DIGIT = [
    chr(point)
    for point in range(sys.maxunicode + 1)
    if unicodedata.decimal(chr(point), None) is not None
]


def read_or_code(text: str) -> str:
    try:
        return read_digits(text, "kk")
    except Invalid as refused:
        return refused.code


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("0", "0"),
        ("3171011708450001", "3171011708450001"),
        (" 12 34 ", "1234"),
        ("12.34-56", "123456"),
        ("12\t34\r\n", "1234"),
        ("12\N{NO-BREAK SPACE}34\N{NARROW NO-BREAK SPACE}5\N{IDEOGRAPHIC SPACE}6", "123456"),
        ("1\N{HYPHEN}2\N{NON-BREAKING HYPHEN}3\N{EN DASH}4\N{EM DASH}5\N{MINUS SIGN}6", "123456"),
        ("1\N{SOFT HYPHEN}2\N{ZERO WIDTH SPACE}3\N{ZERO WIDTH NO-BREAK SPACE}4", "1234"),
        ("\N{LEFT-TO-RIGHT EMBEDDING}12\N{POP DIRECTIONAL FORMATTING}", "12"),
        ("12\N{MIDDLE DOT}34\N{FULLWIDTH FULL STOP}5", "12345"),
        ("３１７１", "3171"),
        ("٣١٧١", "3171"),
        ("۳۱۷۱", "3171"),
        ("३१७१", "3171"),
        ("꧓꧑꧗꧑", "3171"),  # Javanese
        ("31٧１", "3171"),
    ],
)
def test_what_stands_between_digits_falls_away(typed: str, digits: str) -> None:
    assert read_digits(typed, "nik") == digits


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "nik_empty"),
        ("   ", "nik_empty"),
        (" .-\N{NO-BREAK SPACE}\N{ZERO WIDTH SPACE}\n", "nik_empty"),
        ("O", "nik_letters"),
        ("317101170845OOO1", "nik_letters"),
        ("3l71", "nik_letters"),
        ("NIK 3171", "nik_letters"),
        ("3171/01", "nik_letters"),
        ("3171_01", "nik_letters"),
        ("31,71", "nik_letters"),
        ("+31", "nik_letters"),
        ("3²", "nik_letters"),  # a superscript is no decimal digit
        ("①", "nik_letters"),
        ("三", "nik_letters"),
        ("½", "nik_letters"),
        ("3\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}", "nik_letters"),
        ("31\x0071", "nik_letters"),
        ("31\ud800", "nik_letters"),
        ("<script>", "nik_letters"),
        ("1" * (MAX_INPUT + 1), "nik_length"),
        (" " * (MAX_INPUT + 1), "nik_length"),
        pytest.param("A" * 5_000_000, "nik_length", id="huge A"),
    ],
)
def test_what_is_no_number_is_refused_by_a_code(typed: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_digits(typed, "nik")
    assert refused.value.code == code


def test_every_decimal_digit_of_unicode_is_read_as_its_value() -> None:
    for character in EVERY_DECIMAL_DIGIT:
        assert read_digits(character, "kk") == str(unicodedata.decimal(character))


def test_kept_characters_stay_in_place() -> None:
    assert read_digits("(+62) 8-1", "phone", keep="+()") == "(+62)81"


@given(st.text())
def test_any_text_gives_ascii_digits_or_a_code(text: str) -> None:
    outcome = read_or_code(text)
    if outcome not in {"kk_empty", "kk_letters", "kk_length"}:
        assert outcome.isascii()
        assert outcome.isdigit()
        assert read_or_code(outcome) == outcome


def test_a_refusal_says_its_code_and_never_what_was_typed() -> None:
    with pytest.raises(Invalid) as refused:
        read_digits("3171O11708450001", "nik")
    assert str(refused.value) == "nik_letters"
    assert "3171" not in repr(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None
