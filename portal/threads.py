"""The threads of a process, and how they call back its loop.

gthread makes a future for each request, with a lock and a condition of its own, and wakes the loop
by a system call for each that ends. While thousands a second are served both are felt: the threads
share one interpreter, and each of these calls lets another one in between.
"""

from __future__ import annotations

import os
import queue
import threading
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gunicorn.workers.gthread import PollableMethodQueue

if TYPE_CHECKING:
    from collections.abc import Callable

LOOKED: Final = 0.05
"""Seconds after which it is looked whether spare threads are needed."""

BUSY: Final = 0.5
"""The share of that time which the process computes when they are not."""

HELPS: Final = 1.0
"""Seconds for which a spare thread works when it was called, if anything waits."""

_ROOM: Final = 65_536


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
    """Threads that each do what has waited longest. They end with the process at the latest.

    `computing` of them always work. With more, they would mostly wait for each other: they share
    one interpreter. `spare` ones help while those are kept waiting, by a disk or by phones.
    """

    def __init__(self, computing: int, spare: int = 0) -> None:
        self._waiting: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._called: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._computing, self._spare = computing, spare
        self._looked_at, self._computed = time.monotonic(), time.process_time()
        for number in range(computing + spare):
            run = self._run if number < computing else self._help
            threading.Thread(target=run, name=f"request-{number}", daemon=True).start()

    @property
    def waiting(self) -> int:
        """How much waits for a thread."""
        return self._waiting.qsize()

    def do(self, work: Callable[[], None]) -> None:
        """Have something done, which may raise nothing."""
        self._waiting.put(work)

    def look(self, now: float) -> None:
        """Call a spare thread when something waits though there is time to compute.

        `now` is the monotonic clock's. To be called every `LOOKED` seconds while something waits.
        """
        passed = now - self._looked_at
        if passed < LOOKED:
            return
        before, self._computed = self._computed, time.process_time()
        self._looked_at = now
        idle = passed > 2 * LOOKED  # or the loop was too busy to look: then so was the process
        if self.waiting and not idle and self._computed - before < BUSY * passed:
            self._called.put(True)

    def shutdown(self, wait: bool = False) -> None:
        """End them once they have done what waits; nobody waits for that."""
        del wait
        for _ in range(self._computing):
            self._waiting.put(None)
        for _ in range(self._spare):
            self._called.put(False)

    def _run(self) -> None:
        while (work := self._waiting.get()) is not None:
            work()

    def _help(self) -> None:
        while self._called.get():
            until = time.monotonic() + HELPS
            with suppress(queue.Empty):
                while time.monotonic() < until:
                    work = self._waiting.get_nowait()
                    if work is None:  # what ends another one
                        self._waiting.put(None)
                        break
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
