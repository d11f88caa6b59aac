"""Worker and ticker as processes of their own, as they run in production."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.integration.worker.support import SECRETS

PROJECT = Path(__file__).parents[3]


class Process:
    """A running module and what it has logged."""

    def __init__(self, module: str, environ: Mapping[str, str]) -> None:
        self.log = Path(tempfile.mkstemp(prefix="fmotm-log-")[1])
        with self.log.open("wb") as out:
            self.popen = subprocess.Popen(
                [sys.executable, "-W", "error", "-m", module],
                env={"PATH": os.environ["PATH"], **environ},
                cwd=PROJECT,
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    @property
    def said(self) -> str:
        return self.log.read_text()

    def stop(self) -> float:
        """End it as the supervisor does; give the seconds that it took."""
        began = time.monotonic()
        self.popen.send_signal(signal.SIGTERM)
        assert self.popen.wait(15) == 0, self.said
        return time.monotonic() - began

    def kill(self) -> None:
        self.popen.kill()
        self.popen.wait()


def settings(database: str, inbox: str, queue: str, **more: str) -> dict[str, str]:
    """Give the environment of a process."""
    servers = {"DATABASE_URL": database, "INBOX_REDIS_URL": inbox, "REDIS_URL": queue}
    return {**SECRETS, **servers, **more}


@contextmanager
def running(module: str, environ: Mapping[str, str]) -> Iterator[Process]:
    """Run a module until the end of the block."""
    process = Process(module, environ)
    try:
        yield process
    finally:
        process.kill()
        process.log.unlink()


def eventually(holds: Callable[[], bool], within: float = 15.0, every: float = 0.02) -> None:
    """Wait until something holds, looking once in `every` seconds."""
    until = time.monotonic() + within
    while not holds():
        assert time.monotonic() < until, "it never came to be"
        time.sleep(every)
