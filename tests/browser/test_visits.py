"""A visit where there is no network: taken along, filled in, closed, and sent when it is back."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from passlib.totp import TOTP
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from registry.intake import Keys
from registry.rules.lifecycle import Actor, Role, State
from registry.rules.scope import Scope
from registry.settings import Settings
from registry.store.models import Application, Photo, Visit
from registry.store.moves import Ordered, carry_out
from registry.store.session import engine, sessions
from tests.browser import storage
from tests.browser.conftest import visitors
from tests.browser.looking import Seen, look
from tests.browser.network import Network
from tests.browser.visiting import CODE, fill_in, unlock
from tests.images import encoded, picture
from tests.integration.portal.musyawarah.houses import Visits
from tests.stack import Stack, until
from tests.w3c.checker import faults

pytestmark = pytest.mark.timeout(600)

KELURAHAN = "31.71.07.1002"
PASSWORD = "tangga hijau melompat jauh"
EMAIL = "siti@contoh.example"
LIST = f"/musyawarah/{KELURAHAN}/kunjungan"
OFFICER = Actor("1", Role.REVIEWER, Scope.of_kelurahan([KELURAHAN]))
# Nothing but the browser's word that the network is back, which comes while a try still fails.
BACK_WHILE_TRYING = """
  setInterval = () => 0;
  const ask = fetch;
  window.fetch = (...asked) => {
    window.fetch = ask;
    dispatchEvent(new Event("online"));
    return Promise.reject(new TypeError("lost"));
  };
"""
PICTURES = os.environ.get("PICTURES")
"""A folder for pictures of what was looked at, 360 and 1366 px wide."""


class Officer:
    """An officer with a phone, and the houses that wait for her."""

    def __init__(self, stack: Stack, context: BrowserContext, network: Network) -> None:
        self.stack, self.context, self.network = stack, context, network
        self.url = network.url
        self.key: TOTP | None = None
        self.seen: list[Seen] = []

    def offline(self, whether: bool) -> None:
        self.network.up = not whether
        self.context.set_offline(whether)

    def look(self, page: Page, name: str) -> None:
        self.seen.append(look(page, name))
        if PICTURES:
            before = page.viewport_size
            assert before
            for width, height in ((360, 740), (1366, 768)):
                page.set_viewport_size({"width": width, "height": height})
                page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)
            page.set_viewport_size(before)

    def take_over(self, page: Page, role: str = "reviewer", email: str = EMAIL) -> None:
        words = ("--role", role, "--name", "Siti Rahma", "--kelurahan", KELURAHAN)
        link = self.stack.told("user", "add", *words, "--site", self.url, email).strip()
        page.goto(link)
        page.get_by_label("Kata sandi baru", exact=True).fill(PASSWORD)
        page.get_by_label("sekali lagi").fill(PASSWORD)
        page.get_by_role("button", name="Simpan").click()
        page.get_by_text("Tidak bisa memindai?").click()
        self.key = TOTP(key=page.locator(".kunci").text_content() or "", format="base32")
        page.get_by_label("Kode baru dari HP").fill(str(self.key.generate().token))
        page.get_by_role("button", name="Simpan").click()
        page.locator(".kode-pemulihan").wait_for()
        self.codes = page.locator(".kode-pemulihan li").all_text_contents()

    def sign_in(self, page: Page) -> None:
        page.get_by_label("E-mail").fill(EMAIL)
        page.get_by_label("Kata sandi").fill(PASSWORD)
        page.get_by_role("button", name="Masuk").click()
        page.get_by_role("textbox").fill(self.codes.pop())
        page.get_by_role("button", name="Masuk").click()


@pytest.fixture(scope="module")
def database(stack: Stack) -> Iterator[Engine]:
    bind = engine(stack.settings()["DATABASE_URL"], scope=Scope.EVERYTHING)
    yield bind
    bind.dispose()


@pytest.fixture(scope="module")
def houses(stack: Stack, database: Engine) -> list[bytes]:
    """Register households, and order a visit to each."""
    made = ("--count", "3", "--seed", "11", "--kelurahan", KELURAHAN, "--send", stack.url)
    stack.fmotm("households", *made)
    stack.drained()
    with sessions(database).begin() as session:
        ids = list(session.scalars(select(Application.id).filter_by(kelurahan_code=KELURAHAN)))
        orders = [Ordered(each, State.QUEUED, State.FIELD_CHECK) for each in ids]
        carry_out(session, orders, OFFICER)
    return ids


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("photos") / "IMG_0001.jpg"
    path.write_bytes(encoded(picture(800, 600, noise=True).resize((2000, 1500))))
    return path


@pytest.fixture
def officer(stack: Stack, browser: Browser) -> Iterator[Officer]:
    with Network(stack.url).running() as network, visitors(browser) as new_page:
        page = new_page()
        context = page.context
        context.grant_permissions(["geolocation"])
        context.set_geolocation({"latitude": -6.1754, "longitude": 106.8272, "accuracy": 14})
        page.close()
        yield Officer(stack, context, network)


def rows(database: Engine) -> tuple[list[Visit], list[Photo]]:
    with Session(database) as session:
        visits = session.scalars(select(Visit).order_by(Visit.started_at))
        photos = session.scalars(select(Photo).where(Photo.visit_id.is_not(None)))
        return list(visits), list(photos)


def test_a_visit_without_a_network_arrives_once_with_its_photos(
    officer: Officer, database: Engine, houses: list[bytes], photo: Path, tmp_path: Path
) -> None:
    page = officer.context.new_page()
    officer.take_over(page)
    _take_along(officer, page, houses)
    names = _begin_without_a_network(officer, page, photo)
    page = _finish_after_the_battery_died(officer, page)
    assert page.locator("#bawaan h2").all_text_contents() == names[1:]
    assert storage.tells(page, *names, "Di ujung gang", CODE) == []
    page.close()

    page = officer.context.new_page()
    page.goto(f"{officer.url}{LIST}")
    expect(page.locator("#antrean")).to_contain_text("BELUM terkirim")
    assert rows(database) == ([], [])
    page.goto("about:blank")
    page.add_init_script(BACK_WHILE_TRYING)
    officer.offline(False)
    page.goto(f"{officer.url}{LIST}")
    expect(page.locator("#antrean")).to_contain_text(f"Terkirim: {names[0]}", timeout=60_000)
    (visit,), photos = rows(database)
    assert sorted(each.kind for each in photos) == ["atap", "rumah_depan"]
    assert {each.visit_id for each in photos} == {visit.id}
    with Session(database) as session:
        assert session.get_one(Application, visit.application_id).state == "queued"
    until(lambda: all(each.state == "ready" for each in rows(database)[1]), 60)
    page.goto(f"{officer.url}{LIST}/{visit.id.hex()}/foto")
    officer.look(page, "kunjungan-foto")

    _send_after_signing_in_again(officer, page)
    assert [each.outcome for each in rows(database)[0]] == ["met", "nobody_home"]
    page.get_by_role("button", name="Keluar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Masuk petugas")
    assert not [key for key in storage.kept(page)["records"] if "kunjungan" in key]
    _judge(officer.seen, tmp_path)


def _take_along(officer: Officer, page: Page, houses: list[bytes]) -> None:
    page.goto(f"{officer.url}{LIST}")
    officer.look(page, "kunjungan")
    page.goto(f"{officer.url}{LIST}/{houses[0].hex()}")
    officer.look(page, "kunjungan-isi")
    page.goto(f"{officer.url}{LIST}")
    for box in page.get_by_role("checkbox", name="Bawa").all():
        box.check()
    page.get_by_label("Kode untuk hari ini").fill(CODE)
    page.get_by_role("button", name="Bawa 3 rumah").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Buka daftar rumah")


def _begin_without_a_network(officer: Officer, page: Page, photo: Path) -> list[str]:
    """Open what was taken along, and fill a form in; give the names of the households."""
    officer.offline(True)
    page.reload()
    officer.look(page, "luring-kode")
    unlock(page, "another")
    expect(page.get_by_role("alert")).to_contain_text("Kode ini salah")
    unlock(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Rumah yang dibawa")
    officer.look(page, "luring-daftar")
    names = page.locator("#bawaan h2").all_text_contents()
    assert len(names) == 3
    page.get_by_role("button", name="Mulai kunjungan").first.click()
    fill_in(page, photo)
    officer.look(page, "luring-isi")

    return names


def _finish_after_the_battery_died(officer: Officer, page: Page) -> Page:
    """Close the page, open it again, and go on where the form was left."""
    page.close()
    page = officer.context.new_page()
    page.goto(f"{officer.url}{LIST}")
    unlock(page)
    page.get_by_role("button", name="Mulai kunjungan").first.click()
    expect(page.get_by_label("Catatan")).to_have_value("Di ujung gang.")
    expect(page.locator(".foto:has(#foto-atap) canvas")).to_be_visible()
    page.get_by_role("button", name="Selesai").click()
    expect(page.locator("#antrean")).to_contain_text("1 kunjungan BELUM terkirim")
    officer.look(page, "luring-belum-terkirim")
    return page


def _send_after_signing_in_again(officer: Officer, page: Page) -> None:
    page.goto(f"{officer.url}{LIST}/luring")
    unlock(page)
    page.get_by_role("button", name="Mulai kunjungan").first.click()
    page.get_by_label("Tidak ada orang di rumah").check()
    officer.context.clear_cookies()
    page.get_by_role("button", name="Selesai").click()
    expect(page.locator("#antrean")).to_contain_text("Masuk lagi untuk mengirim")
    page.locator("#antrean").get_by_role("link", name="Masuk").click()
    officer.sign_in(page)
    expect(page.locator("#antrean")).to_contain_text("Terkirim:", timeout=60_000)


def test_a_supervisor_sees_what_to_ask_about(
    officer: Officer, stack: Stack, database: Engine, houses: list[bytes], tmp_path: Path
) -> None:
    visits = Visits(Keys.of(Settings.from_env(stack.settings())), database, KELURAHAN)
    for number in range(6):
        for who, minutes in ((901, 1.5), (902, 12), (903, 15)):
            visits.make(who, houses[1], minutes + number / 4)
    differs = visits.make(902, houses[2], ktp="differs", atap="06", luas_lantai="18")
    page = officer.context.new_page()
    officer.take_over(page, "chair", "lurah@contoh.example")
    page.goto(f"{officer.url}{LIST}/pengawas")
    expect(page.locator("tr", has_text="Akun 901").first).to_contain_text("Jauh lebih singkat")
    officer.look(page, "pengawas")
    page.goto(f"{officer.url}{LIST}/pengawas/{differs.hex()}")
    expect(page.locator("main")).to_contain_text("KTP berbeda dengan foto")
    officer.look(page, "pengawas-satu")
    _judge(officer.seen, tmp_path)


def _judge(seen: list[Seen], folder: Path) -> None:
    for what in ("rules", "contrast", "small", "cut"):
        assert [(each.name, fault) for each in seen for fault in getattr(each, what)] == []
    assert faults(folder, {f"{each.name}.html": each.html for each in seen}) == []
