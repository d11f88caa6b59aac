"""Walk the guided form as a person does: look at the screen, answer what it asks, press Lanjut.

In whatever language: by what a control is, and not by what it says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from registry.rules.nik import Nik
from registry.rules.regions import kelurahan
from tests.browser.typing import Answers

SCREEN = ".dipandu form section.layar:visible"  # until scripts ran, all of them can be seen
LAST = "periksa"
CHOSEN_PHONE = "[name=hp]:checked"

_HURRY = Path(__file__).with_name("hurrying.js").read_text()


def screen(page: Page) -> str:
    """Return the key of the screen that shows; there is exactly one."""
    expect(page.locator(SCREEN)).to_have_count(1)
    return page.locator(SCREEN).get_attribute("data-layar") or ""


def shows(page: Page, key: str) -> None:
    """Expect a screen: going back is told to the page only afterwards."""
    expect(page.locator(SCREEN)).to_have_attribute("data-layar", key)


def onward(page: Page) -> None:
    page.locator("[data-aksi=lanjut]").click()


def back(page: Page) -> None:
    page.locator("[data-aksi=kembali]").click()


def walk(
    page: Page,
    answers: Answers,
    *,
    until: str = LAST,
    by_hand: bool = False,
    at_each: Callable[[str], None] | None = None,
) -> list[str]:
    """Go on from the screen that shows; return the keys of all that showed, `until` included.

    `by_hand` moves, taps and types as a person does. Without it only what has to be chosen is done
    so, and the rest of the way takes a moment: for tests of what comes after it. `at_each` looks at
    every screen once it is answered, `until` included.
    """
    seen = [screen(page)]
    while seen[-1] != until:
        seen += [] if by_hand or at_each else _hurry(page, answers, until)
        if seen[-1] == until:
            break
        assert len(seen) < 80, seen
        answer_screen(page, answers)
        if at_each:
            at_each(seen[-1])
        onward(page)
        seen.append(screen(page))
        assert seen[-1] != seen[-2], f"stuck: {page.locator('.pesan:visible').all_inner_texts()}"
    if at_each:
        at_each(seen[-1])
    return seen


def _hurry(page: Page, answers: Answers, until: str) -> list[str]:
    """Go on as far as it takes no choosing; return the screens that came."""
    members = [f"anggota-{number}-nik" for number in range(1, 21)]
    chosen = ["kelurahan", *(name for name in members if not answers.get(name))]
    if not _is_told_by_nik(answers):
        chosen += ["nik", "lahir"]
    seen: list[str] = page.evaluate(_HURRY, {"answers": answers, "until": until, "byHand": chosen})
    return seen


def answer_screen(page: Page, answers: Answers) -> None:
    """Answer the questions that can be seen; answering one may show another."""
    if page.locator(f"{SCREEN}[data-layar=hp]").count() and not page.locator(CHOSEN_PHONE).count():
        page.locator(f"{SCREEN} [name=hp][value=pinjaman]").check()
    done: set[str] = set()
    while asked := next((each for each in _asked(page) if each[0] not in done), None):
        name, question = asked
        done.add(name)
        if name.endswith("-nik") and not answers.get(name):
            page.locator(f"{SCREEN} label:has(input:not([name]))").click()
        elif question.get_attribute("data-jenis") == "kelurahan":
            choose_kelurahan(page, str(answers[name]))
        elif question.get_attribute("data-jenis") == "tanggal":
            for part in ("hari", "bulan", "tahun"):
                field = f"{name}-{part}"
                if field in answers:
                    page.locator(f"[name='{field}']").fill(str(answers[field]))
        elif name in answers:
            answer_question(page, name, answers[name])
        if name == "nik" and not _is_told_by_nik(answers):
            page.locator("button.bukan").click()


def _is_told_by_nik(answers: Answers) -> bool:
    """Whether birth date and sex are those of the NIK, or not given at all."""
    nik = Nik.parse(str(answers["nik"]))
    told = nik.birth_date(date.today())  # noqa: DTZ011 - the day of this machine's browser
    parts = [str(answers.get(f"lahir-{part}", "")) for part in ("hari", "bulan", "tahun")]
    if not all(parts):
        return True
    day, month, year = map(int, parts)
    return told == date(year, month, day) and answers["jenis_kelamin"] == nik.sex


def _asked(page: Page) -> Iterator[tuple[str, Locator]]:
    for question in page.locator(f"{SCREEN} [data-soal]:visible").all():
        yield question.get_attribute("data-soal") or "", question


def answer_question(page: Page, name: str, value: str | list[str]) -> None:
    control = page.locator(f"[name='{name}']")
    if control.first.evaluate("e => e.type") in {"radio", "checkbox"}:
        for one in [value] if isinstance(value, str) else value:
            page.locator(f"[name='{name}'][value='{one}']").check()
    else:
        assert isinstance(value, str)
        control.fill("")
        control.press_sequentially(value)


def choose_kelurahan(page: Page, code: str) -> None:
    """Type a part of the name and tap the one that is meant."""
    wanted = kelurahan(code)
    page.get_by_role("combobox").fill(wanted.name[1:])
    page.locator(f"[role=option][data-kode='{code}']").click()


def send(page: Page) -> None:
    page.get_by_role("button", name="Kirim", exact=True).click()


def own_phone(page: Page, code: str = "") -> None:
    """Say at the first screen that the phone is one's own; no code is 'Tanpa kode'."""
    onward(page)
    shows(page, "hp")
    page.get_by_text("HP sendiri", exact=True).click()
    if code:
        page.get_by_label("Buat kode").fill(code)
    else:
        page.get_by_text("Tanpa kode").click()
    onward(page)
    is_kept(page)


def fill_in(page: Page, answers: Answers, *, own: bool = False) -> None:
    """Go from the first screen to the last; the phone is borrowed unless it is one's own."""
    if own:
        own_phone(page)
    walk(page, answers)


def is_kept(page: Page) -> None:
    """Wait until what stands in the form is on this phone's disk."""
    expect(page.locator(".simpanan")).to_have_attribute("data-keadaan", "tersimpan")


def reopened(page: Page, address: str) -> Page:
    """Kill the tab, and open the address in another one of the same phone."""
    phone = page.context
    page.close()
    again = phone.new_page()
    again.goto(address, wait_until="commit")
    return again


def unlock(page: Page, code: str = "") -> None:
    """Open the draft that waits on one's own phone."""
    waiting = page.locator(".lanjutkan")
    expect(waiting).to_be_visible()
    if code:
        waiting.get_by_role("textbox").fill(code)
    waiting.get_by_role("button", name="Lanjut", exact=True).click()
    expect(page.locator(SCREEN)).to_have_count(1)
    is_kept(page)
