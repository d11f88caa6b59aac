"""'Dengarkan': every screen can be heard, by the phone's own voice or by sound files."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from portal.speech import spoken
from tests.browser.conftest import NewPage
from tests.browser.looking import RULES
from tests.browser.typing import household_of_four
from tests.browser.voices import (
    BROKEN,
    ENGLISH,
    OLD_ANDROID,
    OWN,
    REMOTE,
    Heard,
    give_voices,
    hurry_sounds,
    listen,
    press,
)
from tests.browser.walking import back, onward, send, walk
from tests.stack import Stack

pytestmark = pytest.mark.timeout(300)

SAID = spoken("id")
# What is written and has no words of its own: how far it is, help (the question's words say it),
# what counts digits, labels of the three boxes of a date.
ASIDE = ".langkah, .bila, .bantuan, .hitungan, .kemajuan *, .dengar *, .tanggal *"
TEXTS = "h1, h2, p, li, legend, label, dt, dd:not(:has(button)), summary"
UNREAD = f"""() => [...document.querySelectorAll("main :is({TEXTS})")]
  .filter(e => e.checkVisibility() && e.offsetHeight > 1 && !e.matches("{ASIDE}"))
  .filter(e => !window.marked.has(e) && !e.querySelector("a.tombol"))
  .map(e => e.textContent.trim())"""


def sounds_of(page: Page) -> list[str]:
    """Note the sound files that the page asks for."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[1]))
    return asked


def test_every_screen_is_read_by_the_phones_own_voice_and_the_check_reads_the_answers(
    stack: Stack, new_page: NewPage
) -> None:
    answers = household_of_four(300) | {"telepon": "081234567890"}
    page = new_page()
    give_voices(page, REMOTE, ENGLISH, OWN)
    asked = sounds_of(page)
    page.goto(f"{stack.url}/daftar")
    heard: dict[str, list[Heard]] = {}

    def hear(key: str) -> None:
        heard[key] = listen(page)
        assert page.evaluate(UNREAD) == [], key

    walk(page, answers, at_each=hear)
    assert not [each for each in asked if each.endswith(".opus")]
    assert {each.voice for every in heard.values() for each in every} == {"id-ID"}

    lantai = [each.text for each in heard["lantai"]]
    assert lantai == [
        "Lantai",
        *SAID["lantai"],
        *(SAID[f"lantai-{code}"][0] for code in codes("lantai")),
    ]
    assert heard["anggota-2"][0].text == "Orang ke-2"
    assert str(answers["anggota-1-nama"]) in [each.text for each in heard["bekerja"]]

    check = [each.text for each in heard["periksa"]]
    nik = str(answers["nik"])
    assert after(check, "Berapa en-i-ka Anda?") == ", ".join(
        " ".join(nik[n : n + 4]) for n in (0, 4, 8, 12)
    )
    assert after(check, "Siapa nama Anda, seperti di ka-te-pe?") == answers["nama"]
    assert after(check, "Berapa orang lain tinggal dan makan bersama Anda?") == "3"
    assert after(check, SAID["lantai"][0]) == SAID[f"lantai-{answers['lantai']}"][0]
    assert after(check, "Berapa nomor ha-pe atau WhatsApp Anda?") == "0 8 1 2, 3 4 5 6, 7 8 9 0"
    assert check.count("Orang ke 2.") == 3

    send(page)
    page.wait_for_url("**/bukti/*")
    receipt = listen(page)
    assert page.evaluate(UNREAD) == []
    code = page.locator(".kode").inner_text().replace("-", "")
    assert after([each.text for each in receipt], "Kode bukti Anda.") == ", ".join(
        " ".join(code[n : n + 4]) for n in (0, 4, 8)
    )


def codes(question: str) -> list[str]:
    return [key.removeprefix(f"{question}-") for key in SAID if key.startswith(f"{question}-")]


def after(said: list[str], question: str) -> str:
    return said[said.index(question) + 1]


@pytest.mark.parametrize("path", ["/", "/bantuan", "/cek"])
def test_a_plain_page_is_read_from_top_to_bottom(
    stack: Stack, new_page: NewPage, path: str
) -> None:
    page = new_page()
    give_voices(page, OLD_ANDROID)
    page.goto(stack.url + path)
    assert listen(page)
    assert page.evaluate(UNREAD) == []


@pytest.mark.parametrize(
    "voices", [(), (REMOTE, ENGLISH), (BROKEN,)], ids=["none", "remote", "broken"]
)
def test_a_phone_without_a_voice_of_its_own_plays_files_and_the_mark_moves(
    stack: Stack, new_page: NewPage, voices: tuple[dict[str, object], ...]
) -> None:
    page = new_page()
    if voices:
        give_voices(page, *voices)
    hurry_sounds(page)
    asked = sounds_of(page)
    page.goto(f"{stack.url}/daftar")
    walk(page, household_of_four(300), until="ktp_dki")
    page.wait_for_load_state("networkidle")
    assert not [each for each in asked if "opus" in each or "suara" in each or "ucapan" in each]

    press(page)
    expect(page.get_by_role("button", name="Berhenti")).to_be_visible()
    expect(page.get_by_role("button", name="Dengarkan")).to_be_visible(timeout=60_000)

    played = page.evaluate("window.played")
    assert played == [
        ["judul-ktp_dki.1.opus", "KTP"],
        ["ktp_dki.1.opus", "Apakah KTP Anda KTP DKI Jakarta?"],
        ["ktp_dki-1.1.opus", "Ya, KTP Jakarta"],
        ["ktp_dki-2.1.opus", "Bukan, KTP daerah lain"],
    ]
    assert [each for each in asked if each.endswith(".opus")] == [name for name, _ in played]
    assert page.evaluate("window.heard ?? []") == []
    expect(page.locator(".dibaca")).to_have_count(0)


def test_it_works_by_keyboard_and_looks_and_stops_as_it_should(
    stack: Stack, new_page: NewPage
) -> None:
    page = new_page(width=320, height=640)
    give_voices(page, OWN)
    page.goto(f"{stack.url}/daftar")
    page.evaluate("window.held = true")
    onward(page)
    button = page.locator(".dengar button")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Berhenti", exact=True)).to_be_focused()
    expect(page.locator("#judul-hp")).to_have_class("dibaca")
    box = button.bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 48
    assert box["x"] + box["width"] <= 320
    rules = {"runOnly": RULES, "rules": {"color-contrast-enhanced": {"enabled": True}}}
    assert Axe().run(page, options=rules).response["violations"] == []
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    progress = page.locator(".kemajuan p").bounding_box()
    assert progress
    assert progress["width"] > 200  # below the button, where there is no room beside it
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Dengarkan")).to_be_visible()
    expect(page.locator(".dibaca")).to_have_count(0)
    assert page.evaluate("window.cancelled") >= 1

    for leave in (back, onward):  # to another screen
        press(page)
        expect(page.locator(".dibaca")).to_have_count(1)
        leave(page)
        expect(page.get_by_role("button", name="Dengarkan")).to_be_visible()
        expect(page.locator(".dibaca")).to_have_count(0)

    press(page)  # to another page
    expect(page.locator(".dibaca")).to_have_count(1)
    before = page.evaluate("window.cancelled")
    page.evaluate("dispatchEvent(new Event('pagehide'))")
    expect(page.get_by_role("button", name="Dengarkan")).to_be_visible()
    assert page.evaluate("window.cancelled") > before


def test_without_network_it_says_so_and_can_be_pressed_again(
    stack: Stack, new_page: NewPage
) -> None:
    page = new_page()
    hurry_sounds(page)
    page.goto(f"{stack.url}/cek")
    expect(page.locator(".dengar")).to_be_visible()
    failed = page.get_by_text("Suara tidak bisa diputar sekarang.")
    for part in ("**/suara.js*", "**/ucapan-id.*", "**/*.opus"):
        page.route(part, lambda route: route.abort())
        press(page)
        expect(failed).to_be_visible()
        expect(page.get_by_role("button", name="Dengarkan")).to_be_visible()
        page.unroute(part)
    press(page)
    expect(failed).to_be_hidden()
    expect(page.locator("main h1")).to_have_class("dibaca")


def test_without_scripts_there_is_no_button(stack: Stack, new_page: NewPage) -> None:
    page = new_page(javascript=False)
    page.goto(f"{stack.url}/daftar")
    expect(page.locator(".dengar")).to_be_hidden()
