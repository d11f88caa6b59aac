"""Keeps child processes running in the foreground, and stops them in order.

Applications stop before the servers they use, all of it within ten seconds. A child that dies is
started again after a pause that grows to ten seconds, for as long as the supervisor runs.
Everything happens in the main thread: children are bound to the life of the thread that made them.
"""

import os
import select
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from types import FrameType, TracebackType
from typing import Final, Self

from fmotm.embedded.child import Child, Program
from fmotm.embedded.errors import EmbeddedError
from fmotm.embedded.locks import end_holders

FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 10.0
"""Seconds between a child's death and its next start."""

STEADY_AFTER: Final = 30.0
"""Seconds a child must have run for its next pause to be short again."""

APPLICATIONS_WITHIN: Final = 6.5
EVERYTHING_WITHIN: Final = 9.0
"""Seconds after the stop signal at which what still runs is killed. A drain works for 5 s."""

_STOPS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_POLL: Final = 0.25
_FULL: Final = 1024 * 1024


class StopRequested(Exception):  # noqa: N818 - no error
    """The operator asked to stop while something was being started."""


class Stage(IntEnum):
    """Which children stop together; the highest stage stops first."""

    SERVERS = 1
    APPLICATIONS = 2


class Signals:
    """Notices the signals to stop while its `with` block lasts, and interrupts only on request."""

    def __init__(self) -> None:
        self.stop_asked = False
        self._may_interrupt = False

    def __enter__(self) -> Self:
        self._read, self._write = os.pipe()
        for descriptor in (self._read, self._write):
            os.set_blocking(descriptor, False)
        self._before = {number: signal.getsignal(number) for number in (*_STOPS, signal.SIGCHLD)}
        self._wakeup = signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        for number in _STOPS:
            # `nohup` has the hang-up ignored, and means it.
            if number != signal.SIGHUP or self._before[number] != signal.SIG_IGN:
                signal.signal(number, self._stop)
        signal.signal(signal.SIGCHLD, self._child_ended)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup)
        os.close(self._read)
        os.close(self._write)

    def check(self) -> None:
        """Raise StopRequested when the operator has asked to stop."""
        if self.stop_asked:
            raise StopRequested

    @contextmanager
    def interrupting(self) -> Iterator[None]:
        """Raise StopRequested from within the block, whatever it waits for, when asked to stop."""
        self.check()
        self._may_interrupt = True
        try:
            yield
        finally:
            self._may_interrupt = False
        self.check()

    def wait(self, seconds: float) -> None:
        """Wait until a signal comes, for at most `seconds`."""
        if select.select([self._read], [], [], seconds)[0]:
            with suppress(BlockingIOError):
                os.read(self._read, 4_096)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stop_asked = True
        if self._may_interrupt:
            self._may_interrupt = False  # a second signal must not interrupt the stopping
            raise StopRequested

    def _child_ended(self, _number: int, _frame: FrameType | None) -> None:
        """Do nothing: that the signal came wakes `wait`."""


@dataclass(slots=True)
class _Kept:
    """A child that is kept running."""

    child: Child
    stage: Stage
    started_at: float
    pause: float = FIRST_PAUSE
    start_at: float | None = None  # when to start it again; None while it runs


class Supervisor:
    """Starts children, watches them, and stops them in order when its `with` block ends.

    `say` gets lines for the operator; `stopping` is called once, when stopping begins.
    """

    def __init__(
        self,
        signals: Signals,
        say: Callable[[str], None],
        *,
        stopping: Callable[[], None] = lambda: None,
    ) -> None:
        self._signals = signals
        self._say = say
        self._stopping = stopping
        self._kept: list[_Kept] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self, program: Program, stage: Stage, *, ready_within: float = 120.0) -> Child:
        """Start a child and wait until it is ready; it is kept running from then on.

        Raises EmbeddedError when it cannot start, StopRequested when asked to stop meanwhile.
        """
        self._signals.check()
        child = Child(program)
        self._kept.append(_Kept(child, stage, time.monotonic()))
        if not child.start():
            end_holders(program.lock)
            if not child.start():
                message = f"processes of an earlier run still use {program.lock}"
                raise EmbeddedError(message)
        child.wait_ready(ready_within, give_up=lambda: self._signals.stop_asked)
        self._signals.check()
        return child

    def watch(self) -> None:
        """Keep the children running until the operator asks to stop."""
        while not self._signals.stop_asked:
            for kept in self._kept:
                self._tend(kept)
            down = any(kept.start_at is not None for kept in self._kept)
            self._signals.wait(_POLL if down else 4 * _POLL)

    def stop(self) -> None:
        """Stop all children, applications first, the last started first."""
        if not self._kept:
            return
        with suppress(OSError):
            self._stopping()
        began = time.monotonic()
        limits = {Stage.APPLICATIONS: APPLICATIONS_WITHIN, Stage.SERVERS: EVERYTHING_WITHIN}
        for stage, limit in limits.items():
            children = [kept.child for kept in reversed(self._kept) if kept.stage == stage]
            for child in children:
                child.ask_to_stop()
            for child in children:
                if not child.wait_stopped(began + limit - time.monotonic()):
                    self._say(f"{child.program.name} did not stop in time and was killed.")
        self._kept.clear()

    def _tend(self, kept: _Kept) -> None:
        now = time.monotonic()
        if kept.child.running:
            if now - kept.started_at > STEADY_AFTER:
                kept.pause = FIRST_PAUSE
        elif kept.start_at is None:
            self._note_death(kept, now)
        elif now >= kept.start_at:
            self._start_again(kept, now)

    def _note_death(self, kept: _Kept, now: float) -> None:
        program = kept.child.program
        how = _ending(kept.child.exit_code) + _full_disk(program.log)
        kept.child.wait_stopped(0)  # what is left of its session goes too
        kept.start_at = now + kept.pause
        self._say(
            f"{program.name} {how}; it is started again in {kept.pause:g} s (log: {program.log})"
        )
        kept.pause = min(2 * kept.pause, LONGEST_PAUSE)

    def _start_again(self, kept: _Kept, now: float) -> None:
        try:
            if not kept.child.start():
                end_holders(kept.child.program.lock, patience=2.0)
                return  # the next round starts it
        except EmbeddedError as error:
            self._say(f"{error}; tried again in {kept.pause:g} s")
            kept.start_at = now + kept.pause
            kept.pause = min(2 * kept.pause, LONGEST_PAUSE)
            return
        kept.start_at, kept.started_at = None, now


def _full_disk(log: Path) -> str:
    """Say so when the disk is full: then the log cannot."""
    with suppress(OSError):
        return " (the disk is full)" if shutil.disk_usage(log.parent).free < _FULL else ""
    return ""


def _ending(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        with suppress(ValueError):
            return f"was killed by {signal.Signals(-exit_code).name}"
    return f"ended unexpectedly with code {exit_code}"
