"""The counter in a real browser: a walk-in, a paper form keyed twice, a receipt."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from fmotm.households import Options, household
from tests.browser.conftest import NewPage, visitors
from tests.browser.looking import Seen, look
from tests.browser.typing import put_what_is_there
from tests.stack import Stack
from tests.w3c.checker import faults

pytestmark = pytest.mark.timeout(300)

PASSWORD = "tangga hijau melompat jauh"
GAMBIR = "31.71.01.1001"
PICTURES = os.environ.get("PICTURES")
"""A folder for pictures of what was looked at, 360 and 1366 px wide."""


@pytest.fixture(scope="module")
def counter(stack: Stack, browser: Browser) -> list[Seen]:
    """Do at the counter what is done there, with two officers; look at every page on the way."""
    with visitors(browser) as new_page:
        return Walk(stack, new_page).all()


class Walk:
    """Two officers of one counter."""

    def __init__(self, stack: Stack, new_page: NewPage) -> None:
        self.stack = stack
        self.seen: list[Seen] = []
        self.one = self._officer(new_page(width=360), "loket.siti@contoh.example")
        self.other = self._officer(new_page(width=360), "loket.budi@contoh.example")
        self.page = self.one

    def all(self) -> list[Seen]:
        self.now("loket", "Loket Gambir")
        self._paper()
        self._walk_in()
        self._asking()
        return self.seen

    def now(self, name: str, heading: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)
        self.page.wait_for_load_state()
        self.seen.append(look(self.page, name))
        _picture(self.page, name)

    def go(self, path: str) -> None:
        self.page.goto(f"{self.stack.url}{path}")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).click()

    def type(self, answers: Mapping[str, str | list[str]]) -> None:
        given = {k: [v] if isinstance(v, str) else v for k, v in answers.items()}
        put_what_is_there(self.page, given)
        with self.page.expect_navigation():
            self.press("Lanjut isi data mereka")
        put_what_is_there(self.page, given)

    def _officer(self, page: Page, email: str) -> Page:
        words = ("--role", "counter", "--kelurahan", GAMBIR, "--name", "Petugas Loket")
        page.goto(self.stack.told("user", "add", *words, "--site", self.stack.url, email))
        page.get_by_label("Kata sandi baru", exact=True).fill(PASSWORD)
        page.get_by_label("sekali lagi").fill(PASSWORD)
        page.get_by_role("button", name="Simpan").click()
        page.goto(f"{self.stack.url}/loket")
        return page

    def _paper(self) -> None:
        answers = household(7, 3, Options(kelurahan=(GAMBIR,)))
        self.page = self.one
        self.go("/loket/kertas/baru")
        self.now("ketik", "Ketik formulir kertas")
        self.type({**answers, "nama": ""})
        self.press("Simpan untuk diperiksa")
        self.now("ketik-salah", "Ketik formulir kertas")
        self.press("Simpan, kertasnya belum lengkap")
        self.now("disimpan-setengah", "Formulir disimpan")
        self.page.get_by_role("link", name="Lengkapi").click()
        self.page.get_by_label("Siapa nama Anda?").fill(str(answers["nama"]))
        self.press("Simpan untuk diperiksa")
        self.now("disimpan", "Formulir disimpan")
        self.page = self.other
        self.go("/loket")
        self.now("loket-menunggu", "Loket Gambir")
        self.page.get_by_role("link", name="Periksa formulir kertas").click()
        self.now("kertas", "Formulir kertas")
        self.page.locator("main").get_by_role("link", name="Periksa").click()
        number = self.page.get_by_role("heading", level=1).inner_text().split()[-1]
        self.now("periksa", f"Periksa formulir kertas {number}")
        self.type({**answers, "nama": "Nama Lain", "ada_mobil": "1"})
        self.press("Bandingkan, lalu kirim")
        self.now("beda", f"Dua ketikan berbeda: kertas {number}")
        for pair in self.page.get_by_role("group").all():
            pair.get_by_text("Ketikan pertama").click()
        self.press("Kirim yang dipilih")
        expect(self.page.locator(".kode")).to_be_visible()

    def _walk_in(self) -> None:
        self.page = self.other
        answers = household(7, 4, Options(kelurahan=(GAMBIR,)))
        self.go("/loket/daftar")
        self.now("daftar", "Daftarkan warga")
        self.press("Kirim dan cetak bukti")
        self.now("daftar-salah", "Daftarkan warga")
        self.type(answers)
        self.press("Kirim dan cetak bukti")
        expect(self.page.locator(".kode")).to_be_visible()

    def _asking(self) -> None:
        answers = household(7, 3, Options(kelurahan=(GAMBIR,)))
        self.stack.drained()
        for path, heading, button in (
            ("perbaiki", "Perbaiki pendaftaran", "Buka jawabannya"),
            ("keberatan", "Catat keberatan", "Catat keberatan"),
            ("bukti", "Cetak ulang bukti", "Buka bukti"),
        ):
            self.go(f"/loket/{path}")
            self.now(path, heading)
            self.press(button)
            self.now(f"{path}-salah", heading)
        self.page.get_by_text("Saya sudah melihat KTP asli").click()
        self.page.get_by_label("NIK", exact=True).fill(str(answers["nik"]))
        self.page.get_by_label("Nama", exact=True).fill(str(answers["nama"]))
        self.press("Buka bukti")
        code = self.page.locator(".kode").inner_text()
        self.go("/loket/perbaiki")
        self.page.get_by_label("NIK", exact=True).fill(str(answers["nik"]))
        self.page.get_by_label("Kode bukti", exact=True).fill(code)
        self.press("Buka jawabannya")
        self.now("perbaiki-isi", "Perbaiki pendaftaran")


def _picture(page: Page, name: str) -> None:
    if not PICTURES:
        return
    for width in (360, 1366):
        page.set_viewport_size({"width": width, "height": 800})
        page.screenshot(path=Path(PICTURES, f"{name}-{width}.png"), full_page=True)
    page.set_viewport_size({"width": 360, "height": 740})


def of(seen: list[Seen], what: str) -> list[str]:
    return [f"{each.name}: {fault}" for each in seen for fault in getattr(each, what)]


@pytest.mark.parametrize("what", ["rules", "contrast", "small", "cut", "cut_at_twice_the_size"])
def test_every_page_of_the_counter_passes(counter: list[Seen], what: str) -> None:
    assert of(counter, what) == []


def test_the_w3c_checker_finds_nothing(counter: list[Seen], tmp_path: Path) -> None:
    assert faults(tmp_path, {f"{each.name}.html": each.html for each in counter}) == []
