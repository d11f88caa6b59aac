"""The kelurahan without typing: out of lists, or by where the phone is, looked up on the phone."""

from __future__ import annotations

import random
import re
from itertools import pairwise
from math import cos, hypot, radians

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from portal.outlines import Corner, outlines
from registry.intake import PURPOSE, Keys
from registry.rules.application import answers_of
from registry.rules.receipts import parse_receipt
from registry.settings import Settings
from tests.browser.conftest import NewPage
from tests.browser.looking import RULES
from tests.browser.typing import household_of_four
from tests.browser.walking import SCREEN, onward, send, shows, walk
from tests.database import all_rows
from tests.stack import Stack

pytestmark = pytest.mark.timeout(300)

GAMBIR = ("31.71.01.1001", -6.1754, 106.8272)
METRE = 1 / 111_200  # of latitude, in degrees


@pytest.fixture
def page(stack: Stack, new_page: NewPage) -> Page:
    """Stand before the question for the kelurahan."""
    opened = new_page(width=320, height=640)
    opened.goto(f"{stack.url}/daftar")
    walk(opened, household_of_four(400), until="kelurahan")
    return opened


def stand(page: Page, latitude: float, longitude: float, accuracy: float = 20) -> None:
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation(
        {"latitude": latitude, "longitude": longitude, "accuracy": accuracy}
    )


def ask(page: Page) -> None:
    page.get_by_role("button", name="Di mana saya sekarang?").click()


def answered(page: Page) -> list[str]:
    """Return what the form would send for the position."""
    found: list[str] = page.evaluate(
        "new FormData(document.querySelector('form[data-pandu]')).getAll('lokasi')"
    )
    return found


def change(page: Page, question: str) -> None:
    page.get_by_role("button", name=f"Ubah {question}", exact=True).click()


def sealed_answers(stack: Stack, receipt: str) -> dict[str, str | list[str]]:
    """Open what came of a receipt, as an officer's page will."""
    stack.drained()
    settings = Settings.from_env(stack.settings())
    query = "SELECT id, sealed FROM application WHERE receipt = %s"
    with all_rows(stack.settings()["DATABASE_URL"]) as connection:
        row = connection.execute(query, [parse_receipt(receipt)]).fetchone()
    assert row
    return answers_of(Keys.of(settings).ring.unseal(PURPOSE, bytes(row[0]), bytes(row[1])))


def test_kelurahan_is_chosen_from_its_kecamatan_by_keyboard(page: Page) -> None:
    page.get_by_role("combobox").focus()

    def press_on(name: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.firstChild?.textContent") == name:
                page.keyboard.press("Enter")
                return
        pytest.fail(f"not reached by Tab: {name}")

    press_on("Pilih dari kecamatan")
    press_on("Jakarta Timur")
    press_on("Kec. Jatinegara")
    page.set_viewport_size({"width": 320, "height": 2400})  # the bar below covers nothing
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate(
        """[...document.querySelectorAll('.wilayah summary, .wilayah button')]
           .filter(e => e.offsetParent && e.getBoundingClientRect().height < 48).length"""
    ) == 0  # fmt: skip
    press_on("Bali Mester")
    assert page.locator("[name=kelurahan]").input_value() == "31.75.03.1003"
    expect(page.get_by_role("combobox")).to_have_value("Bali Mester, Kec. Jatinegara")
    expect(page.get_by_text("Dipilih: Bali Mester, Kec. Jatinegara")).to_be_visible()
    expect(page.locator("summary", has_text="Pilih dari kecamatan")).to_be_focused()
    expect(page.get_by_role("button", name="Bali Mester")).to_be_hidden()
    onward(page)
    shows(page, "rt_rw")


def test_every_kelurahan_is_in_the_lists_once(page: Page) -> None:
    page.get_by_text("Pilih dari kecamatan").click()
    page.locator(".wilayah .tempat").first.wait_for(state="attached")
    codes = page.locator(".wilayah .tempat").evaluate_all("all => all.length")
    assert codes == len(outlines())
    kota = page.locator(".wilayah > details > summary").all_inner_texts()
    assert kota == [
        "Jakarta Pusat", "Jakarta Utara", "Jakarta Barat", "Jakarta Selatan", "Jakarta Timur",
        "Kepulauan Seribu",
    ]  # fmt: skip


def test_the_phone_finds_the_kelurahan_and_tells_nobody_but_who_is_allowed(
    stack: Stack, page: Page
) -> None:
    code, latitude, longitude = GAMBIR
    answers = {**household_of_four(400), "kelurahan": code}
    tick = page.locator("[name=lokasi]")
    asked: list[str] = []
    stand(page, latitude, longitude)
    page.wait_for_load_state("networkidle")
    page.on("request", lambda each: asked.append(f"{each.method} {each.url}"))
    expect(tick).to_be_hidden()
    ask(page)
    expect(page.get_by_text("Anda di sekitar sini.")).to_be_visible()
    assert sorted(re.sub(r"[0-9a-f]{12}", "#", each) for each in asked) == [
        f"GET {stack.url}/static/#/lokasi.js",
        f"GET {stack.url}/static/batas.#.json",
    ]
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    page.get_by_role("button", name="Gambir", exact=False).click()
    assert page.locator("[name=kelurahan]").input_value() == code
    expect(page.get_by_role("button", name="Di mana saya sekarang?")).to_be_focused()
    expect(tick).not_to_be_checked()
    assert answered(page) == []
    onward(page)
    walk(page, answers)
    expect(page.locator(".ringkasan")).not_to_contain_text("titik lokasi")

    change(page, "Anda tinggal di kelurahan mana?")
    tick.check()
    onward(page)
    expect(page.locator(".ringkasan")).to_contain_text("Ya, kirim.")
    change(page, "Kirim juga titik lokasi ini?")
    expect(tick).to_be_focused()
    assert answered(page) == ["-6.17540,106.82720"]
    page.keyboard.press("Space")
    assert answered(page) == []
    onward(page)
    shows(page, "periksa")
    expect(page.locator(".ringkasan")).not_to_contain_text("titik lokasi")

    tick.evaluate("e => Object.assign(e, { value: '0,0', checked: true })")
    send(page)
    shows(page, "kelurahan")
    expect(page.locator(f"{SCREEN} .pesan")).to_contain_text("Titik lokasi ini bukan di Jakarta")
    tick.uncheck()
    expect(page.locator(f"{SCREEN} .pesan")).to_have_count(0)
    ask(page)
    expect(page.get_by_text("Anda di sekitar sini.")).to_be_visible()
    tick.check()
    onward(page)
    send(page)
    page.wait_for_url("**/bukti/*")
    receipt = re.search(r"\b\w{4}-\w{4}-\w{4}\b", page.locator("main").inner_text())
    assert receipt
    assert sealed_answers(stack, receipt[0])["lokasi"] == "-6.17540,106.82720"


def test_what_can_not_be_found_is_said_and_typing_goes_on(page: Page) -> None:
    told = page.locator(".lokasi [role=status]")
    choices = page.locator(".lokasi .tempat")
    tick = page.locator("[name=lokasi]")
    ask(page)
    expect(told).to_contain_text("HP tidak memberi izin lokasi.")

    stand(page, *GAMBIR[1:])
    page.route("**/batas.*.json", lambda route: route.abort())
    ask(page)
    expect(told).to_contain_text("Letak HP tidak ditemukan.")
    page.unroute("**/batas.*.json")

    stand(page, -6.9147, 107.6098)
    ask(page)
    expect(told).to_contain_text("Anda sedang di luar Jakarta.")
    stand(page, *GAMBIR[1:], accuracy=5000)
    ask(page)
    expect(told).to_contain_text("Letak HP tidak ditemukan.")
    expect(choices).to_have_count(0)
    expect(tick).to_be_hidden()

    stand(page, *GAMBIR[1:], accuracy=1500)
    ask(page)
    expect(choices).to_have_count(3)
    expect(choices.first).to_contain_text("Gambir")
    expect(tick).to_be_hidden()  # no officer finds a house by that
    stand(page, -5.7448, 106.6140)
    ask(page)
    expect(choices).to_have_count(1)
    expect(choices).to_contain_text("Pulau Panggang")
    page.get_by_role("combobox").fill("cideng")
    page.get_by_role("option").click()
    onward(page)
    shows(page, "rt_rw")


def test_the_phone_finds_what_the_full_outlines_say(page: Page) -> None:
    points = [
        (code, point)
        for code, rings in outlines().items()
        for point in sample(random.Random(code), rings, 6)
    ]
    found = page.evaluate(
        """async (points) => {
          const modul = [...document.querySelectorAll('link[rel=modulepreload]')][0].href;
          const { sekitar } = await import(new URL("lokasi.js", modul));
          const alamat = document.getElementById("pandu").content.querySelector("[data-batas]");
          const batas = await (await fetch(alamat.dataset.batas)).json();
          return points.map(([x, y]) => sekitar(batas, y, x, 0)[0]);
        }""",
        [point for _, point in points],
    )
    other = [(code, at) for (code, at), said in zip(points, found, strict=True) if said != code]
    assert len(points) == 6 * len(outlines())
    assert len(other) <= len(points) * 0.005
    assert all(metres_to_border(outlines()[code], at) < 10 for code, at in other)


def sample(
    dice: random.Random, rings: tuple[tuple[Corner, ...], ...], count: int
) -> list[tuple[float, float]]:
    """Return points inside an outline, drawn evenly."""
    corners = [corner for ring in rings for corner in ring]
    west, south = (min(corner[axis] for corner in corners) for axis in (0, 1))
    east, north = (max(corner[axis] for corner in corners) for axis in (0, 1))
    points: list[tuple[float, float]] = []
    while len(points) < count:
        at = (dice.uniform(west, east), dice.uniform(south, north))
        if sum(is_inside(ring, at) for ring in rings) == 1:
            points.append(at)
    return points


def is_inside(ring: tuple[Corner, ...], at: Corner) -> bool:
    crossed = 0
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > at[1]) != (y2 > at[1]):
            crossed += at[0] < x1 + (x2 - x1) * (at[1] - y1) / (y2 - y1)
    return crossed % 2 == 1


def metres_to_border(rings: tuple[tuple[Corner, ...], ...], at: Corner) -> float:
    wide = cos(radians(at[1]))
    near = float("inf")
    for ring in rings:
        flat = [((x - at[0]) * wide / METRE, (y - at[1]) / METRE) for x, y in ring]
        for (x1, y1), (x2, y2) in pairwise(flat):
            dx, dy = x2 - x1, y2 - y1
            along = -(x1 * dx + y1 * dy) / (dx * dx + dy * dy or 1)
            along = min(1, max(0, along))
            near = min(near, hypot(x1 + along * dx, y1 + along * dy))
    return near
