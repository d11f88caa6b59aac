import re
from itertools import pairwise

import pytest

from registry.rules.questionnaire import (
    Audience,
    Kind,
    Question,
    Sensitivity,
    member_key,
    official_codes,
    questionnaire,
)
from tests.unit.registry.rules.words import longest_sentence, mean_sentence, sentences

FORM = questionnaire()
ASKED = (*FORM.questions, *FORM.member_questions)
CLOSED = [q for q in ASKED if q.kind in {Kind.CHOICE, Kind.TICK}]

# Codes that the official form does not have, and why we need them.
NOT_OFFICIAL = {"sta_bangunan": {"0"}, "daya": {"8"}}


def name(question: Question) -> str:
    return question.key


def test_a_household_of_four_sees_28_screens_before_it_sends() -> None:
    before_sending = [screen for screen in FORM.screens if screen.key != "kirim"]
    assert sum(3 if screen.per_member else 1 for screen in before_sending) == 28
    assert FORM.screens[-1].key == "kirim"


def test_screens_come_in_the_order_that_was_agreed() -> None:
    assert " ".join(screen.key for screen in FORM.screens) == (
        "persetujuan pengisi kelurahan rt_rw alamat ktp_dki nik nama lahir kk jumlah_anggota "
        "anggota bekerja pegawai_tetap disabilitas ada_mobil rumah lantai dinding fasbab listrik "
        "air khawatir_makan makan_lebih_setengah tidak_beli_pakaian telepon kirim"
    )


def test_keys_are_unique_and_fit_a_form_field() -> None:
    for questions in (FORM.questions, FORM.member_questions):
        keys = [question.key for question in questions]
        assert len(keys) == len(set(keys))
        assert all(re.fullmatch(r"[a-z][a-z0-9_]*", key) for key in keys)
    # A member's field can never be taken for one of the household.
    assert not any(member_key(2, "nik") == question.key for question in FORM.questions)
    assert member_key(2, "nik") == "anggota-2-nik"


@pytest.mark.parametrize("question", [q for q in ASKED if q.column and q.codes], ids=name)
def test_codes_are_those_of_the_official_form(question: Question) -> None:
    official = set(official_codes()[str(question.column)])
    assert question.codes == official | NOT_OFFICIAL.get(question.key, set())
    assert not official & NOT_OFFICIAL.get(question.key, set())


def test_every_column_that_is_named_exists() -> None:
    assert {q.column for q in ASKED if q.column} <= official_codes().keys()


def test_every_official_column_is_asked_of_the_citizen_or_left_to_the_officer() -> None:
    asked = {q.column for q in ASKED if q.column}
    left = {q.column for q in FORM.officer}
    assert asked | left == set(official_codes())
    assert not asked & left
    assert all(q.audience is Audience.OFFICER and not q.required for q in FORM.officer)
    assert all(q.audience is Audience.CITIZEN for q in ASKED)
    assert {"atap", "kondisi_atap", "bb_masak", "penyakit_kronis", "jenjang", "ada_motor"} <= left


@pytest.mark.parametrize("question", CLOSED, ids=name)
def test_choices_are_distinct(question: Question) -> None:
    assert question.choices
    assert len({choice.code for choice in question.choices}) == len(question.choices)
    assert len({choice.label for choice in question.choices}) == len(question.choices)
    for choice in question.choices:
        assert question.label(choice.code) == choice.label
        assert len(choice.label.split()) <= 8
    assert question.label("no such code") == "no such code"


def test_only_closed_questions_have_choices() -> None:
    assert not [q.key for q in ASKED if q.choices and q not in CLOSED]


@pytest.mark.parametrize("question", ASKED, ids=name)
def test_a_question_says_what_to_do_when_it_was_left_empty(question: Question) -> None:
    assert question.wording
    assert question.spoken
    assert question.empty or not question.required


@pytest.mark.parametrize("question", ASKED, ids=name)
def test_conditions_name_questions_and_codes_that_exist(question: Question) -> None:
    beside = FORM.member_questions if question in FORM.member_questions else FORM.questions
    order = [q.key for q in beside]
    for key, codes in (*question.when.items(), *question.unless.items()):
        assert codes
        assert codes <= beside[order.index(key)].codes
    for key in question.when:
        assert order.index(key) < order.index(question.key)


def test_a_question_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        FORM.question("no_such_question")


@pytest.mark.parametrize("question", ASKED, ids=name)
def test_what_is_spoken_spells_out_what_a_voice_would_stumble_over(question: Question) -> None:
    written = r"\b(NIK|KK|KTP|RT|RW|WC|HP|PBB|NJOP|BUMN|PNS|TNI|DPR|DPRD|PLN|PAM|Rp)\b"
    assert not re.search(written, question.spoken)


@pytest.mark.parametrize("part", ["wording", "help", "spoken", "empty"])
def test_sentences_are_short(part: str) -> None:
    texts = [getattr(question, part) for question in ASKED if getattr(question, part)]
    assert max(map(longest_sentence, texts)) <= 20
    assert mean_sentence(*texts) <= 12
    assert max(len(sentences(text)) for text in texts) <= 4


def test_words_that_hurt_are_not_used() -> None:
    texts = " ".join(f"{q.wording} {q.help} {q.spoken} {q.empty}" for q in ASKED)
    labels = " ".join(choice.label for q in ASKED for choice in q.choices)
    assert not re.search(r"cacat|miskin|melarat|gelandangan", f"{texts} {labels}".lower())


def test_consent_comes_first_and_is_not_about_the_household() -> None:
    assert FORM.questions[0].key == "persetujuan"
    assert FORM.questions[0].required
    assert {q.key for q in ASKED if not q.household} == {
        "persetujuan",
        "diisi_oleh",
        "nama_pembantu",
        "lokasi",
        "bukti_lama",
    }


def test_the_meeting_hears_no_more_than_the_consent_says() -> None:
    heard = {q.key for q in ASKED if q.sensitivity is Sensitivity.MEETING}
    assert heard == {
        "nama",
        "jumlah_anggota",
        "sta_bangunan",
        "lantai",
        "dinding",
        "fasbab",
        "sumber_penerangan",
        "daya",
        "sumber_airminum",
    }
    assert not any(q.sensitivity is Sensitivity.MEETING for q in FORM.member_questions)


@pytest.mark.parametrize(
    "key", ["khawatir_makan", "makan_lebih_setengah", "tidak_beli_pakaian", "disabilitas"]
)
def test_what_hurts_to_tell_is_kept_closest(key: str) -> None:
    assert FORM.question(key).sensitivity is Sensitivity.CONFIDENTIAL


def test_hardship_is_asked_late_and_may_be_left_unsaid() -> None:
    keys = [screen.key for screen in FORM.screens]
    hardship = ["khawatir_makan", "makan_lebih_setengah", "tidak_beli_pakaian"]
    places = [keys.index(key) for key in ["air", *hardship]]
    assert all(second == first + 1 for first, second in pairwise(places))
    for key in hardship:
        assert FORM.question(key).label("9") == "Tidak mau menjawab"
        assert "tidak dibacakan" in FORM.question(key).help


def test_what_may_be_unknown_can_be_answered_so() -> None:
    assert FORM.question("njop_lebih_1m").label("8") == "Tidak tahu"
    assert FORM.question("daya").label("8") == "Tidak tahu"


def test_it_is_read_once() -> None:
    assert questionnaire() is questionnaire()
