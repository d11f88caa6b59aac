"""Locks that processes hold for as long as they live.

A lock is a `flock` on an open file. The supervisor holds one on the data folder, and every child
inherits one of its own, through its descendants: while any process of an earlier run still lives,
its lock is held, whatever became of the supervisor. So a folder never gets a second server, and a
lock that is free proves that nothing of the earlier run is left.
"""

import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from fmotm.embedded.errors import EmbeddedError

_PROC = Path("/proc")
_FACTS_BYTES = 256


def try_lock(path: Path) -> int | None:
    """Return an open descriptor that holds the lock, or None when another process holds it.

    The descriptor is not inherited unless it is passed on; closing the last copy frees the lock.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except OSError as error:
        os.close(descriptor)
        message = (
            f"{path.parent} cannot be locked ({error.strerror}): set FMOTM_DATA to a local disk"
        )
        raise EmbeddedError(message) from error
    return descriptor


def is_held(path: Path) -> bool:
    """Tell whether some process holds the lock. A file that is not there is not held."""
    if not path.exists():
        return False
    descriptor = try_lock(path)
    if descriptor is None:
        return True
    os.close(descriptor)
    return False


def write_holder(descriptor: int, **facts: int | str | bool) -> None:
    """Record in a lock we hold who holds it: for the message to others, and for `end_holders`."""
    # Always as long, in one write: a reader sees the old facts or the new, never half of both.
    os.pwrite(descriptor, json.dumps(facts).encode().ljust(_FACTS_BYTES), 0)


def read_holder(path: Path) -> dict[str, int | str | bool]:
    """Return what the holder recorded; empty when it was cut short or never written."""
    try:
        facts = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}


def end_holders(path: Path, *, patience: float = 5.0) -> None:
    """End every process that still holds the lock of an earlier run's child.

    Asks with the signal the child is stopped with, then after `patience` seconds kills.
    Raises EmbeddedError when a process outlives even that (stuck in the kernel, another user's).
    """
    if not is_held(path):
        return
    facts = read_holder(path)
    asked = facts.get("stop_signal")
    _signal(_leader(path, facts), asked if isinstance(asked, int) else signal.SIGTERM)
    if wait_free(path, patience):
        return
    for process in _holders(path, facts):
        _signal(process, signal.SIGKILL)
    if not wait_free(path, patience):
        message = (
            f"processes of an earlier run still hold {path} and cannot be ended: end them first"
        )
        raise EmbeddedError(message)


def wait_free(path: Path, seconds: float) -> bool:
    """Wait up to `seconds` for the lock to be free, and tell whether it is."""
    until = time.monotonic() + seconds
    while is_held(path):
        if time.monotonic() >= until:
            return False
        time.sleep(0.05)
    return True


def _leader(path: Path, facts: dict[str, int | str | bool]) -> int | None:
    """Return the recorded process if it truly is the child: a number may have been given anew."""
    recorded = facts.get("pid")
    if not isinstance(recorded, int):
        return None
    return recorded if recorded in set(_holders(path, facts)) else None


def _holders(path: Path, facts: dict[str, int | str | bool]) -> Iterator[int]:
    """Yield the processes that have the lock file open, ourselves excepted."""
    if not _PROC.joinpath("self", "fd").is_dir():
        # No /proc (macOS): the recorded process led a session, so while any process of that
        # session holds the lock its number cannot have been given to another.
        recorded = facts.get("pid")
        if isinstance(recorded, int):
            yield recorded
        return
    wanted = path.stat()
    for entry in _PROC.iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid() and _has_open(entry, wanted):
            yield int(entry.name)


def _has_open(process: Path, wanted: os.stat_result) -> bool:
    try:
        for descriptor in process.joinpath("fd").iterdir():
            if os.path.samestat(descriptor.stat(), wanted):
                return True
    except OSError:  # it ended meanwhile, or it is another user's and so not ours
        return False
    return False


def _signal(process: int | None, number: int) -> None:
    if process is None:
        return
    try:
        os.kill(process, number)
    except (ProcessLookupError, PermissionError):
        return
