"""The threads of a process, and how they call back its loop.

gthread makes a future for each request, with a lock and a condition of its own, and wakes the loop
by a system call for each that ends. While thousands a second are served both are felt: the threads
share one interpreter, and each of these calls lets another one in between.
"""

from __future__ import annotations

import os
import queue
import threading
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from gunicorn.workers.gthread import PollableMethodQueue

if TYPE_CHECKING:
    from collections.abc import Callable

_ROOM = 65_536


class Done(NamedTuple):
    """What came of a request, as gthread's loop asks a future for it."""

    kept: Any

    def cancelled(self) -> bool:
        """Never: what has begun ends."""
        return False

    def result(self) -> Any:
        """Return what `handle` did: whether the connection is kept."""
        return self.kept


class Threads:
    """Threads that each do what has waited longest. They end with the process at the latest."""

    def __init__(self, number: int) -> None:
        self._waiting: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._number = number
        for each in range(number):
            threading.Thread(target=self._run, name=f"request-{each}", daemon=True).start()

    @property
    def waiting(self) -> int:
        """How much waits for a thread."""
        return self._waiting.qsize()

    def do(self, work: Callable[[], None]) -> None:
        """Have something done, which may raise nothing."""
        self._waiting.put(work)

    def shutdown(self, wait: bool = False) -> None:
        """End them once they have done what waits; nobody waits for that."""
        del wait
        for _ in range(self._number):
            self._waiting.put(None)

    def _run(self) -> None:
        while (work := self._waiting.get()) is not None:
            work()


class Calls(PollableMethodQueue):  # type: ignore[misc]
    """What threads want the loop to call; it is woken once for all that is there by then."""

    def __init__(self) -> None:
        super().__init__()
        self._woken = False

    def defer(self, callback: Callable[..., object], *given: object) -> None:
        """Have something called by the loop. Threads, and handlers of signals, may ask for it."""
        self._queue.put(partial(callback, *given))
        if not self._woken:
            self._woken = True
            with suppress(OSError):  # full: then the loop is woken anyway
                os.write(self._write_fd, b"\0")

    def run_callbacks(self, _fileobj: object, max_callbacks: int = 0) -> None:
        """Call all that was wanted by now."""
        del max_callbacks
        with suppress(OSError):
            os.read(self._read_fd, _ROOM)
        # After reading, or what woke the loop just now would be taken for what wakes it next; and
        # before looking: what is wanted from here on wakes the loop again, or is called below.
        self._woken = False
        for _ in range(self._queue.qsize()):
            try:
                callback = self._queue.get_nowait()
            except queue.Empty:
                return
            callback()
