"""Counts of the last seconds or minutes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Recent:
    """How often something happened in the last `slots` stretches of `seconds` each.

    It takes a fixed room. Threads may share it: at most a few are not counted.
    """

    def __init__(
        self, seconds: float, slots: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds = seconds
        self._clock = clock
        self._counts = [0] * slots
        self._stretches = [-1] * slots

    def add(self, many: int = 1) -> None:
        """Count what happened now."""
        stretch = self._stretch()
        slot = stretch % len(self._counts)
        if self._stretches[slot] != stretch:
            self._stretches[slot] = stretch
            self._counts[slot] = 0
        self._counts[slot] += many

    def total(self) -> int:
        """Return the count of the last stretches, the one that has begun among them."""
        oldest, total = self._stretch() - len(self._counts), 0
        for stretch, count in zip(self._stretches, self._counts, strict=True):
            if stretch > oldest:
                total += count
        return total

    def rate(self) -> float:
        """Return how often a second it happened, since it first did.

        The stretch that has just begun counts only when it is the first.
        """
        now = first = self._stretch()
        oldest, over, just_now = now - len(self._counts), 0, 0
        for stretch, count in zip(self._stretches, self._counts, strict=True):
            if stretch == now:
                just_now = count
            elif stretch > oldest:
                over += count
                first = min(first, stretch)
        return over / ((now - first) * self._seconds) if first < now else just_now / self._seconds

    def _stretch(self) -> int:
        return int(self._clock() / self._seconds)
