"""The days on which no office works, for limits that count working days."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


def days_off(day: date) -> frozenset[date]:
    """Return the holidays of the whole of Indonesia in the year of a day, and in the year after.

    Public holidays, and joint leave (cuti bersama) of the years for which the government has
    decided it: the package `holidays` has both (ADR 0017), release 0.109 joint leave up to 2027.
    Later Islamic, Hindu, Buddhist and Chinese days are reckoned, so they may be off by a day until
    a release carries what was decided. Saturdays and Sundays are not among them as such.
    """
    return _of(day.year)


@cache
def _of(year: int) -> frozenset[date]:
    # Importing it takes a third of a second, which citizens' pages and most jobs need not pay.
    from holidays import GOVERNMENT, PUBLIC, country_holidays  # noqa: PLC0415

    return frozenset(
        country_holidays("ID", years=(year, year + 1), categories=(PUBLIC, GOVERNMENT))
    )
