"""An organisation in a real browser: it registers a household, is asked, and reads what became."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from registry.intake import Keys
from registry.opening import seal_words
from registry.rules.lifecycle import Actor, Role
from registry.rules.nik import Nik
from registry.rules.scope import Scope
from registry.settings import Settings
from registry.store.counter import applications_of
from registry.store.questions import ask
from registry.store.session import sessions, software_engine
from tests.browser.conftest import NewPage, visitors
from tests.browser.looking import Seen, look
from tests.browser.typing import Answers, fill, household_of_four
from tests.stack import Stack
from tests.w3c.checker import faults

pytestmark = pytest.mark.timeout(300)

PASSWORD = "tangga hijau melompat jauh"
QUESTION = "Sejak kapan keluarga ini tinggal di RT ini?"
OFFICER = Actor("1", Role.REVIEWER, Scope.EVERYTHING)
PICTURES = os.environ.get("PICTURES")
"""A folder for pictures of what was looked at."""


@pytest.fixture(scope="module", params=[360, 1366])
def helping(stack: Stack, browser: Browser, request: pytest.FixtureRequest) -> list[Seen]:
    """Do what an organisation does, on a phone and on a desk; look at every page on the way."""
    with visitors(browser) as new_page:
        return Walk(stack, new_page, request.param).all()


class Walk:
    """Somebody of an organisation of their own."""

    def __init__(self, stack: Stack, new_page: NewPage, width: int) -> None:
        self.stack = stack
        self.seen: list[Seen] = []
        self.width = width
        self.answers = by_organisation(household_of_four(width))
        self.page = helper(stack, new_page(width=width), f"l{width}")

    def all(self) -> list[Seen]:
        self.now("kosong", f"Lembaga L{self.width}")
        self.page.get_by_role("link", name="Daftarkan keluarga").click()
        self.now("daftar", "Daftarkan keluarga")
        self.page.get_by_role("button", name="Kirim dan cetak bukti").click()
        self.now("daftar-salah", "Daftarkan keluarga")
        fill(self.page, self.answers)
        code = send(self.page)
        self.stack.drained()
        self._asked()
        self.page.goto(f"{self.stack.url}/pendamping")
        self.now("ditanya", f"Lembaga L{self.width}")
        row = self.page.get_by_role("row", name=str(self.answers["nama"]).upper())
        expect(row).to_contain_text(code)
        expect(row).to_contain_text(QUESTION)
        return self.seen

    def now(self, name: str, heading: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)
        self.page.wait_for_load_state()
        self.seen.append(look(self.page, f"{name}-{self.width}"))
        if PICTURES:
            path = Path(PICTURES, f"pendamping-{name}-{self.width}.png")
            self.page.screenshot(path=path, full_page=True)

    def _asked(self) -> None:
        """Let the kelurahan ask the household something."""
        settings = Settings.from_env(self.stack.settings())
        keys = Keys.of(settings)
        bind = software_engine(settings.database_url, "fmotm-tests")
        with sessions(bind).begin() as session:
            nik = keys.index.nik(Nik.parse(str(self.answers["nik"])))
            to = applications_of(session, nik)[0].application_id
            ask(session, to, seal_words(keys.ring, to, {"question": QUESTION}), OFFICER)
        bind.dispose()


def helper(stack: Stack, page: Page, organisation: str) -> Page:
    """Give the page of somebody of an organisation who has just signed in."""
    words = ("--role", "pendamping", "--organisation", organisation, "--name", "Rina Marlina")
    called = ("--organisation-name", f"Lembaga {organisation.upper()}")
    email = f"{organisation}@contoh.example"
    link = stack.told("user", "add", *words, *called, "--site", stack.url, email)
    page.goto(link)
    page.get_by_label("Kata sandi baru", exact=True).fill(PASSWORD)
    page.get_by_label("sekali lagi").fill(PASSWORD)
    page.get_by_role("button", name="Simpan").click()
    page.get_by_role("link", name="Pendamping", exact=True).click()
    return page


def by_organisation(answers: Answers) -> Answers:
    """Leave out what the account answers."""
    return {
        name: each for name, each in answers.items() if name not in {"diisi_oleh", "nama_pembantu"}
    }


def send(page: Page) -> str:
    """Send the form; give the code of the receipt that shows."""
    page.get_by_role("button", name="Kirim dan cetak bukti").click()
    expect(page.locator(".kode")).to_be_visible()
    return page.locator(".kode").inner_text()


def of(seen: list[Seen], what: str) -> list[str]:
    return [f"{each.name}: {fault}" for each in seen for fault in getattr(each, what)]


@pytest.mark.parametrize("what", ["rules", "contrast", "small", "cut", "cut_at_twice_the_size"])
def test_every_page_of_an_organisation_passes(helping: list[Seen], what: str) -> None:
    assert of(helping, what) == []


def test_the_w3c_checker_finds_nothing(helping: list[Seen], tmp_path: Path) -> None:
    assert faults(tmp_path, {f"{each.name}.html": each.html for each in helping}) == []


def test_without_scripts_a_household_is_registered_and_listed(
    stack: Stack, new_page: NewPage
) -> None:
    page = helper(stack, new_page(javascript=False), "polos")
    page.get_by_role("link", name="Daftarkan keluarga").click()
    fill(page, by_organisation(household_of_four(5)))
    code = send(page)
    stack.drained()
    page.goto(f"{stack.url}/pendamping")
    expect(page.get_by_role("row").nth(1)).to_contain_text(code)
