"""What goes wrong, and what is seen of it: hosts cut off at the worst moment, a host that dies."""

from __future__ import annotations

import signal
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import psycopg

from fmotm.embedded.credentials import ADMIN
from loadtests.bench.measure import CheckFailed
from registry.inbox import connect
from registry.inbox.names import GROUP, STREAM, entry_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from loadtests.cluster.citizens import Heard
    from loadtests.cluster.hosts import Cluster, Machine

CAUGHT_WITHIN: Final = 60.0
"""Seconds in which a worker must be seen in the middle of a transaction."""

BACKLOG: Final = 3.0
"""Seconds for which all workers stand still before one is caught, so that it has much in hand."""

NOTICED_WITHIN: Final = 90.0
"""Seconds in which all must go on as if nothing had been."""

_WRITES: Final = """
SELECT count(*) FILTER (WHERE backend_xid IS NOT NULL), count(*)
FROM pg_stat_activity
WHERE client_addr = %s AND application_name = 'fmotm-worker'
"""


@dataclass(slots=True)
class Incident:
    """What was done to a host, and what came of it; seconds since the first citizen came."""

    host: str
    what: str
    at: float
    until: float | None = None
    """When it was back; None for who died."""
    held: int = 0
    """Entries that it had claimed and not acknowledged."""
    taken_over: float | None = None
    """Seconds until another had dealt with all of them."""
    rolled_back: float | None = None
    """Seconds until PostgreSQL gave up its transaction, and with it the locks."""
    waiting: int = 0
    """The most entries that waited meanwhile, of all."""
    back_at_work: float | None = None
    """Seconds from when it was back until it accepted or drained again."""


@dataclass(slots=True)
class Trouble:
    """Makes trouble in a cluster. ``say`` gets a line for each thing that is done."""

    cluster: Cluster
    heard: Heard
    """What citizens hear meanwhile."""
    say: Callable[[str], None]
    incidents: list[Incident] = field(default_factory=list)
    _began: float = field(default_factory=time.monotonic)

    @property
    def clock(self) -> float:
        """Seconds since the trouble began."""
        return time.monotonic() - self._began

    def cut_portal(self, machine: Machine, seconds: float) -> None:
        """Cut a portal off for so long."""
        with self._cut(machine, "cut off", seconds):
            pass
        before = self.heard.accepted[machine.name]
        self._wait_back(machine, lambda: self.heard.accepted[machine.name] > before)

    def cut_data(self, seconds: float) -> None:
        """Cut off the host of PostgreSQL, inbox and queue for so long."""
        with self._cut(self.cluster.data, "cut off", seconds):
            pass
        last = self.cluster.inbox.last_number()
        self._wait_back(self.cluster.data, lambda: self.cluster.inbox.last_number() > last)

    def cut_worker(self, machine: Machine, seconds: float) -> None:
        """Cut a worker off in the middle of a transaction, for at least so long."""
        with self._caught(machine) as held, self._cut(machine, "cut off", seconds, held):
            machine.signal(signal.SIGCONT)
            self._watch_taken_over(machine, held)
        self._wait_back(machine, lambda: bool(self._held(machine)))

    def kill_worker(self, machine: Machine) -> None:
        """Let a worker's host lose its power in the middle of a transaction."""
        with self._caught(machine) as held:
            self.cluster.network.cut(machine.host)
            machine.die()
            self._note(Incident(machine.name, "died", self.clock, held=len(held)))
            self._watch_taken_over(machine, held)

    @contextmanager
    def _cut(
        self, machine: Machine, what: str, seconds: float, held: frozenset[int] = frozenset()
    ) -> Iterator[None]:
        self.cluster.network.cut(machine.host)
        incident = self._note(Incident(machine.name, what, self.clock, held=len(held)))
        until = time.monotonic() + seconds
        try:
            yield
            time.sleep(max(0.0, until - time.monotonic()))
        finally:
            self.cluster.network.mend(machine.host)
            incident.until = self.clock
        self.say(f"{self.clock:6.1f} s  {machine.name} is back")

    def _note(self, incident: Incident) -> Incident:
        self.incidents.append(incident)
        held = f", it holds {incident.held} entries" if incident.held else ""
        self.say(f"{incident.at:6.1f} s  {incident.host} {incident.what}{held}")
        return incident

    def _wait_back(self, machine: Machine, works: Callable[[], bool]) -> None:
        incident, began = self.incidents[-1], time.monotonic()
        while not works():
            if time.monotonic() - began > NOTICED_WITHIN:
                message = f"{machine.name} did not go on within {NOTICED_WITHIN:.0f} s"
                raise CheckFailed(message)
            time.sleep(0.005)
        incident.back_at_work = time.monotonic() - began

    @contextmanager
    def _caught(self, machine: Machine) -> Iterator[frozenset[int]]:
        """Freeze a worker's host while PostgreSQL holds what it wrote and did not commit yet.

        The others stand still until then, so that it has work.
        """
        workers = self.cluster.workers
        _signal(workers, signal.SIGSTOP)
        try:
            time.sleep(BACKLOG)
            machine.signal(signal.SIGCONT)
            held = self._catch(machine)
            _signal([each for each in workers if each is not machine], signal.SIGCONT)
            yield held
        finally:
            _signal(workers, signal.SIGCONT)

    def _catch(self, machine: Machine) -> frozenset[int]:
        """Stop a worker in the middle of a transaction; return the entries that it has in hand."""
        deadline = time.monotonic() + CAUGHT_WITHIN
        with self._administrator() as database:
            while time.monotonic() < deadline:
                if _writing(database, machine):
                    machine.signal(signal.SIGSTOP)
                    time.sleep(0.05)  # what is on its way arrives
                    if _writing(database, machine) and (held := self._held(machine)):
                        return frozenset(held)
                    machine.signal(signal.SIGCONT)
                time.sleep(0.001)
        message = f"{machine.name} was never caught at work"
        raise CheckFailed(message)

    def _watch_taken_over(self, machine: Machine, held: frozenset[int]) -> None:
        """Wait until what a host held is dealt with by others, and its transaction is gone."""
        incident, began = self.incidents[-1], time.monotonic()
        with self._administrator() as database:
            while incident.taken_over is None or incident.rolled_back is None:
                passed = time.monotonic() - began
                incident.waiting = max(incident.waiting, self.cluster.inbox.depth())
                if incident.rolled_back is None and not _writing(database, machine):
                    incident.rolled_back = passed
                if incident.taken_over is None and not self._waiting(held):
                    incident.taken_over = passed
                if passed > NOTICED_WITHIN:
                    message = f"what {machine.name} held was not taken over: {incident}"
                    raise CheckFailed(message)
                time.sleep(0.1)
        self.say(
            f"{self.clock:6.1f} s  what {machine.name} held is taken over, after"
            f" {incident.taken_over:.1f} s; its transaction was given up after"
            f" {incident.rolled_back:.1f} s"
        )

    def _held(self, machine: Machine) -> set[int]:
        """Return the entries that a worker has claimed and not acknowledged."""
        with connect(self.cluster.environ["INBOX_REDIS_URL"], socket_timeout=10) as client:
            held: Any = client.xpending_range(STREAM, GROUP, "-", "+", 500, machine.name)
        return {entry_number(each["message_id"]) for each in held}

    def _waiting(self, held: frozenset[int]) -> bool:
        numbers = self.cluster.inbox.waiting_numbers(max(held))
        return any(not held.isdisjoint(page) for page in numbers)

    @contextmanager
    def _administrator(self) -> Iterator[psycopg.Connection[Any]]:
        """Connect as who sees what all connections do, which that host alone allows."""
        with self.cluster.network.inside(self.cluster.data.host):
            connection = psycopg.connect(self.cluster.postgres.url(ADMIN), autocommit=True)
        with connection:
            yield connection


def _signal(machines: Iterable[Machine], number: signal.Signals) -> None:
    for machine in machines:
        machine.signal(number)


def _writing(database: psycopg.Connection[Any], machine: Machine) -> bool:
    """Tell whether a host's worker has a transaction open that wrote something."""
    row = database.execute(_WRITES, (machine.host.address,)).fetchone()
    return bool(row and row[0])
