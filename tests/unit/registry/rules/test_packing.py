import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rules.application import canonical
from registry.rules.names import NAME_LIMIT
from registry.rules.packing import MOST, pack, unpack
from registry.rules.questionnaire import MAX_MEMBERS, Kind, member_key, questionnaire
from tests.unit.registry.rules.households import applied, household

LONGEST_LETTER = "\U00020000"  # four bytes in UTF-8


@given(st.binary(max_size=4_000))
def test_whatever_is_packed_comes_back(plain: bytes) -> None:
    assert unpack(pack(plain)) == plain


def test_the_same_answers_are_packed_alike() -> None:
    assert applied().payload() == applied().payload()


def test_a_household_becomes_a_third_of_its_answers() -> None:
    application = applied(household())
    assert len(application.payload()) < len(canonical(application.answers)) / 3


@given(st.binary(max_size=200))
def test_what_was_not_packed_is_refused(other: bytes) -> None:
    try:
        plain = unpack(other)
    except ValueError:
        return
    assert other[:1] == b"\x01"
    assert unpack(pack(plain)) == plain


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"{}",
        b"\x01",
        b"\x02" + pack(b"{}")[1:],
        pack(b"{}")[:-1],
        pack(b"{}") + b"x",
        b"\x01" + zlib.compress(b"{}"),
        pack(bytes(MOST + 1)),
    ],
    ids=["empty", "plain", "cut", "other number", "cut short", "more", "zlib", "bomb"],
)
def test_what_is_no_packed_answers_is_refused(packed: bytes) -> None:
    with pytest.raises(ValueError, match=r"packed"):
        unpack(packed)


def test_the_longest_answers_there_can_be_fit() -> None:
    form = questionnaire()
    texts = [q for q in form.questions if q.kind in {Kind.TEXT, Kind.NAME}]
    longest = {q.key: LONGEST_LETTER * (q.maximum or NAME_LIMIT) for q in texts}
    for number in range(1, MAX_MEMBERS + 1):
        for question in form.member_questions:
            longest[member_key(number, question.key)] = LONGEST_LETTER * NAME_LIMIT
    assert len(canonical(dict(longest))) < MOST
