"""One's own phone keeps the answers, sealed; a borrowed one keeps nothing."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from urllib.parse import parse_qs

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.browser import storage
from tests.browser.conftest import NewPage
from tests.browser.looking import RULES
from tests.browser.typing import Answers, household_of_four
from tests.browser.walking import (
    SCREEN,
    answer_screen,
    is_kept,
    onward,
    own_phone,
    reopened,
    screen,
    send,
    shows,
    unlock,
    walk,
)
from tests.stack import Stack

pytestmark = pytest.mark.timeout(300)

CODE = "830571"
STANDS = """() => [...document.querySelectorAll('form[data-pandu] [data-layar]')].flatMap(layar =>
  [...layar.querySelectorAll('input:not([form]), select, textarea')]
    .filter(each => /radio|checkbox/.test(each.type) ? each.checked : each.value)
    .map(each => [layar.dataset.layar, each.name || each.type, each.value, each.disabled]))"""


@pytest.fixture(scope="module")
def answers() -> Answers:
    """Return a household of four with every extra question, one of them without a NIK."""
    found = household_of_four(300)
    del found["anggota-3-nik"]
    return found | {
        "telepon": "081234567890",
        "anggota-3-lahir-hari": "1",
        "anggota-3-lahir-bulan": "2",
        "anggota-3-lahir-tahun": "2020",
        "anggota-3-jenis_kelamin": "1",
        "sta_bangunan": "1",
        "njop_lebih_1m": "8",
        "diisi_oleh": "2",
        "nama_pembantu": "Ani",
    }


@pytest.fixture
def form(stack: Stack) -> str:
    return f"{stack.url}/daftar"


@pytest.fixture
def page(form: str, new_page: NewPage) -> Page:
    opened = new_page()
    opened.goto(form)
    return opened


def test_a_tab_killed_on_any_screen_loses_nothing_and_nothing_is_in_clear(
    page: Page, form: str, answers: Answers
) -> None:
    own_phone(page, CODE)
    secrets = [CODE, *(str(answers[key]) for key in ("nik", "kk", "nama", "alamat", "telepon"))]
    seen = []
    while screen(page) != "periksa":
        answer_screen(page, answers)
        is_kept(page)
        seen.append(screen(page))
        stood = page.evaluate(STANDS)
        page = reopened(page, form)
        unlock(page, CODE)
        assert screen(page) == seen[-1]
        assert page.evaluate(STANDS) == stood
        onward(page)
        assert screen(page) != seen[-1], page.locator(".pesan:visible").all_inner_texts()
    assert len(seen) == len(set(seen)) >= 27

    is_kept(page)
    assert storage.names(page) == {"isian"}
    assert storage.kept(page)["keys"] == []
    assert storage.tells(page, *secrets) == []
    page.evaluate("nik => sessionStorage.setItem('proof', btoa('..' + nik))", answers["nik"])
    assert storage.tells(page, *secrets) == [answers["nik"]]
    page.evaluate("sessionStorage.clear()")

    with page.expect_request(lambda asked: asked.method == "POST") as posted:
        send(page)
    sent = parse_qs(posted.value.post_data or "", keep_blank_values=True)
    assert sent["nik"]
    assert not {"hp", "", "kode-baru"} & sent.keys()
    assert CODE not in (posted.value.post_data or "")
    expect(page).to_have_url(re.compile("/bukti/"))
    page.wait_for_load_state("networkidle")
    assert not storage.names(page) & {"isian", "serah"}


def test_a_borrowed_phone_keeps_nothing(page: Page, form: str, answers: Answers) -> None:
    onward(page)
    onward(page)
    expect(page.get_by_role("alert")).to_contain_text("Pilih dulu")
    page.get_by_text("HP pinjaman", exact=True).click()
    expect(page.get_by_text("Jawaban tidak disimpan di HP ini.")).to_be_visible()
    walk(page, answers)
    found = storage.kept(page)
    assert (found["records"], found["local"], found["session"]) == ({}, {}, {})
    assert storage.tells(page, str(answers["nik"]), str(answers["nama"])) == []
    expect(page.locator(".simpanan")).to_be_hidden()
    page = reopened(page, form)
    shows(page, "siapa")
    assert page.locator("[name=nik]").input_value() == ""


def test_a_phone_that_can_not_keep_safely_is_like_a_borrowed_one(
    form: str, new_page: NewPage, answers: Answers
) -> None:
    page = new_page()
    page.add_init_script("delete Crypto.prototype.subtle")
    page.goto(form)
    expect(page.get_by_text("Jangan tutup halaman ini sebelum selesai.")).to_be_visible()
    seen = walk(page, answers, until="rt_rw")
    assert "hp" not in seen
    page.reload()
    shows(page, "siapa")


def test_without_a_code_the_phone_keeps_the_key_until_the_nik_is_known(
    page: Page, form: str, answers: Answers
) -> None:
    own_phone(page)
    walk(page, answers, until="nik")
    is_kept(page)
    assert storage.kept(page)["keys"] == [{"extractable": False, "type": "secret"}]

    page = reopened(page, form)
    expect(page.locator(".lanjutkan").get_by_role("textbox")).to_be_hidden()
    unlock(page)
    shows(page, "nik")
    page.locator("[name=nik]").fill("3171014505850009")
    is_kept(page)
    assert storage.kept(page)["keys"] == []
    page.locator("[name=nik]").fill(str(answers["nik"]))
    onward(page)
    is_kept(page)

    page = reopened(page, form)
    expect(page.get_by_label("Tulis enam angka terakhir NIK Anda.")).to_be_visible()
    unlock(page, str(answers["nik"])[-6:])
    assert screen(page) not in {"siapa", "nik"}
    assert storage.kept(page)["keys"] == []


def test_a_wrong_code_is_told_costs_time_and_erases_nothing(page: Page, form: str) -> None:
    onward(page)
    page.get_by_text("HP sendiri", exact=True).click()
    onward(page)
    expect(page.get_by_role("alert")).to_contain_text("Kode harus 4 sampai 6 angka.")
    page.get_by_label("Buat kode").fill("123")
    onward(page)
    shows(page, "hp")
    _is_accessible(page)
    page.get_by_label("Buat kode").fill(CODE)
    onward(page)
    is_kept(page)

    page.context.clock.install()
    page = reopened(page, form)
    box = page.get_by_label("Tulis kode Anda")
    for _ in range(5):
        box.fill("0000")
        page.get_by_role("button", name="Lanjut", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("Angka itu tidak cocok.")
        expect(page.get_by_role("button", name="Lanjut", exact=True)).to_be_visible()
    _is_accessible(page)
    box.fill(CODE)
    page.get_by_role("button", name="Lanjut", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text(re.compile(r"Tunggu \d detik"))
    assert storage.names(page) == {"isian"}
    page.context.clock.fast_forward(5_000)
    unlock(page, CODE)
    shows(page, "persetujuan")


def _is_accessible(page: Page) -> None:
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []


@pytest.mark.parametrize("where", ["on the form", "on coming back", "for somebody else"])
def test_hapus_erases_at_once_and_empties_the_form(
    page: Page, form: str, answers: Answers, where: str
) -> None:
    own_phone(page, CODE)
    walk(page, answers, until="rt_rw")
    answer_screen(page, answers)
    is_kept(page)
    if where != "on the form":
        page = reopened(page, form)
    link = "Isi baru untuk orang lain" if where == "for somebody else" else "Hapus dari HP ini"
    page.locator("summary:visible", has_text=link).click()
    page.get_by_role("button", name="Ya, hapus").click()
    page.wait_for_url(re.compile("#/siapa$"))
    shows(page, "siapa")
    assert storage.kept(page)["records"] == {}
    filled = "all => all.filter(e => e.value).map(e => e.name)"
    assert page.locator("[name=rt], [name=kelurahan]").evaluate_all(filled) == []
    if where == "on the form":
        page.go_back()
        expect(page.locator(SCREEN)).to_have_count(1)
        assert page.locator("[name=rt]").input_value() == ""


def test_after_seven_days_any_page_erases_it(page: Page, stack: Stack, form: str) -> None:
    own_phone(page, CODE)
    now = datetime.now().astimezone()
    page.goto("about:blank")
    page.context.clock.set_system_time(now + timedelta(days=7, minutes=-5))
    page.goto(form)
    expect(page.locator(".lanjutkan")).to_be_visible()
    page.context.clock.set_system_time(now + timedelta(days=7, minutes=5))
    page.goto(f"{stack.url}/bantuan")
    page.wait_for_load_state("networkidle")
    assert storage.kept(page)["records"] == {}
    page.goto(form)
    shows(page, "siapa")


def test_what_the_server_refuses_is_still_kept_and_gone_with_the_receipt(
    page: Page, form: str, answers: Answers
) -> None:
    own_phone(page, CODE)
    walk(page, {**answers, "telepon": "0000000000"})
    send(page)
    shows(page, "telepon")
    page.locator("[name=telepon]").fill("081234567890")
    is_kept(page)
    assert storage.names(page) == {"isian"}
    page = reopened(page, form)
    unlock(page, CODE)
    shows(page, "telepon")
    assert page.locator("[name=telepon]").input_value() == "081234567890"
    onward(page)
    shows(page, "periksa")
    page.route("**/daftar", _only_the_page_itself_may_send)
    send(page)
    expect(page).to_have_url(re.compile("/bukti/"))
    page.wait_for_load_state("networkidle")
    assert not storage.names(page) & {"isian", "serah"}


def _only_the_page_itself_may_send(route: Route) -> None:
    """Let scripts be told to leave the sending to the page, as for what needs mending."""
    if route.request.headers.get("accept") == "application/json":
        return route.fulfill(status=409, json={"perbaiki": True})
    return route.continue_()
