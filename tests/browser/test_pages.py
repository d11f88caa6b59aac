"""Every page: readable, reachable, inside the screen, in both widths, with and without errors."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.typing import answer, fill, household_of_four, send, unguided
from tests.stack import Stack

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(300)]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def home(page: Page, url: str) -> None:
    page.goto(url)


def form(page: Page, url: str) -> None:
    unguided(page)
    page.goto(f"{url}/daftar")


def form_with_members(page: Page, url: str) -> None:
    form(page, url)
    answer(page, "jumlah_anggota", "3")
    page.locator("form button[name=aksi][value=anggota]").click()


def form_sent_empty(page: Page, url: str) -> None:
    form(page, url)
    send(page)
    expect(page.get_by_role("alert")).to_be_visible()


def receipt(page: Page, url: str) -> None:
    form(page, url)
    fill(page, household_of_four(200))
    send(page)
    page.wait_for_url("**/bukti/*")


def status_form(page: Page, url: str) -> None:
    page.goto(f"{url}/cek")


def status_sent_empty(page: Page, url: str) -> None:
    status_form(page, url)
    page.get_by_role("button", name="Lihat status").click()


def status_not_found(page: Page, url: str) -> None:
    status_form(page, url)
    page.locator("[name=nik]").fill("3171010101015001")
    page.locator("[name=bukti]").fill("0000-0000-0000")
    page.get_by_role("button", name="Lihat status").click()


def help_page(page: Page, url: str) -> None:
    page.goto(f"{url}/bantuan")


def no_such_page(page: Page, url: str) -> None:
    page.goto(f"{url}/tidak-ada")


PAGES = [
    home, form, form_with_members, form_sent_empty, receipt, status_form, status_sent_empty,
    status_not_found, help_page, no_such_page,
]  # fmt: skip


@pytest.mark.parametrize("show", PAGES, ids=lambda show: show.__name__)
def test_a_page_is_accessible_and_fits_the_screen(
    stack: Stack, new_page: NewPage, show: type, tmp_path: Path
) -> None:
    page = new_page(width=320, height=640)
    show(page, stack.url)
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate(
        """() => [...document.querySelectorAll(
             'main button, main select, main input:not([type=hidden]), main label.kartu')]
           .filter(e => e.offsetParent && !e.closest('label.kartu input'))
           .map(e => e.closest('label.kartu') || e)
           .filter(e => e.getBoundingClientRect().height < 48)
           .map(e => e.outerHTML.slice(0, 80))"""
    ) == []  # fmt: skip


@pytest.mark.parametrize("show", PAGES, ids=lambda show: show.__name__)
def test_a_page_says_its_language_and_title_and_has_one_heading(
    stack: Stack, new_page: NewPage, show: type
) -> None:
    page = new_page(javascript=False)
    show(page, stack.url)
    assert page.locator("html").get_attribute("lang") == "id"
    assert page.title()
    assert page.locator("h1").count() == 1
