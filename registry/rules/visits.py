"""The field check: what a visit to a house is, and when an address counts as not found.

How long a visit took is measured by the device, and compared with the others of the kelurahan by a
supervisor: the numbers point at something to ask about, they prove nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from math import log
from statistics import median
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from registry.rules.errors import Invalid
from registry.rules.periods import JAKARTA

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime


class Outcome(StrEnum):
    """How a visit ended."""

    MET = "met"
    NOBODY_HOME = "nobody_home"
    ADDRESS_NOT_FOUND = "address_not_found"


class Call(StrEnum):
    """How a call to the household's number ended."""

    ANSWERED = "answered"
    UNANSWERED = "unanswered"
    WRONG_NUMBER = "wrong_number"


LABELS: Final[Mapping[Outcome | Call, str]] = MappingProxyType(
    {
        Outcome.MET: "Bertemu keluarga",
        Outcome.NOBODY_HOME: "Tidak ada orang di rumah",
        Outcome.ADDRESS_NOT_FOUND: "Alamat tidak ditemukan",
        Call.ANSWERED: "Telepon diangkat",
        Call.UNANSWERED: "Telepon tidak diangkat",
        Call.WRONG_NUMBER: "Nomor salah atau bukan milik keluarga ini",
    }
)
"""Outcome of a visit or a call → its words."""

MISSING_LABELS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "found": "Rumahnya sudah ditemukan dalam satu kunjungan.",
        "ask_address": "Telepon keluarga sudah diangkat. Tanyakan alamatnya, lalu datangi lagi.",
        "second_visit": "Perlu dua kunjungan yang tidak menemukan alamat ini.",
        "another_hour": "Datangi sekali lagi pada waktu lain: pagi, siang, sore, atau malam.",
        "call": "Telepon dahulu nomor keluarga ini.",
    }
)
"""Code of :func:`what_is_missing` → what there is to do."""

LONGEST: Final = timedelta(hours=6)
"""A visit that took longer was never ended on the device."""

CLOCK_SLACK: Final = timedelta(minutes=5)
"""How far the clock of an officer's phone may go ahead of ours."""

APART: Final = timedelta(hours=2)
"""Between two visits that failed, so that half past ten and eleven are not 'pagi' and 'siang'."""

_PARTS_BEGIN: Final = (11, 15, 19)
"""Hours in Jakarta at which pagi ends and siang, sore, malam begin."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit by one officer (an account's id), as the device measured it.

    Times are aware. ``call`` is the call made to the household's number about it, None where none
    was made. Raises Invalid: `visit_time_zone`.
    """

    officer: str
    started_at: datetime
    ended_at: datetime
    outcome: Outcome
    call: Call | None = None

    def __post_init__(self) -> None:
        if self.started_at.tzinfo is None or self.ended_at.tzinfo is None:
            raise Invalid("visit_time_zone")

    @property
    def length(self) -> timedelta:
        """How long it took."""
        return self.ended_at - self.started_at


def refuse(visit: Visit, now: datetime) -> None:
    """Refuse a visit that cannot have been.

    Raises Invalid: `visit_ends_before_start`, `visit_in_future`, `visit_too_long`.
    """
    if visit.ended_at < visit.started_at:
        raise Invalid("visit_ends_before_start")
    if visit.ended_at > now + CLOCK_SLACK:
        raise Invalid("visit_in_future")
    if visit.length > LONGEST:
        raise Invalid("visit_too_long")


def what_is_missing(visits: Iterable[Visit], *, has_phone: bool) -> tuple[str, ...]:
    """Return what is missing before an address counts as not found; () when nothing is.

    It was the commonest reason of a real round (22,024 of KJP Plus I/2023), and one failed visit in
    working hours is how people who work get it. So there are two visits that did not find it, in
    different parts of the day in Jakarta (pagi before 11, siang, sore from 15, malam from 19) and
    two hours apart, and, where there is a number, a call that was not answered. Codes:
    `second_visit`, `another_hour`, `call`; and two that end it: `found` (a visit found the house)
    and `ask_address` (someone answered, so the address can be asked for).
    """
    visits = tuple(visits)
    calls = {visit.call for visit in visits if visit.call is not None}
    failed = [visit for visit in visits if visit.outcome is Outcome.ADDRESS_NOT_FOUND]
    if len(failed) < len(visits):
        return ("found",)
    if Call.ANSWERED in calls:
        return ("ask_address",)
    missing = []
    if len(failed) < 2:
        missing.append("second_visit")
    elif not any(_at_another_hour(one, other) for one in failed for other in failed):
        missing.append("another_hour")
    if has_phone and not calls:
        missing.append("call")
    return tuple(missing)


def _at_another_hour(one: Visit, other: Visit) -> bool:
    return _part_of_day(one) != _part_of_day(other) and other.started_at - one.ended_at >= APART


def _part_of_day(visit: Visit) -> int:
    hour = visit.started_at.astimezone(JAKARTA).hour
    return sum(hour >= begins for begins in _PARTS_BEGIN)


SHORTEST_MEETING: Final = timedelta(minutes=3)
"""Less does not suffice to see roof, floor, walls and a KTP."""

_OWN: Final = 5
_OTHERS: Final = 10
_LIMIT: Final = 3.5
_NORMAL: Final = 0.6745  # makes a MAD comparable with a standard deviation
_LEAST_SPREAD: Final = log(1.2)


@dataclass(frozen=True, slots=True)
class Outlier:
    """An officer whose visits are usually much shorter or longer than the others'."""

    officer: str
    visits: int
    median: timedelta
    others_median: timedelta
    kind: Literal["short", "long"]


def too_short(visits: Iterable[Visit]) -> tuple[Visit, ...]:
    """Return the visits that met the household for less than three minutes, as they came."""
    return tuple(
        visit
        for visit in visits
        if visit.outcome is Outcome.MET and visit.length < SHORTEST_MEETING
    )


def comparable(own: int, others: int) -> bool:
    """Tell whether so many visits of an officer, and of the others, say anything at all."""
    return own >= _OWN and others >= _OTHERS


def outliers(lengths: Mapping[str, Sequence[timedelta]]) -> tuple[Outlier, ...]:
    """Return the officers of one kelurahan whose visits differ from the others', by officer.

    ``lengths`` has each officer's visits. An officer's median stands against all visits of the
    others: it is an outlier when its modified z-score by the median absolute deviation is over 3.5
    (Iglewicz and Hoaglin 1993). Lengths are compared by their logarithms, for they are many short
    and few long: measured in minutes nobody could ever be too short. Less than five visits of the
    officer, or ten of the others, say nothing; and where all others took nearly the same, only what
    is 2.6 times as long or as short stands out.
    """
    found = []
    for officer in sorted(lengths):
        own = lengths[officer]
        others = [one for name, theirs in lengths.items() if name != officer for one in theirs]
        if not comparable(len(own), len(others)):
            continue
        distance = _distance(own, others)
        if abs(distance) > _LIMIT:
            kind: Literal["short", "long"] = "short" if distance < 0 else "long"
            found.append(Outlier(officer, len(own), _median(own), _median(others), kind))
    return tuple(found)


def _distance(own: Sequence[timedelta], others: Sequence[timedelta]) -> float:
    """Return the modified z-score of the median of one's own visits among the others'."""
    middle = _log(_median(others))
    spread = max(median(abs(_log(length) - middle) for length in others), _LEAST_SPREAD)
    return _NORMAL * (_log(_median(own)) - middle) / spread


def _log(length: timedelta) -> float:
    return log(max(length.total_seconds(), 1))


def _median(lengths: Sequence[timedelta]) -> timedelta:
    return timedelta(seconds=median(length.total_seconds() for length in lengths))
