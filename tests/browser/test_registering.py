"""A household registers on a phone and follows what becomes of it."""

from __future__ import annotations

import os
import re
import signal

import pytest
from playwright.sync_api import Page, expect

from tests.browser import walking
from tests.browser.conftest import NewPage
from tests.browser.typing import Answers, fill, household_of_four, send, unguided
from tests.stack import Stack, until

pytestmark = pytest.mark.timeout(300)

CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")


def register(
    page: Page, stack: Stack, answers: Answers, *, guided: bool = True, by_hand: bool = False
) -> str:
    """Go from the home page to the receipt, guided by scripts or not; return its code."""
    page.goto(stack.url)
    page.get_by_role("link", name="Daftar", exact=True).last.click()
    if guided:
        page.locator("html.dipandu").wait_for()
        walking.walk(page, answers, by_hand=by_hand)
        walking.send(page)
    else:
        fill(page, answers, by_hand=by_hand)
        send(page)
    expect(page).to_have_url(re.compile("/bukti/"))
    found = CODE.search(page.locator("main").inner_text())
    assert found
    return found[0]


def look_up(page: Page, stack: Stack, nik: str, code: str) -> str:
    page.goto(f"{stack.url}/cek")
    page.locator("[name=nik]").fill(nik)
    page.locator("[name=bukti]").fill(code)
    page.get_by_role("button", name="Lihat status").click()
    return page.locator("main").inner_text()


@pytest.mark.parametrize("javascript", [True, False], ids=["with-scripts", "without-scripts"])
def test_a_household_of_four_registers_and_follows_its_status(
    stack: Stack, new_page: NewPage, javascript: bool
) -> None:
    answers = household_of_four(100 + javascript)
    page = new_page(javascript=javascript)
    worker = stack.pid("worker")
    os.kill(worker, signal.SIGSTOP)
    try:
        code = register(page, stack, answers, guided=javascript, by_hand=True)
        assert "sudah diterima" in look_up(page, stack, str(answers["nik"]), code)
    finally:
        os.kill(worker, signal.SIGCONT)
    stack.drained()
    status = look_up(page, stack, str(answers["nik"]), code)
    assert "Menunggu musyawarah" in status
    listed = stack.json("queue", str(answers["kelurahan"]))
    assert code.replace("-", "") in {row["receipt"] for row in listed}


def test_in_quiet_times_the_queue_has_it_within_five_seconds(
    stack: Stack, new_page: NewPage
) -> None:
    answers = household_of_four(110)
    code = register(new_page(), stack, answers)
    kelurahan = str(answers["kelurahan"])
    until(lambda: code in stack.told("queue", kelurahan), 15)


def test_the_same_answers_sent_twice_show_the_same_receipt(stack: Stack, new_page: NewPage) -> None:
    answers = household_of_four(120)
    guided, plain = new_page(), new_page(javascript=False)
    assert register(guided, stack, answers) == register(plain, stack, answers, guided=False)


def test_wrong_answers_are_named_and_every_answer_is_kept(stack: Stack, new_page: NewPage) -> None:
    answers = household_of_four(130)
    page = new_page(javascript=False)
    page.goto(f"{stack.url}/daftar")
    fill(page, answers | {"nik": "123", "kk": "huruf"})
    send(page)
    expect(page.get_by_role("alert")).to_contain_text("NIK harus 16 angka")
    expect(page.get_by_role("alert")).to_contain_text("Nomor KK hanya angka")
    kept = page.evaluate("[...new FormData(document.querySelector('form:has([name=nik])'))]")
    for field, value in answers.items():
        if field not in {"nik", "kk"}:
            given = [value] if isinstance(value, str) else value
            assert [one for name, one in kept if name == field] == given
    expect(page.locator("[name=nik]")).to_have_value("123")
    page.get_by_role("alert").get_by_role("link").first.click()
    page.locator("[name=nik]").fill(str(answers["nik"]))
    page.locator("[name=kk]").fill(str(answers["kk"]))
    send(page)
    expect(page).to_have_url(re.compile("/bukti/"))


def test_nik_is_in_no_address_and_nothing_is_stored_on_the_phone(
    stack: Stack, new_page: NewPage
) -> None:
    answers = household_of_four(140)
    page = new_page()
    addresses: list[str] = []
    page.on("request", lambda asked: addresses.append(asked.url))
    code = register(page, stack, answers)
    look_up(page, stack, str(answers["nik"]), code)
    assert addresses
    assert not [url for url in addresses if str(answers["nik"]) in url or code in url]
    assert page.context.cookies() == []
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_it_can_be_filled_in_by_keyboard_alone(stack: Stack, new_page: NewPage) -> None:
    page = new_page(width=1280, height=900)
    unguided(page)
    page.goto(f"{stack.url}/daftar")
    reached = set()
    for _ in range(250):
        page.keyboard.press("Tab")
        field = page.evaluate("document.activeElement.name || ''")
        reached.add(field)
        if page.evaluate("document.activeElement.value") == "kirim":
            break
    asked = set(page.locator("form [name]:not([type=hidden]):visible").evaluate_all(
        "all => all.map(e => e.name)"
    ))  # fmt: skip
    assert asked <= reached
