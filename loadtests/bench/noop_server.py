"""The no-op under gunicorn, and the search for the settings at which it answers most."""

from __future__ import annotations

import http.client
import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from fmotm.embedded import Child, Program, free_port
from fmotm.embedded.ports import LOOPBACK
from loadtests.bench.servers import PROJECT, READY_WITHIN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fmotm.embedded import DataFolder

OURS: Final = "portal.gunicorn_worker.Worker"
"""The portal's own worker, which spreads connections over processes: the no-op may have it too."""

_WORKERS: Final = (3, 4)
_THREADS: Final = (1, 2, 8, 16)


@dataclass(frozen=True, slots=True)
class Gunicorn:
    """Settings of gunicorn that a search tries."""

    worker_class: str = "gthread"
    workers: int = 2
    threads: int = 4
    parser: str = "python"

    @property
    def threaded(self) -> bool:
        """Whether its processes have threads."""
        return self.worker_class in {"gthread", OURS}

    @property
    def argv(self) -> tuple[str, ...]:
        """The command line."""
        threads = ("--threads", str(self.threads)) if self.threaded else ()
        return (
            *(sys.executable, "-m", "gunicorn", "--log-level", "warning"),
            *("--worker-class", self.worker_class, "--workers", str(self.workers), *threads),
            *("--http-parser", self.parser, "--keep-alive", "30", "--no-control-socket"),
        )

    def __str__(self) -> str:
        threads = f" of {self.threads} threads" if self.threaded else ""
        return f"{self.workers} × {self.worker_class}{threads}, parser {self.parser}"


@dataclass(frozen=True, slots=True)
class NoOp:
    """Starts the no-op when it is measured: at rest it would take its share of both cores."""

    folder: DataFolder
    settings: Gunicorn = Gunicorn()

    @contextmanager
    def running(self) -> Iterator[str]:
        """Run it; gives its address."""
        port = free_port()
        program = Program(
            name="noop",
            argv=(*self.settings.argv, "--bind", f"{LOOPBACK}:{port}", "loadtests.bench.noop:app"),
            environ={**os.environ, "PYTHONUNBUFFERED": "1"},
            cwd=PROJECT,
            log=self.folder.log("noop"),
            lock=self.folder.lock_of("noop"),
            ready=lambda: _answers(port),
        )
        child = Child(program)
        try:
            child.start()
            child.wait_ready(READY_WITHIN)
            yield f"http://{LOOPBACK}:{port}/"
        finally:
            child.stop()


def tuned(noop: NoOp, rate: Callable[[NoOp], float]) -> NoOp:
    """Return the no-op with the settings that give the highest rate, one choice after the other.

    First the kind of worker and the parser, then how many processes, then how many threads.
    """
    best, highest = noop, 0.0
    for step in (_kinds, _parsers, _processes, _threads):
        for candidate in step(best.settings):
            tried = replace(noop, settings=candidate)
            measured = rate(tried)
            if measured > highest:
                best, highest = tried, measured
    return best


def _kinds(base: Gunicorn) -> list[Gunicorn]:
    others = ["sync", OURS, *(["gevent"] if find_spec("gevent") else [])]
    return [base, *(replace(base, worker_class=kind) for kind in others)]


def _parsers(base: Gunicorn) -> list[Gunicorn]:
    return [replace(base, parser="fast")] if find_spec("gunicorn_h1c") else []


def _processes(base: Gunicorn) -> list[Gunicorn]:
    return [replace(base, workers=number) for number in _WORKERS]


def _threads(base: Gunicorn) -> list[Gunicorn]:
    chosen = _THREADS if base.threaded else ()
    return [replace(base, threads=number) for number in chosen]


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=3)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
