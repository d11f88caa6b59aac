import re
from contextlib import suppress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from registry.rules.errors import Invalid
from registry.rules.receipts import ALPHABET, LENGTH, format_receipt, parse_receipt, receipt_code

ids = st.binary(min_size=16, max_size=16)
places = st.integers(0, LENGTH - 1)


def is_refused(text: str) -> bool:
    try:
        parse_receipt(text)
    except Invalid as refused:
        return refused.code == "receipt_invalid"
    return False


@pytest.mark.parametrize(
    ("application_id", "code"),
    [
        # Receipts are printed and kept for years: these must never change.
        (bytes(16), "000000000000"),
        (b"\xff" * 16, "ZZZZZZZZZZZK"),
        (bytes(range(16)), "000G40R40M3N"),
    ],
)
def test_a_code_is_the_same_for_ever(application_id: bytes, code: str) -> None:
    assert receipt_code(application_id) == code


@given(ids)
def test_a_code_is_twelve_characters_and_reads_back_as_shown(application_id: bytes) -> None:
    code = receipt_code(application_id)
    assert re.fullmatch(f"[{ALPHABET}]{{12}}", code)
    assert re.fullmatch(r"\w{4}-\w{4}-\w{4}", format_receipt(code), re.ASCII)
    assert parse_receipt(code) == code
    assert parse_receipt(format_receipt(code)) == code


@given(ids, ids)
def test_a_code_carries_the_first_55_bits(one: bytes, other: bytes) -> None:
    same = int.from_bytes(one) >> 73 == int.from_bytes(other) >> 73
    assert (receipt_code(one)[:11] == receipt_code(other)[:11]) is same
    assert receipt_code(one[:7] + other[7:]) == receipt_code(one)


@given(ids, places)
def test_any_single_wrong_character_is_found(application_id: bytes, place: int) -> None:
    code = receipt_code(application_id)
    for wrong in ALPHABET.replace(code[place], ""):
        assert is_refused(code[:place] + wrong + code[place + 1 :])


@given(ids, places, places)
def test_any_two_characters_that_changed_places_are_found(
    application_id: bytes, one: int, other: int
) -> None:
    code = list(receipt_code(application_id))
    assume(code[one] != code[other])
    code[one], code[other] = code[other], code[one]
    assert is_refused("".join(code))


@given(ids, places)
def test_a_character_too_few_or_too_many_is_found(application_id: bytes, place: int) -> None:
    code = receipt_code(application_id)
    assert is_refused(code[:place] + code[place + 1 :])
    assert is_refused(code[:place] + code[place] + code[place:])


def test_every_character_of_the_alphabet_can_be_the_check() -> None:
    checks = {receipt_code(n.to_bytes(2) + bytes(14))[-1] for n in range(4096)}
    assert checks == set(ALPHABET)


@pytest.mark.parametrize(
    "typed",
    [
        "000g40r40m3n",
        "OOOG-4OR4-OM3N",
        "ooog 4or4 om3n",
        " 000G–40R4—0M3N\n",
        "０００Ｇ－４０Ｒ４－０Ｍ３Ｎ",
        "000G\u200b40R4\u00a00M3N",
        '"000G-40R4-0M3N".',
    ],
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert parse_receipt(typed) == "000G40R40M3N"


def test_i_and_l_are_read_as_one() -> None:
    code = next(c for c in (receipt_code(bytes([n]) * 16) for n in range(256)) if "1" in c)
    assert parse_receipt(code.replace("1", "I")) == code
    assert parse_receipt(code.replace("1", "l")) == code


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-",
        "000G-40R4-0M3U",  # no U in the alphabet
        "000G-40R4",
        "7KQ2-9FMA-X4TD",  # the example of the form: sent as it stands, it names nobody
        "000G-40R4-0M3N" * 2,
        "٠٠٠G40R40M3N",
        "\udcff" * 12,
        "\x00" * 12,
        "0" * 1_000_000,
        "ﷺ" * 64,  # grows eighteenfold when it is normalised
    ],
)
def test_what_is_no_code_is_refused(typed: str) -> None:
    assert is_refused(typed)


@given(st.text())
def test_nothing_that_is_typed_breaks_the_reader(typed: str) -> None:
    with suppress(Invalid):
        assert len(parse_receipt(typed)) == LENGTH


@pytest.mark.parametrize("length", [0, 7, 15, 17, 32])
def test_only_an_id_of_sixteen_bytes_has_a_code(length: int) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        receipt_code(bytes(length))
