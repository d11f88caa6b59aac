"""The whole product as a stranger runs it: `fmotm up` in a process of its own, and its commands."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from fmotm.cli import main
from fmotm.embedded import free_port
from fmotm.embedded.claim import running_environment

FMOTM = Path(sys.executable).with_name("fmotm")
READY_WITHIN = 90.0
STOPPED_WITHIN = 10.0


class Stack:
    """One run of `fmotm up` on a data folder; it may be stopped, killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.output = folder.with_name(f"{folder.name}.out")
        self.environ = {
            name: value
            for name, value in os.environ.items()
            if not name.endswith(("_URL", "_KEY", "_KEYS"))
        } | {"FMOTM_DATA": str(folder), "PORT": str(self.port)}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it says that it is ready."""
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [FMOTM, "up"], env=self.environ, stdout=output, stderr=subprocess.STDOUT
            )
        until(lambda: "The portal is ready" in self.said() or self._ended(), READY_WITHIN)
        assert not self._ended(), self.said()

    def said(self) -> str:
        return self.output.read_text()

    def stop(self) -> float:
        """Stop it as Ctrl-C does; returns the seconds it took."""
        assert self.process
        begun = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(STOPPED_WITHIN + 20)
        return time.monotonic() - begun

    def kill(self) -> None:
        """End the supervisor, and only it, as `kill -9` does."""
        assert self.process
        self.process.kill()
        self.process.wait(10)

    def fmotm(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command beside it, as an operator would in another terminal."""
        done = subprocess.run(
            [FMOTM, *arguments],
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if check:
            assert done.returncode == 0, done.stdout + done.stderr
        return done

    def told(self, *arguments: str) -> str:
        """Return what a command prints, run in this process: most of its time is its start."""
        theirs: dict[str, str | None] = {name: self.environ.get(name) for name in os.environ}
        done = CliRunner().invoke(
            main, arguments, env=theirs | self.environ, catch_exceptions=False
        )
        assert done.exit_code == 0, done.output
        return done.stdout

    def json(self, *arguments: str) -> Any:
        """Return what a command answers, run in this process."""
        return json.loads(self.told(*arguments, "--json"))

    def balance(self) -> dict[str, Any]:
        """Return the figures; whoever asks also wants to know that they add up."""
        figures: dict[str, Any] = self.json("balance")
        assert figures["balanced"] is True, figures
        return figures

    def drained(self) -> dict[str, Any]:
        """Wait until nothing waits in the inbox, and return the balance then."""
        until(lambda: self.balance()["waiting"] == 0, 60)
        return self.balance()

    def settings(self) -> dict[str, str]:
        """Return what the processes were told: addresses and keys."""
        return running_environment(self.environ)

    def pid(self, module: str, *, besides: Container[int] = ()) -> int:
        """Return the process that runs `python -m module`, once there is one not in `besides`."""
        found: list[int] = []

        def look() -> bool:
            found[:] = [pid for pid in self._running(module) if pid not in besides]
            return bool(found)

        until(look, 30)
        return found[0]

    def _running(self, module: str) -> Iterator[int]:
        ours = f"FMOTM_DATA={self.folder}".encode()
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                arguments = (process / "cmdline").read_bytes().split(b"\0")
                environ = (process / "environ").read_bytes().split(b"\0")
                if arguments[1:3] == [b"-m", module.encode()] and ours in environ:
                    yield int(process.name)

    def _ended(self) -> bool:
        return self.process is None or self.process.poll() is not None


def until(condition: Callable[[], bool], seconds: float) -> None:
    """Wait until a condition holds; fail when it does not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.1)


@contextmanager
def whole_product() -> Iterator[Stack]:
    """Run the whole product on a folder of its own, which is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="fmotm-stack-", ignore_cleanup_errors=True) as folder:
        # The servers of a root's run belong to another user, who has to get through.
        Path(folder).chmod(0o755)
        running = Stack(Path(folder) / "data")
        running.start()
        yield running
        running.stop()


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Run it for all the tests that need it and do not mind each other."""
    with whole_product() as running:
        yield running
