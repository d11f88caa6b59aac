"""The drawings on the cards: really drawn, in one request, large enough, and inside the screen."""

from __future__ import annotations

import pytest

from portal.pictures import names
from tests.browser.conftest import NewPage
from tests.stack import Stack

pytestmark = pytest.mark.timeout(300)

# The whole page at once, whatever shows one screen at a time.
UNFOLD = "document.querySelectorAll('[hidden]').forEach(each => each.hidden = false)"
DRAWN = """() => [...document.querySelectorAll('main .gambar')].map(each => {
  const card = each.closest('label') ?? each.parentElement;
  const [own, around] = [each.getBoundingClientRect(), card.getBoundingClientRect()];
  return {
    name: each.firstElementChild.href.baseVal.split('#')[1],
    drawn: each.getBBox().width > 40,
    silent: each.getAttribute('aria-hidden') === 'true',
    size: own.height,
    height: around.height,
    fits: own.left >= around.left && own.right <= around.right
      && card.scrollWidth <= card.clientWidth,
  };
})"""  # fmt: skip


@pytest.mark.parametrize("guided", [True, False], ids=["guided", "plain"])
@pytest.mark.parametrize("width", [320, 360, 412, 800])
def test_every_drawing_shows_on_a_card_that_fits(
    stack: Stack, new_page: NewPage, width: int, guided: bool
) -> None:
    page = new_page(width=width, javascript=guided)
    page.goto(f"{stack.url}/daftar")
    page.evaluate(UNFOLD)
    page.wait_for_function("document.querySelector('main .gambar').getBBox().width > 0")
    found = page.evaluate(DRAWN)

    elsewhere = ("sesudah-",) if guided else ("sesudah-", "hp-")  # on the receipt; by scripts alone
    asked = {name for name in names() if not name.startswith(elsewhere)}
    assert {each["name"] for each in found} == asked
    wrong = [
        each for each in found
        if not (each["drawn"] and each["silent"] and each["fits"])
        or each["size"] < 72 or each["height"] < 48
    ]  # fmt: skip
    assert wrong == []
    cards = page.locator("label.kartu:has([name=lantai])").all()
    tops = [card.bounding_box()["y"] for card in cards]  # type: ignore[index]
    assert tops.count(tops[0]) >= 2
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_drawings_are_one_request(stack: Stack, new_page: NewPage) -> None:
    page = new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{stack.url}/daftar")
    page.wait_for_load_state("networkidle")

    assert len([url for url in asked if "/gambar." in url]) == 1


def test_a_choice_is_read_aloud_by_its_words_alone(stack: Stack, new_page: NewPage) -> None:
    page = new_page(javascript=False)
    page.goto(f"{stack.url}/daftar")

    assert page.get_by_role("radio", name="Keramik", exact=True).count() == 1
    assert page.get_by_role("img").count() == 0


def test_words_at_twice_the_size_stay_inside(stack: Stack, new_page: NewPage) -> None:
    page = new_page(width=320, javascript=True)
    page.goto(f"{stack.url}/daftar")
    page.evaluate(UNFOLD)
    page.evaluate("document.documentElement.style.fontSize = '200%'")

    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert [each for each in page.evaluate(DRAWN) if not each["fits"]] == []
