"""The books: what was heard to be accepted, against what the inbox and PostgreSQL have.

Each run notes the inbox's last number before and after. When all is drained, every entry must be
an application of its own, the balance must hold, and households picked from each run must be there
with the answers that were sent. Raises CheckFailed for whatever is not so.
"""

from __future__ import annotations

import json
import random
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import psycopg
from click.testing import CliRunner

from fmotm.cli import main as fmotm
from loadtests.bench.citizens import Citizens
from loadtests.bench.measure import CheckFailed
from registry.opening import CannotOpen
from registry.opening import answers as opened
from registry.rules.answers import parse
from registry.rules.application import VERSION, Application
from registry.rules.nik import Nik
from registry.rules.periods import civil_date
from registry.rules.scope import Scope
from registry.store.session import SCOPE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from loadtests.bench.servers import Servers

_SETTLED: Final = 0.15
_EARLY: Final = 0.6
"""Share of a run's households, from its first on, that must have been answered by its end."""

_SKIPPED: Final = 2
"""wrk makes one form of each thread that it does not send."""


@dataclass(slots=True)
class Heard:
    """What the senders of one run heard; the run fills it in.

    ``unsure``: requests without an answer, and those in flight when the senders stopped.
    """

    accepted: int = 0
    unsure: int = 0
    among: tuple[range, ...] = ()
    """Numbers of all households that may have been sent, where the portal may have refused some."""
    elsewhere: int = 0
    """How many of the accepted were others than these."""


@dataclass(slots=True)
class Books:
    """What was accepted since they were last closed, and what was in PostgreSQL then."""

    servers: Servers
    samples: int
    _picked: list[int] = field(default_factory=list)
    _refusing: list[Heard] = field(default_factory=list)
    _citizens: list[Citizens] = field(default_factory=list)
    _entries: int = 0
    _applications: int = 0

    @contextmanager
    def hearing(self, first: int) -> Iterator[Heard]:
        """Compare what is heard in the block, of households from ``first`` on, with the inbox.

        Where the portal may refuse some, the run tells `among` which households the others are.
        Beside it some households are sent by a client that keeps their receipts.
        """
        inbox = self.servers.inbox
        before = inbox.last_number()
        heard = Heard()
        with Citizens(self.servers, self.samples).sending() as citizens:
            yield heard
        _compare(self._settled() - before, heard, citizens)
        citizens.look_all_up()
        self._citizens.append(citizens)
        if heard.among:
            self._refusing.append(heard)
            return
        early = range(first + _SKIPPED, first + int(heard.accepted * _EARLY))
        self._picked += random.sample(early, min(self.samples, len(early)))

    def note_filled(self, receipts: Mapping[int, str]) -> None:
        """Note households that were appended in process, and their receipts."""
        picked = random.sample(sorted(receipts), min(self.samples, len(receipts)))
        self._picked += picked
        self._citizens.append(Citizens(self.servers, 0, {each: receipts[each] for each in picked}))

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
            for heard in self._refusing:
                self._picked += self._kept(connection, heard)
            for number in self._picked:
                self._read_back(connection, number)
        for citizens in self._citizens:
            citizens.look_all_up()
        self._forget()

    def start_anew(self) -> None:
        """Forget what was noted, after a check failed: the next row is checked by itself."""
        self._forget()
        self.servers.drain()
        self._entries = self.servers.inbox.last_number()
        with self._connected() as connection:
            self._applications = _applications(connection)

    def _forget(self) -> None:
        for noted in (self._picked, self._refusing, self._citizens):
            noted.clear()

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
        """Ask the command that operators ask; it exits with 1 when something is missing."""
        said = CliRunner().invoke(fmotm, ["balance", "--json"], env=self.servers.environ)
        if said.exit_code:
            message = (
                f"`fmotm balance` exits with {said.exit_code}: {said.output or said.exception}"
            )
            raise CheckFailed(message)
        figures: dict[str, Any] = json.loads(said.stdout)
        return figures

    def _count(self, connection: psycopg.Connection[Any], last: int) -> None:
        """Make sure that every entry became an application: all were other households."""
        applications = _applications(connection)
        new, entries = applications - self._applications, last - self._entries
        if new != entries:
            message = f"{entries} different households were accepted, {new} are in PostgreSQL"
            raise CheckFailed(message)
        self._applications, self._entries = applications, last

    def _kept(self, connection: psycopg.Connection[Any], heard: Heard) -> list[int]:
        """Make sure that as many households as were accepted are there; return some of them."""
        servers = self.servers
        by_index = {
            servers.keys.index.nik(Nik(servers.template.nik(number))): number
            for numbers in heard.among
            for number in numbers
        }
        asked = "SELECT DISTINCT nik_index FROM application WHERE nik_index = ANY(%s)"
        found = [by_index[index] for (index,) in connection.execute(asked, (list(by_index),))]
        accepted = heard.accepted - heard.elsewhere
        if not accepted <= len(found) <= accepted + heard.unsure:
            message = (
                f"{accepted} households were accepted ({heard.unsure} more may have been),"
                f" but {len(found)} of them are in PostgreSQL"
            )
            raise CheckFailed(message)
        return random.sample(found, min(self.samples, len(found)))

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


def _compare(entries: int, heard: Heard, citizens: Citizens) -> None:
    known = heard.accepted + citizens.accepted
    unsure = heard.unsure + citizens.unsure
    if not known <= entries <= known + unsure:
        message = (
            f"{known} applications were answered as accepted ({unsure} more may have been),"
            f" but the inbox numbered {entries}"
        )
        raise CheckFailed(message)
