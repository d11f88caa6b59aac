"""One child process: started in a session of its own, with a lock it holds while it lives.

A child gets its stop signal from the kernel when the process that started it dies (Linux), so
that not even `kill -9` of the supervisor leaves servers behind for long.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from fmotm.embedded.account import Account
from fmotm.embedded.errors import EmbeddedError
from fmotm.embedded.locks import try_lock, write_holder

_PR_SET_PDEATHSIG = 1
# Loaded before any fork: a child between fork and exec must not load libraries.
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _nothing() -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What to run as a child, and how to tell that it works and how to end it.

    `before` runs under the child's lock each time it starts; `ready` is asked again and again
    until it says yes. `environ` is the whole environment: nothing is inherited.
    """

    name: str
    argv: tuple[str, ...]
    environ: Mapping[str, str] = field(repr=False)
    cwd: Path
    log: Path
    lock: Path
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    before: Callable[[], None] = _nothing
    ready: Callable[[], bool] | None = None


class Child:
    """A program and, while it runs, its process."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process, while it runs or until its end was noticed."""
        return self._process.pid if self._process else None

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """How it ended, negative for a signal; None while it runs or when never started."""
        return self._process.poll() if self._process else None

    def start(self) -> bool:
        """Start it; False when processes of its last life still hold the lock.

        Raises EmbeddedError when it cannot be started at all.
        """
        lock = try_lock(self.program.lock)
        if lock is None:
            return False
        try:
            self.program.before()
            self._process = self._spawn(lock)
            write_holder(lock, pid=self._process.pid, stop_signal=int(self.program.stop_signal))
        except OSError as error:
            message = f"{self.program.name} cannot be started: {error}"
            raise EmbeddedError(message) from error
        finally:
            os.close(lock)  # the child's copy keeps it
        return True

    def wait_ready(self, seconds: float, *, give_up: Callable[[], bool] = lambda: False) -> None:
        """Wait until it says it is ready, or `give_up` says to wait no longer.

        Raises EmbeddedError when it ends, or is not ready in time; both name its log.
        """
        until = time.monotonic() + seconds
        while self.program.ready is not None and not give_up():
            if not self.running:
                raise EmbeddedError(self._ended())
            if self.program.ready():
                return
            if time.monotonic() >= until:
                raise EmbeddedError(self._late(seconds))
            time.sleep(0.05)

    def ask_to_stop(self) -> None:
        """Send its stop signal, if it runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(self.program.stop_signal)

    def wait_stopped(self, seconds: float) -> bool:
        """Wait up to `seconds` for it to end, then kill it; tell whether it ended by itself.

        Whatever is left of its session (a server's own workers) is killed in either case.
        """
        if self._process is None:
            return True
        try:
            self._process.wait(max(0.0, seconds))
            by_itself = True
        except subprocess.TimeoutExpired:
            by_itself = False
            self._process.kill()
        self._clear_session()
        self._process.wait()
        return by_itself

    def stop(self, seconds: float = 10.0) -> bool:
        """Ask it to stop, and kill it after `seconds`; tell whether it ended by itself."""
        self.ask_to_stop()
        return self.wait_stopped(seconds)

    def kill(self) -> None:
        """End it at once, with whatever its session still holds."""
        if self._process is not None:
            self._process.kill()
            self.wait_stopped(5)

    def _clear_session(self) -> None:
        if self._process is None:
            return
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):  # none left (macOS says it the second way)
            return

    def _spawn(self, lock: int) -> subprocess.Popen[bytes]:
        program, account = self.program, self.program.account
        with program.log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - programs of our own choice
                program.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(program.environ),
                cwd=program.cwd,
                start_new_session=True,
                pass_fds=(lock,),
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
                umask=0o077,
                preexec_fn=partial(end_with, os.getpid(), program.stop_signal),  # noqa: PLW1509
            )

    def _late(self, seconds: float) -> str:
        program = self.program
        return f"{program.name} was not ready after {seconds:.0f} s (log: {program.log})"

    def _ended(self) -> str:
        last = last_line(self.program.log)
        told = f": {last}" if last else ""
        return f"{self.program.name} ended while it started{told} (log: {self.program.log})"


def end_with(parent: int, number: signal.Signals) -> None:
    """Have the kernel send us `number` when our parent dies (Linux; elsewhere nothing).

    The kernel forgets the wish when the user changes, so a child makes it after that. The parent
    may have died before it was made, hence the comparison.
    """
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)


def last_line(log: Path) -> str:
    """Return the last line of a log that says something, at most 300 characters; else ''."""
    try:
        with log.open("rb") as stream:
            stream.seek(0, os.SEEK_END)
            stream.seek(max(0, stream.tell() - 4_096))
            lines = stream.read().decode(errors="replace").splitlines()
    except OSError:
        return ""
    return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "")
