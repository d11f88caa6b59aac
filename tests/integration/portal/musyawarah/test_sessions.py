"""A session on its pages: planned, frozen, opened, attended, read out, ended."""

from __future__ import annotations

import pytest

from registry.rules.lifecycle import Role
from tests.integration.portal.musyawarah.room import SIDANG, Desk, Room
from tests.integration.portal.support import now
from tests.integration.registration import CIDENG, GAMBIR


def test_the_first_page_says_what_to_do_when_there_is_no_session(room: Room) -> None:
    page = room.officer().get().text
    assert "Belum ada sidang pada putaran ini. Rencanakan sidang pertama" in page


def test_a_session_is_planned_once_though_the_form_comes_twice(room: Room) -> None:
    desk = room.officer()
    fields: dict[str, str | list[str]] = {
        "kunci": desk.hidden("", "kunci"),
        "tanggal": now().date().isoformat(),
        "orang": "10",
        "unsur": "4",
        "wajib": ["lurah", "rt_rw"],
    }
    first = desk.post("", **fields)
    assert (first.status_code, first.location) == (303, f"{SIDANG}/1")
    assert desk.post("", **fields).location == f"{SIDANG}/1"
    assert room.rows()["musyawarah"] == 1
    page = desk.get("/1").text
    assert "Paling sedikit 10 orang dari 4 unsur; wajib ada Lurah, RT/RW." in page


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"tanggal": "2031-01-01"}, "Tanggal ini terlalu jauh."),
        ({"tanggal": "kemarin"}, "Tanggal ini terlalu jauh."),
        ({"orang": "0"}, "Kuorum ini tidak mungkin dipenuhi."),
        ({"unsur": "9"}, "Kuorum ini tidak mungkin dipenuhi."),
    ],
)
def test_a_plan_that_cannot_be_is_refused_and_what_was_typed_stays(
    room: Room, changed: dict[str, str], says: str
) -> None:
    desk = room.officer()
    today = now().date().isoformat()
    fields = {"tanggal": today, "orang": "12", "unsur": "3"} | changed
    answer = desk.post("", kunci=desk.hidden("", "kunci"), **fields)
    assert answer.status_code == 422
    assert says in answer.text
    assert f'value="{fields["orang"]}"' in answer.text
    assert room.rows()["musyawarah"] == 0


def test_freezing_opening_and_ending_step_by_step(room: Room) -> None:
    room.registered(2)
    room.registered(1, ada_mobil="1")
    room.known(0, 1, 2)
    desk = room.officer()
    desk.planned()
    assert "3 keluarga menunggu di antrean" in desk.get("/1").text
    assert desk.step("bekukan", banyak="175").status_code == 303
    assert "Langkah berikutnya: buka sidang" in desk.get("/1").text
    assert desk.step("buka").status_code == 303
    page = desk.get("/1").text
    assert "0 dari 1 RW disahkan" in page
    assert "0 dari 1 sudah ada putusan" in page
    assert "<b>3 nomor belum ada putusan.</b> Semuanya dibawa ke sidang berikutnya." in page
    assert desk.step("akhiri").status_code == 303
    page = desk.get("/1").text
    assert "HANYA REKOMENDASI" in page
    assert desk.step("buka-lagi").status_code == 303
    assert "Sidang sedang berlangsung" in desk.get("/1").text


def test_a_stale_page_changes_nothing(room: Room) -> None:
    room.registered(1)
    desk = room.officer()
    desk.planned()
    assert desk.step("bekukan", banyak="175").status_code == 303
    again = desk.post("/1/bekukan", versi="1", banyak="175")
    assert again.status_code == 409
    assert "Buka dahulu sidangnya" in again.text
    stale = desk.post("/1/buka", versi="1")
    assert stale.status_code == 409
    assert "baru saja diubah petugas lain" in stale.text


def test_an_empty_queue_and_a_number_that_is_none_freeze_nothing(room: Room) -> None:
    desk = room.officer()
    desk.planned()
    assert "Antrean kosong" in desk.get("/1").text
    assert desk.post("/1/bekukan", versi="1", banyak="175").status_code == 409
    assert desk.post("/1/bekukan", versi="1", banyak="-1").status_code == 422
    assert room.rows()["agenda_item"] == 0


def test_attendance_says_what_is_missing_until_the_quorum_is_met(room: Room) -> None:
    room.registered(1)
    desk = room.officer()
    today = now().date().isoformat()
    desk.post(
        "", kunci=desk.hidden("", "kunci"), tanggal=today, orang="2", unsur="2", wajib="rt_rw"
    )
    desk.step("bekukan", banyak="175")
    page = desk.get("/1/hadir").text
    assert "Masih kurang: 2 orang, 2 unsur; wajib ada RT/RW." in page
    assert desk.attended("Budi Santoso").status_code == 303
    assert desk.attended("Wati", unsur="peninjau").status_code == 303
    assert "Masih kurang: 1 orang, 1 unsur; wajib ada RT/RW." in desk.get("/1/hadir").text
    desk.attended("Slamet", unsur="rt_rw")
    assert "Kuorum terpenuhi." in desk.get("/1/hadir").text
    assert desk.post("/1/hadir/3/cabut").status_code == 303
    page = desk.get("/1/hadir").text
    assert "Slamet" not in page
    assert "Kuorum belum terpenuhi." in page


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"unsur": "lurah", "nama": ""}, "Tulis nama orang yang hadir."),
        ({"unsur": "presiden", "nama": "Budi"}, "Pilih dari unsur mana"),
        ({"unsur": "lurah", "nama": "3171010101010001"}, "Nama hanya boleh berisi huruf."),
    ],
)
def test_somebody_who_cannot_be_noted_is_refused(
    room: Room, fields: dict[str, str], says: str
) -> None:
    room.registered(1)
    desk = room.officer()
    desk.opened(quorate=False)
    answer = desk.post("/1/hadir", jabatan="Ketua", **fields)
    assert answer.status_code == 422
    assert says in answer.text
    assert 'value="Ketua"' in answer.text


def test_a_list_is_read_out_ratified_and_whoever_is_named_pulled_out(room: Room) -> None:
    room.registered(3)
    room.known(0, 1, 2)
    desk = room.officer()
    desk.opened()
    page = desk.get("/1/daftar/7").text
    assert "Sahkan daftar RW 007: 3 keluarga" in page
    assert room.households[0].applicant.name in page
    key = desk.hidden("/1/daftar/7", "kunci")
    assert desk.post("/1/daftar/7/tarik", kunci=key, nomor="2").status_code == 303
    page = desk.get("/1/daftar/7").text
    assert "Ditarik keluar: bahas nomor 2" in page
    assert desk.post("/1/daftar/7/sahkan", kunci=key).status_code == 303
    # The same button once more is the same; another page's is told.
    assert desk.post("/1/daftar/7/sahkan", kunci=key).status_code == 303
    again = desk.post("/1/daftar/7/sahkan", kunci=desk.hidden("/1/daftar/7", "kunci"))
    assert again.status_code == 409
    assert "sudah disahkan" in again.text
    assert room.rows()["verdict"] == 2
    assert desk.said(2, "proposed").status_code == 303
    back = desk.post("/1/daftar/7/batalkan", kunci=desk.hidden("/1/daftar/7", "kunci"))
    assert back.status_code == 303
    assert "1 dari 1 sudah ada putusan" in desk.get("/1").text


def test_the_agenda_prints_as_pdf_and_shows_why_each_is_talked_about(room: Room) -> None:
    room.registered(1, ada_mobil="1")
    desk = room.officer()
    desk.opened()
    page = desk.get("/1/agenda").text
    assert "Ada jawaban yang termasuk kriteria musyawarah" in page
    paper = desk.get("/1/agenda/cetak.pdf")
    assert (paper.status_code, paper.mimetype) == (200, "application/pdf")
    assert paper.data.startswith(b"%PDF")


PAGES = ("", "/1", "/1/agenda", "/1/hadir", "/1/daftar/7", "/1/bahas/1", "/1/layar", "/1/ketik")
POSTS = (
    "",
    "/1/rencana",
    "/1/bekukan",
    "/1/buka",
    "/1/akhiri",
    "/1/buka-lagi",
    "/1/hadir",
    "/1/hadir/1/cabut",
    "/1/daftar/7/sahkan",
    "/1/daftar/7/batalkan",
    "/1/daftar/7/tarik",
    "/1/bahas/1",
    "/1/ketik",
    "/1/tutup",
)
KEY = "00" * 16


def test_another_kelurahan_finds_nothing_and_changes_nothing(room: Room) -> None:
    room.registered(1)
    room.known(0)
    room.officer().opened()
    before = room.rows()
    for stranger in (room.officer(CIDENG), room.lurah(CIDENG)):
        for path in (*PAGES, "/1/tutup"):
            assert stranger.get(path).status_code == 404, path
        for path in POSTS:
            answer = stranger.post(path, kunci=KEY, versi="1", nomor="1", putusan="proposed")
            assert answer.status_code == 404, path
    assert room.rows() == before


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.DINAS])
def test_who_only_looks_sees_numbers_and_nobodys_name(room: Room, role: Role) -> None:
    room.registered(2)
    room.registered(1, ada_mobil="1")
    room.known(0, 1, 2)
    room.officer().opened()
    before = room.rows()
    looking = Desk(room.office.signed_in(role))
    for path in ("", "/1", "/1/agenda"):
        page = looking.get(path)
        assert page.status_code == 200
        assert not any(each.applicant.name in page.text for each in room.households)
        assert "Siti Aminah" not in page.text
    for path in (*PAGES[3:], "/1/agenda/cetak.pdf", "/1/tutup"):
        assert looking.get(path).status_code == 404, path
    for path in POSTS:
        assert looking.post(path, kunci=KEY, versi="3", nomor="1").status_code == 404, path
    assert room.rows() == before


def test_the_lurah_leads_but_records_nothing(room: Room) -> None:
    room.registered(1, ada_mobil="1")
    room.officer().opened()
    lurah = room.lurah()
    assert "Putusan dicatat petugas, bukan lurah." in lurah.get("/1/bahas/1").text
    answer = lurah.post("/1/bahas/1", kunci=KEY, versi="0", putusan="proposed")
    assert answer.status_code == 404
    assert room.rows()["verdict"] == 0


def test_the_kelurahan_of_the_address_is_written_as_it_is(room: Room) -> None:
    desk = room.officer()
    dotless = GAMBIR.replace(".", "")
    assert desk.client.get(f"/musyawarah/{dotless}/sidang").status_code == 404
    assert desk.get("/9").status_code == 404
