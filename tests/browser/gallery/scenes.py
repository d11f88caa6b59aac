"""How each screen is reached: a chapter is a function that yields a Shot whenever one shows.

To add a screen, yield it where the walk passes it; to add a chapter, write a function and name it
in CHAPTERS. They run in this order on one product: what ends the round comes last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from playwright.sync_api import Page

from tests.browser.gallery import after, phone, trouble
from tests.browser.gallery.album import Paper, Shot
from tests.browser.gallery.product import Product
from tests.browser.typing import Answers, answer, household_of_four, send
from tests.browser.walking import LAST, SCREEN, answer_screen, back, onward, screen, shows, walk

Chapter = Callable[[Product], Iterator[Shot | Paper]]


def before(product: Product) -> Iterator[Shot]:
    yield Shot("awal", "Home, while a round is open", product.open("/"))
    yield Shot("bantuan", "Help", product.open("/bantuan"))


def guided(product: Product) -> Iterator[Shot]:
    """Walk through every screen: left empty, where that is an error, then answered."""
    answers = household_of_four(300)
    page = product.open("/daftar")
    yield Shot("daftar-siapa", "The first screen", page)
    onward(page)
    while (key := screen(page)) != LAST:
        title = page.locator(f"{SCREEN} h2").inner_text()
        if not page.locator(".dari-nik").is_visible():
            onward(page)
            if screen(page) == key:
                yield Shot(f"daftar-{key}-kosong", f"{title} (left empty)", page)
            else:
                back(page)
                shows(page, key)
        answer_screen(page, answers)
        yield Shot(f"daftar-{key}", title, page)
        onward(page)
    yield Shot("daftar-periksa", "Check the answers, and send", page)


def guided_specials(product: Product) -> Iterator[Shot]:
    """Go the same way with what only some households meet."""
    extras = {"sta_bangunan": "1", "njop_lebih_1m": "8", "diisi_oleh": "2", "nama_pembantu": "Ani"}
    answers: Answers = {**household_of_four(300), **extras, "telepon": "0000000000"}
    page = product.open("/daftar")

    def to(key: str) -> None:
        walk(page, answers, until=key)

    to("pengisi")
    answer_screen(page, answers)
    yield Shot("khusus-dibantu", "Somebody helps", page)
    to("kelurahan")
    page.get_by_role("combobox").fill("bali")
    yield Shot("khusus-kelurahan-cari", "Kelurahan by a part of its name", page)
    page.get_by_role("combobox").fill("xyz")
    yield Shot("khusus-kelurahan-nihil", "No such kelurahan", page)
    to("alamat")
    _tap(page, "Saya tidak punya rumah")
    yield Shot("khusus-tanpa-rumah", "No house", page)
    _tap(page, "Saya tidak punya rumah")
    to("nik")
    page.locator("[name=nik]").press_sequentially("3171014513")
    yield Shot("khusus-nik-salah", "A NIK that cannot be, told while it is typed", page)
    answer_screen(page, answers)
    page.get_by_role("button", name="Bukan, ubah").click()
    yield Shot("khusus-lahir", "Not what the NIK says", page)
    to("anggota-1")
    _tap(page, "belum punya NIK")
    yield Shot("khusus-tanpa-nik", "A member without a NIK", page)
    _tap(page, "belum punya NIK")
    to("rumah")
    answer_screen(page, answers)
    yield Shot("khusus-rumah-sendiri", "A house of one's own: its worth is asked too", page)
    to(LAST)
    page.get_by_role("button", name="Kirim", exact=True).click()
    page.get_by_role("alert").wait_for()
    shows(page, "telepon")
    yield Shot("khusus-ditolak", "What only the server can tell is wrong", page)


def _tap(page: Page, words: str) -> None:
    page.locator(f"{SCREEN} label", has_text=words).click()


def without_scripts(product: Product) -> Iterator[Shot]:
    page = product.open("/daftar", javascript=False)
    yield Shot("polos-awal", "Without scripts: one long form, its beginning", page, whole=False)
    answer(page, "jumlah_anggota", "1")
    page.locator("form button[name=aksi][value=anggota]").click()
    page.locator("#anggota h2").wait_for()
    yield Shot("polos-anggota", "The members, after the button", page, whole=False)
    send(page)
    page.get_by_role("alert").wait_for()
    yield Shot("polos-salah", "Sent too early", page, whole=False)


CHAPTERS: Final[dict[str, Chapter]] = {
    "Before": before,
    "The form, one question a screen": guided,
    "What only some meet": guided_specials,
    "Whose phone it is": phone.whose,
    "Where the house is": phone.place,
    "Without a network": phone.sending,
    "In English": phone.english,
    "The form without scripts": without_scripts,
    "The receipt": after.receipts,
    "Status": after.status,
    "Photos": after.photos,
    "When too many come": trouble.crowds,
    "When something fails": trouble.failures,
    "Between rounds": trouble.closed,
}
