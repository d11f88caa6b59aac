"""Whatever is sent, the parser answers: an application, or problems in plain words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.rules.answers import parse
from registry.rules.application import Application, answers_of
from registry.rules.packing import unpack
from registry.rules.questionnaire import member_key, questionnaire
from tests.unit.registry.rules.households import TODAY, applied, household, problems

FORM = questionnaire()

FIELDS = [
    *(key for q in FORM.questions for key in (q.key, f"{q.key}-hari")),
    *(member_key(n, q.key) for n in (1, 20, 21) for q in FORM.member_questions),
]
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.binary()
    | st.text()
    | st.text(st.characters(categories=["Cs", "Cf", "Nd", "Lo"]))
    | st.sampled_from(["0", "1", "tidak_ada", "20", "31.71.01.1001", "+", "-", "5/3"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    max_leaves=5,
)


@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from(FIELDS) | st.text(), anything, max_size=30))
def test_nothing_that_is_sent_breaks_the_parser(raw: dict[str, object]) -> None:
    for base in ({}, household()):
        found = parse({**base, **raw}, today=TODAY)
        if isinstance(found, Application):
            answers_of(found.payload())
        else:
            assert all(problem.message and problem.field for problem in found)


@settings(max_examples=300)
@given(st.sampled_from(FIELDS), st.text(max_size=300))
def test_one_odd_text_in_a_good_form_is_read_or_refused_but_keeps_its_meaning(
    field: str, text: str
) -> None:
    found = parse(household({field: text}), today=TODAY)
    if isinstance(found, Application):
        assert parse(answers_of(found.payload()), today=TODAY) == found


@pytest.mark.parametrize(
    "value",
    [
        "x" * 1_000_000,
        "1" * 1_000_000,
        "-" * 1_000_000,
        "\u0301" * 100_000,
        "\x00",
        "\ud800",
        "\udcff" * 100,
        "\u202e3171011708850001",
        "<script>alert(1)</script>",
        "'; DROP TABLE application; --",
        "{{7*7}}",
        "%s%n",
        ["x"] * 10_000,
        [["0"]],
        {"0": "0"},
        b"0",
        0,
        None,
        float("nan"),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_a_hostile_value_in_any_field_is_read_or_refused(value: object) -> None:
    for field in FIELDS:
        found = parse({**household(), field: value}, today=TODAY)
        if isinstance(found, Application):
            assert b"\x00" not in unpack(found.payload())
            assert "\x00" not in "".join(map(str, found.answers.values()))


def test_ten_thousand_fields_are_no_more_than_those_that_are_asked() -> None:
    flood = {f"anggota-{number}-nama": "x" for number in range(21, 10_021)}
    assert applied({**household(), **flood}).payload() == applied().payload()


def test_a_problem_never_repeats_what_was_typed() -> None:
    typed = "3171011708850001317"
    for problem in problems(household(nik=typed, nama=typed, kk=typed, telepon=typed)):
        assert typed not in repr(problem)
