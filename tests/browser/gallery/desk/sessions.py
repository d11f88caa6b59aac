"""An evening of the musyawarah, from its plan to the lurah's signature."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from playwright.sync_api import Page

from registry.rules.verdicts import Verdict
from tests.browser.gallery.album import Shot
from tests.browser.gallery.desk.office import Office, office, press, shot
from tests.browser.gallery.product import Product
from tests.browser.round.evening import Evening, Said


def sessions(product: Product) -> Iterator[Shot]:
    here = office(product)
    evening = Evening(here.siti, here.database)
    yield shot(
        "sidang-kosong", "No session yet: the first is planned", here.siti.goes_to("/sidang")
    )
    evening.is_planned()
    yield shot("sidang-beku", "Its agenda is frozen", here.siti.page)
    yield shot("sidang-daftar", "Sessions", here.siti.goes_to("/sidang"))
    yield shot("sidang-agenda", "The agenda", evening.goes_to("/agenda"))
    evening.opens()
    yield shot("sidang-buka", "The session is open", here.siti.page)
    yield shot("sidang-hadir-kurang", "Who is there: below the quorum", evening.notes(0, 2))
    yield shot("sidang-hadir", "Who is there: the quorum is met", evening.notes(2))
    yield from _lists(evening)
    yield from _one_by_one(here, evening)
    yield from _paper(evening)
    yield from _ends(here, evening)


def _lists(evening: Evening) -> Iterator[Shot]:
    evening.pulls_out()
    yield shot("sidang-daftar-rw", "The list of an RW, one pulled out", evening.officer.page)
    screen = evening.officer.page.context.new_page()
    screen.goto(evening.officer.page.url.partition("/daftar/")[0] + "/layar")
    yield shot("layar-rw", "The projector: a list", screen, whole=False)
    screen.close()
    evening.ratifies()
    yield shot("sidang-daftar-sah", "The list is ratified", evening.officer.page)


def _one_by_one(here: Office, evening: Evening) -> Iterator[Shot]:
    page = evening.goes_to("/bahas")
    first = int(page.url.rsplit("/", 1)[1])
    yield shot("bahas", "One by one", page)
    screen = page.context.new_page()
    screen.goto(page.url.partition("/bahas/")[0] + "/layar")
    yield shot("layar-satu", "The projector: one case, nothing confidential", screen, whole=False)
    screen.close()
    page.keyboard.press("2")
    page.locator("#alasan").select_option("owns_car")
    page.get_by_text("Ada yang tidak ikut membahas").click()
    yield shot("bahas-alasan", "A reason, and who steps aside", page)
    other = here.budi.goes_to(f"/sidang/{evening.number}/bahas/{first}")
    page = evening.goes_to(f"/bahas/{first}")
    evening.decides(first, Said(Verdict.NOT_PROPOSED, "moved_out"))
    other.keyboard.press("1")
    with other.expect_navigation():
        other.keyboard.press("Enter")
    yield shot("bahas-konflik", "Another officer was first", other)
    yield shot("bahas-tercatat", "Decided already", evening.goes_to(f"/bahas/{first}"))
    page = evening.goes_to("/bahas")
    page.context.set_offline(True)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.get_by_text("BELUM tersimpan").wait_for()
    yield shot("bahas-luring", "Without a network: not saved yet", page, whole=False)
    evening.said[int(page.url.rsplit("/", 1)[1])] = Said(Verdict.PROPOSED)
    with page.expect_navigation():
        page.context.set_offline(False)


def _paper(evening: Evening) -> Iterator[Shot]:
    page = evening.goes_to("/ketik")
    left = sorted(evening.agenda.keys() - evening.said.keys())
    for row, (number, verdict, reason) in enumerate(
        [(left[0], "1", ""), (left[1], "2", "03"), (9999, "1", "")]
    ):
        for name, value in (("nomor", number), ("putusan", verdict), ("alasan", reason)):
            page.locator(f"[name={name}]").nth(row).fill(str(value))
    yield shot("sidang-ketik", "Keying what was decided on paper", page)
    press(page, "Simpan semua baris")
    yield shot("sidang-ketik-salah", "One line is not on the agenda", page)


def _ends(here: Office, evening: Evening) -> Iterator[Shot]:
    yield shot("sidang-berjalan", "Some way into the session", evening.goes_to())
    yield shot("sidang-berakhir", "Ended: now the lurah", evening.ends())
    yield shot("sidang-rekap", "The recap to sign", evening.goes_to("/rekap"))
    page = here.lurah.goes_to(f"/sidang/{evening.number}/tutup")
    yield shot("sidang-tutup", "The lurah closes it", page)
    code, counted = here.lurah.code(), evening.recorded()
    _types(page, counted + Counter({Verdict.POSTPONED: 1}), code)
    yield shot("sidang-tutup-salah", "The paper says otherwise", page)
    _types(page, counted, code)
    yield shot("sidang-ditutup", "Closed", here.siti.goes_to(f"/sidang/{evening.number}"))


def _types(page: Page, counted: Counter[Verdict], code: str) -> None:
    for verdict in Verdict:
        page.locator(f"#{verdict.value}").fill(str(counted[verdict]))
    page.get_by_label("Kode masuk dari HP Anda").fill(code)
    press(page, "Tutup sidang")
