"""The counter of a kelurahan: who comes, who lost a receipt, and forms on paper."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page, expect

from tests.browser.gallery.album import Shot
from tests.browser.gallery.desk.office import HOUSEHOLDS, SITE, answers, office, press, shot, typed
from tests.browser.gallery.product import Product

WALKED_IN, ON_PAPER = HOUSEHOLDS + 1, HOUSEHOLDS + 2


def counter(product: Product) -> Iterator[Shot]:
    one, other = map(office(product).at_the_counter, ("Dewi Anggraini", "Eko Prasetyo"))
    yield shot("loket", "The counter", one)
    yield from _walk_in(one)
    yield from _paper(one, other)
    product.stack.drained()
    yield from _asked_for(one)


def _walk_in(page: Page) -> Iterator[Shot]:
    page.goto(f"{SITE}/loket/daftar")
    yield shot("loket-daftar", "Registering somebody who came", page)
    press(page, "Kirim dan cetak bukti")
    yield shot("loket-daftar-salah", "The same, sent empty", page)
    typed(page, answers(WALKED_IN))
    press(page, "Kirim dan cetak bukti")
    expect(page.locator(".kode")).to_be_visible()
    yield shot("loket-terkirim", "The receipt of who came", page)


def _paper(one: Page, other: Page) -> Iterator[Shot]:
    given = answers(ON_PAPER)
    one.goto(f"{SITE}/loket/kertas/baru")
    yield shot("kertas-ketik", "Keying a form on paper", one)
    typed(one, given)
    press(one, "Simpan untuk diperiksa")
    yield shot("kertas-disimpan", "Keyed: the number to write on it", one)
    other.goto(f"{SITE}/loket")
    yield shot("loket-menunggu", "A form waits for a second officer", other)
    other.get_by_role("link", name="Periksa formulir kertas").click()
    yield shot("kertas", "Forms on paper", other)
    other.locator("main").get_by_role("link", name="Periksa").click()
    yield shot("kertas-periksa", "Keying it a second time", other)
    typed(other, {**given, "nama": ["Nama Lain"], "ada_mobil": ["1"]})
    press(other, "Bandingkan, lalu kirim")
    yield shot("kertas-beda", "Where the two differ", other)
    for pair in other.get_by_role("group").all():
        pair.get_by_text("Ketikan pertama").click()
    press(other, "Kirim yang dipilih")
    expect(other.locator(".kode")).to_be_visible()


def _asked_for(page: Page) -> Iterator[Shot]:
    mine = answers(WALKED_IN)
    page.goto(f"{SITE}/loket/bukti")
    yield shot("loket-bukti", "A receipt again", page)
    page.get_by_text("Saya sudah melihat KTP asli").click()
    page.get_by_label("NIK", exact=True).fill(mine["nik"][0])
    page.get_by_label("Nama", exact=True).fill(mine["nama"][0])
    press(page, "Buka bukti")
    code = page.locator(".kode").inner_text()
    page.goto(f"{SITE}/loket/perbaiki")
    yield shot("loket-perbaiki", "Correcting what was sent", page)
    page.get_by_label("NIK", exact=True).fill(mine["nik"][0])
    page.get_by_label("Kode bukti", exact=True).fill(code)
    press(page, "Buka jawabannya")
    yield shot("loket-perbaiki-isi", "The answers, to correct", page)
    page.goto(f"{SITE}/loket/keberatan")
    press(page, "Catat keberatan")
    yield shot("loket-keberatan-salah", "An objection, sent empty", page)
