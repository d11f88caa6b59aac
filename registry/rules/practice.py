"""Practice: a kelurahan with made-up cases, in rounds of its own, that touches no real figure.

The kelurahan and its rounds belong together and to nothing else; the database checks it. What
was practised is never removed, for events are append-only: each filling begins a round of its
own, the newest counts, and the earlier ones are out of sight.
"""

from __future__ import annotations

import re
from typing import Final

from registry.rules.regions import PRACTICE

PREFIX: Final = "latihan-"
"""What the ids of its rounds begin with, and no others: those are year and number."""

CODE: Final = PRACTICE.code

_ID: Final = re.compile(r"latihan-([1-9][0-9]{0,5})", re.ASCII)


def is_practice(period: str) -> bool:
    """Tell whether a round is one of practice, by its id such as `latihan-3`."""
    return period.startswith(PREFIX)


def after(periods: list[str]) -> str:
    """Return the id of the round that comes after these."""
    numbers = [int(found[1]) for each in periods if (found := _ID.fullmatch(each))]
    return f"{PREFIX}{max(numbers, default=0) + 1}"
