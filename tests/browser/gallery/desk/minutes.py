"""What is left of an evening: its minutes, for officers, lurah, dinas and anybody."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.browser.gallery.album import Shot
from tests.browser.gallery.desk.office import SITE, office, press, shot
from tests.browser.gallery.product import Product
from tests.browser.made_up_load import busy_morning, ticker_stopped
from tests.stack import until

MADE_WITHIN = 60.0


def minutes(product: Product) -> Iterator[Shot]:
    here = office(product)
    siti = here.siti

    def made() -> bool:
        return siti.goes_to("/berita-acara/1").get_by_text("Unduh PDF").is_visible()

    until(made, MADE_WITHIN)
    yield shot("berita-acara-satu", "Minutes", siti.page)
    code = siti.page.locator("dd.sidik").inner_text().strip()
    yield shot("berita-acara", "All minutes", siti.goes_to("/berita-acara"))
    page = siti.goes_to("/berita-acara/1/perbaikan")
    yield shot("berita-acara-perbaikan", "Correcting a slip of the pen", page)
    page.get_by_label("Apa yang salah, dan mengapa?").fill("Nama ketua RW salah tulis.")
    page.get_by_label("Nama").nth(2).fill("Maman Suherlan")
    press(page, "Kirim ke lurah")
    page = here.lurah.goes_to("/berita-acara/1")
    yield shot("berita-acara-usulan", "The lurah decides on it", page)
    yield Shot("periksa", "Anybody checks minutes", product.open("/berita-acara"))
    yield Shot("periksa-terdaftar", "They are ours", product.open(f"/berita-acara/{code}"))
    page = product.open(f"/berita-acara/{'0' * 64}")
    yield Shot("periksa-tidak", "They are not", page)


def board(product: Product) -> Iterator[Shot]:
    """Sign in at dinas, and see how far everybody is."""
    page = office(product).dinas.page
    page.goto(f"{SITE}/dinas")
    yield shot("papan", "How far every kelurahan is", page)
    page.get_by_role("link", name="Hanya yang tertunda").click()
    yield shot("papan-tertunda", "Only what is late", page)
    page.goto(f"{SITE}/musyawarah/31.71.01.1001/antrean")
    yield shot("antrean-dinas", "A queue, as dinas sees it", page)
    page.goto(f"{SITE}/musyawarah/31.71.01.1001/berita-acara/1")
    yield shot("berita-acara-dinas", "Minutes, as dinas sees them", page)
    yield from _quorum(page)
    yield from _load(product, page)
    yield from _gate(product, page)
    page.goto(f"{SITE}/dinas/tidak-ada")
    yield shot("meja-tidak-ada", "An address that leads nowhere", page)


def _load(product: Product, page: Page) -> Iterator[Shot]:
    with ticker_stopped(product.stack) as watch:
        busy_morning(watch)
        page.goto(f"{SITE}/dinas/beban")
        yield shot("beban", "What comes, waits and is refused", page)
    with ticker_stopped(product.stack) as watch:
        busy_morning(watch, behind=24_210)
        page.goto(f"{SITE}/dinas/beban")
        yield shot("beban-menumpuk", "The same when too much waits", page, whole=False)


def _gate(product: Product, page: Page) -> Iterator[Shot]:
    page.goto(f"{SITE}/dinas/pintu")
    yield shot("pintu", "Whom the portal lets in", page)
    page.get_by_label("Kiriman boleh menunggu").fill("90")
    page.get_by_label("Alasan").fill("Hari terakhir.")
    press(page, "Simpan")
    yield shot("pintu-salah", "A limit that cannot be", page)
    page.get_by_label("Kiriman boleh menunggu").fill("900")
    page.get_by_label("Cek status", exact=True).check()
    page.get_by_label("Alasan").fill("Hari terakhir: kiriman didahulukan.")
    press(page, "Simpan")
    citizen = product.open("/bantuan")
    until(lambda: _status(citizen, "/cek") == 503, 10)
    until(lambda: _status(page, "/dinas/pintu") == 200 and _tells_of_one(page), 10)
    yield shot("pintu-tutup", "Look-ups closed, and whom that held off", page)
    page.get_by_label("Cek status", exact=True).uncheck()
    page.get_by_label("Alasan").fill("Sudah lengang.")
    press(page, "Simpan")


def _status(page: Page, path: str) -> int:
    answer = page.goto(f"{SITE}{path}")
    return answer.status if answer else 0


def _tells_of_one(page: Page) -> bool:
    return page.get_by_role("row", name="Ditutup oleh Dinas Sosial 1").is_visible()


def _quorum(page: Page) -> Iterator[Shot]:
    page.goto(f"{SITE}/dinas/kuorum")
    yield shot("kuorum", "The quorum of a round", page)
    page.get_by_text("Tetapkan kuorum putaran ini").click()
    page.get_by_label("Paling sedikit hadir").first.fill("0")
    press(page, "Simpan")
    yield shot("kuorum-salah", "A quorum that cannot be", page)
    page.get_by_label("Paling sedikit hadir").first.fill("12")
    press(page, "Simpan")
    page.get_by_text("Tambah kekecualian").click()
    page.get_by_label("Kelurahan", exact=True).select_option("31.01.01.1001")
    page.get_by_label("Paling sedikit hadir").last.fill("6")
    press(page, "Tambah")
    yield shot("kuorum-kekecualian", "One kelurahan is an exception", page)
    page.get_by_role("link", name="Pulau Panggang").click()
    yield shot("kuorum-kelurahan", "Its quorum", page)


def practice(product: Product) -> Iterator[Shot]:
    siti = office(product).siti
    siti.page.goto(f"{SITE}/musyawarah/latihan")
    yield shot("latihan-belum", "Practice, before it is filled", siti.page)
    product.stack.fmotm("practice", "fill", "--cases", "20")
    siti.page.goto(f"{SITE}/musyawarah/latihan")
    yield shot("latihan", "Practice", siti.page)
    siti.page.get_by_role("link", name="Antrean").first.click()
    yield shot("latihan-antrean", "The queue of practice", siti.page)
