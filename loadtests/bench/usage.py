"""Running a program and telling what it cost."""

from __future__ import annotations

import os
import resource
import subprocess
import threading
import time
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from loadtests.bench.measure import CheckFailed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Ran:
    """What a program printed, and the cores it kept busy: 1.0 is one core all the time."""

    output: str
    cores: float


def run(argv: Sequence[str], *, within: float, environ: Mapping[str, str] | None = None) -> Ran:
    """Run a program to its end, which comes ``within`` so many seconds or is made to.

    Raises CheckFailed, with its last words, when it fails.
    """
    with TemporaryFile("w+") as output, TemporaryFile("w+") as errors:
        began = time.monotonic()
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            env=environ,
        )
        late = threading.Timer(within, process.kill)
        late.start()
        try:
            # Connections count as files: as many as the system allows.
            most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
            resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (most, most))
            # wait4 alone tells what this child cost, and not all children so far.
            _, status, used = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            process.wait()
            raise
        finally:
            late.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - began
        output.seek(0)
        errors.seek(0)
        said = output.read()
        if seconds >= within:
            message = f"{argv[0]} did not end within {within:g} s"
            raise CheckFailed(message)
        if process.returncode:
            last = (errors.read().strip() or said.strip())[-500:]
            message = f"{argv[0]} ended with code {process.returncode}: {last}"
            raise CheckFailed(message)
    return Ran(said, (used.ru_utime + used.ru_stime) / seconds)
