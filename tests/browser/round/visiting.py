"""Two visits: ordered from the case, made on a phone without a network, sent when it is back."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.network import Network
from tests.browser.round.people import Person
from tests.browser.visiting import CODE, fill_in, unlock

SENT_WITHIN = 60_000
"""Milliseconds: two photos and two forms."""


def orders(reviewer: Person, many: int) -> list[bytes]:
    """Open the first cases of the queue and ask for a visit to each; give their ids."""
    page = reviewer.goes_to("/antrean")
    links = page.locator("table.antrean th a").evaluate_all("all => all.map(a => a.href)")
    for link in links[:many]:
        page.goto(link)
        reviewer.presses("Minta kunjungan rumah")
    return [bytes.fromhex(_case(link)) for link in links[:many]]


def _case(link: str) -> str:
    found = re.search(r"/kasus/([0-9a-f]{32})", link)
    assert found, link
    return found[1]


def visits(officer: Person, network: Network, photo: Path) -> None:
    """Take two houses along; meet one household, do not find the other; send both later."""
    page = officer.goes_to("/kunjungan")
    for box in page.get_by_role("checkbox", name="Bawa").all():
        box.check()
    page.get_by_label("Kode untuk hari ini").fill(CODE)
    page.get_by_role("button", name="Bawa 2 rumah").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Buka daftar rumah")

    network.up = False
    page.context.set_offline(True)
    page.reload()
    unlock(page)
    page.get_by_role("button", name="Mulai kunjungan").first.click()
    fill_in(page, photo)
    page.get_by_role("button", name="Selesai").click()
    expect(page.locator("#antrean")).to_contain_text("1 kunjungan BELUM terkirim")
    page.get_by_role("button", name="Mulai kunjungan").first.click()
    page.get_by_label("Alamat tidak ditemukan").check()
    page.get_by_label("Catatan").fill("Nomor rumah itu tidak ada di gang ini.")
    page.get_by_role("button", name="Selesai").click()
    expect(page.locator("#antrean")).to_contain_text("2 kunjungan BELUM terkirim")

    network.up = True
    page.context.set_offline(False)
    officer.goes_to("/kunjungan")
    expect(page.locator("#antrean")).not_to_contain_text("BELUM", timeout=SENT_WITHIN)
