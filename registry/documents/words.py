"""Numbers, days and times as an Indonesian official letter writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from registry.rules.periods import JAKARTA

if TYPE_CHECKING:
    from datetime import date, datetime

MONTHS: Final = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
"""The months, January first."""

DAYS: Final = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
"""The days of the week, Monday first, as `date.weekday` counts them."""

_UNITS: Final = (
    "nol",
    "satu",
    "dua",
    "tiga",
    "empat",
    "lima",
    "enam",
    "tujuh",
    "delapan",
    "sembilan",
    "sepuluh",
    "sebelas",
)
_LIMIT: Final = 1_000_000_000


def numbers_in_words(number: int) -> str:
    """Write a number out: 2026 is `dua ribu dua puluh enam`.

    From 0 up to below a milliard; ValueError beyond. One hundred and one thousand are `seratus`
    and `seribu`, one million is `satu juta` (Kamus Besar Bahasa Indonesia).
    """
    if not 0 <= number < _LIMIT:
        message = f"only 0 to {_LIMIT - 1} can be written in words, not {number}"
        raise ValueError(message)
    return _UNITS[0] if number == 0 else " ".join(_spoken(number))


def _spoken(number: int) -> list[str]:
    for size, name in ((1_000_000, "juta"), (1_000, "ribu"), (100, "ratus")):
        if number >= size:
            many, rest = divmod(number, size)
            head = [f"se{name}"] if many == 1 and size < 1_000_000 else [*_spoken(many), name]
            return head + _spoken(rest)
    if number >= 20:
        tens, rest = divmod(number, 10)
        return [_UNITS[tens], "puluh", *_spoken(rest)]
    if number >= 12:
        return [_UNITS[number - 10], "belas"]
    return [_UNITS[number]] if number else []


def long_date(day: date) -> str:
    """Write a day: `18 November 2026`. Of an aware time give `civil_date` of it."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def date_in_words(day: date) -> str:
    """Write a day as the opening of a berita acara does, weekday first, all in words."""
    return (
        f"{DAYS[day.weekday()]}, tanggal {numbers_in_words(day.day)} "
        f"bulan {MONTHS[day.month - 1]} tahun {numbers_in_words(day.year)}"
    )


def clock(moment: datetime) -> str:
    """Write an aware time as a clock in Jakarta shows it: `19.30 WIB`."""
    return f"{moment.astimezone(JAKARTA):%H.%M} WIB"


def long_time(moment: datetime) -> str:
    """Write an aware time with its day: `18 November 2026 pukul 19.30 WIB`."""
    return f"{long_date(moment.astimezone(JAKARTA))} pukul {clock(moment)}"


def thousands(number: int) -> str:
    """Write a number with points between thousands: `3.500`."""
    return f"{number:,}".replace(",", ".")
