from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.documents.words import (
    clock,
    date_in_words,
    long_date,
    long_time,
    numbers_in_words,
    thousands,
)

_NAMES = (" juta", " ribu", "")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "nol"),
        (1, "satu"),
        (10, "sepuluh"),
        (11, "sebelas"),
        (12, "dua belas"),
        (19, "sembilan belas"),
        (20, "dua puluh"),
        (21, "dua puluh satu"),
        (100, "seratus"),
        (101, "seratus satu"),
        (111, "seratus sebelas"),
        (200, "dua ratus"),
        (999, "sembilan ratus sembilan puluh sembilan"),
        (1000, "seribu"),
        (1001, "seribu satu"),
        (1100, "seribu seratus"),
        (2026, "dua ribu dua puluh enam"),
        (11000, "sebelas ribu"),
        (100000, "seratus ribu"),
        (101000, "seratus satu ribu"),
        (1000000, "satu juta"),
        (1001000, "satu juta seribu"),
        (937076, "sembilan ratus tiga puluh tujuh ribu tujuh puluh enam"),
        (999999999, " ".join(f"sembilan ratus sembilan puluh sembilan{n}" for n in _NAMES)),
    ],
)
def test_numbers_are_written_as_they_are_said(number: int, words: str) -> None:
    assert numbers_in_words(number) == words


_SIMPLE = ["nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan"]
_TENS = {"sepuluh": 10, "sebelas": 11, "seratus": 100}


def _read(words: str) -> int:
    """Read a number back: an own, simple reader."""
    total = part = unit = 0
    for word in words.split():
        if word == "belas":
            part, unit = part + 10 + unit, 0
        elif word == "puluh":
            part, unit = part + 10 * unit, 0
        elif word == "ratus":
            part, unit = part + 100 * unit, 0
        elif word in {"ribu", "juta"}:
            total += (part + unit) * {"ribu": 1000, "juta": 1_000_000}[word]
            part = unit = 0
        elif word == "seribu":
            total += 1000
        elif word in _TENS:
            part += _TENS[word]
        else:
            unit = _SIMPLE.index(word)
    return total + part + unit


@given(st.integers(0, 999_999_999))
def test_numbers_in_words_read_back_as_themselves(number: int) -> None:
    assert _read(numbers_in_words(number)) == number


@pytest.mark.parametrize("number", [-1, 1_000_000_000])
def test_what_no_meeting_counts_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="in words"):
        numbers_in_words(number)


def test_a_day_is_written_as_the_opening_of_minutes_does() -> None:
    assert (
        date_in_words(date(2026, 11, 18))
        == "Rabu, tanggal delapan belas bulan November tahun dua ribu dua puluh enam"
    )
    assert (
        date_in_words(date(2027, 8, 1))
        == "Minggu, tanggal satu bulan Agustus tahun dua ribu dua puluh tujuh"
    )


def test_times_are_those_of_jakarta() -> None:
    late = datetime(2026, 11, 18, 17, 5, tzinfo=UTC)
    assert clock(late) == "00.05 WIB"
    assert long_time(late) == "19 November 2026 pukul 00.05 WIB"
    assert long_date(date(2026, 1, 2)) == "2 Januari 2026"


def test_thousands_have_points() -> None:
    assert [thousands(n) for n in (0, 999, 3500, 1799332)] == ["0", "999", "3.500", "1.799.332"]
