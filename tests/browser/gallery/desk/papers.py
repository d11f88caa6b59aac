"""What is printed: the examples of the documents' own tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pypdfium2

from registry.documents.agenda import agenda_pdf
from registry.documents.minutes import minutes_pdf
from registry.documents.paper_form import paper_form_pdf
from registry.documents.sheets import sheet_pdf
from registry.rules.questionnaire import questionnaire
from tests.browser.gallery.album import Paper
from tests.browser.gallery.product import Product
from tests.unit.registry.documents.examples import agenda, minutes, sheet

SCALE: Final = 1.3
"""Of points: A4 is 774 pixels wide, and its smallest letters can be read."""


def papers(_product: Product) -> Iterator[Paper]:
    yield _page(paper_form_pdf(questionnaire()), 0, "formulir", "The form on paper")
    yield _page(sheet_pdf(sheet(14)), 0, "lembar", "A sheet for an RT")
    evening = agenda_pdf(agenda(12, 3, 8))
    yield _page(evening, 0, "agenda", "The agenda of a session")
    yield _page(evening, 1, "agenda-2", "Its second page")
    held = minutes_pdf(minutes(12))
    yield _page(held, 0, "berita-acara", "Minutes")
    yield _page(held, -1, "berita-acara-lampiran", "Their annex")


def _page(pdf: bytes, number: int, name: str, caption: str) -> Paper:
    document = pypdfium2.PdfDocument(pdf)
    page = document[number % len(document)]
    return Paper(f"cetak-{name}", caption, page.render(scale=SCALE).to_pil())
