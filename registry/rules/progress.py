"""How far a kelurahan has come with its musyawarah in a round: one step, and what is overdue.

For the board of dinas. Elsewhere rounds were left unfinished for years and everybody's entries
were wasted (Lampung Selatan, 2017-2022): what stands still is to be seen at a glance.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from registry.rules.periods import civil_date
from registry.rules.verdicts import close_by

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime


class Step(StrEnum):
    """Where a kelurahan stands, in the order of a round."""

    EMPTY = "empty"
    """Nobody has registered."""
    NO_SHEETS = "no_sheets"
    SORTING = "sorting"
    """Sheets are out with the neighbourhood."""
    VISITS = "visits"
    SORTED = "sorted"
    """Sheets are back, nobody is to be visited, and no session is planned."""
    PLANNED = "planned"
    UNDER_WAY = "under_way"
    """An agenda is frozen, or the meeting sits."""
    ENDED = "ended"
    """The officers ended a session that the lurah has not closed."""
    BETWEEN = "between"
    """Sessions are closed, households still wait, and no further session is planned."""
    MINUTES = "minutes"
    """Everything is decided; minutes are still to be made."""
    DONE = "done"


STEPS: Final[Mapping[Step, str]] = MappingProxyType(
    {
        Step.EMPTY: "Tidak ada pendaftar",
        Step.NO_SHEETS: "Lembar RT belum dibuat",
        Step.SORTING: "Warga sedang memilah",
        Step.VISITS: "Kunjungan rumah",
        Step.SORTED: "Siap sidang, belum direncanakan",
        Step.PLANNED: "Sidang direncanakan",
        Step.UNDER_WAY: "Sidang berjalan",
        Step.ENDED: "Sidang selesai, belum ditutup",
        Step.BETWEEN: "Perlu sidang berikutnya",
        Step.MINUTES: "Menunggu berita acara",
        Step.DONE: "Tuntas",
    }
)
"""Step → its words for dinas."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Counts of one kelurahan in one round. Sessions are counted by their stage."""

    waiting: int = 0
    """Households that the meeting has still to decide, without those in a field check."""
    field_check: int = 0
    decided: int = 0
    sheets: int = 0
    sheets_out: int = 0
    """Of the sheets, those that have not been handed in."""
    planned: int = 0
    under_way: int = 0
    """Sessions whose agenda is frozen, or that sit."""
    ended: int = 0
    closed: int = 0
    minutes_waiting: int = 0
    """Closed sessions without minutes."""

    @property
    def held(self) -> int:
        """How many sessions were held to their end."""
        return self.ended + self.closed


def step(facts: Facts) -> Step:
    """Return where a kelurahan stands: of several that are true, the one to act on first."""
    if facts.ended:
        return Step.ENDED
    if facts.under_way:
        return Step.UNDER_WAY
    if facts.planned:
        return Step.PLANNED
    undecided = facts.waiting + facts.field_check
    if facts.closed:
        return Step.BETWEEN if undecided else _after(facts)
    if not undecided:
        return Step.DONE if facts.decided else Step.EMPTY
    return _before(facts)


def _after(facts: Facts) -> Step:
    return Step.MINUTES if facts.minutes_waiting else Step.DONE


def _before(facts: Facts) -> Step:
    if not facts.sheets:
        return Step.VISITS if facts.field_check else Step.NO_SHEETS
    if facts.sheets_out:
        return Step.SORTING
    return Step.VISITS if facts.field_check else Step.SORTED


def is_overdue(since: date, today: date, holidays: frozenset[date]) -> bool:
    """Tell whether a session that ended, or was to be held, on a day should be closed by now.

    The lurah closes within two working days, which ``holidays`` are not; days are Jakarta's.
    """
    return today > close_by(since, holidays)


def age_in_days(since: datetime | None, now: datetime) -> int | None:
    """Return since how many days of Jakarta something waits; None when nothing does."""
    return None if since is None else (civil_date(now) - civil_date(since)).days
