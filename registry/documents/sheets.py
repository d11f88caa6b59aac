"""The sheet of the pra-musyawarah: one RT's households, for a neighbour's marks on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry.documents.typesetting import draw_qr, typeset
from registry.documents.words import long_time

if TYPE_CHECKING:
    from registry.documents.content import Sheet


def sheet_pdf(sheet: Sheet) -> bytes:
    """Return the sheet as PDF on A4: name and address, and five boxes to tick for each.

    The same sheet gives the same bytes. Its link is in the QR code alone: whoever hears a number
    read out cannot open it.
    """
    place = sheet.place
    return typeset(
        "sheet",
        {
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
        },
        verbatim={"number": sheet.number, "qr": draw_qr(sheet.url)},
        at=sheet.prepared_at,
    )
