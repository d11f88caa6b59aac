"""What happened in a load, in intervals of time: answers, how long they took, how many people."""

from __future__ import annotations

import math
from array import array
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any, Final

INTERVALS: Final = 120
"""How finely a load is drawn, at most; an interval is a whole second at least."""

SENDING: Final = frozenset({"send", "send again", "send by an organisation"})
"""Pages by which an application comes in."""

_ACCEPTED: Final = 303
_REFUSED: Final = 400
_MENDED: Final = 422
"""A form to be mended is an answer, not a refusal."""


@dataclass(slots=True)
class Interval:
    """Answers that came in it; times in milliseconds."""

    answers: int = 0
    accepted: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    sending: array[float] = field(default_factory=lambda: array("d"))
    reading: array[float] = field(default_factory=lambda: array("d"))
    users: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Page:
    """All answers of one page."""

    statuses: Counter[str] = field(default_factory=Counter)
    times: array[float] = field(default_factory=lambda: array("d"))


class Recorder:
    """Notes what happens from 0 to about ``seconds``, and sums it up."""

    def __init__(self, seconds: float) -> None:
        self.width = max(1, math.ceil(seconds / INTERVALS))
        self._intervals: defaultdict[int, Interval] = defaultdict(Interval)
        self._pages: defaultdict[str, Page] = defaultdict(Page)

    def answered(self, at: float, name: str, status: int, milliseconds: float) -> None:
        """Note an answer; status 0 is none at all."""
        interval, page = self._at(at), self._pages[name]
        interval.answers += 1
        page.statuses[str(status)] += 1
        page.times.append(milliseconds)
        if name in SENDING and status == _ACCEPTED:
            interval.accepted += 1
            interval.sending.append(milliseconds)
        elif status == 0 or (status >= _REFUSED and status != _MENDED):
            interval.refused[str(status)] += 1
        else:
            interval.reading.append(milliseconds)

    def present(self, at: float, users: dict[str, int]) -> None:
        """Note how many people there are; the most of an interval counts."""
        self._at(at).users |= Counter(users)

    def summed_up(self) -> dict[str, Any]:
        """Return everything as JSON takes it."""
        last = max(self._intervals, default=0)
        rows = [self._row(place) for place in range(last + 1)]
        pages = {name: _page(page) for name, page in sorted(self._pages.items())}
        return {"width": self.width, "intervals": rows, "pages": pages}

    def _at(self, at: float) -> Interval:
        return self._intervals[max(0, int(at // self.width))]

    def _row(self, place: int) -> dict[str, Any]:
        interval = self._intervals[place]
        return {
            "at": place * self.width,
            "answers": interval.answers,
            "accepted": interval.accepted,
            "refused": dict(interval.refused),
            "sending": percentiles(interval.sending),
            "reading": percentiles(interval.reading),
            "users": dict(interval.users),
        }


def _page(page: Page) -> dict[str, Any]:
    return {"statuses": dict(page.statuses), **percentiles(page.times)}


def percentiles(times: array[float]) -> dict[str, float | None]:
    """Return the 50th, 95th and 99th percentile by nearest rank, and the longest; None of none."""
    ordered = sorted(times)
    if not ordered:
        return {"p50": None, "p95": None, "p99": None, "max": None}
    found = {f"p{share}": _ranked(ordered, share) for share in (50, 95, 99)}
    return {**found, "max": round(ordered[-1], 1)}


def _ranked(ordered: list[float], share: int) -> float:
    return round(ordered[max(0, math.ceil(share / 100 * len(ordered)) - 1)], 1)
