"""The meeting at the officer's laptop: keys, a lost network, two officers, and the screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.store.models import Verdict
from tests.browser.conftest import NewPage
from tests.browser.looking import look
from tests.browser.meeting.conftest import as_person
from tests.integration.portal.musyawarah.room import SIDANG, Desk, Room

WIDE = {"width": 1366, "height": 768}


@pytest.fixture
def desk(room: Room) -> Desk:
    """Give an officer in a meeting with four cases to talk about."""
    room.registered(4, ada_mobil="1")
    desk = room.officer()
    desk.opened()
    return desk


def recorded(room: Room) -> list[tuple[int, str | None]]:
    with Session(room.database) as session:
        rows = session.scalars(select(Verdict).order_by(Verdict.number, Verdict.version))
        return [(row.number, row.verdict) for row in rows]


def laptop(desk: Desk, new_page: NewPage, site: str, path: str = "/1/bahas/1") -> Page:
    page = as_person(desk.client, new_page(**WIDE), site)
    page.goto(site + SIDANG + path)
    return page


def test_a_case_is_decided_with_a_few_keys(
    room: Room, desk: Desk, new_page: NewPage, site: str
) -> None:
    page = laptop(desk, new_page, site)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.wait_for_url("**/bahas/2")
    page.keyboard.press("2")
    expect(page.locator("#alasan")).to_be_focused()
    page.select_option("#alasan", "owns_car")
    expect(page.locator("#kalimat")).to_have_value("Keluarga ini memiliki mobil sendiri.")
    page.click("text=Simpan putusan")
    page.wait_for_url("**/bahas/3")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**/bahas/2")
    page.keyboard.press("u")
    expect(page.get_by_text("Putusan sebelumnya dibatalkan.")).to_be_visible()
    assert recorded(room) == [(1, "proposed"), (2, "not_proposed"), (2, None)]


def test_a_verdict_is_saved_while_its_sentence_is_typed(
    room: Room, desk: Desk, new_page: NewPage, site: str
) -> None:
    page = laptop(desk, new_page, site)
    page.keyboard.press("2")
    page.select_option("#alasan", "owns_car")
    page.locator("#kalimat").press("Control+Enter")
    page.wait_for_url("**/bahas/2")
    assert recorded(room) == [(1, "not_proposed")]


def test_hints_for_keys_show_where_there_are_keys(desk: Desk, new_page: NewPage, site: str) -> None:
    hint = laptop(desk, new_page, site).locator(".tuts")
    expect(hint).to_be_hidden()
    desktop = new_page(**WIDE, touch=False)
    as_person(desk.client, desktop, site).goto(f"{site}{SIDANG}/1/bahas/1")
    expect(desktop.locator(".tuts")).to_be_visible()


def test_a_sentence_that_was_changed_stays_when_the_reason_changes(
    desk: Desk, new_page: NewPage, site: str
) -> None:
    page = laptop(desk, new_page, site)
    page.keyboard.press("2")
    page.select_option("#alasan", "owns_car")
    page.select_option("#alasan", "branded_water")
    expect(page.locator("#kalimat")).to_have_value(
        "Air minum utama keluarga ini air kemasan bermerek."
    )
    page.fill("#kalimat", "Ada mobil boks untuk usaha.")
    page.select_option("#alasan", "owns_car")
    expect(page.locator("#kalimat")).to_have_value("Ada mobil boks untuk usaha.")


def test_without_network_a_verdict_waits_in_sight_and_goes_by_itself(
    room: Room, desk: Desk, new_page: NewPage, site: str
) -> None:
    page = laptop(desk, new_page, site)
    page.context.set_offline(True)
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    expect(page.get_by_text("BELUM tersimpan: nomor 1.")).to_be_visible()
    assert recorded(room) == []
    page.context.set_offline(False)
    page.wait_for_url("**/bahas/2")
    assert recorded(room) == [(1, "field_check")]


def test_a_page_that_was_closed_without_network_loses_no_verdict(
    room: Room, desk: Desk, new_page: NewPage, site: str
) -> None:
    page = laptop(desk, new_page, site)
    page.context.set_offline(True)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.get_by_text("BELUM tersimpan: nomor 1.")).to_be_visible()
    stored = page.evaluate(
        """() => new Promise((done) => {
          indexedDB.open("fmotm").onsuccess = ({ target }) => {
            const asked = target.result.transaction("gudang").objectStore("gudang").get("putusan");
            asked.onsuccess = () => done(JSON.stringify(asked.result.nilai));
          };
        })"""
    )
    assert "proposed" not in stored
    context = page.context
    page.close()
    context.set_offline(False)
    later = context.new_page()
    later.goto(site + SIDANG + "/1/bahas/4")
    expect(later.locator("#kotak-putusan")).to_be_hidden()
    later.wait_for_function(
        "fetch(location.pathname.replace('bahas/4', 'bahas')).then((r) => r.url.endsWith('/2'))"
    )
    assert recorded(room) == [(1, "proposed")]


def test_an_answer_that_was_lost_on_the_way_is_one_verdict(
    room: Room, desk: Desk, new_page: NewPage, site: str
) -> None:
    page = laptop(desk, new_page, site)
    lost: list[Route] = []

    def lose(route: Route) -> None:
        """Let the server have it, and the laptop not hear so: once."""
        if route.request.method != "POST" or lost:
            route.continue_()
            return
        lost.append(route)
        route.fetch()
        route.abort()

    page.route("**/bahas/1", lose)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.get_by_text("BELUM tersimpan: nomor 1.")).to_be_visible()
    page.wait_for_url("**/bahas/2")
    assert recorded(room) == [(1, "proposed")]


def test_the_second_of_two_officers_is_told_and_asked(
    room: Room, desk: Desk, new_page: NewPage, site: str
) -> None:
    other = laptop(room.officer(), new_page, site)
    desk.said(1, "not_proposed")
    other.keyboard.press("1")
    other.keyboard.press("Enter")
    told = other.get_by_role("alert")
    expect(told).to_contain_text("Yang tercatat: Tidak diusulkan, oleh Orang Nomor")
    expect(other.locator("[value=proposed]")).to_be_checked()
    other.click("text=Simpan putusan")
    other.wait_for_url("**/bahas/2")
    assert recorded(room) == [(1, "not_proposed"), (1, "proposed")]


def test_what_is_refused_is_said_with_what_was_typed(
    desk: Desk, new_page: NewPage, site: str
) -> None:
    page = laptop(desk, new_page, site)
    page.keyboard.press("2")
    page.select_option("#alasan", "died")
    page.click("text=Simpan putusan")
    expect(page.get_by_role("alert")).to_contain_text("Alasan ini belum terbukti.")
    expect(page.locator("#kalimat")).to_have_value("Pemohon sudah meninggal dunia.")
    page.fill("#bukti", "Akta kematian")
    page.click("text=Simpan putusan")
    page.wait_for_url("**/bahas/2")


def test_without_scripts_everything_works_too(
    room: Room, desk: Desk, new_page: NewPage, site: str
) -> None:
    page = as_person(desk.client, new_page(javascript=False), site)
    page.goto(f"{site}{SIDANG}/1/bahas/1")
    page.check("[value=postponed]")
    page.fill("#pertanyaan", "Mobil di depan rumah milik siapa?")
    page.click("text=Simpan putusan")
    page.wait_for_url("**/bahas/2")
    assert recorded(room) == [(1, "postponed")]


def test_the_screen_follows_the_officer(desk: Desk, new_page: NewPage, site: str) -> None:
    screen = laptop(desk, new_page, site, "/1/layar")
    desk.get("/1/bahas/2")
    expect(screen.get_by_text("Nomor 2")).to_be_visible()
    desk.get("/1/bahas/3")
    expect(screen.get_by_text("Nomor 3")).to_be_visible()
    screen.context.set_offline(True)
    expect(screen.get_by_text("Layar tidak tersambung.")).to_be_visible()
    screen.context.set_offline(False)
    expect(screen.get_by_text("Layar tidak tersambung.")).to_be_hidden()


@pytest.mark.parametrize("width", [1366, 360])
def test_every_page_of_a_session_holds_the_bars(
    room: Room, desk: Desk, new_page: NewPage, site: str, width: int
) -> None:
    room.registered(2)
    page = as_person(desk.client, new_page(width=width), site)
    desk.said(1, "not_proposed")
    for path in ("", "/1", "/1/agenda", "/1/hadir", "/1/bahas/1", "/1/ketik", "/1/layar"):
        page.goto(site + SIDANG + path)
        seen = look(page, path)
        assert (seen.rules, seen.contrast, seen.small) == ([], [], []), path
    lurah = room.lurah()
    desk.step("akhiri")
    page = as_person(lurah.client, new_page(width=width), site)
    page.goto(f"{site}{SIDANG}/1/tutup")
    seen = look(page, "tutup")
    assert (seen.rules, seen.contrast, seen.small) == ([], [], [])
