"""Chance that comes out the same for the same seed, on every machine and Python."""

import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """The throws of one household for one purpose.

    A purpose has throws of its own, so that asking for flags or mistakes changes nothing else
    about a household. Only :meth:`random.Random.random` is used: of all its methods, it alone is
    promised to give the same in every version of Python.
    """

    __slots__ = ("unit",)

    def __init__(self, seed: int, index: int, purpose: str) -> None:
        self.unit = random.Random(f"{seed}/{index}/{purpose}").random  # noqa: S311 - no secret
        """Return a number from 0 up to, but not, 1."""

    def chance(self, share: float) -> bool:
        """Return True in this share of throws: never for 0, always for 1."""
        return self.unit() < share

    def between(self, low: int, high: int) -> int:
        """Return a whole number from ``low`` to ``high``, both included."""
        return low + int(self.unit() * (high - low + 1))

    def pick(self, items: Sequence[T]) -> T:
        """Return one of the items, each as likely as another."""
        return items[int(self.unit() * len(items))]

    def weighted(self, weights: Mapping[T, float]) -> T:
        """Return one of the keys, as often as its weight says."""
        left = self.unit() * sum(weights.values())
        for item, weight in weights.items():
            if left < weight:
                return item
            left -= weight
        return max(weights, key=weights.__getitem__)  # the last crumb of a rounding
