"""The waiting page: it keeps the answers, and sends them again by itself, or by a button."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from registry.inbox import Inbox, connect
from tests.browser.conftest import NewPage
from tests.browser.gallery.trouble import send
from tests.browser.looking import look
from tests.browser.outbox import RECEIPT, press
from tests.integration.portal.support import answers, form
from tests.stack import Stack, until

pytestmark = pytest.mark.timeout(180)

Fullness = Callable[[float], None]


@pytest.fixture
def filled(stack: Stack, inbox: Inbox) -> Iterator[Fullness]:
    """Let so much of the inbox' memory be used, though not all: 0 is as it was."""
    with connect(stack.settings()["INBOX_REDIS_URL"]) as client:
        before = str(client.config_get("maxmemory")["maxmemory"])

        def fill(share: float) -> None:
            used = int(client.info("memory")["used_memory"])
            client.config_set("maxmemory", int(used / share) if share else before)

            until(lambda: _all_say(stack.url, held_off=bool(share)), 30)

        yield fill
        fill(0)


def _all_say(url: str, *, held_off: bool) -> bool:
    """Ask each process, which there are two of, with a form that is none."""
    asked = urllib.request.Request(f"{url}/daftar", b"versi=0", {"Accept": "application/json"})
    return {_status(asked) for _ in range(20)} == {503 if held_off else 409}


def _status(asked: urllib.request.Request) -> int:
    try:
        with urllib.request.urlopen(asked, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def current_period(page: Page, url: str) -> dict[str, str]:
    page.goto(f"{url}/daftar")
    return {"periode": page.locator("[name=periode]").get_attribute("value") or ""}


@pytest.mark.parametrize("shown", [("", 320), ("/en", 360)])
def test_it_sends_itself_again_when_there_is_room(
    stack: Stack,
    new_page: NewPage,
    filled: Fullness,
    entries: Callable[[], int],
    shown: tuple[str, int],
) -> None:
    language, width = shown
    page = new_page(width=width, height=640)
    page.clock.install()
    sent = form(answers(1, seed=700 + width + bool(language)), **current_period(page, stack.url))
    filled(0.9)
    send(page, sent, f"{language}/daftar")
    seen = look(page, "waiting page")
    assert (seen.rules, seen.contrast, seen.small, seen.cut) == ([], [], [], [])
    assert seen.cut_at_twice_the_size == []
    expect(page.get_by_role("timer")).to_contain_text(re.compile(r"\d+"))
    assert entries() == 0
    filled(0)
    for _ in range(10):  # each time it may be told to wait once more
        page.clock.fast_forward(120_000)
        if RECEIPT.search(page.url):
            break
        page.wait_for_timeout(500)
    expect(page).to_have_url(RECEIPT)
    assert entries() == 1


def test_without_scripts_a_button_sends_it_again(
    stack: Stack, new_page: NewPage, filled: Fullness, entries: Callable[[], int]
) -> None:
    page = new_page(javascript=False)
    sent = form(answers(1, seed=799), **current_period(page, stack.url))
    filled(0.9)
    send(page, sent)
    assert "Semua jawaban Anda masih ada di halaman ini." in page.inner_text("main")
    filled(0)

    press(page, "Kirim lagi")
    expect(page).to_have_url(RECEIPT)
    assert entries() == 1
