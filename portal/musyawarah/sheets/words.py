"""The words of the pages about sheets: how far one is, and why paper was not taken."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from portal.dates import now
from registry.rules.marks import Source
from registry.rules.periods import JAKARTA, civil_date
from registry.store.sheet_keying import Refused

if TYPE_CHECKING:
    from registry.store.sheet_overview import Neighbours, SheetCount

MOST_DAYS: Final = 60
"""Days that a link may live."""

USUAL_DAYS: Final = 14

ASKED: Final = {
    Source.RT: "Ketua RT",
    Source.DASAWISMA: "Dasawisma",
    Source.PENDATA: "Pendata",
}
"""Source → who is asked, in full."""

REFUSALS: Final = {
    Refused.HANDED_IN: "Lembar ini sudah selesai, jadi tidak diketik lagi. Tidak ada yang diubah.",
    Refused.BY_LINK: (
        "Lembar ini sudah ditandai lewat tautan. Centang dulu bahwa kertas menggantikannya."
    ),
    Refused.TWO_OTHERS: "Dua orang lain sudah mengetik lembar ini. Tidak ada yang diubah.",
    Refused.OTHER_HAND: (
        "Giliran Anda sudah berubah: orang yang sama tidak boleh menjadi orang kedua, dan orang"
        " lain mungkin mendahului. Tidak ada yang diubah. Lihat keterangan di bawah."
    ),
    Refused.NO_SUCH_LINE: "Kiriman tidak terbaca. Tidak ada yang diubah. Ketik lagi.",
    Refused.EMPTY: "Belum ada tanda yang diketik. Kertas yang kosong tidak perlu diketik.",
}


class Far(NamedTuple):
    """How far a sheet is: `in`, `keying`, `begun`, `expired` or `new`, and in words."""

    kind: str
    words: str


def far(sheet: SheetCount) -> Far:
    """Return how far a sheet is."""
    count = f"{sheet.marked} dari {sheet.lines}"
    if sheet.handed_in_at is not None:
        return Far("in", f"Sudah masuk: {count} ditandai")
    if sheet.keyed:
        return Far("keying", f"Sedang diketik: {sheet.keyed} baris belum cocok")
    if sheet.expires_at <= now():
        return Far("expired", f"Tautan habis: {count} ditandai")
    return Far("begun", f"Diisi {count}") if sheet.marked else Far("new", "Belum diisi")


def lacks(each: Neighbours) -> str:
    """Return what is missing of an RT before its marks weigh; '' when both sources are in."""
    if each.complete:
        return ""
    if not each.sheets:
        return "Lembar belum dibuat"
    if each.of_rt is None or not each.second:
        return "Lembar RT belum dibuat" if each.of_rt is None else "Sumber kedua belum dibuat"
    if each.of_rt.handed_in_at is None:
        any_second = any(second.handed_in_at for second in each.second)
        return "Tunggu RT" if any_second else "Tunggu keduanya"
    return "Tunggu sumber kedua"


def link_ends(days: int) -> datetime:
    """Return the end of the day, so many days from today, in Jakarta."""
    day = civil_date(now()) + timedelta(days=days)
    return datetime.combine(day, time(23, 59), JAKARTA)


def days_from(text: str) -> int | None:
    """Return the days that a link shall live; None for what is no number from 1 to MOST_DAYS."""
    text = text.strip()
    known = text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MOST_DAYS
    return int(text) if known else None
