"""What an officer finds: every column that citizens are not asked, by the register's own codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rules.findings import (
    bounds,
    groups,
    lives_elsewhere,
    of_each_person,
    read_findings,
    told,
)
from registry.rules.questionnaire import Kind, member_key, official_codes, questionnaire

HOUSE = [question for group in groups() for question in group.questions]


def read(given: dict[str, str | list[str]]) -> tuple[dict[str, str], dict[str, str]]:
    fields = {name: [v] if isinstance(v, str) else v for name, v in given.items()}
    return read_findings(fields, people=1)


def test_each_column_that_citizens_are_not_asked_is_asked_once() -> None:
    asked = [question.key for question in (*HOUSE, *of_each_person())]
    assert len(asked) == len(set(asked))
    assert {question.key for question in questionnaire().officer} == set(asked) - {"domisili_dki"}


def test_codes_are_the_registers() -> None:
    official = official_codes()
    for question in (*HOUSE[1:], *of_each_person()):
        assert [choice.code for choice in question.choices] == list(official[question.key])


def test_nobody_says_cacat() -> None:
    said = [
        text
        for question in (*HOUSE, *of_each_person())
        for text in (question.wording, *(choice.label for choice in question.choices))
    ]
    assert not [text for text in said if "cacat" in text.lower()]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"atap": "06"}, {"atap": "06"}),
        ({"luas_lantai": " 036 "}, {"luas_lantai": "36"}),
        ({"jumlah_sapi": "0"}, {"jumlah_sapi": "0"}),
        ({"ada_tv": "", "ada_motor": "  "}, {}),
        ({"anggota-0-ijazah": "3"}, {"anggota-0-ijazah": "3"}),
        ({"anggota-0-kartu_identitas": ["1", "4"]}, {"anggota-0-kartu_identitas": "5"}),
        ({"anggota-0-kartu_identitas": ["0"]}, {"anggota-0-kartu_identitas": "0"}),
    ],
)
def test_what_was_found_is_kept_by_its_code(
    given: dict[str, str | list[str]], kept: dict[str, str]
) -> None:
    assert read(given) == (kept, {})


@pytest.mark.parametrize(
    ("given", "problems"),
    [
        ({"atap": "6"}, {"atap": "finding_choice"}),
        ({"atap": ["06", "07"]}, {"atap": "finding_choice"}),
        ({"luas_lantai": "36,5"}, {"luas_lantai": "finding_number"}),
        ({"luas_lantai": "٣٦"}, {"luas_lantai": "finding_number"}),
        ({"luas_lantai": "0"}, {"luas_lantai": "finding_range"}),
        ({"luas_lantai": "9" * 50}, {"luas_lantai": "finding_number"}),
        ({"jumlah_kamar": "41"}, {"jumlah_kamar": "finding_range"}),
        ({"lantai": "01"}, {"lantai": "finding_unknown"}),  # the household says it itself
        ({"ijazah": "3"}, {"ijazah": "finding_unknown"}),
        ({"anggota-1-ijazah": "3"}, {"anggota-1-ijazah": "finding_unknown"}),
        (
            {"anggota-0-kartu_identitas": ["0", "4"]},
            {"anggota-0-kartu_identitas": "finding_choice"},
        ),
        ({"<script>": "1"}, {"<script>": "finding_unknown"}),
    ],
)
def test_what_is_not_in_the_list_is_refused(
    given: dict[str, str | list[str]], problems: dict[str, str]
) -> None:
    assert read(given) == ({}, problems)


@given(
    st.dictionaries(
        st.sampled_from([q.key for q in HOUSE] + ["anggota-0-jenjang", "anggota-2-jenjang", "x"])
        | st.text(max_size=5),
        st.lists(st.sampled_from(["", "1", "01", "4", "99999", "-1"]) | st.text(max_size=4)),
        max_size=6,
    )
)
def test_whatever_is_sent_is_kept_by_a_code_or_refused(given: dict[str, list[str]]) -> None:
    found, problems = read_findings(given, people=2)
    assert not found.keys() & problems.keys()
    questions = {question.key: question for question in HOUSE} | {
        member_key(number, question.key): question
        for number in range(2)
        for question in of_each_person()
    }
    for name, value in found.items():
        question = questions[name]
        if question.key == "kartu_identitas":
            assert 0 <= int(value) <= 15
        elif question.kind is Kind.CHOICE:
            assert value in question.codes
        else:
            least, most = bounds(question.key)
            assert least <= int(value) <= most
    assert read_findings({n: [v] for n, v in found.items() if "kartu" not in n}, 2)[1] == {}


def test_findings_are_told_in_words_and_in_the_order_of_the_form() -> None:
    found = {
        "anggota-1-kartu_identitas": "5",
        "anggota-0-jenis_cacat": "00",
        "luas_lantai": "36",
        "domisili_dki": "2",
        "gone": "1",
    }
    assert told(found, people=2) == [
        ("", "Keluarga ini benar tinggal di Jakarta?", "Tidak"),
        ("", "Luas lantai (m²)", "36"),
        ("0", "Disabilitas", "Tidak ada"),
        ("1", "Kartu yang dimiliki (boleh lebih dari satu)", "Akta kelahiran, KTP"),
    ]
    assert lives_elsewhere(found)
    assert not lives_elsewhere({"domisili_dki": "1"})
    assert not lives_elsewhere({})
