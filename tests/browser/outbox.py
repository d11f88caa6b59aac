"""What tests of sending look at: the outbox, its one panel, and the service worker behind it."""

from __future__ import annotations

import re
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser import storage
from tests.browser.conftest import NewPage
from tests.browser.looking import RULES
from tests.browser.network import Network
from tests.browser.typing import Answers
from tests.stack import until

RECEIPT = re.compile("/bukti/")
WORKING = "navigator.serviceWorker.ready.then(found => found.active.state === 'activated')"


def opened(new_page: NewPage, network: Network) -> Page:
    """Open the form for the first time, and wait until the phone has kept what it needs."""
    page = new_page()
    page.goto(f"{network.url}/daftar")
    page.wait_for_function(WORKING)
    return page


def panel(page: Page) -> str:
    """Return what the one panel of the outbox says; it must be accessible."""
    expect(page.locator(".surat")).to_have_count(1)
    assert Axe().run(page, options={"runOnly": RULES}).response["violations"] == []
    return page.locator(".surat").inner_text()


def secrets(answers: Answers) -> list[str]:
    return [str(answers[name]) for name in ("nik", "nama", "alamat", "anggota-1-nama")]


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def hurry(page: Page) -> None:
    """Press 'Kirim sekarang', unless the page was quicker by itself."""
    page.evaluate("document.querySelector('.surat [data-aksi=sekarang]')?.click()")


def is_seen(page: Page) -> None:
    """Expect the receipt; with that the phone keeps nothing more."""
    expect(page).to_have_url(RECEIPT)
    until(lambda: storage.names(page) == set(), 15)


class Sync:
    """Tells a phone's service worker that the network is back, as Background Sync does."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._devtools = page.context.new_cdp_session(page)
        self._registration = ""
        self._devtools.on("ServiceWorker.workerRegistrationUpdated", self._note)
        self._devtools.send("ServiceWorker.enable")

    def _note(self, event: dict[str, Any]) -> None:
        self._registration = event["registrations"][-1]["registrationId"]

    def dispatch(self, origin: str) -> None:
        self._devtools.send(
            "ServiceWorker.dispatchSyncEvent",
            {
                "origin": origin,
                "registrationId": self._registration,
                "tag": "kirim",
                "lastChance": False,
            },
        )
