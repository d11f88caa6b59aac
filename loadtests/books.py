"""What is true at the end: the balance, and every receipt of the ledger."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import psycopg
from click.testing import CliRunner

from fmotm.cli import main as fmotm
from fmotm.commands.common import NO
from loadtests.bench.measure import CheckFailed
from loadtests.ledger import Comparison, compare
from registry.rules.scope import Scope
from registry.store.session import SCOPE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from loadtests.bench.servers import Servers
    from loadtests.households import Households
    from registry.intake import Keys


class Reached(Protocol):
    """Servers that an operator reaches, of one machine or of several."""

    @property
    def environ(self) -> dict[str, str]:
        """How they are reached."""

    @property
    def keys(self) -> Keys:
        """The keys that seal and index."""


def balance_of(servers: Reached) -> dict[str, Any]:
    """Return what `fmotm balance` says. Raises CheckFailed when it does not add up."""
    said = CliRunner().invoke(fmotm, ["balance", "--json"], env=servers.environ)
    if said.exit_code not in {0, NO}:
        message = f"`fmotm balance` exits with {said.exit_code}: {said.output or said.exception}"
        raise CheckFailed(message)
    figures: dict[str, Any] = json.loads(said.stdout)
    if not figures["balanced"] or figures["quarantined"]:
        message = f"the balance does not add up: {figures}"
        raise CheckFailed(message)
    return figures


def compared(
    servers: Reached, ledgers: Iterable[Path], households: Households, since: int
) -> Comparison:
    """Look every receipt up, of what came after entry ``since``."""
    with seeing_all(servers) as connection:
        return compare(connection, ledgers, households, servers.keys.index, since)


def sizes(servers: Servers, ledgers: Iterable[Path]) -> dict[str, int]:
    """Return bytes on disk."""
    with seeing_all(servers) as connection:
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    return {
        "database": int(row[0]) if row else 0,
        "postgres": _size(servers.folder.server("postgres")),
        "inbox": _size(servers.folder.server("inbox")),
        "ledger": sum(path.stat().st_size for path in ledgers),
    }


@contextmanager
def seeing_all(servers: Reached) -> Iterator[psycopg.Connection[Any]]:
    """Give a connection of the owner, to whom row-level security shows every household."""
    everything = f"-c {SCOPE}={Scope.EVERYTHING.setting}"
    with psycopg.connect(servers.environ["DATABASE_URL"], options=everything) as connection:
        yield connection


def _size(folder: Path) -> int:
    """Return what the files of a folder take; some may go away meanwhile."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_blocks * 512 if path.is_file() else 0
        except OSError:
            continue
    return total
