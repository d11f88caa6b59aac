"""The sheet of the pra-musyawarah: one RT's households, for a neighbour's marks on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.documents.typesetting import draw_qr, typeset
from registry.documents.words import long_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from registry.documents.content import Sheet
    from registry.documents.typesetting import Data


def sheet_pdf(sheet: Sheet) -> bytes:
    """Return the sheet as PDF on A4: name and address, and five boxes to tick for each.

    The same sheet gives the same bytes. Its link is in the QR code alone: whoever hears a number
    read out cannot open it. Raises TypesettingError.
    """
    return sheets_pdf([sheet])


def sheets_pdf(sheets: Sequence[Sheet]) -> bytes:
    """Return sheets as one PDF to be printed at once, such as those of an RW.

    Each begins on a page of its own and counts its own pages. Raises ValueError for none at all,
    and TypesettingError.
    """
    if not sheets:
        raise ValueError("there is no sheet to be printed")
    numbers = ", ".join(sheet.number for sheet in (sheets[0], sheets[-1])[: len(sheets)])
    return typeset(
        "sheet",
        {"sheets": [_content(sheet) for sheet in sheets]},
        verbatim={
            "title": f"Lembar pra-musyawarah {numbers}",
            "links": [[sheet.number, draw_qr(sheet.url)] for sheet in sheets],
        },
        at=max(sheet.prepared_at for sheet in sheets),
    )


def _content(sheet: Sheet) -> dict[str, Data]:
    place = sheet.place
    return {
        "place": {
            "kota": place.kota,
            "kecamatan": place.kecamatan,
            "kelurahan": place.kelurahan,
        },
        "period_title": sheet.period_title,
        "rt": sheet.rt,
        "rw": sheet.rw,
        "where": f"Kelurahan {place.kelurahan}, RT {sheet.rt} / RW {sheet.rw}",
        "source": sheet.source_label,
        "until": long_time(sheet.until),
        "lines": [[str(line.number), line.name, line.address] for line in sheet.lines],
        "practice": sheet.practice,
    }
