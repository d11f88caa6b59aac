"""Doing together, a moment later, what would cost too much each time: writing counts down."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class Later(Generic[T]):
    """Collects what is noted, by any thread, and hands all of it to ``write`` soon after.

    A thread lives only from the first note to the writing, so nothing is to be started or stopped,
    and a process that is forked before its first note has its own.
    """

    def __init__(self, seconds: float, write: Callable[[Sequence[T]], None]) -> None:
        self._seconds = seconds
        self._write = write
        self._noted: deque[T] = deque()
        self._waiting = False

    def note(self, what: T) -> None:
        """Note something; takes less than a microsecond."""
        self._noted.append(what)
        if not self._waiting:
            self._waiting = True
            timer = threading.Timer(self._seconds, self.write_now)
            timer.daemon = True
            timer.start()

    def write_now(self) -> None:
        """Write what was noted so far."""
        # First: what is noted from here on starts a thread again, or is written below.
        self._waiting = False
        found = []
        while self._noted:
            try:
                found.append(self._noted.popleft())
            except IndexError:  # another thread writes as well
                break
        if found:
            self._write(found)
