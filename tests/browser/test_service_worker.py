"""The service worker: it sends what waits, once, and keeps only what is the same for everybody."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser import storage
from tests.browser.conftest import NewPage
from tests.browser.network import Network
from tests.browser.outbox import RECEIPT, WORKING, Sync, hurry, opened, panel
from tests.browser.typing import household_of_four
from tests.browser.walking import fill_in, send
from tests.stack import until

pytestmark = pytest.mark.timeout(300)


def test_service_worker_and_page_send_one_form_once(
    network: Network, new_page: NewPage, entries: Callable[[], int]
) -> None:
    page, answers = opened(new_page, network), household_of_four(530)
    sync = Sync(page)
    fill_in(page, answers, own=True)
    network.up = False
    send(page)
    panel(page)
    network.up = True
    hurry(page)
    sync.dispatch(network.url)
    expect(page).to_have_url(RECEIPT)  # whoever of the two sent it
    assert entries() == 1


def test_service_worker_sends_when_no_page_is_open(
    network: Network, new_page: NewPage, entries: Callable[[], int]
) -> None:
    page, answers = opened(new_page, network), household_of_four(540)
    sync = Sync(page)
    fill_in(page, answers, own=True)
    network.up = False
    send(page)
    panel(page)
    page.goto("about:blank")
    network.up = True
    sync.dispatch(network.url)
    until(lambda: bool(network.sent("POST", "/daftar")), 15)
    page.goto(network.url)
    expect(page.locator(".surat h2")).to_have_text("SUDAH terkirim")
    assert entries() == 1


def test_phone_keeps_only_pages_of_everybody_and_asks_for_them_again(
    network: Network, new_page: NewPage
) -> None:
    page, answers = opened(new_page, network), household_of_four(590)
    loaded = [each.path for each in network.passed if each.status == 200]
    assert [each for each in loaded if each.endswith("/pekerja.js")]
    assert len(loaded) == len(set(loaded))  # what the page has is not loaded again for the worker
    network.passed.clear()
    page.reload()
    page.wait_for_function(WORKING)
    assert [(each.path, each.status) for each in network.passed if each.path != "/sw.js"] == [
        ("/daftar", 304)
    ]

    fill_in(page, answers)
    send(page)
    expect(page).to_have_url(RECEIPT)
    receipt = page.url
    page.goto(f"{network.url}/cek")
    page.goto(f"{network.url}/daftar")
    kept = {url.removeprefix(network.url) for url in storage.kept(page)["cached"]}
    assert {path for path in kept if not path.startswith("/static/")} == {"/daftar", "/luring"}
    page.goto(network.url)  # from now on it is kept too

    network.up = False
    for address in (receipt, f"{network.url}/cek"):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_have_text("Tidak ada jaringan")
    page.goto(network.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("Daftar bantuan sosial dari HP Anda")
    network.up = True
    page.goto(receipt)
    expect(page.locator(".kode")).to_be_visible()
