"""What a phone has to load: little the first time, nothing that it has the second time."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import NewPage
from tests.browser.looking import LANGUAGES
from tests.browser.network import Network
from tests.browser.walking import SCREEN
from tests.stack import Stack

pytestmark = pytest.mark.timeout(300)

DOCUMENT, SCRIPTS, ALL = 14_000, 20_000, 60_000
"""Bytes, compressed: of the document and of scripts their bodies, of all the headers too."""


PAINTED = """() => new Promise((done) => new PerformanceObserver((list) => {
  if (list.getEntriesByName("first-contentful-paint").length) done();
}).observe({ type: "paint", buffered: true }))"""


def visit(page: Page, address: str) -> None:
    """Open the form and wait until it has all that it asks for by itself."""
    page.goto(address)
    expect(page.locator(SCREEN)).to_have_count(1)
    page.wait_for_load_state("networkidle")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")  # it has what it keeps


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_first_visit_is_small(network: Network, new_page: NewPage, language: str) -> None:
    page = new_page()
    visit(page, f"{network.url}{language}/daftar")
    taken = network.taken()
    loaded = [each for each in taken if each.status == 200]
    # Of what it shares with the page, a service worker asks whether it is still the same.
    assert [
        each for each in taken if each not in loaded and (each.status, len(each.got)) != (304, 0)
    ] == []

    bodies = {each.path: len(each.got) for each in loaded}
    assert len(bodies) == len(loaded), "something was asked for twice"
    assert 0 < bodies[f"{language}/daftar"] <= DOCUMENT
    scripts = [size for path, size in bodies.items() if path.endswith(".js")]
    assert len(scripts) >= 5
    assert sum(scripts) <= SCRIPTS
    assert sum(each.size for each in taken) <= ALL


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_second_visit_asks_only_whether_the_page_is_still_the_same(
    network: Network, new_page: NewPage, language: str
) -> None:
    page = new_page()
    visit(page, f"{network.url}{language}/daftar")
    network.taken()

    again = page.context.new_page()
    visit(again, f"{network.url}{language}/daftar")
    assert network.taken() == []  # within the minute that a phone may keep the page

    again.reload()
    expect(again.locator(SCREEN)).to_have_count(1)
    again.wait_for_load_state("networkidle")
    asked = network.taken()
    assert [(each.path, each.status, len(each.got)) for each in asked] == [
        (f"{language}/daftar", 304, 0)
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_jumps_when_the_scripts_come_late(
    stack: Stack, new_page: NewPage, language: str
) -> None:
    page = new_page()
    page.add_init_script("""
      window.jumped = 0;
      new PerformanceObserver((list) => list.getEntries().forEach((each) => jumped += each.value))
        .observe({ type: "layout-shift", buffered: true });
    """)
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route("**/formulir.js", hold)
    page.goto(f"{stack.url}{language}/daftar", wait_until="commit")
    page.evaluate(PAINTED)
    waiting[0].continue_()
    expect(page.locator(SCREEN)).to_have_count(1)
    two_frames = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    page.evaluate(two_frames)
    assert page.evaluate("jumped") == 0
