"""Playing a load: on servers of its own, or at a portal of this machine that runs already."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fmotm.embedded import Child, Program
from fmotm.households.send import open_form
from loadtests.bench.measure import CheckFailed
from loadtests.books import balance_of, compared
from loadtests.households import Households
from loadtests.ledger import Comparison, held
from loadtests.load.accounts import Invited, invite
from loadtests.load.recorder import SENDING
from loadtests.load.shapes import SHAPES
from loadtests.load.task import Task
from loadtests.machine import Machine, this_machine
from registry.inbox import InboxUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loadtests.bench.servers import Servers

FASTEST: Final = 480.0
"""How many times faster than real people those of a load think at most."""

LATER: Final = 120.0
"""Seconds after the end of the arrivals within which the player must have ended."""

DRAINED_WITHIN: Final = 3_600.0
"""Seconds after that until nothing waits any more."""

STAFF: Final = 6
"""Helpers, and as many reviewers."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for on the command line."""

    shape: str
    peak: float
    seconds: float
    seed: int = 5
    staff: int = STAFF
    machine: Machine = field(default_factory=this_machine)
    """Told at the beginning: others may change the files meanwhile."""

    @property
    def hurry(self) -> float:
        """How many times faster the people think."""
        return min(FASTEST, max(1.0, SHAPES[self.shape].hours * 3600 / self.seconds))


@dataclass(slots=True)
class Played:
    """What came of it. ``depth``: (seconds since the first came, entries that waited)."""

    asked: Asked
    happened: dict[str, Any]
    receipts: int
    depth: list[tuple[float, int]] = field(default_factory=list)
    balance: dict[str, Any] | None = None
    comparison: Comparison | None = None
    drained_after: float | None = None
    """Seconds from the end of the load until nothing waited."""

    @property
    def problems(self) -> tuple[str, ...]:
        """Say what is wrong with what was accepted; nothing when all of it is there once."""
        return self.comparison.problems(self._unsure) if self.comparison else ()

    @property
    def _unsure(self) -> int:
        """Count forms that were sent and not answered, or whose sender had to go."""
        pages = self.happened["pages"]
        silent = sum(pages[each]["statuses"].get("0", 0) for each in SENDING if each in pages)
        return int(silent + self.happened["unfinished"])


def play_here(servers: Servers, asked: Asked) -> Played:
    """Play on these servers, which drain meanwhile; look every receipt up. Raises CheckFailed."""
    form = _form(servers.url)
    entries = servers.inbox.last_number()
    folder = servers.folder.path / "logs"
    invited = invite(servers, asked.staff, asked.staff)
    first = servers.numbers.take(_most(asked))
    task = _task(servers.url, form, asked, folder, first, invited)
    with servers.draining(), _watched(servers) as depth:
        _run(task, folder, servers.environ)
        ended = time.monotonic()
        servers.wait_drained(DRAINED_WITHIN)
        drained_after = time.monotonic() - ended
    played = _played(task, asked, depth)
    played.drained_after = drained_after
    played.balance = balance_of(servers)
    played.comparison = compared(servers, [Path(task.ledger)], Households.of(form), entries)
    return played


def play_at(url: str, asked: Asked) -> Played:
    """Play at a portal that runs already, without staff; its servers are not looked into."""
    form = _form(url)
    folder = Path(tempfile.mkdtemp(prefix="fmotm-load-"))
    try:
        # Another run, other households.
        first = int(time.time()) % 1_000 * 70_000
        nobody = Invited([], [])
        task = _task(url, form, replace(asked, staff=0), folder, first, nobody)
        _run(task, folder, dict(os.environ))
        return _played(task, asked, [])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _form(url: str) -> dict[str, str]:
    return {name: str(value) for name, value in open_form(url).items()}


def _most(asked: Asked) -> int:
    """Return more households than will be needed: arrivals are by chance, helpers go on."""
    expected = SHAPES[asked.shape].total(asked.peak, asked.seconds)
    return int(expected * 1.2 + asked.seconds * 20 + 1_000)


def _task(  # noqa: PLR0913, PLR0917 - all that a task is made of
    url: str, form: dict[str, str], asked: Asked, folder: Path, first: int, invited: Invited
) -> Task:
    return Task(
        url=url,
        form=form,
        shape=asked.shape,
        peak=asked.peak,
        seconds=asked.seconds,
        hurry=asked.hurry,
        first=first,
        households=_most(asked),
        ledger=str(folder / "load-ledger.bin"),
        result=str(folder / "load-result.json"),
        seed=asked.seed,
        helpers=invited.helpers,
        reviewers=invited.reviewers,
    )


def _run(task: Task, folder: Path, environ: dict[str, str]) -> None:
    """Run the player to its end; it ends with us at the latest. Raises CheckFailed."""
    described = folder / "load-task.json"
    described.write_text(json.dumps(asdict(task)), "utf-8")
    log = folder / "player.log"
    player = Child(
        Program(
            name="player",
            argv=(sys.executable, "-m", "loadtests.load.player", str(described)),
            environ={**environ, "PYTHONUNBUFFERED": "1"},
            cwd=folder,
            log=log,
            lock=folder / "player.lock",
        )
    )
    player.start()
    try:
        until = time.monotonic() + task.seconds + LATER
        while player.running and time.monotonic() < until:
            time.sleep(0.2)
    finally:
        player.stop()
    if player.exit_code != 0 or not Path(task.result).exists():
        last = log.read_text("utf-8", "replace").strip()[-800:]
        message = f"the player ended with {player.exit_code}: {last}"
        raise CheckFailed(message)


def _played(task: Task, asked: Asked, depth: list[tuple[float, int]]) -> Played:
    happened: dict[str, Any] = json.loads(Path(task.result).read_text("utf-8"))
    began = happened["began"]
    since = [(round(at - began, 2), waiting) for at, waiting in depth if at >= began]
    return Played(asked, happened, held([Path(task.ledger)]), since)


@contextmanager
def _watched(servers: Servers) -> Iterator[list[tuple[float, int]]]:
    """Note twice a second how many entries wait in the inbox."""
    noted: list[tuple[float, int]] = []
    stop, inbox = threading.Event(), servers.inbox

    def watch() -> None:
        while not stop.wait(0.5):
            try:
                noted.append((time.time(), inbox.depth()))
            except InboxUnavailable:
                continue

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield noted
    finally:
        stop.set()
        thread.join()
