"""A real Chromium on a phone's screen, and the whole product behind it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from registry.inbox import Inbox, connect
from tests.browser.chromium import HOW, find
from tests.browser.network import Network
from tests.stack import Stack, stack

__all__ = ["stack"]

# Nothing but the pages under test: a browser's own errands would only be refused.
QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-gpu",
    "--disable-dev-shm-usage",
]

NewPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find()
    assert path, f"There is no Chromium: {HOW}."
    sandbox = [] if os.geteuid() else ["--no-sandbox"]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=QUIET + sandbox)
        yield running
        running.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[NewPage]:
    with visitors(browser) as new:
        yield new


@contextmanager
def visitors(browser: Browser) -> Iterator[NewPage]:
    """Open pages of a phone, or what else is asked for; each is a visitor of its own.

    A page whose script fails, that asks another host for anything, or that does what the
    Content-Security-Policy forbids, fails the test.
    """
    contexts = []
    wrong: list[str] = []

    def new(
        *, width: int = 360, height: int = 740, javascript: bool = True, touch: bool = True
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            has_touch=touch,
            locale="id-ID",
            timezone_id="Asia/Jakarta",
            java_script_enabled=javascript,
        )
        contexts.append(context)
        context.set_default_timeout(15_000)
        context.on("weberror", lambda failed: wrong.append(str(failed.error)))
        context.on("request", lambda asked: _stay(asked.url, wrong))
        context.on("console", lambda said: _obey(said.text, wrong))
        return context.new_page()

    yield new
    for context in contexts:
        context.close()
    assert wrong == []


def _stay(url: str, wrong: list[str]) -> None:
    if not url.startswith(("http://127.0.0.1:", "data:", "blob:")):
        wrong.append(f"asks another host: {url}")


def _obey(said: str, wrong: list[str]) -> None:
    if "Content Security Policy" in said:
        wrong.append(said)


@pytest.fixture
def network(stack: Stack) -> Iterator[Network]:
    with Network(stack.url).running() as network:
        yield network


@pytest.fixture
def inbox(stack: Stack) -> Iterator[Inbox]:
    with connect(stack.settings()["INBOX_REDIS_URL"]) as client:
        yield Inbox(client)


@pytest.fixture
def entries(inbox: Inbox) -> Callable[[], int]:
    """Count what the inbox took since the test began."""
    before = inbox.last_number()
    return lambda: inbox.last_number() - before
