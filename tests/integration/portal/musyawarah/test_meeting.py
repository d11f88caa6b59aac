"""One case before the meeting: verdicts, two officers, the screen, and what is keyed in later."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.rules.questionnaire import Sensitivity, questionnaire
from registry.store.models import Access, Verdict
from tests.integration.portal.musyawarah.room import SENTENCE, SIDANG, Desk, Room


@pytest.fixture
def desk(room: Room) -> Desk:
    """Give an officer in a meeting with three cases to talk about."""
    room.registered(3, ada_mobil="1")
    desk = room.officer()
    desk.opened()
    return desk


def recorded(room: Room) -> list[tuple[int, int, str | None, str]]:
    with Session(room.database) as session:
        rows = session.scalars(select(Verdict).order_by(Verdict.number, Verdict.version))
        return [(row.number, row.version, row.verdict, row.via) for row in rows]


def test_the_page_shows_what_the_meeting_needs_and_notes_who_looked(room: Room, desk: Desk) -> None:
    page = desk.get("/1/bahas/1").text
    assert "Ada jawaban yang termasuk kriteria musyawarah" in page
    assert "Belum ada sumber yang menandai keluarga ini." in page
    assert "1 dari 3" in page
    with Session(room.database) as session:
        assert [each.opened for each in session.scalars(select(Access))] == ["case"]


def test_a_verdict_leads_to_the_next_case_and_at_last_back_to_the_session(
    room: Room, desk: Desk
) -> None:
    assert desk.get("/1/bahas").location == f"{SIDANG}/1/bahas/1"
    assert desk.said(2, "proposed").location == f"{SIDANG}/1/bahas/3"
    assert desk.said(3, "field_check").location == f"{SIDANG}/1/bahas/1"
    assert desk.said(1, "not_proposed").location == f"{SIDANG}/1"
    page = desk.get("/1/bahas/1").text
    assert "Tidak diusulkan</b>: Memiliki mobil" in page
    assert SENTENCE in page
    assert recorded(room) == [
        (1, 1, "not_proposed", "one"),
        (2, 1, "proposed", "one"),
        (3, 1, "field_check", "one"),
    ]


@pytest.mark.parametrize(
    ("putusan", "more", "says"),
    [
        ("", {}, "Pilih dahulu putusannya."),
        ("not_proposed", {"alasan": ""}, "Pilih alasan mengapa keluarga ini tidak diusulkan."),
        ("not_proposed", {"alasan": "karena"}, "Alasan ini tidak ada."),
        ("not_proposed", {"kalimat": "mobil"}, "Tulis alasannya dalam satu kalimat"),
        ("not_proposed", {"alasan": "died"}, "Alasan ini belum terbukti."),
        ("not_proposed", {"alasan": "address_not_found", "bukti": "surat"}, "belum terbukti"),
        ("not_proposed", {"alasan": "not_discussed"}, "Alasan ini tidak berlaku"),
        ("postponed", {"pertanyaan": "a" * 301}, "Pertanyaannya terlalu panjang."),
        ("proposed", {"minggir-1": "9", "ikatan-1": "kin"}, "tidak ada di daftar hadir"),
        ("proposed", {"minggir-1": "1"}, "Pilih mengapa orang itu tidak ikut membahas."),
    ],
)
def test_a_verdict_that_is_not_whole_is_refused_and_what_was_typed_stays(
    room: Room, desk: Desk, putusan: str, more: dict[str, str], says: str
) -> None:
    answer = desk.said(1, putusan, **more)
    assert answer.status_code in {409, 422}
    assert says in answer.text
    if "kalimat" in more:
        assert more["kalimat"] in answer.text
    assert recorded(room) == []
    assert says in desk.fetched(1, putusan, **more).get_json()["salah"]


def test_a_document_that_was_looked_at_is_proof(room: Room, desk: Desk) -> None:
    answer = desk.said(
        1,
        "not_proposed",
        alasan="died",
        kalimat="Pemohon sudah meninggal dunia.",
        bukti="Akta kematian dari Dukcapil",
    )
    assert answer.status_code == 303
    assert "Akta kematian dari Dukcapil" in desk.get("/1/bahas/1").text


def test_who_steps_aside_and_which_element_saw_it_otherwise_is_kept(room: Room, desk: Desk) -> None:
    desk.attended("Slamet Riyadi", unsur="rt_rw")
    answer = desk.said(1, "proposed", **{"minggir-1": "2", "ikatan-1": "kin", "beda": "rt_rw"})
    assert answer.status_code == 303
    with Session(room.database) as session:
        row = session.scalars(select(Verdict)).one()
    assert (row.stepped_aside, row.dissent) == (["2:kin"], ["rt_rw"])
    assert '<option value="2" selected>2. Slamet Riyadi</option>' in desk.get("/1/bahas/1").text


def test_a_retry_of_the_script_is_one_verdict(room: Room, desk: Desk) -> None:
    key = desk.hidden("/1/bahas/1", "kunci")
    answers = [desk.fetched(1, "proposed", kunci=key, versi="0") for _ in range(2)]
    assert [each.get_json() for each in answers] == [
        {"versi": 1, "berikut": f"{SIDANG}/1/bahas/2"}
    ] * 2
    assert recorded(room) == [(1, 1, "proposed", "one")]


def test_two_officers_at_once_the_second_is_told_what_the_first_recorded(
    room: Room, desk: Desk
) -> None:
    desk.said(1, "not_proposed")
    other = room.officer()
    told = other.fetched(1, "proposed", versi="0")
    assert told.status_code == 409
    assert told.get_json()["konflik"]["putusan"] == "Tidak diusulkan"
    page = other.said(1, "proposed", versi="0")
    assert page.status_code == 409
    assert "Yang tercatat: <b>Tidak diusulkan</b>, oleh Orang Nomor" in page.text
    assert 'value="proposed" checked' in page.text
    assert recorded(room) == [(1, 1, "not_proposed", "one")]
    # Asked and answered: now their page knows, and theirs is recorded.
    fields = {
        n: str(re.findall(f'name="{n}" value="([^"]*)"', page.text)[-1]) for n in ("kunci", "versi")
    }
    assert other.post("/1/bahas/1", putusan="proposed", **fields).status_code == 303
    assert len(recorded(room)) == 2


def test_undo_takes_a_verdict_back(room: Room, desk: Desk) -> None:
    desk.said(1, "proposed")
    undone = desk.said(1, "proposed", aksi="batal")
    assert undone.location == f"{SIDANG}/1/bahas/1"
    assert "Putusan sebelumnya dibatalkan." in desk.get("/1/bahas/1").text
    assert recorded(room) == [(1, 1, "proposed", "one"), (1, 2, None, "one")]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/1/bahas/99", {}),
        ("/1/bahas/1", {"kunci": "abc"}),
        ("/1/bahas/1", {"kunci": ""}),
        ("/9/bahas/1", {}),
    ],
)
def test_a_forged_number_or_key_is_not_there(
    room: Room, desk: Desk, path: str, fields: dict[str, str]
) -> None:
    sent = {"kunci": "00" * 16, "versi": "0", "putusan": "proposed"} | fields
    assert desk.post(path, **sent).status_code == 404
    assert recorded(room) == []


def test_nothing_is_recorded_after_the_end(room: Room, desk: Desk) -> None:
    fields = {n: desk.hidden("/1/bahas/1", n) for n in ("kunci", "versi")}
    desk.step("akhiri")
    answer = desk.post("/1/bahas/1", putusan="proposed", **fields)
    assert answer.status_code == 409
    assert "Sidang ini sudah diakhiri." in answer.text
    assert recorded(room) == []


def test_a_form_without_its_token_changes_nothing(room: Room, desk: Desk) -> None:
    data = {"kunci": "00" * 16, "versi": "0", "putusan": "proposed"}
    assert desk.client.post(f"{SIDANG}/1/bahas/1", data=data).status_code == 400
    assert recorded(room) == []


def test_the_screen_shows_name_size_and_house_of_what_was_opened_and_nothing_else(
    room: Room, desk: Desk
) -> None:
    shown = desk.get("/1/layar/isi").text
    assert "Musyawarah Kelurahan Gambir" in shown
    desk.get("/1/bahas/2")
    for page in (desk.get("/1/layar/isi").text, desk.get("/1/layar").text):
        application = next(each for each in room.households if each.applicant.name in page)
        assert "Nomor 2" in page
        assert f"{len(application.people)} jiwa" in page
        _shows_no_more(page, application.answers)


def _shows_no_more(page: str, answers: dict[str, str | list[str]]) -> None:
    """Every answer that may not be said aloud is not there, in no form of writing it."""
    asked = {question.key: question for question in questionnaire().questions}
    text = re.sub(r"<[^>]*>", " ", re.sub(r'(href|src|data-sumber)="[^"]*"', "", page))
    for key, value in answers.items():
        question = asked.get(key)
        if question is None or question.sensitivity is Sensitivity.MEETING:
            continue
        values = value if isinstance(value, list) else [value]
        labels = [question.label(each) for each in values] if question.choices else values
        assert not [each for each in labels if len(each) > 3 and each in text], key
    for word in ("skor", "nilai", "makan", "disabilitas", "sakit", "telepon", "NIK", "dibantu"):
        assert word.lower() not in text.lower(), word


def test_the_screen_is_answered_with_304_while_it_is_the_same(desk: Desk) -> None:
    desk.get("/1/bahas/1")
    first = desk.get("/1/layar/isi")
    again = desk.client.get(
        f"{SIDANG}/1/layar/isi", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")
    desk.get("/1/bahas/2")
    changed = desk.client.get(
        f"{SIDANG}/1/layar/isi", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert changed.status_code == 200


def test_the_screen_shows_a_list_without_who_was_pulled_out(room: Room) -> None:
    room.registered(2)
    room.known(0, 1)
    desk = room.officer()
    desk.opened()
    key = desk.hidden("/1/daftar/7", "kunci")
    desk.post("/1/daftar/7/tarik", kunci=key, nomor="1")
    shown = desk.get("/1/layar/isi").text
    assert "Daftar RW 007: 1 keluarga" in shown
    assert sum(each.applicant.name in shown for each in room.households) == 1


def test_what_stands_on_paper_is_keyed_in_row_by_row(room: Room, desk: Desk) -> None:
    done = desk.post(
        "/1/ketik",
        kunci=desk.hidden("/1/ketik", "kunci"),
        nomor=["1", "2", "3"],
        putusan=["1", "2", "4"],
        alasan=["", "02", ""],
        kalimat=["", "", ""],
    )
    assert done.location == f"{SIDANG}/1/ketik?tersimpan=3"
    assert recorded(room) == [
        (1, 1, "proposed", "paper"),
        (2, 1, "not_proposed", "paper"),
        (3, 1, "postponed", "paper"),
    ]
    assert SENTENCE in desk.get("/1/bahas/2").text


def test_rows_that_are_wrong_stay_and_the_others_are_kept(room: Room, desk: Desk) -> None:
    desk.said(3, "proposed")
    answer = desk.post(
        "/1/ketik",
        kunci=desk.hidden("/1/ketik", "kunci"),
        nomor=["1", "1", "99", "x", "2", "3"],
        putusan=["1", "1", "1", "1", "2", "1"],
        alasan=["", "", "", "", "03", ""],
        kalimat=["", "", "", "", "", ""],
    )
    assert answer.status_code == 422
    assert "1 baris tersimpan." in answer.text
    for says in (
        "Nomor ini sudah ada di baris lain.",
        "Nomor 99 tidak ada di agenda sidang ini.",
        "Tulis nomor agendanya dengan angka.",
        "Tulis alasannya dalam satu kalimat",
        "Nomor 3 sudah tercatat: Diusulkan, oleh Orang Nomor",
    ):
        assert says in answer.text
    assert recorded(room) == [(1, 1, "proposed", "paper"), (3, 1, "proposed", "one")]
