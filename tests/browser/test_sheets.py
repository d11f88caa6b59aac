"""Sheets of the pra-musyawarah as people use them: a neighbour's phone, and the keying desk."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, select
from werkzeug.serving import make_server

import portal
from portal.app import create_app
from portal.services import services
from registry.rules.lifecycle import Role
from registry.rules.marks import Source
from registry.rules.scope import Scope
from registry.settings import Settings
from registry.store.models import Period, Sheet, SheetLine
from registry.store.session import engine, sessions
from registry.store.sheet_making import Made, Wanted, make
from tests.browser.conftest import NewPage
from tests.browser.looking import look
from tests.integration.portal.accounts.people import Office, token_of
from tests.integration.registration import GAMBIR
from tests.stack import Stack
from tests.w3c.checker import faults

pytestmark = pytest.mark.timeout(300)

SOURCES = (Source.RT, Source.DASAWISMA)


@dataclass(frozen=True)
class Site:
    """A portal of the test's own process, on the servers of the stack; its sheets by size."""

    app: Flask
    url: str
    bind: Engine
    sheets: list[Made]

    def marks(self, sheet: Made) -> list[str | None]:
        with sessions(self.bind)() as session:
            found = select(SheetLine.mark).where(SheetLine.sheet_id == sheet.id)
            return list(session.scalars(found.order_by(SheetLine.line)))


@pytest.fixture(scope="module")
def site(stack: Stack) -> Iterator[Site]:
    sending = ("--send", stack.url, "--kelurahan", GAMBIR)
    stack.fmotm("households", "--count", "40", "--seed", "44", *sending)
    stack.drained()
    settings = stack.settings()
    bind = engine(settings["DATABASE_URL"], scope=Scope.EVERYTHING)
    app = create_app(Settings.from_env(settings))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Site(app, f"http://127.0.0.1:{server.port}", bind, _made(bind))
    server.shutdown()
    with app.app_context():
        services().close()
    bind.dispose()


def _made(bind: Engine) -> list[Made]:
    later = datetime.now(UTC) + timedelta(days=14)
    with sessions(bind).begin() as session:
        period = session.scalars(select(Period.id)).one()
        made = make(session, Wanted(period, GAMBIR, None, SOURCES, later), "1")
        sizes = list(session.scalars(select(SheetLine.sheet_id)))
    assert made
    return sorted(made, key=lambda each: -sizes.count(each.id))


def well_made(page: Page, name: str) -> None:
    seen = look(page, name)
    assert (seen.rules, seen.contrast, seen.small) == ([], [], [])
    assert (seen.cut, seen.cut_at_twice_the_size) == ([], [])


def test_a_neighbour_marks_on_a_phone_that_loses_its_network(site: Site, new_page: NewPage) -> None:
    sheet = site.sheets[0]
    page = new_page(width=320, height=640)
    page.goto(f"{site.url}/lembar/{sheet.token}")
    well_made(page, "lembar")
    first, second = page.locator("fieldset").nth(0), page.locator("fieldset").nth(1)
    first.get_by_label("Dikenal").check()
    expect(first.get_by_role("status")).to_have_text("Tersimpan.")
    expect(page.locator("#hitung")).to_contain_text("1 dari ")

    page.context.set_offline(True)
    second.get_by_label("Pindah").check()
    expect(second.get_by_role("status")).to_contain_text("Belum tersimpan")
    assert site.marks(sheet)[:2] == ["known", None]
    page.context.set_offline(False)
    expect(second.get_by_role("status")).to_have_text("Tersimpan.")
    assert site.marks(sheet)[:2] == ["known", "moved"]


def test_without_scripts_a_neighbour_saves_and_hands_in(site: Site, new_page: NewPage) -> None:
    sheet = site.sheets[1]
    page = new_page(width=320, height=640, javascript=False)
    page.goto(f"{site.url}/lembar/{sheet.token}")
    page.locator("fieldset").first.get_by_label("Meninggal").check()
    page.get_by_role("button", name="Selesai, kirim").click()
    if len(site.marks(sheet)) > 1:
        expect(page.get_by_role("alert")).to_contain_text("belum ditandai")
        page.get_by_role("button", name="Kirim walau belum lengkap").click()
    expect(page.get_by_role("heading", level=2).first).to_contain_text("Terima kasih")
    expect(page.get_by_role("button")).to_have_count(0)
    assert site.marks(sheet)[0] == "died"


@pytest.mark.parametrize("width", [360, 1366])
def test_the_desk_is_well_made(site: Site, new_page: NewPage, width: int) -> None:
    page = _signed_in(site, new_page, width)
    number = site.sheets[2].number
    for path in ("", f"/rw/{site.sheets[2].rw}", f"/{number}", f"/{number}/ketik", "/32000"):
        page.goto(f"{site.url}/musyawarah/{GAMBIR}/lembar{path}")
        well_made(page, path)
    page.goto(f"{site.url}/musyawarah/{GAMBIR}/lembar/{number}")
    page.get_by_role("button", name="Buat tautan baru").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("mendapat tautan baru")
    well_made(page, "links")


def test_paper_is_keyed_by_digits_alone(site: Site, new_page: NewPage) -> None:
    sheet = site.sheets[3]
    lines = len(site.marks(sheet))
    page = _signed_in(site, new_page, 1366)
    page.goto(f"{site.url}/musyawarah/{GAMBIR}/lembar/{sheet.number}/ketik")
    page.locator(".ketikan input:checked").first.focus()
    for line in range(lines):
        page.keyboard.press("12345"[line % 5])
    page.keyboard.press("Enter")  # on the button, to which the last digit led
    expect(page.get_by_role("heading", level=2).first).to_have_text("Ketikan Anda tersimpan")
    typed = ["known", "moved", "died", "not_found", "discuss"]
    assert site.marks(sheet) == [typed[line % 5] for line in range(lines)]
    with sessions(site.bind)() as session:
        assert session.get_one(Sheet, sheet.id).handed_in_at is None


def test_the_w3c_checker_finds_nothing(site: Site, tmp_path: Path) -> None:
    sheet, neighbour = site.sheets[4], site.app.test_client()
    desk = Office(site.app, site.bind).signed_in(Role.REVIEWER)
    below = {"all": "", "rw": f"/rw/{sheet.rw}", "one": f"/{sheet.number}", "none": "/32000"}
    below["keying"] = f"/{sheet.number}/ketik"
    pages = {
        f"{name}.html": desk.get(f"/musyawarah/{GAMBIR}/lembar{path}").text
        for name, path in below.items()
    }
    asked = {"nomor": [str(sheet.number)], "hari": "7", "csrf_token": token_of(desk, "/akun")}
    links = desk.post(f"/musyawarah/{GAMBIR}/lembar/tautan", data=asked)
    assert links.status_code == 200
    pages["links.html"] = links.text
    pages["dead.html"] = neighbour.get(f"/lembar/{sheet.token}").text
    pages["link.html"] = neighbour.get(f"/lembar/{site.sheets[5].token}").text
    style = Path(portal.__file__).parent / "static" / "lembar.css"
    assert faults(tmp_path, {**pages, "lembar.css": style.read_text()}) == []


def _signed_in(site: Site, new_page: NewPage, width: int) -> Page:
    page = new_page(width=width, height=768)
    client = Office(site.app, site.bind).signed_in(Role.REVIEWER)
    cookie = client.get_cookie("meja")
    assert cookie
    page.context.add_cookies([{"name": "meja", "value": cookie.value, "url": site.url}])
    return page
