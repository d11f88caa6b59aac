"""What is left of a session: its berita acara, and what each household reads of it."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from html import unescape

from playwright.sync_api import Page, expect

from fmotm.households.client import Client, Reply
from fmotm.households.home import Raw
from portal.musyawarah.sessions.words import SENTENCES
from registry.rules.lifecycle import REASONS, State, step
from registry.rules.receipts import format_receipt
from registry.rules.verdicts import Verdict
from tests.browser.round.evening import QUESTION, Said
from tests.browser.round.kelurahan import Home
from tests.browser.round.people import Person
from tests.stack import until
from tests.unit.registry.documents.reading import pages

AT_ONCE = 4
MADE_WITHIN = 60.0
"""Seconds: minutes of more than three thousand households."""

RESULTS = {
    Verdict.PROPOSED: "Diusulkan",
    Verdict.NOT_PROPOSED: "Tidak diusulkan",
    Verdict.FIELD_CHECK: "Perlu kunjungan lapangan",
    Verdict.POSTPONED: "Ditunda",
}
_STATES = {
    Verdict.PROPOSED: State.PROPOSED,
    Verdict.NOT_PROPOSED: State.NOT_PROPOSED,
    Verdict.FIELD_CHECK: State.FIELD_CHECK,
    Verdict.POSTPONED: State.QUEUED,
}


def minutes_of(person: Person, number: int) -> tuple[bytes, str]:
    """Wait until the worker has made minutes; give their PDF, and the code of their content."""

    def made() -> bool:
        page = person.goes_to(f"/berita-acara/{number}")
        return page.get_by_role("link", name="Unduh PDF").is_visible()

    until(made, MADE_WITHIN)
    page = person.page
    link = page.get_by_role("link", name="Unduh PDF").get_attribute("href")
    answer = page.context.request.get(f"{person.url}{link}")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    return answer.body(), page.locator("dd.sidik").inner_text().strip()


def text_of(pdf: bytes, wanted: slice) -> str:
    """Give the words of pages of a PDF, whatever lines they stand on."""
    return " ".join(pages(pdf)[wanted])


def results_in(text: str) -> Counter[Verdict]:
    """Read the counts of the outcomes off the minutes."""
    found: Counter[Verdict] = Counter()
    for verdict, words in RESULTS.items():
        read = re.search(rf"{words} ([0-9.]+) ", text)
        assert read, (words, text[:3000])
        found[verdict] = int(read[1].replace(".", ""))
    return +found


def is_verified(page: Page, url: str, pdf: bytes, content: str, number: int) -> None:
    """Look both codes up as anybody may who holds a print or the file."""
    for code, words in (
        (hashlib.sha256(pdf).hexdigest(), "cocok dengan berkas PDF"),
        (content, "cocok dengan isi"),
    ):
        page.goto(f"{url}/berita-acara/{code}")
        expect(page.get_by_role("heading", level=1)).to_have_text("Berita acara ini terdaftar")
        expect(page.locator(".kabar.baik")).to_contain_text(words)
        expect(page.locator("dt:text-is('Sidang ke-') + dd")).to_have_text(str(number))


def ask_for_all(url: str, asked: Sequence[tuple[Home, Said]]) -> None:
    """Let each household ask where it stands, and read the verdict and why in plain words."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda first: _ask(url, asked[first::AT_ONCE]), range(AT_ONCE)))


def _ask(url: str, asked: Iterable[tuple[Home, Said]]) -> None:
    client = Client(url)
    for home, said in asked:
        fields: Raw = {"nik": home.nik, "bukti": format_receipt(home.receipt)}
        answer = client.post("/cek", fields, _nothing)
        shown = " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())
        missing = [words for words in _words_for(said) if words not in shown]
        assert (answer.status, missing) == (200, [])
    client.close()


def _words_for(said: Said) -> list[str]:
    stands = step(_STATES[said.verdict])
    words = [stands.title, stands.next]
    if said.reason:
        words += [REASONS[said.reason], SENTENCES[said.reason]]
    if said.verdict is Verdict.POSTPONED:
        words.append(QUESTION)
    return words


def _nothing(_reply: Reply) -> Raw:
    return {}


def stand(said: Mapping[bytes, Said], many: int) -> dict[str, int]:
    """Count where all of a kelurahan should stand: who was not decided waits in the queue."""
    counted = Counter(_STATES[each.verdict].value for each in said.values())
    counted[State.QUEUED.value] += many - len(said)
    return dict(counted)
