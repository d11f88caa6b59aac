"""Dinas' live page in a real browser: it follows, rests, says when it cannot, needs no script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Cookie, Page, expect

import portal
from registry.watch import Watch
from tests.browser.conftest import NewPage, visitors
from tests.browser.looking import Seen, look
from tests.browser.made_up_load import busy_morning, ticker_stopped
from tests.browser.round.people import takes_over
from tests.stack import Stack
from tests.w3c.checker import faults

pytestmark = pytest.mark.timeout(300)

EVERY = 5_000
"""Milliseconds after which the page asks again."""


@pytest.fixture(scope="module")
def cookies(stack: Stack, browser: Browser) -> list[Cookie]:
    """Sign somebody of dinas in."""
    with visitors(browser) as new_page:
        page = takes_over(stack, new_page(), "dinas", "Wahyu Beban").page
        return page.context.cookies()


@pytest.fixture
def watch(stack: Stack) -> Iterator[Watch]:
    with ticker_stopped(stack) as made_up:
        yield made_up


def opened(
    stack: Stack, new_page: NewPage, cookies: list[Cookie], *, javascript: bool = True
) -> Page:
    page = new_page(width=320, height=640, javascript=javascript)
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    page.clock.install()
    page.goto(f"{stack.url}/dinas/beban")
    return page


def asked(page: Page) -> list[str]:
    """Collect what the page asks for from now on."""
    found: list[str] = []
    page.on("request", lambda request: found.append(request.url))
    return found


def hide(page: Page, *, hidden: bool) -> None:
    """Have the page believe that its tab is not the one that shows, or is again."""
    page.evaluate(
        """hidden => {
          Object.defineProperty(document, "hidden", { get: () => hidden, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


def test_it_follows_what_happens_without_being_loaded_anew(
    stack: Stack, new_page: NewPage, cookies: list[Cookie], watch: Watch
) -> None:
    busy_morning(watch)
    page = opened(stack, new_page, cookies)
    state = page.locator("#keadaan")
    expect(state).to_contain_text("antrean 35.")
    page.evaluate("document.body.dataset.same = 'yes'")
    busy_morning(watch, waiting=4_321)
    page.clock.fast_forward(EVERY)
    expect(state).to_contain_text("antrean 4.321.")
    expect(page.locator("#ukuran dl")).to_contain_text("4.321")
    busy_morning(watch, halted=True)
    page.clock.fast_forward(EVERY)
    expect(state).to_contain_text("Penerimaan pendaftaran dihentikan")
    expect(state).to_have_class("kabar buruk besar")
    assert page.locator("body").get_attribute("data-same") == "yes"


def test_it_rests_while_nobody_looks_or_wants_it_to(
    stack: Stack, new_page: NewPage, cookies: list[Cookie], watch: Watch
) -> None:
    busy_morning(watch)
    page = opened(stack, new_page, cookies)
    requests = asked(page)
    hide(page, hidden=True)
    page.clock.fast_forward(12 * EVERY)
    assert requests == []
    with page.expect_response("**/isi"):
        hide(page, hidden=False)
    button = page.get_by_role("button", name="Jangan perbarui sendiri")
    button.focus()
    page.keyboard.press("Enter")
    requests.clear()
    page.clock.fast_forward(12 * EVERY)
    assert requests == []
    with page.expect_response("**/isi"):
        page.get_by_role("button", name="Perbarui lagi").press("Space")


def test_it_says_when_it_is_cut_off_and_when_not_any_more(
    stack: Stack, new_page: NewPage, cookies: list[Cookie], watch: Watch
) -> None:
    busy_morning(watch)
    page = opened(stack, new_page, cookies)
    cut_off = page.get_by_text("Halaman ini tidak tersambung")
    expect(cut_off).to_be_hidden()
    page.context.set_offline(True)
    page.clock.fast_forward(EVERY)
    expect(cut_off).to_be_visible()
    expect(page.locator("#keadaan")).to_contain_text("Semua lancar")
    page.context.set_offline(False)
    page.clock.fast_forward(EVERY)
    expect(cut_off).to_be_hidden()
    page.context.clear_cookies()
    page.clock.fast_forward(EVERY)
    expect(cut_off).to_be_visible()


def test_without_scripts_it_is_all_there(
    stack: Stack, new_page: NewPage, cookies: list[Cookie], watch: Watch
) -> None:
    busy_morning(watch)
    page = opened(stack, new_page, cookies, javascript=False)
    expect(page.locator("#keadaan")).to_contain_text("Semua lancar")
    expect(page.locator("svg")).to_have_count(10)
    expect(page.locator("#jeda")).to_be_hidden()
    busy_morning(watch, waiting=77)
    page.get_by_role("link", name="Muat ulang").click()
    expect(page.locator("#keadaan")).to_contain_text("antrean 77")


@pytest.fixture(scope="module")
def seen(stack: Stack, browser: Browser, cookies: list[Cookie]) -> list[Seen]:
    """Look at it well, in trouble, and without anything measured; narrow and wide."""
    found = []
    with ticker_stopped(stack) as watch, visitors(browser) as new_page:
        page = opened(stack, new_page, cookies)

        def now(name: str) -> None:
            for width in (320, 1366):
                page.set_viewport_size({"width": width, "height": 740})
                page.reload()
                found.append(look(page, f"{name}-{width}"))

        now("none")
        busy_morning(watch)
        now("well")
        busy_morning(watch, waiting=1_234_567, oldest=50_000.0)
        now("old")
    return found


@pytest.mark.parametrize("what", ["rules", "contrast", "small", "cut", "cut_at_twice_the_size"])
def test_it_is_for_everyone(seen: list[Seen], what: str) -> None:
    assert [f"{each.name}: {fault}" for each in seen for fault in getattr(each, what)] == []


def test_the_w3c_checker_finds_nothing(seen: list[Seen], tmp_path: Path) -> None:
    pages = {f"{each.name}.html": each.html for each in seen}
    style = Path(portal.__file__).parent / "static" / "beban.css"
    assert faults(tmp_path, {**pages, style.name: style.read_text()}) == []
