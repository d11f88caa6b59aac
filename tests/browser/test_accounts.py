"""The door and the desk in a real browser: from a link to the second factor, without scripts."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from passlib.totp import TOTP
from playwright.sync_api import Browser, Page, expect

from registry.rules.periods import civil_date
from tests.browser.conftest import visitors
from tests.browser.looking import Seen, look
from tests.stack import Stack
from tests.w3c.checker import faults

pytestmark = pytest.mark.timeout(300)

PASSWORD = "tangga hijau melompat jauh"
EMAIL = "ratna@contoh.example"
PICTURES = os.environ.get("PICTURES")
"""A folder for pictures of what was looked at, 360 and 1366 px wide."""


@pytest.fixture(scope="module")
def desk(stack: Stack, browser: Browser) -> list[Seen]:
    """Take an account at dinas over, sign out, come in again; look at every page on the way."""
    words = ("--role", "dinas", "--name", "Ratna Wulandari", "--site", stack.url)
    link = stack.told("user", "add", *words, EMAIL).strip()
    with visitors(browser) as new_page:
        return _walk(stack, new_page(width=320, height=640), link)


def _walk(stack: Stack, page: Page, link: str) -> list[Seen]:
    seen: list[Seen] = []

    def now(name: str, heading: str) -> None:
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        page.wait_for_load_state()
        seen.append(look(page, name))
        _picture(page, name)

    page.goto(link)
    now("undangan", "Selamat datang, Ratna Wulandari")
    page.get_by_label("Kata sandi baru", exact=True).fill("pendek")
    page.get_by_label("sekali lagi").fill("pendek")
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_role("alert")).to_contain_text("paling sedikit 12")
    now("undangan-salah", "Selamat datang, Ratna Wulandari")
    page.get_by_label("Kata sandi baru", exact=True).fill(PASSWORD)
    page.get_by_label("sekali lagi").fill(PASSWORD)
    _enter(page)
    key = TOTP(key=page.locator(".kunci").text_content() or "", format="base32")
    page.get_by_text("Tidak bisa memindai?").click()
    now("pasang-kode", "Pasang kode masuk")
    page.get_by_label("Kode baru dari HP").fill(str(key.generate().token))
    page.get_by_role("button", name="Simpan").click()
    page.locator(".kode-pemulihan").wait_for()
    codes = page.locator(".kode-pemulihan li").all_text_contents()
    assert len(codes) == 10
    now("kode-pemulihan", "Kode pemulihan Anda")
    page.get_by_text("Sudah saya simpan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Petugas")
    _people(page, now)
    page.get_by_text("Akun saya").click()
    now("akun", "Akun saya")
    page.get_by_text("Pasang di HP lain").click()
    now("pasang-kode-lain", "Pasang kode masuk")
    page.get_by_role("button", name="Keluar").click()
    now("masuk", "Masuk petugas")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Kata sandi").fill("salah salah salah")
    _enter(page)
    now("masuk-salah", "Masuk petugas")
    page.get_by_label("Kata sandi").fill(PASSWORD)
    _enter(page)
    now("kode", "Kode masuk")
    page.keyboard.type(codes[0])
    _enter(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Petugas")
    page.goto(link)
    now("tautan-mati", "Tautan ini tidak berlaku")
    return seen


def _enter(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


def _people(page: Page, now: object) -> None:
    assert callable(now)
    page.get_by_text("Undang orang baru").click()
    now("undang", "Undang orang baru")
    page.get_by_label("Nama lengkap").fill("Budi Santoso")
    page.get_by_label("E-mail").fill("lurah.gambir@contoh.example")
    page.get_by_label("Peran").select_option("Lurah")
    page.get_by_label("Kode kelurahan").fill("31.71.01.1001")
    page.get_by_role("button", name="Buat akun").click()
    now("tautan", "Tautan untuk Budi Santoso")
    page.get_by_text("Ke akun ini").click()
    page.get_by_text("Tunjuk sebagai Plh Lurah").click()
    page.get_by_label("Kode kelurahan").fill("31.71.01.1002")
    page.get_by_label("Nomor surat").fill("800/123/2026")
    page.get_by_label("Mulai tanggal").fill(day(0))
    page.get_by_label("Sampai tanggal").fill(day(30))
    page.get_by_role("button", name="Tunjuk").click()
    page.get_by_role("button", name="Cabut").wait_for()
    now("orang", "Budi Santoso")
    page.get_by_text("Tunjuk sebagai Plh Lurah").click()
    page.get_by_label("Kode kelurahan").fill("31.71.01.1002")
    page.get_by_label("Nomor surat").fill("800/124/2026")
    page.get_by_label("Mulai tanggal").fill(day(30))
    page.get_by_label("Sampai tanggal").fill(day(35))
    page.get_by_role("button", name="Tunjuk").click()
    expect(page.get_by_role("alert")).to_contain_text("Sudah ada Plh: Budi Santoso")
    now("plh-ganda", "Budi Santoso")
    page.get_by_role("link", name="Petugas", exact=True).click()
    now("petugas", "Petugas")
    _quorum(page, now)


def day(later: int) -> str:
    """Give the day that is so many days from now, as the box takes it."""
    return (civil_date(datetime.now(UTC)) + timedelta(days=later)).isoformat()


def _quorum(page: Page, now: object) -> None:
    assert callable(now)
    page.get_by_role("link", name="Kuorum", exact=True).click()
    now("kuorum", "Kuorum musyawarah")
    page.get_by_text("Tetapkan kuorum putaran ini").click()
    page.get_by_label("Paling sedikit hadir").first.fill("0")
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_role("alert")).to_contain_text("tidak mungkin dipenuhi")
    now("kuorum-salah", "Kuorum musyawarah")
    page.get_by_label("Paling sedikit hadir").first.fill("12")
    page.get_by_role("button", name="Simpan").click()
    expect(page.get_by_text("Paling sedikit 12 orang dari 4 unsur")).to_be_visible()
    page.get_by_text("Tambah kekecualian").click()
    page.get_by_label("Kelurahan", exact=True).select_option("31.01.01.1001")
    page.get_by_label("Paling sedikit hadir").last.fill("6")
    page.get_by_role("button", name="Tambah").click()
    page.get_by_role("link", name="Pulau Panggang").wait_for()
    page.get_by_text("Tambah kekecualian").click()
    now("kuorum-kekecualian", "Kuorum musyawarah")
    page.get_by_role("link", name="Pulau Panggang").click()
    now("kuorum-kelurahan", "Kuorum Pulau Panggang")
    page.get_by_role("button", name="Hapus kekecualian").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kuorum musyawarah")
    page.goto(page.url.partition("?")[0] + "/tidak-ada")
    now("tidak-ada", "Halaman tidak ditemukan")
    page.get_by_text("Ke halaman awal Anda").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Petugas")


def _picture(page: Page, name: str) -> None:
    if not PICTURES:
        return
    before = page.viewport_size
    assert before
    for width, height in ((360, 740), (1366, 768)):
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)
    page.set_viewport_size(before)


def test_every_page_is_for_everyone(desk: list[Seen]) -> None:
    assert [(each.name, fault) for each in desk for fault in each.rules] == []
    assert [(each.name, fault) for each in desk for fault in each.contrast] == []


def test_a_finger_hits_every_target(desk: list[Seen]) -> None:
    assert [(each.name, fault) for each in desk for fault in each.small] == []


def test_nothing_is_cut(desk: list[Seen]) -> None:
    assert [(each.name, fault) for each in desk for fault in each.cut] == []
    assert [(each.name, fault) for each in desk for fault in each.cut_at_twice_the_size] == []


def test_the_w3c_checker_finds_nothing(desk: list[Seen], tmp_path: Path) -> None:
    style = Path(__file__).parents[2] / "portal" / "static" / "meja.css"
    pages = {f"{each.name}.html": each.html for each in desk}
    assert faults(tmp_path, {**pages, "meja.css": style.read_text()}) == []


def test_it_works_without_scripts(stack: Stack, browser: Browser, desk: list[Seen]) -> None:
    with visitors(browser) as new_page:
        page = new_page(javascript=False)
        page.goto(f"{stack.url}/masuk")
        page.get_by_label("E-mail").fill(EMAIL)
        page.get_by_label("Kata sandi").fill(PASSWORD)
        page.get_by_role("button", name="Masuk").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Kode masuk")
