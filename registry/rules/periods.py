"""Rounds of registration: when one is open, until when a late form is taken, how it is extended.

Times are aware and in UTC; people see them in Asia/Jakarta.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple, Self
from zoneinfo import ZoneInfo

JAKARTA: Final = ZoneInfo("Asia/Jakarta")

GRACE: Final = timedelta(hours=1)
"""How long after closing a form is still taken: a queue at the door is not the citizen's fault."""

_ID: Final = re.compile(r"20[0-9]{2}-[1-9][0-9]?", re.ASCII)


class Milestone(StrEnum):
    """What of a round concerns a household; the meetings' day may not be known yet."""

    OPENS = "opens"
    CLOSES = "closes"
    MEETINGS_UNKNOWN = "meetings_unknown"
    MEETINGS_BEGIN = "meetings_begin"
    MEETINGS_BEGAN = "meetings_began"


class NextDate(NamedTuple):
    """What comes next, and when: a moment (UTC), or for meetings the day in Jakarta."""

    what: Milestone
    when: datetime | date | None = None


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

    def next_date(self, now: datetime) -> NextDate:
        """Return the next date that concerns a household."""
        if now < self.opens_at:
            return NextDate(Milestone.OPENS, self.opens_at)
        if now < self.closes_at:
            return NextDate(Milestone.CLOSES, self.closes_at)
        if self.musyawarah_on is None:
            return NextDate(Milestone.MEETINGS_UNKNOWN)
        if civil_date(now) <= self.musyawarah_on:
            return NextDate(Milestone.MEETINGS_BEGIN, self.musyawarah_on)
        return NextDate(Milestone.MEETINGS_BEGAN, self.musyawarah_on)


def civil_date(at: datetime) -> date:
    """Return the date in Jakarta at a moment: the 'today' of every rule."""
    return at.astimezone(JAKARTA).date()
