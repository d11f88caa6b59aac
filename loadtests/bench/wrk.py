"""wrk, for peaks: as many requests as a few connections get answered."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from loadtests.bench.measure import CheckFailed, Sample
from loadtests.bench.usage import run
from loadtests.installing import installed

SCRIPT: Final = Path(__file__).with_name("requests.lua")
MARK: Final = "fmotm-bench "
"""What the line of figures begins with that our script prints."""

_TO_END: Final = 60.0
"""Seconds that wrk may take beyond its time; it waits for nothing then."""

HOW: Final = "wrk is missing: install it (Debian and Ubuntu: apt install wrk)"


@dataclass(frozen=True, slots=True)
class Load:
    """What wrk is to do: how long, over how many connections and threads of its own."""

    seconds: float
    connections: int = 32
    threads: int = 1


@dataclass(frozen=True, slots=True)
class Answers:
    """What came of a run. ``answered`` counts all answers, ``refused`` those from 400 on."""

    answered: int
    refused: int
    seconds: float
    bytes_read: int
    p99: float
    """Seconds, of all answers."""
    connect_errors: int
    read_errors: int
    write_errors: int
    timeouts: int
    cores: float

    @property
    def good(self) -> int:
        """Answers below 400."""
        return self.answered - self.refused

    @property
    def unanswered(self) -> int:
        """Requests of which nobody knows what became: they may have been served."""
        return self.connect_errors + self.read_errors + self.write_errors + self.timeouts

    @property
    def sent(self) -> int:
        """All requests of which something was heard."""
        return self.answered + self.unanswered

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return self.good / self.seconds if self.seconds else 0.0

    @property
    def sample(self) -> Sample:
        """The rate as a run of a row."""
        return Sample(self.rate, self.cores)

    def __str__(self) -> str:
        return (
            f"{self.answered} answers in {self.seconds:.2f} s, {self.refused} refused,"
            f" {self.connect_errors} connect, {self.read_errors} read, {self.write_errors} write"
            f" errors, {self.timeouts} timeouts"
        )


def find() -> str:
    """Return wrk, installing it where that can be done. Raises CheckFailed."""
    found = installed("wrk", "wrk")
    if found is None:
        raise CheckFailed(HOW)
    return found


def hammer(url: str, load: Load, kind: str, file: str, *arguments: str) -> Answers:
    """Ask ``url`` as fast as it answers; what is asked is told by our script's arguments.

    Raises CheckFailed when wrk itself fails.
    """
    argv = [
        find(),
        f"--threads={load.threads}",
        f"--connections={max(load.connections, load.threads)}",
        f"--duration={max(1, round(load.seconds))}s",  # wrk counts in whole seconds
        "--timeout=20s",
        f"--script={SCRIPT}",
        url,
        "--",
        *(kind, file, str(load.threads), *arguments),
    ]
    done = run(argv, within=load.seconds + _TO_END)
    return parse(done.output, done.cores)


def parse(output: str, cores: float) -> Answers:
    """Read the line that our script printed. Raises CheckFailed when there is none."""
    lines = [line for line in output.splitlines() if line.startswith(MARK)]
    if len(lines) != 1:
        message = f"wrk printed no figures: {output[-300:]}"
        raise CheckFailed(message)
    found: dict[str, Any] = json.loads(lines[0].removeprefix(MARK))
    return Answers(
        answered=int(found["requests"]),
        refused=int(found["status"]),
        seconds=found["duration"] / 1e6,
        bytes_read=int(found["bytes"]),
        p99=found["p99"] / 1e6,
        connect_errors=int(found["connect"]),
        read_errors=int(found["read"]),
        write_errors=int(found["write"]),
        timeouts=int(found["timeout"]),
        cores=cores,
    )
