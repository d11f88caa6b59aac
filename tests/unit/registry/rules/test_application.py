import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rules.application import (
    ACCOUNT,
    ORGANISATION,
    VERSION,
    Helper,
    answers_of,
    can_be,
    canonical,
)
from registry.rules.questionnaire import questionnaire
from tests.unit.registry.rules.households import (
    HOMELESS,
    Changes,
    Raw,
    applied,
    household,
    households,
    single,
)

OLD_RECEIPT = "000G40R40M3N"


def test_people_are_the_applicant_and_then_the_members() -> None:
    application = applied()
    assert [person.number for person in application.people] == ["0", "1", "2", "3"]
    assert application.applicant.is_applicant
    assert not any(person.is_applicant for person in application.people[1:])
    assert application.nik is application.applicant.nik


def test_the_applicant_is_the_head_unless_a_member_is() -> None:
    application = applied()
    assert application.head is application.applicant
    assert application.head.relation == "1"
    by_wife = applied(household({"anggota-1-hubungan": "1"}))
    assert by_wife.head is by_wife.people[1]
    assert by_wife.applicant.relation is None


def test_who_is_ticked_are_persons() -> None:
    application = applied(household(bekerja=["0", "2"]))
    assert application.ticked("bekerja") == (application.people[0], application.people[2])
    assert application.ticked("pegawai_tetap") == ()
    assert application.ticked("no_such_question") == ()


def test_person_1_is_not_ticked_because_person_10_is() -> None:
    raw = single(jumlah_anggota="10", bekerja=["10"])
    for number in range(1, 11):
        raw[f"anggota-{number}-nama"] = "Anak"
        raw[f"anggota-{number}-hubungan"] = "3"
        raw[f"anggota-{number}-nik"] = f"31710117{8:02}85{number + 1:04}"
    assert [person.number for person in applied(raw).ticked("bekerja")] == ["10"]


def test_an_answer_is_one_text_or_empty() -> None:
    application = applied()
    assert application.answer("lantai") == "02"
    assert application.answer("telepon") == ""
    assert application.answer("bekerja") == ""  # a list is no single answer
    assert application.answer("no_such_question") == ""


def test_whether_there_is_a_home() -> None:
    assert applied().has_home
    assert not applied(household(HOMELESS)).has_home


@pytest.mark.parametrize(
    "changes",
    [
        {"diisi_oleh": "5"},
        {"diisi_oleh": "5", "nama_pembantu": "Ibu Ratna"},
        {"bukti_lama": OLD_RECEIPT},
        {"lokasi": "-6.17540,106.82720"},
        {"versi": "2025-1", "periode": "2026-2", "aksi": "kirim", "anything": "else"},
        {"nama": "  BUDI   santoso "},
        {"nik": "3171 0117 0885 0001"},
        {"rt": "005", "rw": "003"},
        {"kelurahan": "3171011001"},
        {"njop_lebih_1m": "1", "tempat_tidur": "left over from another answer"},
    ],
)
def test_the_same_household_has_the_same_identity(changes: Changes) -> None:
    assert applied(household(changes)).identity() == applied().identity()


@pytest.mark.parametrize(
    "changes",
    [
        {"nama": "Budi Santosa"},
        {"nik": "3171011708850002", "anggota-1-nik": "3171015503880003"},
        {"kk": None, "tanpa_kk": "1"},
        {"telepon": "081234567890"},
        {"daya": "1"},
        {"bekerja": ["0", "1"]},
        {"bekerja": ["tidak_ada"]},
        {"rt": "6"},
        {"alamat": "Gang Mawar nomor 8"},
        {"anggota-3-lahir-hari": "3"},
    ],
)
def test_another_answer_is_another_identity(changes: Changes) -> None:
    assert applied(household(changes)).identity() != applied().identity()


def test_the_order_of_fields_and_ticks_does_not_matter() -> None:
    raw = household(bekerja=["2", "0"])
    backwards = dict(reversed(household(bekerja=["0", "2", "0"]).items()))
    assert applied(raw).payload() == applied(backwards).payload()


@given(households())
def test_identity_leaves_out_what_concerns_the_filling_in_and_nothing_else(raw: Raw) -> None:
    application = applied(raw)
    filling = {q.key for q in questionnaire().questions if not q.household}
    assert json.loads(application.identity()).keys() == application.answers.keys() - filling


@given(households())
def test_a_payload_gives_back_the_answers_and_their_questionnaire(raw: Raw) -> None:
    application = applied(raw)
    kept = answers_of(application.payload())
    assert kept == application.answers | {VERSION: application.form_version}


@given(households())
def test_who_sends_it_is_kept_and_makes_no_other_application_of_it(raw: Raw) -> None:
    application = applied(raw)
    kept = answers_of(application.payload(Helper("7", "lsm-melati")))
    assert (kept.pop(ORGANISATION), kept.pop(ACCOUNT)) == ("lsm-melati", "7")
    assert kept == answers_of(application.payload())
    assert applied({**raw, ORGANISATION: "lsm-mawar", ACCOUNT: "8"}) == application


@given(households(), st.text(), st.text())
def test_no_field_of_a_form_names_an_organisation(raw: Raw, name: str, value: str) -> None:
    forged = dict.fromkeys((ORGANISATION, ACCOUNT, "organisation_id", name), value)
    # What the form asks is left as it was: a household that answers otherwise is another one.
    found = applied({**forged, **raw})
    assert not {ORGANISATION, ACCOUNT} & answers_of(found.payload()).keys()


def test_no_question_is_called_as_what_an_account_alone_says() -> None:
    form = questionnaire()
    questions = {each.key for each in (*form.questions, *form.member_questions)}
    assert not questions & {ORGANISATION, ACCOUNT, VERSION}


def test_canonical_bytes_never_change() -> None:
    # An id is a hash of these: another byte, and the same household is registered twice.
    assert canonical({"b": ["1", "0"], "a": 'é "x"'}) == b'{"a":"\xc3\xa9 \\"x\\"","b":["1","0"]}'


@given(st.dictionaries(st.text(), st.text(st.characters(codec="utf-8"))))
def test_equal_answers_are_equal_bytes(answers: dict[str, str]) -> None:
    usable = {k: v for k, v in answers.items() if k.isprintable()}
    backwards = dict(reversed(usable.items()))
    assert canonical({**usable}) == canonical({**backwards})
    assert json.loads(canonical({**usable})) == usable


def test_nothing_of_a_person_is_in_the_repr() -> None:
    raw = household(telepon="0812 3456 7890")
    shown = repr(applied(raw))
    typed = ["3171011708850001", "3171015503880002", "3171011203100004", "6281234567890"]
    for personal in (*typed, "BUDI", "SITI", "Mawar", "warung", "1985"):
        assert personal not in shown


@pytest.mark.parametrize(
    ("rt", "rw", "possible"),
    [(5, 3, True), (5, 4, False), (3, 5, False), (None, 3, True), (5, None, True)],
)
def test_an_rt_can_be_where_the_list_has_it(rt: int | None, rw: int | None, possible: bool) -> None:
    lists = {
        "31.71.01.1001": frozenset({(5, 3), (1, 1)}),
        "31.71.01.1003": frozenset[tuple[int, int]](),
    }
    assert can_be("31.71.01.1001", rt, rw, lists) is possible
    assert can_be("31.71.01.1002", rt, rw, lists)  # no list has been loaded
    assert can_be("31.71.01.1003", rt, rw, lists)  # nor in an empty one
