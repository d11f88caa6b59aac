"""Before the meeting: sheets for neighbours, on their phones and on paper."""

from __future__ import annotations

from collections.abc import Iterator

from tests.browser.gallery.album import Shot
from tests.browser.gallery.desk.office import Office, office, press, shot
from tests.browser.gallery.product import Product
from tests.browser.round.neighbours import (
    KEYS,
    WORDS,
    Sheet,
    keys_paper,
    mark_without_scripts,
    marks_on_a_phone,
)


def sheets(product: Product) -> Iterator[Shot]:
    here = office(product)
    yield shot("lembar", "Sheets, before any is made", here.siti.goes_to("/lembar"))
    made = here.sheets
    yield shot("lembar-tautan", "Their links, shown once", here.siti.page)
    neighbour, keyed, expired, rest = made[0], made[-1], made[-2], made[1:-2]
    yield from _neighbour(product, neighbour)
    product.sql(
        "UPDATE sheet SET made_at = now() - interval '9 days',"
        " expires_at = now() - interval '1 day' WHERE number = %(number)s",
        {"number": expired.number},
    )
    yield Shot("lembar-habis", "A link that has expired", product.open(expired.path))
    mark_without_scripts(product.stack.url, rest)
    yield shot("lembar-sebagian", "Sheets: most are in", here.siti.goes_to("/lembar"))
    page = here.siti.goes_to(f"/lembar/rw/{keyed.rw}")
    yield shot("lembar-rw", "The sheets of an RW", page)
    yield from _on_paper(here, keyed)


def _neighbour(product: Product, sheet: Sheet) -> Iterator[Shot]:
    phone = product.open(sheet.path)
    yield Shot("tetangga", "The sheet on the phone of an RT", phone)
    phone.locator("#baris-1").get_by_label(WORDS["discuss"]).check()
    phone.locator("#baris-1 [role=status]", has_text="Tersimpan.").wait_for()
    press(phone, "Selesai, kirim")
    yield Shot("tetangga-belum", "Sent too early", phone)
    marks_on_a_phone(phone, sheet)
    yield Shot("tetangga-selesai", "Handed in", phone)


def _on_paper(here: Office, sheet: Sheet) -> Iterator[Shot]:
    page = here.siti.goes_to(f"/lembar/{sheet.number}/ketik")
    for line in (1, 2, 3):
        page.locator(".ketikan input:checked").nth(line - 1).focus()
        page.keyboard.press(KEYS[sheet.mark(line)])
    yield shot("lembar-ketik", "Keying a sheet of paper", page)
    keys_paper(here.siti, sheet)
    page = here.budi.goes_to(f"/lembar/{sheet.number}/ketik")
    page.locator(".ketikan input").first.check()
    press(page, "Simpan ketikan")
    yield shot("lembar-beda", "Two keyed it differently", page)
    yield shot("lembar-satu", "One sheet", here.siti.goes_to(f"/lembar/{sheet.number}"))
    keys_paper(here.budi, sheet)
