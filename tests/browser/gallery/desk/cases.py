"""The queue of a kelurahan and its cases."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.browser.gallery.after import look_up
from tests.browser.gallery.album import Shot
from tests.browser.gallery.desk.office import HOUSEHOLDS, answers, office, photo, press, shot
from tests.browser.gallery.product import Product
from tests.browser.round.people import Person

PHOTOGRAPHED = 60


def queue(product: Product) -> Iterator[Shot]:
    siti = office(product).siti
    page = siti.goes_to("/")
    yield shot("kelurahan", "The first page of a kelurahan", page)
    page = siti.goes_to("/antrean")
    yield shot("antrean", "The queue", page)
    page.locator("summary", has_text="Saring").click()
    yield shot("antrean-saring", "The queue, its filter open", page)
    page = siti.goes_to("/antrean?rw=2&rt=1&skor=3")
    yield shot("antrean-tersaring", "The queue of one RT, filtered", page)
    page = siti.goes_to("/cari")
    name = answers(3)["nama"][0].split(maxsplit=1)[0]
    page.get_by_role("searchbox").fill(name)
    press(page, "Cari")
    yield shot("cari", "Search", page)


def case(product: Product) -> Iterator[Shot]:
    """Open a case of which there are two, with photos of the family; ask, and rule."""
    _with_photo(product)
    siti = office(product).siti
    page = siti.goes_to("/antrean?mirip=1")
    page.locator("table.antrean th a").first.click()
    page.locator("summary", has_text="Dari mana skor").click()
    yield shot("kasus-mirip", "A case that was registered twice", page)
    page.get_by_label("Alasannya").fill("KTP keduanya sama, saya lihat sendiri.")
    press(page, "Simpan putusan")
    yield shot("kasus-belum", "What was ruled is missing", page)
    _ask(siti)
    yield shot("kasus-tanya", "A question to the family", siti.page)
    yield Shot("status-pertanyaan", "The family reads it, and answers", _read(product, siti))
    press(siti.page, "Minta kunjungan rumah")
    yield shot("kasus-kunjungan", "A visit is ordered", siti.page)


def _with_photo(product: Product) -> None:
    """Let a family register twice, and send a photo."""
    mine = answers(PHOTOGRAPHED)
    product.apply(answers(PHOTOGRAPHED, alamat="Gang Kelinci nomor 8"))
    page = product.open(product.apply(mine))
    page.get_by_role("link", name="Kirim foto").click()
    page.locator("#foto-ktp").set_input_files(photo("ktp.jpg"))
    page.locator("#ktp button").click()
    page.locator("#ktp[data-keadaan=received]").wait_for()
    product.stack.drained()


def _read(product: Product, siti: Person) -> Page:
    """Look at the status of the family whose case the reviewer has open."""
    name = siti.page.get_by_role("heading", level=1).inner_text()
    receipt = siti.page.get_by_text("Kode bukti").last.inner_text().split()[-1]
    every = map(answers, range(HOUSEHOLDS))
    mine = next(each for each in every if each["nama"][0].upper() == name)
    page = product.open("/cek")
    look_up(page, nik=mine["nik"][0], bukti=receipt)
    return page


def _ask(siti: Person) -> None:
    page = siti.goes_to("/antrean")
    page.locator("table.antrean th a").nth(4).click()
    page.locator("summary", has_text="Tulis pertanyaan").click()
    page.get_by_label("Apa yang mau ditanyakan?").fill("Siapa yang bekerja di rumah ini?")
    press(page, "Kirim pertanyaan")
