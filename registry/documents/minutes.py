"""The berita acara of a musyawarah, as PDF to sign and as XLSX to work with."""

from __future__ import annotations

from collections import Counter
from datetime import UTC
from io import BytesIO
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import xlsxwriter

from registry.documents.content import content_digest, mask_nik
from registry.documents.typesetting import draw_qr, typeset
from registry.documents.words import (
    clock,
    date_in_words,
    long_date,
    long_time,
    numbers_in_words,
    thousands,
)
from registry.rules.periods import civil_date

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from registry.documents.content import Line, Minutes
    from registry.documents.typesetting import Data

FULL: Final = "SALINAN LENGKAP – RAHASIA"
"""What stands on every page of a copy that shows each NIK, before for whom it was made."""

PRACTICE: Final = "LATIHAN – bukan dokumen yang sebenarnya"
"""What stands on every page of what was only practised."""

_DIGEST_GROUP: Final = 8
_SIGN_ELSEWHERE: Final = frozenset({"lurah", "peninjau"})
_COLUMNS: Final = (
    ("No.", 7),
    ("NIK", 20),
    ("Nama", 32),
    ("Alamat", 40),
    ("RT/RW", 10),
    ("Status", 20),
    ("Keterangan", 60),
)
# What a cell and a page header of the format can hold.
_CELL_LIMIT: Final = 32_767
_HEADER_LIMIT: Final = 255


def minutes_pdf(minutes: Minutes) -> bytes:
    """Return the minutes as PDF: the same minutes give the same bytes.

    Each NIK is masked unless they are `full`. Raises ValueError when `verify_url` does not end
    with their digest, or when they are full and nobody is named in the watermark.
    """
    digest = content_digest(minutes)
    if not minutes.verify_url.endswith(f"/{digest}"):
        raise ValueError("verify_url must end with the content digest: use with_verify_url")
    data = _session(minutes) | _outcome(minutes) | _people(minutes)
    data["lines"] = [list(row) for row in annex_rows(minutes)]
    data["watermark"] = watermark(minutes)
    data["digest_start"] = digest[: 2 * _DIGEST_GROUP]
    data["digest"] = " ".join(
        digest[start : start + _DIGEST_GROUP] for start in range(0, len(digest), _DIGEST_GROUP)
    )
    data["verify_host"] = urlsplit(minutes.verify_url).netloc + "/berita-acara"
    return typeset(
        "minutes",
        data,
        verbatim={
            "number": minutes.number,
            "corrects": minutes.corrects,
            "verify_url": minutes.verify_url,
            "qr": draw_qr(minutes.verify_url),
        },
        at=minutes.closed_at,
    )


def minutes_xlsx(minutes: Minutes) -> bytes:
    """Return annex and counts as a workbook: the same minutes give the same bytes.

    Every text is a text cell and stays one when it is edited, whatever sign it begins with; only
    counts are numbers. Each NIK is masked unless they are `full`. Raises ValueError when they are
    full and nobody is named in the watermark.
    """
    marks = [PRACTICE] if minutes.practice else []
    marks += [mark] if (mark := watermark(minutes)) else []
    title = " – ".join([f"Berita Acara Nomor {minutes.number}", *marks])
    out = BytesIO()
    # In memory: XlsxWriter would otherwise put every name into a file of /tmp.
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        made = minutes.closed_at.astimezone(UTC).replace(tzinfo=None)
        book.set_properties({"title": minutes.number, "created": made})
        text = book.add_format({"num_format": "@", "quote_prefix": True, "text_wrap": True})
        bold = book.add_format({"num_format": "@", "quote_prefix": True, "bold": True})
        annex, counts = book.add_worksheet("Lampiran"), book.add_worksheet("Jumlah")
        for page in (annex, counts):
            _write_row(page, 0, (title,), bold)
            page.set_paper(9)  # A4
            # An ampersand begins a code in a page header.
            page.set_header(f"&L{title.replace('&', '&&')[: _HEADER_LIMIT - 2]}")
            page.set_footer("&RHalaman &P dari &N")
        _write_annex(annex, minutes, text, bold)
        _write_counts(counts, minutes, text, bold)
    return out.getvalue()


def watermark(minutes: Minutes) -> str:
    """Return what stands across every page of a full copy, empty for a masked one.

    Raises ValueError when a full copy does not say for whom it was made.
    """
    if not minutes.full:
        return ""
    if not minutes.watermark:
        raise ValueError("a full copy needs a watermark: for whom it was made, and when")
    return f"{FULL} – {minutes.watermark}"


def annex_rows(minutes: Minutes) -> list[tuple[str, str, str, str, str, str, str]]:
    """Return the annex: number, NIK, name, address, RT/RW, status, description."""
    return [_row(line, line.nik if minutes.full else mask_nik(line.nik)) for line in minutes.lines]


def result_rows(minutes: Minutes) -> list[tuple[str, int]]:
    """Return each outcome in the words of the minutes, with its cases."""
    counts = minutes.counts
    return [
        ("Diusulkan", counts.proposed),
        ("Tidak diusulkan", counts.not_proposed),
        ("Perlu kunjungan lapangan", counts.field_check),
        ("Ditunda", counts.postponed),
        ("Belum dibahas, dibawa ke sidang berikutnya", counts.open),
    ]


def _row(line: Line, nik: str) -> tuple[str, str, str, str, str, str, str]:
    where = f"{line.rt or '–'}/{line.rw or '–'}"
    return (
        str(line.number),
        nik,
        line.name,
        line.address,
        where,
        line.status_label,
        line.description,
    )


def _session(minutes: Minutes) -> dict[str, Data]:
    place = minutes.place
    lurah = f"Lurah {place.kelurahan}"
    acting = minutes.chair_acting_letter
    return {
        "place": {
            "province": place.province,
            "kota": place.kota,
            "kecamatan": place.kecamatan,
            "kelurahan": place.kelurahan,
        },
        "period_title": minutes.period_title,
        "session_number": str(minutes.session_number),
        "held_on": long_date(minutes.held_on),
        "day_in_words": date_in_words(minutes.held_on),
        "day_in_digits": f"{minutes.held_on:%d-%m-%Y}",
        "began": clock(minutes.began),
        "ended": clock(minutes.ended),
        "chair_name": minutes.chair_name,
        "chair_office": f"Pelaksana Harian (Plh.) {lurah}" if acting else lurah,
        "chair_letter": acting,
        "correction_reason": minutes.correction_reason,
        "practice": minutes.practice,
        "signed_on": long_date(civil_date(minutes.closed_at)),
        "closed_at": long_time(minutes.closed_at),
    }


def _outcome(minutes: Minutes) -> dict[str, Data]:
    counts = minutes.counts
    return {
        "quorate": minutes.quorate,
        "quorum_sentence": minutes.quorum_sentence,
        "parts": _counted(counts.by_part),
        "results": [
            [label, thousands(cases), numbers_in_words(cases)]
            for label, cases in result_rows(minutes)
        ],
        "total": [thousands(counts.total), numbers_in_words(counts.total)],
        "reasons": _counted(counts.by_reason),
        "totals_on_paper": minutes.totals_on_paper,
        "stepped_aside": list(minutes.stepped_aside),
        "dissent": list(minutes.dissent),
        "notes": minutes.notes,
    }


def _people(minutes: Minutes) -> dict[str, Data]:
    # A Counter keeps the order in which the elements first appear.
    elements = Counter(person.element_label for person in minutes.attendance)
    signing: list[Data] = [label for label in elements if label.lower() not in _SIGN_ELSEWHERE]
    return {
        "officers": list(minutes.officer_names),
        "elements": _counted(tuple(elements.items())),
        "attended": thousands(len(minutes.attendance)),
        "signing_elements": signing,
        "attendance": [
            {
                "number": str(person.number),
                "name": person.name,
                "element": person.element_label,
                "role": person.role,
            }
            for person in minutes.attendance
        ],
    }


def _counted(rows: tuple[tuple[str, int], ...]) -> list[Data]:
    return [[label, thousands(cases)] for label, cases in rows]


def _write_annex(page: Worksheet, minutes: Minutes, text: Format, bold: Format) -> None:
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.freeze_panes(2, 0)
    page.repeat_rows(0, 1)
    for column, (_, width) in enumerate(_COLUMNS):
        page.set_column(column, column, width)
    _write_row(page, 1, tuple(label for label, _ in _COLUMNS), bold)
    for row, cells in enumerate(annex_rows(minutes), start=2):
        _write_row(page, row, cells, text)
    page.autofilter(1, 0, 1 + len(minutes.lines), len(_COLUMNS) - 1)


def _write_counts(page: Worksheet, minutes: Minutes, text: Format, bold: Format) -> None:
    page.set_column(0, 0, 60)
    page.set_column(1, 1, 16)
    counts = minutes.counts
    blocks = (
        ("Hasil" if minutes.quorate else "Hanya rekomendasi", result_rows(minutes)),
        ("Alasan tidak diusulkan", counts.by_reason),
        ("Bagian agenda", counts.by_part),
    )
    row = 2
    for heading, rows in blocks:
        _write_row(page, row, (heading, "Rumah tangga"), bold)
        for below, (label, cases) in enumerate(rows, start=1):
            _write_row(page, row + below, (label,), text)
            page.write_number(row + below, 1, cases)
        row += len(rows) + 2


def _write_row(page: Worksheet, row: int, cells: tuple[str, ...], style: Format) -> None:
    for column, cell in enumerate(cells):
        page.write_string(row, column, cell[:_CELL_LIMIT], style)
