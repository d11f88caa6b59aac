"""An evening of the musyawarah: its agenda, who attends, the lists, and the cases one by one."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Page, expect
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from registry.rules.agenda import PER_EVENING, Part
from registry.rules.verdicts import Verdict
from registry.store.models import AgendaItem, Musyawarah
from registry.store.models import Verdict as Row
from tests.browser.round.kelurahan import CODE
from tests.browser.round.people import Person

QUESTION = "Siapa yang bekerja di rumah ini?"
PEOPLE = (
    ("lurah", "Hendra Wijaya", "Lurah Gambir"),
    ("rt_rw", "Slamet Riyadi", "Ketua RT 003"),
    ("rt_rw", "Maman Suherman", "Ketua RW 005"),
    ("pkk_dasawisma", "Tuti Alawiyah", "Kader"),
    ("pkk_dasawisma", "Yati Maryati", "Kader"),
    ("pendamping", "Rina Marlina", "Pendamping PKH"),
    ("tokoh_masyarakat", "Bambang Sutejo", ""),
    ("tokoh_masyarakat", "Lukman Hakim", ""),
    ("tokoh_agama", "Ahmad Fauzi", ""),
    ("tokoh_agama", "Yosef Lengkong", ""),
    ("peninjau", "Dewi Lestari", "DPRD"),
)
KEYS = {
    Verdict.PROPOSED: "1",
    Verdict.NOT_PROPOSED: "2",
    Verdict.FIELD_CHECK: "3",
    Verdict.POSTPONED: "4",
}


@dataclass(frozen=True, slots=True)
class Said:
    """What the meeting said of a case."""

    verdict: Verdict
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a round is: its households, and the cases of an evening that are one by one."""

    households: int
    each: int = PER_EVENING


PROPOSED = Said(Verdict.PROPOSED)


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the frozen agenda."""

    application_id: bytes
    part: Part
    rw: int | None


@dataclass
class Evening:
    """One session as the people in the room know it: ``said`` by number is their paper."""

    officer: Person
    database: Engine
    each: int = PER_EVENING
    """How many cases at most are talked about one by one."""
    number: int = 0
    agenda: dict[int, Item] = field(default_factory=dict)
    said: dict[int, Said] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    """What each case took, from the key to the next case on the screen."""

    # Before the meeting

    def is_planned(self) -> None:
        """Plan the next session, with the quorum that is proposed, and freeze its agenda."""
        page = self.officer.goes_to("/sidang")
        if not page.get_by_role("button", name="Rencanakan sidang").is_visible():
            page.get_by_text("Rencanakan sidang berikutnya").click()
        self.officer.presses("Rencanakan sidang")
        self.number = int(page.url.rsplit("/", 1)[1])
        most = page.get_by_label("Paling banyak dibahas satu per satu")
        expect(most).to_have_value("175")
        most.fill(str(self.each))
        self.officer.presses("Bekukan agenda")
        self.agenda = self._drawn()

    def _drawn(self) -> dict[int, Item]:
        of_session = (Musyawarah.kelurahan_code == CODE, Musyawarah.number == self.number)
        with Session(self.database) as session:
            rows = session.scalars(select(AgendaItem).join(Musyawarah).where(*of_session))
            return {each.number: _item(each) for each in rows}

    def goes_to(self, path: str = "") -> Page:
        return self.officer.goes_to(f"/sidang/{self.number}{path}")

    def printed(self) -> bytes:
        """Give the agenda to be taken along on paper."""
        page = self.goes_to()
        link = page.get_by_role("link", name="Cetak agenda (PDF)").get_attribute("href")
        answer = page.context.request.get(f"{self.officer.url}{link}")
        assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
        return answer.body()

    # In the room

    def opens(self) -> None:
        self.goes_to()
        self.officer.presses("Buka sidang")

    def notes(self, first: int, last: int | None = None) -> Page:
        """Note some of the people as present."""
        page = self.goes_to("/hadir")
        for element, name, function in PEOPLE[first:last]:
            page.get_by_label("Unsur").select_option(element)
            page.get_by_label("Nama").fill(name)
            page.get_by_label("Jabatan").fill(function)
            self.officer.presses("Catat hadir")
        return page

    def pulls_out(self) -> int:
        """Let somebody ask for the first household of a list to be talked about."""
        number, item = next(each for each in self.agenda.items() if each[1].part is Part.LIST)
        self.goes_to(f"/daftar/{item.rw}")
        self.officer.presses(f"Tarik keluar nomor {number}")
        self.agenda[number] = Item(item.application_id, Part.EACH, item.rw)
        return number

    def ratifies(self) -> None:
        """Read out the list of each RW and propose all who are still on it."""
        for rw in sorted({each.rw for each in self._listed().values() if each.rw is not None}):
            page = self.goes_to(f"/daftar/{rw}")
            with page.expect_navigation():
                page.get_by_role("button", name=f"Sahkan daftar RW {rw:03}").click()
            expect(page.get_by_text("Daftar ini sudah disahkan.")).to_be_visible()
        self.said |= dict.fromkeys(self._listed(), PROPOSED)

    def _listed(self) -> dict[int, Item]:
        return {n: each for n, each in self.agenda.items() if each.part is Part.LIST}

    def decides(
        self, number: int, said: Said, *, extra: Callable[[Page], None] | None = None
    ) -> None:
        """Record a verdict on the page of a case with its key; the next case comes by itself."""
        page = self.officer.page
        began = time.monotonic()
        page.keyboard.press(KEYS[said.verdict])
        if said.verdict is Verdict.NOT_PROPOSED:
            page.locator("#alasan").select_option(said.reason)
            page.locator("#putusan button:not([name])").focus()
        if said.verdict is Verdict.POSTPONED:
            page.locator("#pertanyaan").fill(QUESTION)
            page.locator("#putusan button:not([name])").focus()
        if extra:
            extra(page)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        self.seconds.append(time.monotonic() - began)
        assert not page.url.endswith(f"/bahas/{number}"), page.locator("main").inner_text()
        self.said[number] = said

    def takes_back(self, number: int) -> None:
        page = self.goes_to(f"/bahas/{number}")
        with page.expect_navigation():
            page.keyboard.press("u")
        expect(page.get_by_text("Putusan sebelumnya dibatalkan.")).to_be_visible()
        del self.said[number]

    def plays(self, asides: frozenset[int] = frozenset()) -> None:
        """Decide what has no verdict, case by case; somebody steps aside from some of them."""
        page = self.goes_to("/bahas")
        turn = 0
        while "/bahas/" in page.url:
            turn += 1
            number = int(page.url.rsplit("/", 1)[1])
            said = _what_they_say(turn, self.agenda[number])
            self.decides(number, said, extra=_steps_aside if turn in asides else None)

    def ends(self) -> Page:
        page = self.goes_to()
        page.locator("summary", has_text="Akhiri sidang").click()
        self.officer.presses("Akhiri sidang")
        return page

    # What stands on paper

    def counted(self) -> Counter[Verdict]:
        return Counter(each.verdict for each in self.said.values())

    def recorded(self) -> Counter[Verdict]:
        """Count what stands in the database: of each number, what was recorded last."""
        of_session = (Musyawarah.kelurahan_code == CODE, Musyawarah.number == self.number)
        with Session(self.database) as session:
            rows = session.execute(
                select(Row.number, Row.verdict)
                .join(Musyawarah, Row.musyawarah_id == Musyawarah.id)
                .where(*of_session)
                .order_by(Row.number, Row.version)
            )
            last = dict(rows.all())
        return Counter(Verdict(verdict) for verdict in last.values() if verdict)

    def decided(self) -> dict[bytes, Said]:
        """Give what was said of each household."""
        return {self.agenda[number].application_id: said for number, said in self.said.items()}


def _item(row: AgendaItem) -> Item:
    return Item(row.application_id, Part(row.part), row.rw)


def _what_they_say(turn: int, item: Item) -> Said:
    if item.part is Part.FACTS:
        return Said(Verdict.NOT_PROPOSED, "moved_out")
    if turn % 12 == 5:
        return Said(Verdict.NOT_PROPOSED, "owns_car")
    if turn % 25 == 7:
        return Said(Verdict.FIELD_CHECK)
    if turn % 25 == 16:
        return Said(Verdict.POSTPONED)
    return PROPOSED


def _steps_aside(page: Page) -> None:
    page.get_by_text("Ada yang tidak ikut membahas").click()
    page.get_by_label("Orang ke-1").select_option("2")
    page.locator("#ikatan-1").select_option("kin")
    page.locator("#putusan button:not([name])").focus()


def closes(lurah: Person, evening: Evening) -> None:
    """Close a session with what stands on the signed paper; at first with a slip of the finger.

    A slip does not use the code up.
    """
    page = lurah.goes_to(f"/sidang/{evening.number}/tutup")
    counted, code = evening.counted(), lurah.code()
    _types(lurah, counted + Counter({Verdict.POSTPONED: 1}), code)
    expect(page.locator(".salah .pesan")).to_have_text(["Berbeda dengan yang tercatat."])
    _types(lurah, counted, code)
    expect(page.get_by_role("heading", name="Sidang ini sudah ditutup")).to_be_visible()


def _types(lurah: Person, counted: Counter[Verdict], code: str) -> None:
    for verdict in Verdict:
        lurah.page.locator(f"#{verdict.value}").fill(str(counted[verdict]))
    lurah.page.get_by_label("Kode masuk dari HP Anda").fill(code)
    lurah.presses("Tutup sidang")
