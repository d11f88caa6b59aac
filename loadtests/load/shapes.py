"""How many people come, and when: shapes of a load, from 0 to 1 of its time and of its peak.

What is known of real rounds: the biggest took 1,799,332 registrations in 20 days, and
the site was slow in office hours, quick at night. By which hour people come was not published; the
hours here are assumed: a morning peak, one after work, and little at night.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import random

DAYS: Final = 20
"""Of the first round of 2022, 1-20 February."""

REGISTRATIONS: Final = 1_799_332
"""In those days; more than any other round."""

HOURS: Final = (
    12, 7, 4, 3, 4, 10, 24, 48, 78, 97, 100, 88,
    70, 68, 72, 66, 60, 64, 76, 90, 84, 62, 40, 22,
)  # fmt: skip
"""How many come at each full hour of an ordinary day, of 100 in the busiest; assumed."""

FIRST_DAYS: Final = (1.0, 0.82, 0.68, 0.56)
ORDINARY: Final = 0.45
LAST_DAYS: Final = (0.6, 0.85, 1.0)
"""A day's busiest hour by the round's: many come as soon as it opens, and before it closes."""

_OPENS: Final = 8
_STEPS: Final = 2_880


@dataclass(frozen=True)
class Shape:
    """``rate(x)``: people a second at time x of 0 to 1, of 1 at the peak; 0 outside."""

    name: str
    what: str
    rate: Callable[[float], float]
    hours: float
    """What the whole of it stands for; people think as much faster as it is played."""

    @cached_property
    def _summed(self) -> tuple[float, ...]:
        """The area up to each step of the time."""
        total, summed = 0.0, [0.0]
        for step in range(_STEPS):
            total += self.rate((step + 0.5) / _STEPS) / _STEPS
            summed.append(total)
        return tuple(summed)

    @property
    def area(self) -> float:
        """The mean rate, by that of the peak."""
        return self._summed[-1]

    def upto(self, x: float) -> float:
        """Return the share of everybody that has come by then, from 0 to 1."""
        place = min(max(x, 0.0), 1.0) * _STEPS
        step = min(int(place), _STEPS - 1)
        low, high = self._summed[step], self._summed[step + 1]
        return (low + (high - low) * (place - step)) / self.area

    def total(self, peak: float, seconds: float) -> float:
        """Return how many come in all, at so many a second in the busiest moment."""
        return self.area * peak * seconds


class Arrivals:
    """Who comes when: independent people (a Poisson process) whose rate follows a shape."""

    def __init__(self, shape: Shape, peak: float, seconds: float, dice: random.Random) -> None:
        self._shape, self._seconds, self._dice = shape, seconds, dice
        self._total = shape.total(peak, seconds)
        self._next = dice.expovariate(1.0)

    def due(self, seconds: float) -> int:
        """Return how many have come since this was asked last; ``seconds`` never go back."""
        expected = self._total * self._shape.upto(seconds / self._seconds)
        came = 0
        while self._next <= expected:
            came += 1
            self._next += self._dice.expovariate(1.0)
        return came


def times_real(peak: float) -> float:
    """Return a peak by that of the biggest round's busiest day, as these shapes have it."""
    return peak / real_peak()


def real_peak() -> float:
    """Return the registrations a second of the biggest round's busiest moment, by these shapes."""
    return REGISTRATIONS / (ROUND.area * DAYS * 86_400)


def _day(x: float) -> float:
    """Between full hours the curve is straight; midnight joins midnight."""
    hour = (x % 1.0) * 24
    before = int(hour)
    low, high = HOURS[before % 24], HOURS[(before + 1) % 24]
    return (low + (high - low) * (hour - before)) / 100


def _first_day(x: float) -> float:
    """Nobody before it opens at eight; then everybody who has waited."""
    hour = x * 24
    if hour < _OPENS:
        return 0.0
    waited = 1.0 - 0.25 * min(hour - _OPENS, 4.0) / 4
    return max(waited if hour < _OPENS + 4 else 0.0, _day(x))


def _last_day(x: float) -> float:
    """Ordinary in the morning, more and more towards midnight, when it closes."""
    return max(_day(x) * 0.8, x**4)


def _round(x: float) -> float:
    days = x * DAYS
    day = min(int(days), DAYS - 1)
    heights = (*FIRST_DAYS, *([ORDINARY] * (DAYS - len(FIRST_DAYS) - len(LAST_DAYS))), *LAST_DAYS)
    within = days - day
    if day == 0:
        return _first_day(within)
    return heights[day] * (_last_day(within) if day == DAYS - 1 else _day(within))


def _ramp(x: float) -> float:
    return x


def _spike(base: float, x: float) -> float:
    return 1.0 if 0.45 <= x < 0.6 else base


def _soak(_x: float) -> float:
    return 1.0


DAY: Final = Shape("day", "an ordinary day: a morning peak and one after work", _day, 24)
ROUND: Final = Shape(
    "round", "20 days: a rush on the first, more and more before the last ends", _round, 24 * DAYS
)
SHAPES: Final = {
    each.name: each
    for each in (
        DAY,
        Shape("first-day", "the day on which it opens, at eight in the morning", _first_day, 24),
        Shape("last-day", "the day at whose midnight it closes", _last_day, 24),
        ROUND,
        Shape("ramp", "more and more, evenly, up to the peak", _ramp, 24),
        Shape("spike", "a fifth of the peak, and in between all of it", partial(_spike, 0.2), 24),
        Shape("soak", "the peak all the time", _soak, 24),
    )
}
