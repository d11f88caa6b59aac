"""Playing a round: servers, senders, and what is true at the end."""

from __future__ import annotations

import json
import shutil
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from fmotm.embedded import Program
from fmotm.households.send import open_form
from loadtests.bench.measure import CheckFailed
from loadtests.books import balance_of, compared, sizes
from loadtests.households import Households
from loadtests.machine import Machine, this_machine
from loadtests.round.sender import Task
from loadtests.round.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fmotm.embedded import Child
    from loadtests.bench.servers import Servers
    from loadtests.ledger import Comparison

WHOLE: Final = 1_799_332
"""Registrations of the biggest round there was: that of February 2022."""

SENDERS: Final = 2
CONNECTIONS: Final = 16
"""Of each sender."""

BYTES_EACH: Final = 6_500
"""Disk that a registration takes at most: rows, indexes, logs of the servers, the ledger."""

BYTES_BESIDE: Final = 3_000_000_000
"""Disk beside: write-ahead logs, the inbox's file while it is written anew, programs."""


class NoRoom(CheckFailed):
    """The disk is too small for that many; the message says what to do."""


@dataclass(slots=True)
class Round:
    """What a round came to."""

    registrations: int
    watch: Watch
    households: Households
    accepting_seconds: float = 0.0
    whole_seconds: float = 0.0
    balance: dict[str, Any] | None = None
    comparison: Comparison | None = None
    sizes: dict[str, int] | None = None
    machine: Machine = field(default_factory=this_machine)
    """Told at the beginning: others may change the files meanwhile."""

    @property
    def ledgers(self) -> tuple[Path, ...]:
        """The files of receipts."""
        return tuple(self.watch.ledgers)


def check_room(folder: Path, registrations: int, say: Callable[[str], None]) -> None:
    """Say how much disk there is and is needed. Raises NoRoom."""
    free = shutil.disk_usage(folder).free
    needed = registrations * BYTES_EACH + BYTES_BESIDE
    say(f"disk: {free / 1e9:.1f} GB are free, at most {needed / 1e9:.1f} GB are needed")
    if free < needed:
        message = (
            f"{folder} has {free / 1e9:.1f} GB free, {needed / 1e9:.1f} GB may be needed: set"
            " BENCH_DIR to a folder on another disk, or REGISTRATIONS to fewer"
        )
        raise NoRoom(message)


def play(
    servers: Servers, registrations: int, say: Callable[[str], None], senders: int = SENDERS
) -> Round:
    """Send that many households, drain them at once, and check everything. Raises CheckFailed."""
    form = {name: str(value) for name, value in open_form(servers.url).items()}
    households = Households.of(form)
    if registrations > households.most:
        message = f"there are no more than {households.most:,} different households"
        raise CheckFailed(message)
    tasks = _tasks(servers, form, registrations, senders)
    folder = servers.folder.path / "logs"
    ledgers = [folder / task.ledger for task in tasks]
    counts = [folder / task.counts for task in tasks]
    entries = servers.inbox.last_number()
    watch = Watch(ledgers, counts, servers.inbox, registrations, say, entries)
    played = Round(registrations, watch, households)
    with servers.draining():
        _send(servers, tasks, watch)
        _drain(watch)
        ended = time.time()
    sent = watch.sent()
    played.accepting_seconds = sent.ended - sent.began
    played.whole_seconds = ended - sent.began
    say("everything is sent and drained; counting")
    check(servers, played)
    return played


def check(servers: Servers, played: Round) -> None:
    """Ask for the balance and look every receipt up. Raises CheckFailed for what is not so."""
    played.balance = balance_of(servers)
    look_up(servers, played)


def look_up(servers: Servers, played: Round) -> None:
    """Look every receipt of the ledger up. Raises CheckFailed for what is not so."""
    watch = played.watch
    found = compared(servers, played.ledgers, played.households, watch.entries_before)
    played.comparison, played.sizes = found, sizes(servers, played.ledgers)
    problems = [*watch.sent().failures[:5], *found.problems()]
    if found.households != played.registrations:
        problems.append(f"{found.households:,} of {played.registrations:,} hold a receipt")
    if problems:
        raise CheckFailed("; ".join(problems))


def _tasks(servers: Servers, form: dict[str, str], registrations: int, senders: int) -> list[Task]:
    address, first = urlsplit(servers.url), servers.numbers.take(registrations)
    folder = servers.folder.path / "logs"
    return [
        Task(
            host=address.hostname or "",
            port=address.port or 80,
            form=form,
            first=first + each,
            step=senders,
            end=first + registrations,
            connections=CONNECTIONS,
            ledger=str(folder / f"ledger-{each}.bin"),
            counts=str(folder / f"counts-{each}.json"),
        )
        for each in range(senders)
    ]


def _send(servers: Servers, tasks: list[Task], watch: Watch) -> None:
    senders = [_start(servers, number, task) for number, task in enumerate(tasks)]
    try:
        while any(sender.running for sender in senders):
            watch.look()
            time.sleep(1.0)
    finally:
        for sender in senders:
            sender.stop()
    # 1 is told of by the counts; anything else is a sender that broke.
    broken = [sender for sender in senders if sender.exit_code not in {0, 1}]
    for sender in broken:
        message = f"{sender.program.name} ended with {sender.exit_code}: see {sender.program.log}"
        raise CheckFailed(message)


def _start(servers: Servers, number: int, task: Task) -> Child:
    name = f"sender-{number}"
    described = servers.file(f"{name}.json", json.dumps(asdict(task)))
    return servers.start(
        Program(
            name=name,
            argv=(sys.executable, "-m", "loadtests.round.sender", described),
            environ={**servers.environ, "PYTHONUNBUFFERED": "1"},
            cwd=servers.folder.path,
            log=servers.folder.log(name),
            lock=servers.folder.lock_of(name),
        )
    )


def _drain(watch: Watch) -> None:
    """Wait until nothing waits any more; as long as it goes on, it is waited for."""
    least, since = sys.maxsize, time.monotonic()
    while True:
        point = watch.look()
        if point is not None and not point.waiting:
            return
        if point is not None and point.waiting < least:
            least, since = point.waiting, time.monotonic()
        if time.monotonic() - since > _STUCK:
            message = f"{least:,} wait in the inbox, and none was drained for {_STUCK:.0f} s"
            raise CheckFailed(message)
        time.sleep(0.2)


_STUCK: Final = 60.0
