"""Sending over a bad network: no answer is lost, no receipt doubled, and the page says what is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Route, expect

from registry.inbox import Inbox
from tests.browser import storage
from tests.browser.conftest import NewPage
from tests.browser.network import Network
from tests.browser.outbox import RECEIPT, hurry, is_seen, opened, panel, press, secrets
from tests.browser.typing import household_of_four
from tests.browser.walking import fill_in, onward, reopened, screen, send, shows
from tests.stack import Stack

pytestmark = pytest.mark.timeout(300)


def test_borrowed_phone_sends_again_from_the_open_page_and_stores_nothing(
    network: Network, new_page: NewPage, entries: Callable[[], int]
) -> None:
    page, answers = opened(new_page, network), household_of_four(500)
    fill_in(page, answers)
    network.answers = False  # the portal gets it, and the phone never hears
    send(page)
    said = panel(page)
    assert "BELUM terkirim" in said
    assert "Tidak ada jaringan." in said
    assert "Jangan tutup halaman ini." in said
    expect(page.locator("form[data-pandu]")).to_be_hidden()
    expect(page.get_by_role("timer")).to_contain_text(re.compile(r"dalam \d+ detik"))
    press(page, "Kirim sekarang")
    expect(page.get_by_role("timer")).to_contain_text("detik")
    assert storage.names(page) == set()
    network.answers = True
    for offline in (True, False):
        page.context.set_offline(offline)
    expect(page).to_have_url(RECEIPT)  # by itself

    assert storage.names(page) == set()
    assert storage.tells(page, *secrets(answers)) == []
    sent = network.sent("POST", "/daftar")
    assert entries() == len(sent) >= 2
    page.go_back()
    shows(page, "siapa")
    assert page.locator("[name=nik]").input_value() == ""
    codes = set()
    for each in sent:
        page.goto(network.url + json.loads(each.got)["bukti"])
        codes.add(page.locator(".kode").inner_text())
    assert len(codes) == 1


def test_form_opens_and_is_filled_in_without_a_network_and_goes_when_it_is_back(
    network: Network, new_page: NewPage, entries: Callable[[], int]
) -> None:
    page, answers = opened(new_page, network), household_of_four(510)
    page.context.set_offline(True)
    network.up = False
    page.goto(network.url)
    page.get_by_role("link", name="Daftar", exact=True).last.click()
    fill_in(page, answers)
    send(page)
    panel(page)
    press(page, "Ubah jawaban")
    shows(page, "periksa")
    page.evaluate("location.hash = '#/alamat'")
    page.locator("[name=alamat]").fill("Gang Baru nomor 9")
    page.evaluate("location.hash = '#/periksa'")
    send(page)
    expect(page.locator(".surat")).to_be_visible()
    network.up = True
    page.context.set_offline(False)
    expect(page).to_have_url(RECEIPT)

    [sent] = network.sent("POST", "/daftar")
    assert parse_qs(sent.sent.decode())["alamat"] == ["Gang Baru nomor 9"]
    assert entries() == 1


def test_ones_own_phone_keeps_it_sealed_when_the_page_is_closed_and_sends_it_later(
    network: Network, new_page: NewPage, entries: Callable[[], int]
) -> None:
    page, answers = opened(new_page, network), household_of_four(520)
    fill_in(page, answers, own=True)
    page.context.set_offline(True)
    network.up = False
    send(page)
    said = panel(page)
    assert "Jawaban Anda terkunci di HP ini." in said
    assert "Jangan tutup" not in said
    assert storage.names(page) == {"kotak"}  # and no draft beside it
    assert storage.tells(page, *secrets(answers)) == []
    assert not any(key["extractable"] for key in storage.kept(page)["keys"])

    page = reopened(page, f"{network.url}/daftar")
    assert "BELUM terkirim" in panel(page)
    expect(page.locator("form[data-pandu]")).to_be_hidden()
    page.locator(".surat summary").click()
    expect(page.locator(".surat [data-aksi=hapus]")).to_be_visible()
    network.up = True
    page.context.set_offline(False)
    expect(page.locator(".surat h2")).to_have_text("SUDAH terkirim")
    panel(page)
    assert storage.tells(page, *secrets(answers), "/bukti/") == []

    page = reopened(page, network.url)
    page.get_by_role("link", name="Lihat bukti").click()
    is_seen(page)
    page.goto(f"{network.url}/daftar")
    shows(page, "siapa")
    assert entries() == 1


def test_what_the_server_refuses_in_the_background_is_mended_on_its_page(
    network: Network, new_page: NewPage, entries: Callable[[], int]
) -> None:
    page, answers = opened(new_page, network), household_of_four(550)
    fill_in(page, answers | {"telepon": "0000000000"}, own=True)
    network.up = False
    send(page)
    panel(page)
    network.up = True
    page = reopened(page, f"{network.url}/daftar")
    expect(page.locator(".surat h2")).to_have_text("Perlu diperbaiki")
    panel(page)
    press(page, "Perbaiki sekarang")
    expect(page.get_by_role("alert").first).to_contain_text("Belum terkirim")
    assert screen(page) == "telepon"
    assert storage.names(page) == {"kotak"}  # until it is mended
    page.locator("[name=telepon]").fill("081234567890")
    onward(page)
    send(page)
    is_seen(page)
    page.goto(f"{network.url}/daftar")
    shows(page, "siapa")
    assert entries() == 1


def test_busy_service_is_asked_again_when_it_said_and_with_the_ticket_it_gave(
    stack: Stack, inbox: Inbox, new_page: NewPage, entries: Callable[[], int]
) -> None:
    page, answers = new_page(), household_of_four(560)
    page.goto(f"{stack.url}/daftar")
    fill_in(page, answers)
    sent: list[dict[str, list[str]]] = []

    def first_slow(route: Route) -> None:
        sent.append(parse_qs(route.request.post_data or ""))
        if len(sent) > 1:
            route.continue_()
        else:
            route.fulfill(status=429, json={"tunggu": 30, "tiket": "made-up"})

    page.route("**/daftar", first_slow)
    inbox.halt("a test")
    try:
        send(page)
        assert "NIK ini sudah dikirim banyak kali hari ini." in panel(page)
        page.evaluate("dispatchEvent(new Event('online'))")  # changes nothing: the server said when
        assert len(sent) == 1
        expect(page.get_by_role("timer")).to_have_text(re.compile(r"dalam [123]\d detik"))
        hurry(page)  # a real 503 answers this one
        expect(page.locator(".surat [role=status]")).to_have_text(
            "Layanan sedang sibuk. Ini bukan salah Anda."
        )
    finally:
        inbox.resume()
    hurry(page)
    expect(page).to_have_url(RECEIPT)
    assert "tiket" not in sent[0]
    assert [each["tiket"] for each in sent[1:]] == [["made-up"]] * (len(sent) - 1)
    assert entries() == 1


def test_form_that_was_posted_without_scripts_is_sent_again_by_its_page(
    stack: Stack, inbox: Inbox, new_page: NewPage, entries: Callable[[], int]
) -> None:
    page, answers = new_page(), household_of_four(570)
    page.goto(f"{stack.url}/daftar")
    fill_in(page, answers)
    inbox.halt("a test")
    try:
        page.evaluate("document.querySelector('form[data-pandu]').submit()")
        expect(page.get_by_role("timer")).to_contain_text("detik")
        assert "Semua jawaban Anda masih ada di halaman ini." in page.inner_text("main")
    finally:
        inbox.resume()
    press(page, "Kirim lagi")
    expect(page).to_have_url(RECEIPT)
    assert entries() == 1


def test_what_is_put_off_for_7_days_or_erased_by_hand_is_gone(
    network: Network, new_page: NewPage
) -> None:
    page, answers = opened(new_page, network), household_of_four(580)
    fill_in(page, answers, own=True)
    network.up = False
    send(page)
    panel(page)
    week_later = page.context.new_page()
    week_later.clock.set_fixed_time(datetime.now(UTC) + timedelta(days=7, minutes=1))
    week_later.goto(f"{network.url}/daftar")
    shows(week_later, "siapa")
    expect(week_later.locator(".surat")).to_have_count(0)
    assert storage.names(week_later) == set()
    week_later.close()

    # It is nowhere any more: with its next try the page begins anew, by itself.
    expect(page.locator("form [data-layar=siapa]")).to_be_visible(timeout=60_000)
    fill_in(page, answers, own=True)
    send(page)
    panel(page)
    page.locator(".surat summary").click()
    page.locator(".surat [data-aksi=hapus]").click()
    shows(page, "siapa")
    assert storage.names(page) == set()
    assert network.sent("POST", "/daftar") == []


def test_tries_come_later_and_later_spread_and_never_before_the_server_said(
    stack: Stack, new_page: NewPage
) -> None:
    page = new_page()
    page.goto(f"{stack.url}/daftar")
    address = page.locator("link[rel=modulepreload][href$='/kotak.js']").get_attribute("href")
    waits = page.evaluate(
        """async ([address, tries]) => {
          const { jeda } = await import(address);
          return tries.map((each) => jeda(...each));
        }""",
        [address, [[0, 0, 0], [0, 0, 1], [1, 0, 1], [3, 0, 0.5], [9, 0, 1], [0, 60, 0], [2, 5, 1]]],
    )
    assert waits == [1, 5, 10, 20, 60, 60, 25]
