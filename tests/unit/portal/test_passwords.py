"""Which passwords are refused, and that a few unrelated words always do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.passwords import (
    MAX_LENGTH,
    OWN_NAME,
    TOO_COMMON,
    TOO_LONG,
    TOO_SHORT,
    weakness,
)

PERSON = ("Ratna Wulandari", "ratna.w@pemprov.example", "LSM Melati")


@pytest.mark.parametrize(
    "password",
    [
        "tangga hijau melompat jauh",
        "kopi-tubruk-91-jendela",
        "perahu bocor di atap",
        "correct horse battery staple",
        "雨が降る日は家で本を読む、静かに",
        "0zr4h8q1vmk2",
        "password perahu bocor di atap",
    ],
)
def test_long_ones_will_do(password: str) -> None:
    assert weakness(password, PERSON) is None


@pytest.mark.parametrize("password", ["", "a", "kopitubruk9", "🙂" * 11])
def test_short_ones_will_not(password: str) -> None:
    assert weakness(password) == TOO_SHORT


@pytest.mark.parametrize(
    "password",
    [
        "aaaaaaaaaaaaaaaa",
        "abababababababab",
        "123456789012",
        "0987654321098",
        "qwertyuiopasdfgh",
        "1qaz2wsx3edc",
        "abcdefghijklmnop",
        "passwordpassword",
        "Password1234!",
        "P@ssw0rd12345",
        "Indonesia2026!!",
        "jakartaJAKARTA1",
        "KelurahanGambir1",
        "bismillah123456",
        "sayangsayang123",
        "rahasia rahasia",
        "administrator1!",
        "iloveyou iloveyou",
        "qwerty123456789",
    ],
)
def test_common_ones_will_not(password: str) -> None:
    assert weakness(password) == TOO_COMMON


@pytest.mark.parametrize(
    "password",
    [
        "Ratna di atap perahu",
        "si wul4nd4ri bocor atap",
        "perahu pemprov bocor",
        "atap MELATI hijau",
    ],
)
def test_own_names_will_not(password: str) -> None:
    assert weakness(password, PERSON) == OWN_NAME


def test_what_is_endless_is_not_hashed() -> None:
    assert weakness("tangga hijau " * 40) == TOO_LONG
    assert weakness("x1y2z3" * 40) == TOO_LONG


@given(st.text(max_size=MAX_LENGTH + 20))
def test_any_text_is_judged(password: str) -> None:
    assert weakness(password, PERSON) in {None, TOO_SHORT, TOO_LONG, TOO_COMMON, OWN_NAME}


@given(st.text(min_size=1, max_size=3), st.integers(20, 60))
def test_what_repeats_is_refused(unit: str, times: int) -> None:
    assert weakness(unit * times) == TOO_COMMON
