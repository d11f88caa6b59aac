"""What the phone does by itself: it keeps the form, waits for the network, knows where it is."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Geolocation, Page, expect

from tests.browser.gallery.album import Shot
from tests.browser.gallery.product import HOST, Product
from tests.browser.typing import household_of_four
from tests.browser.walking import SCREEN, fill_in, is_kept, onward, reopened, send, walk

GAMBIR: Geolocation = {"latitude": -6.17539, "longitude": 106.82715, "accuracy": 20}
WORKING = "navigator.serviceWorker.ready.then(found => found.active.state === 'activated')"


def whose(product: Product) -> Iterator[Shot]:
    page = product.open("/daftar")
    onward(page)
    for phone, caption in {"pinjaman": "Borrowed", "sendiri": "One's own"}.items():
        page.locator(f"label:has([name=hp][value={phone}])").click()
        yield Shot(f"hp-{phone}", f"{caption}: what is kept", page)
    page.get_by_label("Buat kode").fill("4821")
    onward(page)
    is_kept(page)
    page.locator(".simpanan summary").click()
    yield Shot("hp-hapus", "Erase from this phone", page)
    again = reopened(page, f"http://{HOST}/daftar")
    expect(again.locator(".lanjutkan")).to_be_visible()
    yield Shot("hp-lanjutkan", "Back again: go on with the code", again)
    again.locator("#kode-lama").fill("1111")
    again.locator(".lanjutkan").get_by_role("button", name="Lanjut", exact=True).click()
    expect(again.locator(".lanjutkan .pesan")).to_be_visible()
    yield Shot("hp-lanjutkan-salah", "A wrong code", again)


def place(product: Product) -> Iterator[Shot]:
    answers = household_of_four(300)
    page = product.open("/daftar")
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation(GAMBIR)
    walk(page, answers, until="kelurahan")
    page.locator(".wilayah > summary").click()
    page.locator(".wilayah summary", has_text="Jakarta Pusat").click()
    page.locator(".wilayah [open] summary", has_text="Gambir").click()
    yield Shot("tempat-kecamatan", "Kelurahan out of lists", page)
    page.locator(".wilayah > summary").click()
    page.get_by_role("button", name="Di mana saya sekarang?").click()
    expect(page.get_by_text("Anda di sekitar sini.")).to_be_visible()
    page.get_by_text("Ya, kirim. Saya sedang di rumah.").click()
    yield Shot("tempat-lokasi", "Where am I now, and whether to send it", page)


def sending(product: Product) -> Iterator[Shot]:
    page = product.open("/daftar")
    page.evaluate(WORKING)
    fill_in(page, household_of_four(320))
    page.context.set_offline(True)
    send(page)
    yield Shot("kirim-pinjaman", "No network, on a borrowed phone", _waiting(page))
    page.goto(f"http://{HOST}/cek")
    yield Shot("kirim-luring", "Another page, without a network", page)
    product.contexts.close()

    page = product.open("/daftar")
    page.evaluate(WORKING)
    page.goto(f"http://{HOST}/")  # seen once, it opens without a network too
    page.goto(f"http://{HOST}/daftar")
    fill_in(page, household_of_four(330), own=True)
    page.context.set_offline(True)
    send(page)
    yield Shot("kirim-sendiri", "No network, on one's own phone", _waiting(page))
    page.goto(f"http://{HOST}/")
    yield Shot("kirim-awal", "The same, on the home page", _waiting(page))


def _waiting(page: Page) -> Page:
    expect(page.locator(".surat")).to_have_count(1)
    return page


def english(product: Product) -> Iterator[Shot]:
    answers = household_of_four(300)
    yield Shot("inggris-awal", "Home", product.open("/en/"))
    page = product.open("/en/daftar")
    yield Shot("inggris-siapa", "The first screen", page)
    for key in ("hp", "nik", "anggota-1", "disabilitas", "lantai", "air", "periksa"):
        walk(page, answers, until=key)
        title = page.locator(f"{SCREEN} h2").inner_text()
        yield Shot(f"inggris-{key}", title, page)
    page.locator(".kirim button").click()
    page.wait_for_url("**/bukti/*")
    yield Shot("inggris-bukti", "The receipt", page)
