"""The people of a kelurahan, each on a device of their own, as `fmotm user add` names them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from passlib.totp import TOTP
from playwright.sync_api import Page

from tests.browser.round.kelurahan import CODE
from tests.stack import Stack

PASSWORD = "tangga hijau melompat jauh"
STEP = 30
"""Seconds that a code of the second factor holds; the portal takes the next one early."""

PATIENCE = 60_000
"""Milliseconds to wait for a page: in a whole round most are about thousands of households."""


@dataclass
class Person:
    """Somebody who is signed in, and the phone that shows their codes."""

    page: Page
    url: str
    phone: TOTP = field(repr=False)
    last: int = 0
    """The time step of the last code that was used: none is accepted twice."""

    def goes_to(self, path: str) -> Page:
        """Open a page of this kelurahan."""
        self.page.goto(f"{self.url}/musyawarah/{CODE}{path}")
        return self.page

    def presses(self, label: str) -> Page:
        """Press a button, and wait for the page that comes."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=label, exact=True).click()
        return self.page

    def code(self) -> str:
        """Give a code that was never used, waiting for the next if there is none."""
        while (step := max(self.last + 1, int(time.time()) // STEP)) > time.time() // STEP + 1:
            time.sleep(0.5)
        self.last = step
        return str(self.phone.generate(step * STEP).token)


def takes_over(stack: Stack, page: Page, role: str, name: str, *, url: str = "") -> Person:
    """Make an account, and let its owner set password and second factor by the link."""
    url = url or stack.url
    page.set_default_timeout(PATIENCE)
    place = () if role == "dinas" else ("--kelurahan", CODE)
    about = ("--role", role, "--name", name, *place, "--site", url)
    email = f"{name.replace(' ', '.').lower()}@contoh.example"
    page.goto(stack.told("user", "add", *about, email).strip())
    page.get_by_label("Kata sandi baru", exact=True).fill(PASSWORD)
    page.get_by_label("sekali lagi").fill(PASSWORD)
    page.get_by_role("button", name="Simpan").click()
    page.get_by_text("Tidak bisa memindai?").click()
    key = page.locator(".kunci").text_content() or ""
    person = Person(page, url, TOTP(key=key, format="base32"))
    page.get_by_label("Kode baru dari HP").fill(person.code())
    page.get_by_role("button", name="Simpan").click()
    page.locator(".kode-pemulihan").wait_for()
    return person
