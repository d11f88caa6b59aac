"""Come to the check screen without typing, for tests of what happens after it."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.typing import Answers
from tests.browser.walking import onward, shows

# Gives the page the answers as a person would: what is chosen or typed, and that it was.
ANSWER = """(answers) => {
  for (const [name, given] of Object.entries(answers)) {
    for (const control of document.getElementsByName(name)) {
      if (control.closest('[data-tidak-ada], template')) continue;
      if (['radio', 'checkbox'].includes(control.type)) {
        control.checked = [given].flat().includes(control.value);
      } else control.value = given;
      control.dispatchEvent(new Event('input', { bubbles: true }));
      control.dispatchEvent(new Event('change', { bubbles: true }));
    }
  }
}"""


def fill_in(page: Page, answers: Answers, *, own: bool = False) -> None:
    """Go from the first screen to the last; the phone is borrowed unless it is one's own."""
    onward(page)
    shows(page, "hp")
    page.locator(f"label:has([name=hp][value={'sendiri' if own else 'pinjaman'}])").click()
    if own:
        page.get_by_text("Tanpa kode").click()
    page.evaluate(ANSWER, answers)
    onward(page)
    for _ in range(2):  # the members' screens are there only now
        page.evaluate(ANSWER, answers)
    page.evaluate("location.hash = '#/periksa'")
    shows(page, "periksa")
