"""The pra-musyawarah: links that a reviewer hands out, phones that mark, and one sheet of paper."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from playwright.sync_api import Page, expect

from fmotm.households.client import Client, Reply
from fmotm.households.home import Raw
from tests.browser.round.people import Person

AT_ONCE = 4
WORDS = {
    "known": "Dikenal",
    "moved": "Pindah",
    "not_found": "Tidak ditemukan",
    "discuss": "Perlu dibahas",
}
KEYS = {"known": "1", "moved": "2", "not_found": "4", "discuss": "5"}

_READ = """items => items.map(item => [
  item.querySelector("strong").textContent,
  item.querySelector(".kecil").textContent,
  item.querySelector(".alamat-tautan").textContent,
  item.closest("section").querySelector("h2").textContent,
])"""


class Sheet(NamedTuple):
    """A sheet as the page of links shows it."""

    number: int
    rw: int
    rt: int
    source: str
    address: str

    @property
    def path(self) -> str:
        return "/" + self.address.split("/", 3)[3]

    def mark(self, line: int) -> str:
        """Tell what this source says of a line: nearly all are known, some are for the meeting."""
        if self.rw == 1 and line == 2:
            return "moved"  # both sources: a fact
        if self.source == "Dasawisma" and line % 11 == 4:
            return "discuss"
        if self.source == "Ketua RT" and line % 13 == 6:
            return "not_found"
        return "known"


def hands_out(reviewer: Person) -> list[Sheet]:
    """Let a reviewer make the sheets of both sources, and read the links off the page."""
    reviewer.goes_to("/lembar")
    page = reviewer.presses("Buat lembar")
    expect(page.get_by_role("heading", level=1)).to_contain_text("lembar dibuat")
    return [_sheet(*each) for each in page.locator(".tautan-lembar li").evaluate_all(_READ)]


def _sheet(asked: str, number: str, address: str, heading: str) -> Sheet:
    source = "Dasawisma" if asked.startswith("Dasawisma") else "Ketua RT"
    (rt,), (rw,) = re.findall(r"\d+", asked), re.findall(r"RW (\d+)", heading)
    return Sheet(int(number.rsplit(maxsplit=1)[-1]), int(rw), int(rt), source, address)


def marks_on_a_phone(page: Page, sheet: Sheet) -> None:
    """Mark a sheet by finger; each mark is saved by itself."""
    page.goto(sheet.address)
    homes = page.locator("fieldset.rumah")
    for line in range(1, homes.count() + 1):
        home = page.locator(f"#baris-{line}")
        home.get_by_label(WORDS[sheet.mark(line)]).check()
        expect(home.get_by_role("status")).to_have_text("Tersimpan.")
    page.get_by_role("button", name="Selesai, kirim").click()
    expect(page.get_by_role("heading", level=2).first).to_contain_text("Terima kasih")


def mark_without_scripts(url: str, sheets: Sequence[Sheet]) -> None:
    """Mark sheets as phones without scripts do: the page, and one form with everything."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda some: _mark_all(url, some), _shares(sheets)))


def _shares(sheets: Sequence[Sheet]) -> Iterator[Sequence[Sheet]]:
    yield from (sheets[start::AT_ONCE] for start in range(AT_ONCE))


def _mark_all(url: str, sheets: Iterable[Sheet]) -> None:
    client = Client(url)
    for sheet in sheets:
        shown = client.get(sheet.path)
        assert shown.status == 200, sheet.number
        lines = {int(line) for line in re.findall(r'name="b-(\d+)"', shown.text)}
        marks: Raw = {f"b-{line}": sheet.mark(line) for line in lines}
        answer = client.post(sheet.path, {**marks, "aksi": "kirim"}, _nothing)
        assert answer.status == 303, (sheet.number, answer.status)
    client.close()


def _nothing(_reply: Reply) -> Raw:
    return {}


def keys_paper(person: Person, sheet: Sheet) -> None:
    """Key what somebody read off the paper: a digit for each line, then the button."""
    page = person.goes_to(f"/lembar/{sheet.number}/ketik")
    page.locator(".ketikan input:checked").first.focus()
    for line in range(1, page.locator(".ketikan").count() + 1):
        page.keyboard.press(KEYS[sheet.mark(line)])
    with page.expect_navigation():
        page.keyboard.press("Enter")  # on the button, to which the last digit led
