"""How many connections each process of a portal holds, in memory that they share.

A phone, and even more a proxy, keeps its connection for many requests. The kernel gives new ones
to whichever process wakes first; one that is awake already wins, so that often all of them end up
at one process while the other cores idle.
"""

from __future__ import annotations

import mmap
from array import array
from typing import Final

MOST: Final = 256
"""Processes that are told apart; further ones take connections as they come."""

FULL: Final = 2**31 - 1
"""The count of a process that takes no more."""

_NOBODY: Final = -1


class Shares:
    """Counts of connections, one for each process that serves.

    The process that starts the others calls `join` before it forks and `leave` after one has ended;
    each of the others writes its own count alone, so nothing locks.
    """

    def __init__(self, most: int = MOST) -> None:
        shared = mmap.mmap(
            -1, most * array("i").itemsize
        )  # anonymous: children see the same memory
        self._counts = memoryview(shared).cast("i")
        for place in range(most):
            self._counts[place] = _NOBODY

    def join(self) -> int | None:
        """Return a place for a process that is about to serve; None when there is none left."""
        for place, count in enumerate(self._counts):
            if count == _NOBODY:
                self._counts[place] = FULL  # until it serves
                return place
        return None

    def leave(self, place: int | None) -> None:
        """Forget a process that has ended."""
        if place is not None:
            self._counts[place] = _NOBODY

    def tell(self, place: int | None, connections: int = FULL) -> None:
        """Say how many connections a process holds, or that it takes no more."""
        if place is not None:
            self._counts[place] = connections

    def least(self) -> int:
        """Return how many connections the process holds that holds the fewest; FULL without any."""
        return min((count for count in self._counts if count != _NOBODY), default=FULL)
