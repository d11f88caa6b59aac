"""Rounds of registration: when one is open, until when a late form is taken, how it is extended.

Times are aware and in UTC; people see them in Asia/Jakarta, in Indonesian.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final, Self
from zoneinfo import ZoneInfo

JAKARTA: Final = ZoneInfo("Asia/Jakarta")

GRACE: Final = timedelta(hours=1)
"""How long after closing a form is still taken: a queue at the door is not the citizen's fault."""

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
"""Names of the months, January first."""

_ID: Final = re.compile(r"20[0-9]{2}-[1-9][0-9]?", re.ASCII)


class InvalidPeriod(ValueError):  # noqa: N818 - named after what it is
    """Dates, an id or a change that a period cannot have; the message says which, for dinas."""


@dataclass(frozen=True, slots=True)
class Period:
    """A round of registration: open from ``opens_at`` until just before ``closes_at``.

    ``id`` is year and number, `2026-1`. ``musyawarah_on`` is the day (in Jakarta) on which the
    meetings begin, None while it is not known. Raises InvalidPeriod.
    """

    id: str
    title: str
    opens_at: datetime
    closes_at: datetime
    grace: timedelta = GRACE
    musyawarah_on: date | None = None

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise InvalidPeriod("a period's id is its year and number, such as 2026-1")
        if self.opens_at.tzinfo is None or self.closes_at.tzinfo is None:
            raise InvalidPeriod("a period's times need a time zone")
        if self.closes_at <= self.opens_at:
            raise InvalidPeriod("a period closes after it opens")
        if self.grace < timedelta():
            raise InvalidPeriod("the grace after closing is not negative")
        object.__setattr__(self, "opens_at", self.opens_at.astimezone(UTC))
        object.__setattr__(self, "closes_at", self.closes_at.astimezone(UTC))

    def is_open(self, now: datetime) -> bool:
        """Tell whether a form may be begun now."""
        return self.opens_at <= now < self.closes_at

    def accepts(self, now: datetime) -> bool:
        """Tell whether a form may be sent now: while it is open, and for the grace after that."""
        return self.opens_at <= now < self.closes_at + self.grace

    def extend(self, new_close: datetime, reason: str) -> Self:
        """Return the period with a later closing time; the reason is the caller's to record.

        Raises InvalidPeriod when the time is not later or the reason is empty.
        """
        if not reason.strip():
            raise InvalidPeriod("an extension needs a reason")
        if new_close.tzinfo is None:
            raise InvalidPeriod("a period's times need a time zone")
        if new_close <= self.closes_at:
            raise InvalidPeriod("an extension closes later than now planned")
        return replace(self, closes_at=new_close)

    def next_date(self, now: datetime) -> str:
        """Return the next date that concerns a household, as a sentence in Indonesian."""
        if now < self.opens_at:
            return f"Pendaftaran dibuka {show_time(self.opens_at)}."
        if now < self.closes_at:
            return f"Pendaftaran ditutup {show_time(self.closes_at)}."
        if self.musyawarah_on is None:
            return "Tanggal musyawarah belum ditentukan."
        if civil_date(now) <= self.musyawarah_on:
            return f"Musyawarah dimulai {show_date(self.musyawarah_on)}."
        return f"Musyawarah sudah dimulai {show_date(self.musyawarah_on)}."


def civil_date(at: datetime) -> date:
    """Return the date in Jakarta at a moment: the 'today' of every rule."""
    return at.astimezone(JAKARTA).date()


def show_date(day: date) -> str:
    """Return a date as Indonesians write it: `17 Agustus 2026`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def show_time(moment: datetime) -> str:
    """Return an aware time as read in Jakarta: `17 Agustus 2026 pukul 23.59 WIB`."""
    local = moment.astimezone(JAKARTA)
    return f"{show_date(local.date())} pukul {local:%H.%M} WIB"
