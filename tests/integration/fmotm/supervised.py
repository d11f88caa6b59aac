"""Runs of `servers_only` as processes: start, look inside, kill, and see that nothing is left."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self

import pytest
import redis

from fmotm.embedded import free_port
from tests.database import all_rows

PROJECT = Path(__file__).parents[3]
STARTS_WITHIN = 60.0


class Run:
    """One supervisor process on a data folder."""

    def __init__(
        self,
        data: Path,
        *program: str,
        port: int | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.data = data
        self.port = port or free_port()
        self.lines: list[str] = []
        self._said: queue.Queue[str] = queue.Queue()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.fmotm.servers_only", *program],
            cwd=PROJECT,
            env={
                **_clean_environ(),
                "FMOTM_DATA": str(data),
                "PORT": str(self.port),
                **(environ or {}),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(20)
        self._close()

    def wait_for(self, words: str, seconds: float = STARTS_WITHIN) -> str:
        """Wait for a line with these words and return it."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and (self._reader.is_alive() or not self._said.empty()):
            with suppress(queue.Empty):
                line = self._said.get(timeout=0.1)
                self.lines.append(line)
                if words in line:
                    return line
        self.__exit__()
        pytest.fail(f"no line with {words!r} came in {seconds} s, but:\n{self.output}")

    def ready(self) -> Self:
        """Wait until it says so; else end it and fail."""
        self.wait_for("The portal is ready")
        return self

    def end(self, number: signal.Signals = signal.SIGTERM, seconds: float = 15.0) -> int:
        """Send a signal, wait for the end, and return the exit code."""
        self.process.send_signal(number)
        code = self.process.wait(seconds)
        self._close()
        return code

    def finish(self, seconds: float = STARTS_WITHIN) -> int:
        """Wait for a run that ends by itself and return its exit code."""
        code = self.process.wait(seconds)
        self._close()
        return code

    @property
    def output(self) -> str:
        while not self._said.empty():
            self.lines.append(self._said.get())
        return "".join(self.lines)

    @property
    def settings(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self.data.joinpath("environment.json").read_text())
        return found

    def sql(self, statement: str) -> list[tuple[object, ...]]:
        with all_rows(self.settings["DATABASE_URL"]) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def inbox(self) -> redis.Redis:
        return redis.Redis.from_url(self.settings["INBOX_REDIS_URL"], socket_timeout=5)

    def server_pid(self, name: str) -> int:
        """Return the process that holds a child's lock, as it recorded itself."""
        facts = json.loads(self.data.joinpath("run", f"{name}.lock").read_text())
        return int(facts["pid"])

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._said.put(line)

    def _close(self) -> None:
        self._reader.join(5)
        assert self.process.stdout
        self.process.stdout.close()


def processes_on(data: Path) -> list[int]:
    """Return the living processes that have a file of the data folder open, or work in it."""
    return [
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and int(entry.name) != os.getpid() and _touches(entry, data)
    ]


def eventually(true: Callable[[], bool], seconds: float = 15.0) -> bool:
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def _touches(process: Path, data: Path) -> bool:
    try:
        links = [process / "cwd", *process.joinpath("fd").iterdir()]
        return any(link.readlink().is_relative_to(data) for link in links)
    except OSError:
        return False


def _clean_environ() -> dict[str, str]:
    """Our environment without settings: a developer's own must not decide what is tested."""
    ours = ("DATABASE_URL", "REDIS_URL", "_KEY", "SEAL_KEYS", "FMOTM_DATA", "PORT")
    return {name: value for name, value in os.environ.items() if not name.endswith(ours)}
