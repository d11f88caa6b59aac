"""The guided form without a finger or a mouse: everything is reached, and one sees where one is."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from registry.rules.regions import kelurahan
from tests.browser.conftest import NewPage
from tests.browser.looking import LANGUAGES
from tests.browser.typing import Answers, household_of_four
from tests.browser.walking import LAST, screen
from tests.stack import Stack

pytestmark = pytest.mark.timeout(300)

# Where the focus is, and whether one sees it: drawn around it or its card, on the screen, and not
# under what stays at the lower edge. A heading that a new screen begins with has none drawn.
FOCUS = """() => {
  const at = document.activeElement;
  const shown = at.closest("label.kartu") ?? at;
  const { outlineStyle, outlineWidth } = getComputedStyle(shown);
  const box = shown.getBoundingClientRect();
  const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
  const y = Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  return {
    name: at.name || at.dataset.aksi || at.getAttribute("role") || at.tagName,
    value: at.value ?? "",
    marked: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2,
    seen: shown.contains(top) || Boolean(top?.contains(shown)),
  };
}"""

Focus = dict[str, str | bool]


@pytest.fixture
def page(stack: Stack, new_page: NewPage) -> Page:
    opened = new_page()
    opened.emulate_media(reduced_motion="reduce")  # so that it has scrolled when it is looked at
    return opened


def press(page: Page, key: str) -> Focus:
    """Press a key that moves the focus, and return where it is; it never is nowhere."""
    page.keyboard.press(key)
    at: Focus = page.evaluate(FOCUS)
    assert at["name"] != "BODY", key
    assert at["marked"], at
    assert at["seen"], at
    return at


def tab_to(page: Page, *names: str) -> Focus:
    """Press Tab until something of these names has the focus."""
    for _ in range(120):
        at = press(page, "Tab")
        if at["name"] in names:
            return at
    raise AssertionError(f"not reached: {names}")


def onward(page: Page) -> None:
    """Press Enter on 'Lanjut': the next screen begins at its heading."""
    here = screen(page)
    tab_to(page, "lanjut")
    page.keyboard.press("Enter")
    assert screen(page) != here, page.locator(".pesan:visible").all_inner_texts()
    assert page.evaluate("document.activeElement.tagName") == "H2"


def answer(page: Page, name: str, given: str | list[str]) -> None:
    """Answer a question by the keys that browsers give it."""
    at = tab_to(page, name)
    kind = page.evaluate("document.activeElement.type")
    if kind == "radio":
        for _ in range(20):
            if at["value"] == given:
                break
            at = press(page, "ArrowDown")
        page.keyboard.press("Space")
    elif kind == "checkbox":
        while at["value"] not in given:
            at = press(page, "Tab")
        page.keyboard.press("Space")
    else:
        page.keyboard.type(str(given))


def answer_screen(page: Page, answers: Answers) -> None:
    if screen(page) == "kelurahan":
        tab_to(page, "combobox")
        page.keyboard.type(kelurahan(str(answers["kelurahan"])).name)
        for _ in range(12):
            page.keyboard.press("ArrowDown")
            chosen = page.locator("[role=option][aria-selected=true]").get_attribute("data-kode")
            if chosen == answers["kelurahan"]:
                break
        page.keyboard.press("Enter")
        return
    if page.locator(".dari-nik").is_visible():
        return
    if screen(page) == "hp":
        answer(page, "hp", "pinjaman")
    done: set[str] = set()
    while asked := [name for name in _asked(page) if name in answers and name not in done]:
        answer(page, asked[0], answers[asked[0]])
        done.add(asked[0])


def _asked(page: Page) -> list[str]:
    """Return the fields that show; answering one may show another."""
    names: list[str] = page.locator("form section.layar:visible [name]:visible").evaluate_all(
        "all => [...new Set(all.map(each => each.name))]"
    )
    return names


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_household_registers_by_keyboard_alone(stack: Stack, page: Page, language: str) -> None:
    answers = household_of_four(310 + bool(language))
    page.goto(f"{stack.url}{language}/daftar")
    assert screen(page) == "siapa"
    onward(page)
    while screen(page) != LAST:
        answer_screen(page, answers)
        onward(page)
    tab_to(page, "aksi")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/bukti/"))
