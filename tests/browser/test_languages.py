"""Two languages: a household registers in English, and changes the language without losing it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.typing import answer, household_of_four
from tests.browser.walking import SCREEN, answer_screen, onward, screen, walk
from tests.stack import Stack

pytestmark = pytest.mark.timeout(300)


def typed(page: Page) -> dict[str, list[str]]:
    """Give the answers on the page, without those that are empty."""
    return dict(
        page.evaluate(
            """() => {
              const answers = {};
              for (const [name, value] of new FormData(document.getElementById('formulir'))) {
                if (value) (answers[name] ??= []).push(value);
              }
              return answers;
            }"""
        )
    )


def test_a_household_registers_in_english(stack: Stack, new_page: NewPage) -> None:
    page = new_page(width=320, height=640)
    page.goto(f"{stack.url}/")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("link", name="Register", exact=True).last.click()
    page.locator("html.dipandu").wait_for()
    answers = household_of_four(400)
    applicant = f"{answers['nama']} (you)"

    while (here := screen(page)) != "periksa":
        if text := {"anggota-2": "Person 2", "bekerja": applicant}.get(here):
            expect(page.locator(SCREEN)).to_contain_text(text)
        answer_screen(page, answers)
        onward(page)
    page.get_by_role("button", name="Send", exact=True).click()

    expect(page).to_have_url(re.compile("/en/bukti/"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("not proof of aid")
    page.get_by_role("link", name="Bahasa Indonesia").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("bukan bukti dapat bantuan")


def test_changing_the_language_keeps_the_answers_of_the_guided_form(
    stack: Stack, new_page: NewPage
) -> None:
    page = new_page()
    page.goto(f"{stack.url}/daftar")
    answers = household_of_four(400)
    walk(page, answers, until="lantai")
    before = typed(page)
    assert len(before) > 25
    page.evaluate("history.go(-history.state.langkah)")
    expect(page.locator(SCREEN)).to_have_attribute("data-layar", "siapa")

    page.get_by_role("button", name="English").click()

    expect(page).to_have_url(f"{stack.url}/en/daftar#/siapa")
    expect(page.locator(f"{SCREEN} h2")).to_have_text("Who can register?")
    assert typed(page) == before
    page.get_by_role("button", name="Bahasa Indonesia").click()
    expect(page).to_have_url(f"{stack.url}/daftar#/siapa")
    assert typed(page) == before


def test_without_scripts_the_language_is_a_button_and_enter_does_not_press_it(
    stack: Stack, new_page: NewPage
) -> None:
    page = new_page(javascript=False)
    page.goto(f"{stack.url}/daftar")
    answer(page, "alamat", "Gang Mawar nomor 7")
    answer(page, "jumlah_anggota", "2")
    page.locator("[name=nama]").press("Enter")
    expect(page).to_have_url(f"{stack.url}/daftar#anggota")  # as 'Lanjut isi data mereka' does
    expect(page.locator("html")).to_have_attribute("lang", "id")
    answer(page, "anggota-2-nama", "Budi")

    page.get_by_role("button", name="English").click()

    expect(page).to_have_url(f"{stack.url}/en/daftar")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("[name=alamat]")).to_have_value("Gang Mawar nomor 7")
    expect(page.locator("[name=anggota-2-nama]")).to_have_value("Budi")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Not sent yet. Correct this first:")
