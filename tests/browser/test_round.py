"""A round of one kelurahan, played through: from its forms to what each household reads."""

from __future__ import annotations

import logging
import os
import signal
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from registry.inbox import Inbox
from registry.intake import Keys
from registry.rules.agenda import Part
from registry.rules.lifecycle import State
from registry.rules.scope import Scope
from registry.rules.verdicts import Verdict
from registry.settings import Settings
from registry.store.session import engine
from tests.browser.conftest import NewPage
from tests.browser.network import Network
from tests.browser.round import neighbours, record, visiting
from tests.browser.round.evening import Evening, Said, Size, closes
from tests.browser.round.kelurahan import CODE, Home, fill, neighbourhoods, stand_at, states
from tests.browser.round.people import PATIENCE, Person, takes_over
from tests.images import encoded, picture
from tests.stack import Stack, until, whole_product

_log = logging.getLogger(__name__)
pytestmark = pytest.mark.timeout(1800)

WHOLE, SMALL = Size(households=3_500, each=175), Size(households=500, each=18)
"""ROUND=whole plays what a kelurahan has in a round; all tests together play a small one."""

SIZE = WHOLE if os.environ.get("ROUND") == "whole" else SMALL
MARKED_ON_PHONES = 3
FRONT = slice(3)
"""The pages of minutes before their annex, which has a line for each household."""

SEALED_WITHIN = 90.0
"""Seconds: a ticker seals new events when it starts, and each minute."""


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """Wait longer than elsewhere: in a whole round most pages are about thousands."""
    expect.set_options(PATIENCE)
    yield
    expect.set_options(5_000)  # as Playwright has it


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """Run a product of its own: so full a kelurahan would be in the way of other tests."""
    with whole_product() as running:
        yield running


@pytest.fixture(scope="module")
def database(stack: Stack) -> Iterator[Engine]:
    bind = engine(stack.settings()["DATABASE_URL"], scope=Scope.EVERYTHING)
    yield bind
    bind.dispose()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "IMG_0001.jpg"
    path.write_bytes(encoded(picture(800, 600, noise=True).resize((2000, 1500))))
    return path


@dataclass
class Laps:
    """How long each part of the round took: told (`--log-cli-level=INFO`), never judged."""

    began: float = field(default_factory=time.monotonic)

    def passed(self, what: str) -> None:
        now = time.monotonic()
        _log.info("%6.1f s  %s", now - self.began, what)
        self.began = now


@dataclass
class Round:
    """Everything that the round needs, and what is remembered of it."""

    stack: Stack
    database: Engine
    visitor: Page
    homes: dict[bytes, Home]
    siti: Person
    budi: Person
    lurah: Person
    laps: Laps
    said: dict[bytes, Said] = field(default_factory=dict)
    """What every household should read in the end."""


def test_a_round_of_one_kelurahan(  # noqa: PLR0917 - what each of them holds
    stack: Stack, database: Engine, inbox: Inbox, network: Network, new_page: NewPage, photo: Path
) -> None:
    laps = Laps()
    keys = Keys.of(Settings.from_env(stack.settings()))
    homes = fill(stack, inbox, keys, SIZE.households)
    laps.passed(f"{len(homes)} households of {SIZE.households} forms")
    people = _people(stack, network, new_page)
    played = Round(stack, database, new_page(), homes, *people, laps)
    laps.passed("three people signed in")

    _neighbours_mark(played, new_page)
    _officers_visit(played, network, photo)
    _first_evening(played)
    _second_evening(played)
    _third_evening(played)

    assert states(database) == record.stand(played.said, len(homes))
    record.ask_for_all(stack.url, [(homes[each], said) for each, said in played.said.items()])
    laps.passed(f"{len(played.said)} households read their verdict")
    assert stack.balance()["entries"] == SIZE.households
    os.kill(stack.pid("worker.ticker"), signal.SIGTERM)  # the next one seals at once
    until(lambda: stack.json("audit", "verify")["unsealed"] == 0, SEALED_WITHIN)
    stack.fmotm("audit", "verify")
    laps.passed("all events sealed and verified")


def _people(stack: Stack, network: Network, new_page: NewPage) -> tuple[Person, Person, Person]:
    """Let two officers and the lurah take their accounts over, each on their own device.

    The second officer visits, with a phone that tells where it is.
    """
    siti = takes_over(stack, _laptop(new_page), "reviewer", "Siti Rahma")
    phone = new_page()
    phone.context.grant_permissions(["geolocation"])
    phone.context.set_geolocation({"latitude": -6.1754, "longitude": 106.8272, "accuracy": 14})
    budi = takes_over(stack, phone, "reviewer", "Budi Santoso", url=network.url)
    lurah = takes_over(stack, _laptop(new_page), "chair", "Hendra Wijaya")
    return siti, budi, lurah


def _laptop(new_page: NewPage) -> Page:
    return new_page(width=1366, height=768)


def _neighbours_mark(played: Round, new_page: NewPage) -> None:
    sheets = neighbours.hands_out(played.siti)
    places = neighbourhoods(played.database)
    assert len(sheets) == 2 * places
    played.laps.passed(f"{len(sheets)} sheets made")
    on_phones, paper, rest = sheets[:MARKED_ON_PHONES], sheets[-1], sheets[MARKED_ON_PHONES:-1]
    phone = new_page()
    for sheet in on_phones:
        neighbours.marks_on_a_phone(phone, sheet)
    played.laps.passed(f"{len(on_phones)} sheets marked on a phone")
    neighbours.mark_without_scripts(played.stack.url, rest)
    played.laps.passed(f"{len(rest)} sheets marked without scripts")
    for person, told in ((played.siti, "Ketikan Anda tersimpan"), (played.budi, "sudah selesai")):
        neighbours.keys_paper(person, paper)
        expect(person.page.get_by_role("heading", level=2).first).to_contain_text(told)
    page = played.siti.goes_to("/lembar")
    expect(page.locator("main")).to_contain_text(f"{places} dari {places} RT sudah lengkap")
    played.laps.passed("one sheet keyed from paper by two")


def _officers_visit(played: Round, network: Network, photo: Path) -> None:
    """Visit two houses: one is met and waits for the meeting, one has to be looked for again."""
    waiting = visiting.orders(played.siti, 2)
    assert stand_at(played.database, State.FIELD_CHECK) == set(waiting)
    visiting.visits(played.budi, network, photo)
    until(lambda: len(stand_at(played.database, State.FIELD_CHECK)) == 1, 60)
    expect(played.budi.goes_to("/kunjungan").locator("main")).to_contain_text("1 rumah menunggu")
    not_found = stand_at(played.database, State.FIELD_CHECK)
    played.said |= dict.fromkeys(not_found, Said(Verdict.FIELD_CHECK))
    played.laps.passed("two houses visited, one not found")


def _first_evening(played: Round) -> None:
    evening = Evening(played.siti, played.database, SIZE.each)
    evening.is_planned()
    drawn = [each.part for each in evening.agenda.values()]
    assert drawn.count(Part.EACH) == SIZE.each
    assert drawn.count(Part.FACTS) > 0
    played.laps.passed(f"agenda of {len(drawn)} frozen")
    assert f"AG-001/{CODE}/" in record.text_of(evening.printed(), slice(1))
    played.laps.passed("agenda printed")
    evening.opens()
    page = evening.notes(0, 2)
    expect(page.get_by_role("status")).to_contain_text("Masih kurang: 8 orang, 2 unsur.")
    page = evening.notes(2)
    expect(page.get_by_role("status")).to_contain_text("Kuorum terpenuhi.")
    pulled = evening.pulls_out()
    evening.ratifies()
    played.laps.passed("people noted, lists ratified")
    _two_officers_at_one_case(played, evening)
    evening.plays(asides=frozenset({10}))
    assert pulled in evening.said
    _changed_mind(evening)
    _ends_and_closes(played, evening)


def _two_officers_at_one_case(played: Round, evening: Evening) -> None:
    """Let both decide the first case: the second is told what the first recorded, and yields."""
    page = evening.goes_to("/bahas")
    first = int(page.url.rsplit("/", 1)[1])
    other = played.budi.goes_to(f"/sidang/{evening.number}/bahas/{first}")
    evening.decides(first, Said(Verdict.NOT_PROPOSED, "moved_out"))
    other.keyboard.press("1")
    other.keyboard.press("Enter")
    expect(other.get_by_role("alert")).to_contain_text("Tidak diusulkan, oleh Siti Rahma")


def _changed_mind(evening: Evening) -> None:
    last = max(evening.said)
    evening.takes_back(last)
    evening.decides(last, Said(Verdict.FIELD_CHECK))


def _second_evening(played: Round) -> None:
    """Below its quorum when it is ended: it is opened again, and people are fetched."""
    evening = Evening(played.siti, played.database, SIZE.each)
    _begins(played, evening, people=5)
    evening.plays()
    page = evening.ends()
    expect(page.locator(".hanya")).to_contain_text("HANYA REKOMENDASI")
    played.siti.presses("Buka lagi untuk memperbaiki")
    evening.notes(5)
    _ends_and_closes(played, evening)


def _third_evening(played: Round) -> None:
    evening = Evening(played.siti, played.database, SIZE.each)
    _begins(played, evening)
    evening.plays()
    _ends_and_closes(played, evening)


def _begins(played: Round, evening: Evening, people: int | None = None) -> None:
    evening.is_planned()
    evening.opens()
    evening.notes(0, people)
    evening.ratifies()
    played.laps.passed(f"session {evening.number} begun with an agenda of {len(evening.agenda)}")


def _ends_and_closes(played: Round, evening: Evening) -> None:
    took = statistics.median(evening.seconds), max(evening.seconds)
    played.laps.passed(
        f"{len(evening.seconds)} cases, {took[0]:.2f} s each, {took[1]:.2f} s at most"
    )
    page = evening.ends()
    expect(page.get_by_role("heading", name="Langkah berikutnya: lurah")).to_be_visible()
    expect(evening.goes_to("/rekap").get_by_role("heading", level=1)).to_contain_text("Rekap")
    closes(played.lurah, evening)
    played.said |= evening.decided()
    played.laps.passed("closed by the lurah")
    pdf, content = record.minutes_of(played.siti, evening.number)
    played.laps.passed("minutes made")
    text = record.text_of(pdf, FRONT)
    assert record.results_in(text) == evening.recorded() == evening.counted()
    record.is_verified(played.visitor, played.stack.url, pdf, content, evening.number)
    played.laps.passed("minutes read and verified")
