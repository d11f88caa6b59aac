"""The guided form: one question a screen, nothing lost, nothing asked twice."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.typing import Answers, household_of_four
from tests.browser.walking import (
    SCREEN,
    answer_screen,
    back,
    choose_kelurahan,
    onward,
    screen,
    send,
    shows,
    walk,
)
from tests.stack import Stack

pytestmark = pytest.mark.timeout(300)

NIK = "3171014505850001"  # a woman, born 5 May 1985


@pytest.fixture
def page(stack: Stack, new_page: NewPage) -> Page:
    opened = new_page(width=320, height=640)
    opened.goto(f"{stack.url}/daftar")
    return opened


@pytest.fixture(scope="module")
def answers() -> Answers:
    return household_of_four(300)


def value(page: Page, field: str) -> str:
    return page.locator(f"[name='{field}']").first.input_value()


def change(page: Page, question: str) -> None:
    page.get_by_role("button", name=f"Ubah {question}", exact=True).click()


def test_a_household_of_four_with_every_extra_question_takes_thirty_screens(
    page: Page, answers: Answers
) -> None:
    extras = {"sta_bangunan": "1", "njop_lebih_1m": "8", "diisi_oleh": "2", "nama_pembantu": "Ani"}
    seen = walk(page, {**answers, **extras}, by_hand=True)
    assert len(seen) == len(set(seen)) <= 30
    send(page)
    expect(page).to_have_url(re.compile("/bukti/"))


def test_the_phones_back_button_goes_back_a_screen_and_loses_nothing(
    page: Page, answers: Answers
) -> None:
    seen = walk(page, answers, until="lantai")
    for key in reversed(seen[:-1]):
        page.go_back()
        shows(page, key)
    assert value(page, "nik").replace(" ", "") == answers["nik"]
    again = [screen(page)]
    while again[-1] != "lantai":
        onward(page)
        again.append(screen(page))
    assert again == seen
    back(page)
    shows(page, seen[-2])


def test_the_address_names_the_screen_and_never_an_answer(page: Page, answers: Answers) -> None:
    addresses: list[str] = []
    page.on("framenavigated", lambda frame: addresses.append(frame.url))
    assert len(walk(page, answers)) == len(addresses) + 1
    assert all(re.fullmatch(r".*/daftar#/[a-z_]+(-\d+)?", each) for each in addresses)
    assert all(one != other for one, other in pairwise(addresses))


def test_an_address_of_a_later_screen_begins_where_answers_are_missing(
    stack: Stack, new_page: NewPage
) -> None:
    page = new_page()
    page.goto(f"{stack.url}/daftar#/lantai")
    assert screen(page) == "siapa"


def test_each_screen_begins_at_its_heading_and_says_how_far_it_is(page: Page) -> None:
    onward(page)
    focused = page.evaluate("document.activeElement.tagName + document.activeElement.id")
    assert focused == "H2judul-hp"
    expect(page.get_by_role("status").first).to_have_text("Langkah 1 dari 29. Sisa 14 menit.")


def test_enter_means_lanjut_and_never_kirim(page: Page, answers: Answers) -> None:
    walk(page, answers, until="alamat")
    answer_screen(page, answers)
    for after in ("ktp_dki", "nik", "nama"):
        page.locator(f"{SCREEN} :is(input:not([type=radio]), textarea, input:checked)").first.press(
            "Enter"
        )
        assert screen(page) == after
        answer_screen(page, answers)
    assert "/daftar" in page.url


def test_after_a_mistake_is_mended_one_tap_goes_on(page: Page, answers: Answers) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    walk(page, answers, until="rt_rw")
    onward(page)
    expect(page.locator(f"{SCREEN} .pesan")).to_have_count(2)
    answer_screen(page, answers)
    onward(page)
    assert screen(page) == "alamat"


def test_nik_is_grouped_while_it_is_typed_and_the_caret_stays(page: Page, answers: Answers) -> None:
    walk(page, answers, until="nik")
    box = page.locator("[name=nik]")
    caret = "document.activeElement.selectionStart"
    box.press_sequentially("317101450585")
    expect(box).to_have_value("3171 0145 0585")
    for _ in range(5):
        box.press("ArrowLeft")
    box.press("Backspace")
    expect(box).to_have_value("3171 0140 585")
    assert page.evaluate(caret) == 8
    box.press_sequentially("5")
    expect(box).to_have_value("3171 0145 0585")
    assert page.evaluate(caret) == 9
    box.press("ArrowRight")
    box.press("Backspace")
    expect(box).to_have_value("3171 0140 585" if page.evaluate(caret) == 8 else "3171 0145 585")


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("31710172", "Angka ke-7 dan ke-8 NIK salah"),
        ("3171014513", "Angka ke-9 dan ke-10 NIK salah"),
        ("3171014505850000", "Empat angka terakhir NIK salah"),
        ("31710145058500011", "NIK harus 16 angka"),
        ("3171o", "NIK hanya angka"),
    ],
)
def test_a_nik_that_can_not_be_is_told_at_once(
    page: Page, answers: Answers, typed: str, message: str
) -> None:
    walk(page, answers, until="nik")
    page.locator("[name=nik]").press_sequentially(typed)
    expect(page.locator(f"{SCREEN} .pesan")).to_contain_text(message)
    onward(page)
    assert screen(page) == "nik"


def test_the_nik_screen_confirms_birth_date_and_sex_and_asks_who_differs(
    page: Page, answers: Answers
) -> None:
    walk(page, {**answers, "kk": "3171010101010101"}, until="nik")
    offer, boxes = page.locator(".dari-nik"), page.locator("[name^=lahir-]")
    box, lanjut = page.locator("[name=nik]"), page.locator("[data-aksi=lanjut]")

    def shown() -> list[str]:
        return [each.input_value() for each in boxes.all()]

    box.fill(NIK[:15])
    expect(offer).to_be_hidden()
    expect(lanjut).to_have_text("Lanjut")
    box.press_sequentially(NIK[15:])
    expect(offer).to_contain_text("Anda lahir 5 Mei 1985, perempuan. Benar?")
    expect(lanjut).to_have_text("Ya, benar")
    expect(boxes.first).to_be_hidden()
    onward(page)
    shows(page, "nama")
    expect(lanjut).to_have_text("Lanjut")
    assert shown() == ["5", "5", "1985"]
    back(page)
    shows(page, "nik")
    box.fill("3171010506860001")
    expect(offer).to_contain_text("Anda lahir 5 Juni 1986, laki-laki. Benar?")
    page.get_by_role("button", name="Bukan, ubah").click()
    expect(boxes.first).to_be_focused()
    assert shown() == ["5", "6", "1986"]
    page.locator("[name=lahir-tahun]").fill("")
    expect(lanjut).to_have_text("Lanjut")
    onward(page)
    expect(page.locator(f"{SCREEN} .pesan")).to_contain_text("Tulis tanggal, bulan, dan tahun")
    page.locator("[name=lahir-tahun]").fill("1976")
    box.fill(NIK)  # the own answer stays
    assert shown() == ["5", "6", "1976"]
    onward(page)
    shows(page, "nama")


def test_a_nik_without_a_day_of_the_calendar_asks_for_the_birth_date(
    page: Page, answers: Answers
) -> None:
    walk(page, answers, until="nik")
    page.locator("[name=nik]").fill("3171013102850001")
    expect(page.locator(".dari-nik")).to_be_hidden()
    expect(page.locator("[name=lahir-hari]")).to_be_visible()
    expect(page.locator("[name=jenis_kelamin]").first).to_be_visible()
    onward(page)
    expect(page.locator(f"{SCREEN} .pesan")).to_have_count(2)


def test_a_member_without_a_nik_is_asked_birth_date_and_sex_and_one_with_it_is_not(
    page: Page, answers: Answers
) -> None:
    walk(page, answers, until="anggota-1")
    onward(page)
    assert page.locator(f"{SCREEN} .pesan").count() == 2  # name and relation, of three
    page.locator("[name=anggota-1-nama]").fill("Bayi")
    expect(page.locator("[name=anggota-1-lahir-hari]")).to_be_hidden()
    onward(page)
    expect(page.locator("[name=anggota-1-lahir-hari]")).to_be_visible()
    expect(page.locator("[name=anggota-1-lahir-hari]")).to_be_focused()
    page.locator(f"{SCREEN} label", has_text="Saya tidak tahu tanggal lahirnya").click()
    onward(page)
    assert (
        page.locator(f"{SCREEN} .pesan").count() == 2
    )  # sex and relation: the birth date is not known
    page.locator(f"{SCREEN} label", has_text="Orang ini belum punya NIK").click()
    page.locator("[name=anggota-1-nik]").fill(NIK)
    expect(page.locator("[name=anggota-1-lahir-hari]")).to_be_hidden()


def test_people_are_ticked_by_name_and_nobody_excludes_them(page: Page, answers: Answers) -> None:
    walk(page, answers, until="bekerja")
    cards = page.locator(f"{SCREEN} .kartu")
    assert cards.all_inner_texts() == [
        f"{answers['nama']} (Anda)",
        *(answers[f"anggota-{n}-nama"] for n in (1, 2, 3)),
        "Tidak ada",
    ]
    cards.nth(1).click()
    cards.nth(4).click()
    assert page.locator("[name=bekerja]:checked").evaluate_all("all => all.map(e => e.value)") == [
        "tidak_ada"
    ]
    cards.nth(2).click()
    assert page.locator("[name=bekerja]:checked").evaluate_all("all => all.map(e => e.value)") == [
        "2"
    ]


def test_who_has_no_house_is_asked_nothing_about_one(page: Page, answers: Answers) -> None:
    walk(page, answers, until="alamat")
    page.get_by_text("Saya tidak punya rumah").click()
    onward(page)
    given = {**answers, "tempat_tidur": "di kolong jembatan"}
    seen = walk(page, given, until="rumah")
    expect(page.locator("[name=sta_bangunan]").first).to_be_hidden()
    expect(page.locator("[name=tempat_tidur]")).to_be_visible()
    seen = walk(page, given)
    assert not {"lantai", "dinding", "fasbab", "listrik", "air"} & set(seen)
    send(page)
    expect(page).to_have_url(re.compile("/bukti/"))


def test_kelurahan_is_found_by_part_of_its_name_or_by_its_kecamatan(
    page: Page, answers: Answers
) -> None:
    walk(page, answers, until="kelurahan")
    box = page.get_by_role("combobox")
    box.fill("xyz")
    expect(page.get_by_text("Tidak ada kelurahan dengan nama itu")).to_be_visible()
    box.fill("jatinegara")
    expect(page.get_by_role("option")).to_have_count(10)
    box.fill("bali mes")
    box.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "kelurahan-0")
    box.press("Enter")
    assert screen(page) == "kelurahan"
    assert page.locator("[name=kelurahan]").input_value() == "31.75.03.1003"
    box.fill("bali")
    onward(page)
    expect(page.locator(f"{SCREEN} .pesan")).to_contain_text("Pilih kelurahan")
    choose_kelurahan(page, str(answers["kelurahan"]))
    onward(page)
    assert screen(page) == "rt_rw"


def test_ubah_returns_to_the_check_and_another_person_is_asked_for(
    page: Page, answers: Answers
) -> None:
    walk(page, answers)
    change(page, "Lantai rumah paling banyak dari apa?")
    page.locator("[name=lantai][value='10']").check()
    onward(page)
    assert screen(page) == "periksa"
    expect(page.locator(".ringkasan")).to_contain_text("Lainnya")
    change(page, "Kapan Anda lahir?")
    shows(page, "nik")
    expect(page.locator("[name=lahir-hari]")).to_be_focused()
    page.locator("[name=lahir-tahun]").fill("1971")
    onward(page)
    expect(page.locator(".ringkasan")).to_contain_text(" 1971")
    change(page, "Berapa orang lain tinggal bersama Anda?")
    fourth = {
        "anggota-4-nama": "Dede",
        "anggota-4-nik": "3171011206150003",
        "anggota-4-hubungan": "3",
    }
    seen = walk(page, {**answers, **fourth, "jumlah_anggota": "4"})
    assert seen == [
        "jumlah_anggota", "anggota-4", "bekerja", "pegawai_tetap", "disabilitas", "periksa",
    ]  # fmt: skip
    send(page)
    expect(page).to_have_url(re.compile("/bukti/"))


def test_fewer_people_are_sent_than_were_filled_in_when_the_number_says_so(
    page: Page, answers: Answers
) -> None:
    walk(page, answers)
    change(page, "Berapa orang lain tinggal bersama Anda?")
    fewer = {key: ["tidak_ada"] for key in ("bekerja", "pegawai_tetap", "disabilitas")}
    walk(page, {**answers, **fewer, "jumlah_anggota": "2"})
    expect(page.locator(".ringkasan")).not_to_contain_text("Orang ke-3")
    send(page)
    expect(page).to_have_url(re.compile("/bukti/"))


def test_what_the_server_refuses_opens_its_screen_and_keeps_the_rest(
    page: Page, answers: Answers
) -> None:
    walk(page, {**answers, "telepon": "0000000000"})
    send(page)
    expect(page.get_by_role("alert")).to_contain_text("Belum terkirim")
    assert screen(page) == "telepon"
    expect(page.locator(f"{SCREEN} .pesan")).to_be_visible()
    page.locator("[name=telepon]").fill("081234567890")
    onward(page)
    assert screen(page) == "periksa"
    send(page)
    expect(page).to_have_url(re.compile("/bukti/"))
