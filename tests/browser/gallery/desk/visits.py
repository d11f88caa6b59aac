"""Visits to houses: with and without a network, and what a supervisor asks about."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.store.models import Application
from tests.browser.gallery.album import Shot
from tests.browser.gallery.desk.office import SITE, Office, office, photo, press, shot
from tests.browser.gallery.phone import GAMBIR
from tests.browser.gallery.product import Product
from tests.browser.round.kelurahan import CODE
from tests.browser.round.visiting import orders
from tests.browser.visiting import CODE as SECRET
from tests.browser.visiting import unlock
from tests.integration.portal.musyawarah.houses import Visits


def visits(product: Product) -> Iterator[Shot]:
    here = office(product)
    orders(here.siti, 3)
    page = here.budi.goes_to("/kunjungan")
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation(GAMBIR)
    yield shot("kunjungan", "Houses to visit", page)
    page.get_by_role("link", name="Isi kunjungan").first.click()
    yield shot("kunjungan-isi", "The form of a visit", page)
    press(page, "Selesai dan simpan")
    yield shot("kunjungan-salah", "The same, sent empty", page)
    yield from _taken_along(here.budi.goes_to("/kunjungan"))
    yield from _supervised(here)


def _taken_along(page: Page) -> Iterator[Shot]:
    for box in page.get_by_role("checkbox", name="Bawa").all():
        box.check()
    page.get_by_label("Kode untuk hari ini").fill(SECRET)
    page.locator("#bawa button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Buka daftar rumah")
    page.evaluate("navigator.serviceWorker.ready")
    page.context.set_offline(True)
    yield shot("luring-kode", "What was taken along is locked", page)
    unlock(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Rumah yang dibawa")
    yield shot("luring-daftar", "The houses taken along", page)
    page.get_by_role("button", name="Mulai kunjungan").first.click()
    page.get_by_label("Bertemu keluarga").check()
    page.get_by_label("KTP sama dengan foto").check()
    page.locator("#foto-rumah_depan").set_input_files(photo())
    status = page.locator(".foto:has(#foto-rumah_depan) [role=status]")
    expect(status).to_contain_text("Foto tersimpan di HP ini", timeout=30_000)
    yield shot("luring-isi", "The form without a network", page)
    page.get_by_role("button", name="Selesai").click()
    expect(page.locator("#antrean")).to_contain_text("1 kunjungan BELUM terkirim")
    yield shot("luring-belum", "Filled in, not sent yet", page)
    page.context.set_offline(False)
    page.goto(f"{SITE}/musyawarah/{CODE}/kunjungan")
    expect(page.locator("#antrean")).to_contain_text("Terkirim:", timeout=60_000)
    yield shot("kunjungan-terkirim", "Sent when the network was back", page)


def _supervised(here: Office) -> Iterator[Shot]:
    with Session(here.database) as session:
        found = select(Application.id).filter_by(kelurahan_code=CODE).order_by(Application.entry)
        houses = list(session.scalars(found.limit(2)))
    made = Visits(here.keys, here.database, CODE)
    for number in range(6):
        for who, minutes in ((901, 1.5), (902, 12), (903, 15)):
            made.make(who, houses[0], minutes + number / 4)
    differs = made.make(902, houses[1], ktp="differs", atap="06", luas_lantai="18")
    page = here.lurah.goes_to("/kunjungan/pengawas")
    yield shot("pengawas", "What a supervisor asks about", page)
    page = here.lurah.goes_to(f"/kunjungan/pengawas/{differs.hex()}")
    yield shot("pengawas-satu", "One visit, beside what the family said", page)
