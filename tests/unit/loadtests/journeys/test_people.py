"""How people behave at a portal that answers as it is told to."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from itertools import count

import pytest

from fmotm.households import Raw
from fmotm.households.client import Reply
from loadtests.households import Households
from loadtests.journeys.browser import Lost, NoAnswer, reply
from loadtests.journeys.citizen import Citizen, OnlyLooksUp
from loadtests.journeys.people import TRIES, Person, World
from loadtests.journeys.staff import totp
from portal.citizen.receipt import Receipt, write
from registry.rules.receipts import format_receipt, receipt_code

FORM = {"periode": "2026-1", "versi": "3"}
ID = bytes(range(16))
CODE = receipt_code(ID)
ADDRESS = f"/bukti/{write(Receipt(ID, datetime(2026, 11, 22, tzinfo=UTC)), 'secret' * 6)}"
ACCEPTED = Reply(303, "", ADDRESS, None)
RECEIPT = Reply(200, f"<p>{format_receipt(CODE)}</p>", None, None)
PAGE = Reply(200, "", None, None)
BUSY = Reply(503, "", None, 7.0)
SLOW_DOWN = Reply(429, '<input type="hidden" name="tiket" value="t1">', None, 60.0)


class Notes:
    """A ledger that remembers."""

    def __init__(self) -> None:
        self.kept: list[tuple[int, bytes]] = []

    def add(self, number: int, application_id: bytes) -> None:
        self.kept.append((number, application_id))


class Scripted:
    """A browser whose portal answers what it is told to, in turn for what is sent."""

    def __init__(self, *sent: Reply | type[NoAnswer], receipt: Reply = RECEIPT) -> None:
        self.to_come = list(sent)
        self.receipt = receipt
        self.asked: list[tuple[str, str]] = []
        self.posted: list[Raw] = []

    def get(self, path: str, name: str) -> Reply:
        self.asked.append((name, path))
        return self.receipt if name == "receipt" else PAGE

    def post(self, path: str, fields: Raw, name: str) -> Reply:
        self.asked.append((name, path))
        self.posted.append(fields)
        answer = self.to_come.pop(0)
        if isinstance(answer, Reply):
            return answer
        raise answer


class Dice(random.Random):
    """Throws that are what they are told to be."""

    def __init__(self, throw: float) -> None:
        super().__init__(1)
        self.throw = throw

    def random(self) -> float:
        return self.throw


@pytest.fixture(scope="module")
def households() -> Households:
    return Households.of(FORM, kinds=5)


@pytest.fixture
def naps() -> list[float]:
    return []


@pytest.fixture
def world(households: Households, naps: list[float]) -> World:
    return World(households, dict(FORM), Notes(), 480.0, naps.append, iter(count(7)))


def kept(world: World) -> list[tuple[int, bytes]]:
    assert isinstance(world.ledger, Notes)
    return world.ledger.kept


def test_a_citizen_goes_from_page_to_page_and_keeps_the_receipt(
    world: World, naps: list[float]
) -> None:
    browser = Scripted(ACCEPTED)

    Citizen(browser, world, Dice(0.99)).live()

    assert [name for name, _ in browser.asked] == ["home", "form", "send", "receipt"]
    assert browser.posted == [world.households.answers(7)]
    assert kept(world) == [(7, ID)]
    assert list(world.recent) == [(7, CODE)]
    assert len(naps) == 2
    assert all(0 < nap < 30 for nap in naps)


def test_who_makes_a_mistake_mends_it(world: World) -> None:
    browser = Scripted(Reply(422, "", None, None), ACCEPTED, RECEIPT)

    Citizen(browser, world, Dice(0.0)).live()

    assert [name for name, _ in browser.asked][2:] == [
        "send with a mistake", "send", "receipt", "status form", "status",
    ]  # fmt: skip
    wrong, right, asked = browser.posted
    assert wrong != right == world.households.answers(7)
    assert asked == {"nik": world.households.nik(7), "bukti": CODE, "kk": ""}


def test_who_is_refused_waits_as_told_and_a_little_more(world: World, naps: list[float]) -> None:
    browser = Scripted(BUSY, SLOW_DOWN, NoAnswer, ACCEPTED)

    answer = Person(browser, world, random.Random(1)).send("/daftar", {"a": "b"}, "send")

    assert answer is ACCEPTED
    assert [name for name, _ in browser.asked] == ["send", "send again", "send again", "send again"]
    assert 7.0 <= naps[0] <= 7.0 * 1.25
    assert 60.0 <= naps[1] <= 60.0 * 1.25
    assert browser.posted[2] == {"a": "b", "tiket": "t1"}


def test_nobody_tries_for_ever(world: World, naps: list[float]) -> None:
    browser = Scripted(*[BUSY] * TRIES)

    with pytest.raises(Lost, match=f"HTTP 503, {TRIES} times"):
        Person(browser, world, random.Random(1)).send("/daftar", {}, "send")
    assert len(naps) == TRIES - 1
    assert kept(world) == []


@pytest.mark.parametrize(
    "answer",
    [
        PAGE,
        Reply(303, "", "/masuk", None),
        Reply(303, "", None, None),
        Reply(410, "", None, None),
    ],
)
def test_what_is_no_receipt_is_not_kept(world: World, answer: Reply) -> None:
    with pytest.raises(Lost):
        Person(Scripted(), world, random.Random(1)).keep(1, answer)
    assert kept(world) == []


def test_a_receipt_is_kept_before_it_is_opened(world: World) -> None:
    other = Reply(200, f"<p>{format_receipt(receipt_code(bytes(16)))}</p>", None, None)

    with pytest.raises(Lost, match="another code"):
        Person(Scripted(receipt=other), world, random.Random(1)).keep(1, ACCEPTED)
    assert kept(world) == [(1, ID)]


def test_who_only_looks_up_is_one_of_those_who_registered(world: World) -> None:
    world.recent.append((7, CODE))
    browser = Scripted(RECEIPT)

    OnlyLooksUp(browser, world, Dice(0.99)).live()

    assert browser.posted[0]["bukti"] == CODE


def test_a_receipt_whose_status_is_not_found_is_noticed(world: World) -> None:
    world.recent.append((7, CODE))

    with pytest.raises(Lost, match="status of a receipt"):
        OnlyLooksUp(Scripted(PAGE), world, Dice(0.99)).live()


def test_nobody_looks_up_before_anybody_registered(world: World) -> None:
    browser = Scripted()

    OnlyLooksUp(browser, world, Dice(0.0)).live()

    assert [name for name, _ in browser.asked] == ["status form"]


@pytest.mark.parametrize(
    ("headers", "location", "wait"),
    [
        ({"Location": "http://127.0.0.1:1/bukti/x?a=b"}, "/bukti/x?a=b", None),
        ({"location": "https://example.com/x"}, "/x", None),
        ({"retry-after": "12"}, None, 12.0),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, None, None),
        ({}, None, None),
    ],
)
def test_an_answer_never_leads_away(
    headers: dict[str, str], location: str | None, wait: float | None
) -> None:
    answer = reply(303, b"", headers)

    assert (answer.location, answer.retry_after) == (location, wait)


@pytest.mark.parametrize(("at", "code"), [(59, "287082"), (1_111_111_109, "081804")])
def test_codes_are_those_of_the_standard(at: float, code: str) -> None:
    """RFC 6238, appendix B."""
    assert totp("GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ", at) == code
