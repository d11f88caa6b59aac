"""An organisation that helps others: it registers a household, is asked, and reads what became."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page, expect

from registry.opening import seal_words
from registry.rules.lifecycle import Actor, Role
from registry.rules.nik import Nik
from registry.rules.scope import Scope
from registry.store.counter import applications_of
from registry.store.questions import ask
from registry.store.session import sessions
from tests.browser.gallery.album import Shot
from tests.browser.gallery.desk.office import (
    HOUSEHOLDS,
    SITE,
    Office,
    answers,
    office,
    press,
    shot,
    typed,
)
from tests.browser.gallery.product import Product
from tests.integration.portal.support import Fields

HELPED = HOUSEHOLDS + 3
QUESTION = "Sejak kapan keluarga ini tinggal di RT ini?"
OFFICER = Actor("1", Role.REVIEWER, Scope.EVERYTHING)


def organisation(product: Product) -> Iterator[Shot]:
    here = office(product)
    page = here.at_an_organisation("Rina Marlina", "Posko Warga Gambir")
    yield shot("pendamping-kosong", "An organisation, before its first household", page)
    page.get_by_role("link", name="Daftarkan keluarga").click()
    yield shot("pendamping-daftar", "Registering somebody with them", page)
    press(page, "Kirim dan cetak bukti")
    yield shot("pendamping-daftar-salah", "The same, sent empty", page)
    given = answers(HELPED)
    _sent(page, given)
    yield shot("pendamping-terkirim", "The receipt, for the household", page)
    product.stack.drained()
    _asked(here, given)
    page.goto(f"{SITE}/pendamping")
    yield shot("pendamping", "Whom they helped, and what is asked", page)


def _sent(page: Page, given: Fields) -> None:
    typed(page, given)
    press(page, "Kirim dan cetak bukti")
    expect(page.locator(".kode")).to_be_visible()


def _asked(here: Office, given: Fields) -> None:
    """Let the kelurahan ask the household something."""
    with sessions(here.database).begin() as session:
        nik = here.keys.index.nik(Nik.parse(given["nik"][0]))
        to = applications_of(session, nik)[0].application_id
        ask(session, to, seal_words(here.keys.ring, to, {"question": QUESTION}), OFFICER)
