"""The books: what was heard to be accepted, against what the inbox and PostgreSQL have.

Each run notes the inbox's last number before and after. When all is drained, every entry must be
an application of its own, the balance must hold, and households picked from each run must be there
with the answers that were sent. Raises CheckFailed for whatever is not so.
"""

from __future__ import annotations

import json
import random
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import psycopg

from loadtests.bench.citizens import Citizens
from loadtests.bench.measure import CheckFailed
from loadtests.bench.usage import run
from registry.opening import CannotOpen
from registry.opening import answers as opened
from registry.rules.answers import parse
from registry.rules.application import VERSION, Application
from registry.rules.nik import Nik
from registry.rules.periods import civil_date
from registry.rules.scope import Scope
from registry.store.session import SCOPE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loadtests.bench.servers import Servers

FMOTM: Final = Path(sys.executable).with_name("fmotm")
_SETTLED: Final = 0.2
_EARLY: Final = 0.6
"""Share of a run's households, from its first on, that must have been answered by its end."""


@dataclass(slots=True)
class Heard:
    """What the senders of one run heard; the run fills it in.

    ``unsure``: requests without an answer, and those in flight when the senders stopped.
    """

    first: int
    accepted: int = 0
    unsure: int = 0
    entries: int = 0
    """What the inbox numbered meanwhile."""


@dataclass(slots=True)
class Books:
    """What was accepted since they were last closed, and what was in PostgreSQL then."""

    servers: Servers
    samples: int
    _picked: list[int] = field(default_factory=list)
    _citizens: list[Citizens] = field(default_factory=list)
    _entries: int = 0
    _applications: int = 0

    @contextmanager
    def hearing(self, first: int) -> Iterator[Heard]:
        """Compare what is heard in the block, of households from ``first`` on, with the inbox.

        Beside it some households are sent by a client that keeps their receipts.
        """
        inbox = self.servers.inbox
        before = inbox.last_number()
        heard = Heard(first)
        with Citizens(self.servers, self.samples).sending() as citizens:
            yield heard
        heard.entries = self._settled() - before
        _compare(heard, citizens.accepted, citizens.unsure)
        citizens.look_all_up()
        self._citizens.append(citizens)
        early = range(first + self.samples, first + int(heard.accepted * _EARLY))
        self._picked += random.sample(early, min(self.samples, len(early)))

    def note_filled(self, first: int, number: int) -> None:
        """Note households that were appended in process, every one of them."""
        numbers = range(first, first + number)
        self._picked += random.sample(numbers, min(self.samples, number))

    def close(self) -> None:
        """Check all that was noted; the inbox must have been drained."""
        inbox = self.servers.inbox
        figures = self._balance()
        last = inbox.last_number()
        if figures["entries"] != last or figures["waiting"] or not figures["balanced"]:
            message = f"the balance does not hold: {figures}, last number {last}"
            raise CheckFailed(message)
        with self._connected() as connection:
            self._count(connection, last)
            for number in self._picked:
                self._read_back(connection, number)
        for citizens in self._citizens:
            citizens.look_all_up()
        self._picked.clear()
        self._citizens.clear()

    def start_anew(self) -> None:
        """Forget what was noted, after a check failed: the next row is checked by itself."""
        self._picked.clear()
        self._citizens.clear()
        self.servers.drain()
        self._entries = self.servers.inbox.last_number()
        with self._connected() as connection:
            self._applications = _applications(connection)

    def _settled(self) -> int:
        """Return the inbox's last number, once requests in flight have been served."""
        inbox = self.servers.inbox
        last = -1
        while (now := inbox.last_number()) != last:
            last = now
            time.sleep(_SETTLED)
        return last

    def _connected(self) -> psycopg.Connection[Any]:
        everything = f"-c {SCOPE}={Scope.EVERYTHING.setting}"
        return psycopg.connect(self.servers.environ["DATABASE_URL"], options=everything)

    def _balance(self) -> dict[str, Any]:
        said = run([str(FMOTM), "balance", "--json"], environ=self.servers.environ)
        figures: dict[str, Any] = json.loads(said.output)
        return figures

    def _count(self, connection: psycopg.Connection[Any], last: int) -> None:
        """Make sure that every entry became an application: all were other households."""
        applications = _applications(connection)
        new, entries = applications - self._applications, last - self._entries
        if new != entries:
            message = f"{entries} different households were accepted, {new} are in PostgreSQL"
            raise CheckFailed(message)
        self._applications, self._entries = applications, last

    def _read_back(self, connection: psycopg.Connection[Any], number: int) -> None:
        """Make sure that a household is there once, with the answers that were sent."""
        servers = self.servers
        index = servers.keys.index.nik(Nik(servers.template.nik(number)))
        asked = "SELECT id, sealed FROM application WHERE nik_index = %s"
        rows = connection.execute(asked, (index,)).fetchall()
        sent = parse(servers.template.answers(number), today=civil_date(datetime.now(UTC)))
        if len(rows) != 1 or not isinstance(sent, Application):
            message = f"household {number} is in PostgreSQL {len(rows)} times, not once"
            raise CheckFailed(message)
        try:
            kept = opened(servers.keys.ring, *rows[0])
        except CannotOpen as error:
            msg = f"household {number} cannot be opened: {error}"
            raise CheckFailed(msg) from None
        if {name: kept[name] for name in kept if name != VERSION} != sent.answers:
            msg = f"household {number} has other answers than were sent"
            raise CheckFailed(msg)


def _applications(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute("SELECT count(*) FROM application").fetchone()
    return int(row[0]) if row else 0


def _compare(heard: Heard, beside: int, unsure_beside: int) -> None:
    known = heard.accepted + beside
    unsure = heard.unsure + unsure_beside
    if not known <= heard.entries <= known + unsure:
        message = (
            f"{known} applications were answered as accepted ({unsure} more may have been),"
            f" but the inbox numbered {heard.entries}"
        )
        raise CheckFailed(message)
