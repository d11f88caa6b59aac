"""What is asked of which household, and what its answers must be together."""

from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rules.answers import parse
from registry.rules.application import Application, answers_of
from registry.rules.nik import Sex
from registry.rules.questionnaire import Kind, Question, member_key, questionnaire
from tests.unit.registry.rules.households import (
    HOMELESS,
    HOUSE,
    TODAY,
    Changes,
    Raw,
    applied,
    codes,
    household,
    households,
    problems,
    single,
)

OWNER: Changes = {"sta_bangunan": "1", "njop_lebih_1m": "2"}
FORM = questionnaire()


def _left_out(key: str, kind: Kind) -> Changes:
    boxes = ("-hari", "-bulan", "-tahun") if kind is Kind.DATE else ("",)
    return dict.fromkeys(f"{key}{box}" for box in boxes)


@pytest.mark.parametrize("question", [q for q in FORM.questions if q.required], ids=lambda q: q.key)
def test_each_required_question_that_is_left_out_is_exactly_one_problem(question: Question) -> None:
    base = HOMELESS if question.key == "tempat_tidur" else OWNER
    raw = household({**base, **_left_out(question.key, question.kind)})
    (found,) = problems(raw)
    assert (found.field, found.code, found.message) == (question.key, "empty", question.empty)


@pytest.mark.parametrize(
    "question", [q for q in FORM.questions if not q.required], ids=lambda q: q.key
)
def test_each_optional_question_may_be_left_out(question: Question) -> None:
    assert question.key not in applied(household(_left_out(question.key, question.kind))).answers


def test_an_empty_form_has_every_required_question_in_the_order_it_is_asked() -> None:
    found = [problem.field for problem in problems({})]
    always = [q.key for q in FORM.questions if q.required and not q.when]
    assert found == always


def test_problems_come_in_the_order_of_the_form() -> None:
    changes = {"ada_mobil": "x", "anggota-2-nik": "1", "rt": "x", "kelurahan": "x", "nik": "1"}
    fields = [problem.field for problem in problems(household(changes))]
    assert fields == ["kelurahan", "rt", "nik", "anggota-2-nik", "ada_mobil"]


def test_who_does_not_know_the_rt_says_so() -> None:
    application = applied(household(rt=None, rw=None, tanpa_rt_rw="1"))
    assert (application.rt, application.rw) == (None, None)
    assert codes(household(rt=None, rw=None)) == [("rt", "empty"), ("rw", "empty")]


@pytest.mark.parametrize("field", ["rt", "rw"])
def test_rt_and_rw_may_be_typed_into_one_box(field: str) -> None:
    boxes = {"rt": None, "rw": None, field: "005/003"}
    application = applied(household(boxes))
    assert (application.rt, application.rw) == (5, 3)


def test_half_of_rt_and_rw_is_not_both() -> None:
    assert codes(household(rt="005/", rw=None)) == [("rw", "empty")]


def test_an_rt_that_is_not_in_the_list_of_its_kelurahan_is_refused() -> None:
    lists = {"31.71.01.1001": frozenset({(1, 1)})}
    found = parse(household(), today=TODAY, neighbourhoods=lists)
    assert isinstance(found, tuple)
    assert [(p.field, p.code) for p in found] == [("rt", "rt_rw_unknown")]
    assert isinstance(
        parse(household(rt="1", rw="1"), today=TODAY, neighbourhoods=lists), Application
    )
    unknown = household(rt=None, rw=None, tanpa_rt_rw="1")
    assert isinstance(parse(unknown, today=TODAY, neighbourhoods=lists), Application)


def test_a_household_without_a_kk_may_register() -> None:
    assert applied(household(kk=None, tanpa_kk="1")).kk is None
    assert codes(household(kk=None)) == [("kk", "empty")]


def test_a_household_without_a_home_is_not_asked_about_a_house() -> None:
    application = applied(household(HOMELESS))
    assert not application.has_home
    assert application.answer("tempat_tidur") == "Di kolong jembatan"
    assert not application.answers.keys() & {*HOUSE, "alamat", "patokan", "njop_lebih_1m"}


def test_answers_about_a_house_that_is_not_there_fall_away() -> None:
    left_over = {"lantai": "01", "daya": "nonsense", "njop_lebih_1m": "1", "sumber_airminum": "01"}
    raw = household({**HOMELESS, **left_over})
    assert applied(raw).payload() == applied(household(HOMELESS)).payload()


def test_who_has_no_home_may_still_give_an_address() -> None:
    raw = household({**HOMELESS, "alamat": "Menumpang di masjid Al-Huda"})
    assert applied(raw).answer("alamat") == "Menumpang di masjid Al-Huda"


@pytest.mark.parametrize("tenure", ["2", "3", "4", "5"])
def test_njop_is_asked_of_owners_alone(tenure: str) -> None:
    raw = household(sta_bangunan=tenure, njop_lebih_1m="1")
    assert "njop_lebih_1m" not in applied(raw).answers
    assert codes(household(sta_bangunan="1")) == [("njop_lebih_1m", "empty")]


@pytest.mark.parametrize("source", ["2", "3"])
def test_the_wattage_is_asked_of_pln_customers_alone(source: str) -> None:
    assert "daya" not in applied(household(sumber_penerangan=source, daya="1")).answers
    assert codes(household(sumber_penerangan="1", daya=None)) == [("daya", "empty")]


def test_the_name_of_a_helper_is_kept_only_where_there_is_one() -> None:
    helped = applied(household(diisi_oleh="5", nama_pembantu="Ratna"))
    assert helped.answer("nama_pembantu") == "RATNA"
    assert helped.helped_by == "5"
    assert "nama_pembantu" not in applied(household(nama_pembantu="Ratna")).answers
    assert "nama_pembantu" not in applied(household(diisi_oleh="5", nama_pembantu="-")).answers


@pytest.mark.parametrize("typed", ["", "-", "()", "+", " - "])
def test_a_dash_is_how_people_say_that_they_have_no_telephone(typed: str) -> None:
    assert applied(household(telepon=typed)).phone is None


BABY = {"nik", "lahir-hari", "lahir-bulan", "lahir-tahun", "jenis_kelamin"}


def test_a_member_without_a_nik_has_birth_date_and_sex() -> None:
    baby = applied().people[3]
    assert (baby.nik, baby.birth_date, baby.sex) == (None, date(2026, 2, 2), Sex.FEMALE)


def test_a_member_with_a_nik_needs_no_birth_date() -> None:
    wife = applied().people[1]
    assert wife.nik is not None
    assert (wife.birth_date, wife.sex, wife.relation) == (None, None, "2")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, [("nik", "empty")]),
        ({"jenis_kelamin": "1"}, [("lahir", "empty")]),
        ({"tanpa_lahir": "1"}, [("jenis_kelamin", "empty")]),
        (
            {"lahir-hari": "1", "lahir-bulan": "1", "lahir-tahun": "2020"},
            [("jenis_kelamin", "empty")],
        ),
        (
            {"lahir-hari": "31", "lahir-bulan": "2", "lahir-tahun": "2020", "jenis_kelamin": "1"},
            [("lahir", "date_impossible")],
        ),
        (
            {"lahir-hari": "31", "lahir-bulan": "2", "lahir-tahun": "2020"},
            [("lahir", "date_impossible"), ("jenis_kelamin", "empty")],
        ),
        ({"nik": "123"}, [("nik", "nik_length")]),
        # A wrong NIK with birth date and sex: they do not make it right.
        (
            {
                "nik": "123",
                "lahir-hari": "1",
                "lahir-bulan": "1",
                "lahir-tahun": "2020",
                "jenis_kelamin": "1",
            },
            [("nik", "nik_length")],
        ),
    ],
)
def test_a_member_of_whom_too_little_is_known(
    given: Mapping[str, str], expected: list[tuple[str, str]]
) -> None:
    third = {member_key(3, part): given.get(part) for part in (*BABY, "tanpa_lahir")}
    assert codes(household(third)) == [(member_key(3, key), code) for key, code in expected]


def test_nobody_has_to_know_when_an_old_person_was_born() -> None:
    told = {"tanpa_lahir": "1", "jenis_kelamin": "2"}
    third = applied(household({member_key(3, part): told.get(part) for part in (*BABY, *told)}))
    assert (third.people[3].nik, third.people[3].birth_date, third.people[3].sex) == (
        None,
        None,
        "2",
    )
    assert third.answer(member_key(3, "tanpa_lahir")) == "1"


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        ("2", [("jumlah_anggota", "members_more")]),
        ("0", [("jumlah_anggota", "members_more")]),
        (
            "4",
            [
                ("anggota-4-nama", "empty"),
                ("anggota-4-hubungan", "empty"),
                ("anggota-4-nik", "empty"),
            ],
        ),
        ("", [("jumlah_anggota", "empty")]),
        ("21", [("jumlah_anggota", "number_range")]),
        ("-1", [("jumlah_anggota", "number_invalid")]),
        ("tiga", [("jumlah_anggota", "number_invalid")]),
        ("3.0", [("jumlah_anggota", "number_invalid")]),
        ("9" * 10_000, [("jumlah_anggota", "number_range")]),
    ],
)
def test_the_number_of_members_must_be_that_of_those_filled_in(
    count: str, expected: list[tuple[str, str]]
) -> None:
    assert codes(household(jumlah_anggota=count)) == expected


def test_who_lives_alone_registers_too() -> None:
    assert len(applied(single()).people) == 1


def test_twenty_members_are_the_most() -> None:
    raw = single(jumlah_anggota="20")
    for number in range(1, 21):
        raw[member_key(number, "nama")] = "Anak"
        raw[member_key(number, "hubungan")] = "3"
        raw[member_key(number, "nik")] = f"3171011708850{number + 100}"
    assert len(applied(raw).people) == 21


def test_there_is_one_head() -> None:
    raw = household({f"anggota-{number}-hubungan": "1" for number in (1, 2, 3)})
    assert codes(raw) == [("anggota-2-hubungan", "two_heads"), ("anggota-3-hubungan", "two_heads")]


@given(households())
def test_canonical_answers_are_read_as_themselves(raw: Raw) -> None:
    application = applied(raw)
    again = applied(answers_of(application.payload()))
    assert again == application
    assert again.payload() == application.payload()
    assert again.identity() == application.identity()


@given(households(), st.text())
def test_fields_that_are_not_asked_change_nothing(raw: Raw, text: str) -> None:
    extra = {"anggota-21-nama": text, "nik2": text, "": text, "aksi": "kirim", "periode": text}
    assert applied({**raw, **extra}).payload() == applied(raw).payload()


@given(households())
def test_names_are_in_capitals_and_texts_on_one_line(raw: Raw) -> None:
    application = applied(raw)
    for person in application.people:
        assert person.name == person.name.upper().strip()
        assert person.name.isprintable()
    assert "\n" not in application.answer("alamat")


def test_an_rw_in_the_box_of_the_rt_is_not_taken_for_one() -> None:
    assert codes(household(rt="RW 3")) == [("rt", "number_invalid")]
    assert codes(household(rw="RT 3")) == [("rw", "number_invalid")]
