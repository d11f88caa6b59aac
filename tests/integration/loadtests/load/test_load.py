"""Each journey once on real servers, and all of them played by Locust, as small as can be."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import pytest

from fmotm.households import Raw
from fmotm.households.client import Reply
from fmotm.households.send import open_form
from loadtests.bench.servers import Servers
from loadtests.books import compared
from loadtests.households import Households
from loadtests.journeys.browser import PlainBrowser
from loadtests.journeys.citizen import Citizen, OnlyLooksUp
from loadtests.journeys.people import World
from loadtests.journeys.staff import Helper, Reviewer
from loadtests.ledger import Ledger
from loadtests.load.accounts import invite
from loadtests.load.playing import Asked, play_here
from loadtests.load.report import as_html
from loadtests.load.told import told


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = Ledger(tmp_path / "ledger")
    yield opened
    opened.close()


@pytest.fixture
def world(servers: Servers, ledger: Ledger) -> World:
    form = {name: str(value) for name, value in open_form(servers.url).items()}
    numbers = iter(count(servers.numbers.take(1_000)))
    return World(Households.of(form, kinds=20), dict(form), ledger, 1.0, lambda _: None, numbers)


@pytest.fixture
def browser(servers: Servers) -> Iterator[PlainBrowser]:
    opened = PlainBrowser(servers.url)
    yield opened
    opened.close()


def test_citizens_register_mend_and_look_up(
    servers: Servers, world: World, ledger: Ledger, browser: PlainBrowser, tmp_path: Path
) -> None:
    entries = servers.inbox.last_number()
    dice = random.Random(2)
    for _ in range(25):
        Citizen(browser, world, dice).live()
    for _ in range(5):
        OnlyLooksUp(browser, world, dice).live()
    servers.drain()
    for _ in range(5):
        OnlyLooksUp(browser, world, dice).live()
    ledger.close()

    found = compared(servers, [tmp_path / "ledger"], world.households, entries)
    assert (found.problems(), found.applications) == ((), 25)


def test_helpers_sign_in_once_and_register_one_after_the_other(
    servers: Servers, world: World, browser: PlainBrowser, ledger: Ledger, tmp_path: Path
) -> None:
    entries = servers.inbox.last_number()
    ((token,),) = invite(servers, helpers=1, reviewers=0).helpers
    helper = Helper(browser, world, random.Random(1), token)
    helper.take_over()
    for _ in range(3):
        helper.live()
    servers.drain()
    ledger.close()

    found = compared(servers, [tmp_path / "ledger"], world.households, entries)
    assert (found.problems(), found.applications) == ((), 3)


def test_reviewers_sign_in_with_a_code_and_read_case_by_case(
    servers: Servers, world: World, browser: PlainBrowser
) -> None:
    ((token, kelurahan),) = invite(servers, helpers=0, reviewers=1).reviewers
    first = next(world.numbers)
    theirs = [
        number
        for number in range(first, first + 3 * 267)
        if world.households.answers(number)["kelurahan"] == kelurahan
    ]
    there = replace(world, numbers=iter(theirs))
    for _ in theirs:
        Citizen(browser, there, random.Random(1)).live()
    servers.drain()

    desk = Counting(servers.url)
    reviewer = Reviewer(desk, world, random.Random(1), token, kelurahan)
    reviewer.take_over()
    reviewer.live()
    desk.close()

    assert desk.names[:3] == ["invitation", "sign in", "second factor"]
    assert desk.names[4:6] == ["queue", "case"]
    assert desk.names.count("case") >= len(theirs) == 3


class Counting(PlainBrowser):
    """Remembers what each page that was asked for is counted as."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.names: list[str] = []

    def get(self, path: str, name: str) -> Reply:
        self.names.append(name)
        return super().get(path, name)

    def post(self, path: str, fields: Raw, name: str) -> Reply:
        self.names.append(name)
        return super().post(path, fields, name)


def test_locust_plays_them_all_and_every_receipt_is_found(servers: Servers) -> None:
    if find_spec("locust") is None:
        pytest.skip("Locust is installed by `make load`")

    played = play_here(servers, Asked("soak", 5.0, 2.0, staff=1))

    assert played.problems == ()
    assert played.comparison is not None
    assert played.comparison.receipts == played.receipts > 0
    pages = played.happened["pages"]
    assert {"home", "form", "send", "receipt", "sign in", "queue"} <= pages.keys()
    assert played.happened["lost"] == {}
    assert "Every receipt leads to exactly one application." in as_html(told(played, ""))
