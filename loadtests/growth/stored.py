"""Applications in PostgreSQL: some by the way that real ones take, then copies by the million.

A copy has everything that the original has (people, events, its entry), under keys of its own. It
cannot be opened, since what is sealed is bound to the original's id; no page that is measured shows
one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg import sql

from fmotm.embedded.credentials import ADMIN, OWNER
from fmotm.embedded.postgres import DATABASE
from fmotm.households import Options, household
from registry.inbox import Entry
from registry.intake import examine, submission
from registry.rules.answers import parse
from registry.rules.application import Application
from registry.rules.periods import civil_date
from registry.rules.receipts import receipt_code
from registry.rules.scope import Scope
from registry.store.intake import record
from registry.store.session import SCOPE, sessions, software_engine

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fmotm.households import Raw
    from loadtests.bench.servers import Servers
    from registry.store.intake import Checked

SEED: Final = 11
AT_ONCE: Final = 500
_COPIED_AT_ONCE: Final = 20

# What a copy has instead of the original's: keys of its own, an entry of its own.
_KEYS: Final = ("id", "application_id", "nik_index", "kk_index")
_OWN: Final = {
    "entry": "{base} + g.n * {originals} + s.place",
    "receipt": "upper(substr(encode(sha256(t.id || int4send(g.n)), 'hex'), 1, 12))",
    **{key: f"substr(sha256(t.{key} || int4send(g.n)), 1, 16)" for key in _KEYS},
}
_TABLES: Final = {
    "application": "id",
    "person_index": "application_id",
    "event": "application_id",
    "intake": "application_id",
}
"""Each with the column that names the application."""


@dataclass(frozen=True, slots=True)
class Home:
    """What its citizen knows of a registered household."""

    nik: str
    receipt: str


class Stored:
    """What is in PostgreSQL: ``servers``' own, with the inbox left empty."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers
        self._made: dict[str, int] = {}
        with self._connected() as connection:
            self._entry = _number(connection, "SELECT coalesce(max(entry), 0) FROM intake")

    def register(self, kelurahan: Sequence[str], number: int) -> list[Home]:
        """Record so many more households of each kelurahan as a drain does."""
        raws = (raw for code in kelurahan for raw in self._households(code, number))
        bind = software_engine(self._servers.postgres.url(OWNER), "bench-growth")
        homes: list[Home] = []
        while batch := [self._checked(raw) for raw in islice(raws, AT_ONCE)]:
            with sessions(bind).begin() as session:
                record(session, [checked for checked, _ in batch])
            homes += [home for _, home in batch]
        bind.dispose()
        return homes

    def _households(self, kelurahan: str, number: int) -> Iterator[Raw]:
        begin = self._made.get(kelurahan, 0)
        self._made[kelurahan] = begin + number
        options = Options(flags=0.2, kelurahan=(kelurahan,))
        return (household(SEED, index, options) for index in range(begin, begin + number))

    def _checked(self, raw: Raw) -> tuple[Checked, Home]:
        keys, now = self._servers.keys, datetime.now(UTC)
        parsed = parse(raw, today=civil_date(now))
        if not isinstance(parsed, Application):
            raise TypeError("a made-up household is no application")
        self._entry += 1
        sent = submission(parsed, str(self._servers.template.fields["periode"]), keys, now)
        home = Home(parsed.nik.value, receipt_code(sent.application_id))
        return examine(Entry(self._entry, sent, deliveries=1), keys), home

    def count(self) -> int:
        """Count the applications."""
        with self._connected() as connection:
            return _number(connection, "SELECT count(*) FROM application")

    def copy(self, kelurahan: Iterable[str], wanted: int) -> None:
        """Copy all applications of these kelurahan until about so many are stored."""
        with self._connected() as connection, _quickly(connection):
            connection.execute(
                "CREATE TEMP TABLE source AS SELECT id, row_number() OVER (ORDER BY id) AS place"
                " FROM application WHERE kelurahan_code = ANY(%s)",
                (list(kelurahan),),
            )
            stored = _number(connection, "SELECT count(*) FROM application")
            originals = _number(connection, "SELECT count(*) FROM source")
            times = max(0, wanted - stored) // originals
            for first in range(0, times, _COPIED_AT_ONCE):
                last = min(first + _COPIED_AT_ONCE, times) - 1
                for table, key in _TABLES.items():
                    connection.execute(
                        self._copied(connection, table, key, originals), (first, last)
                    )
        self._entry += times * originals

    def keep_as(self, database: str) -> None:
        """Keep what is stored now as a database of its own, beside."""
        with self._connected("postgres") as connection:
            # A database is copied only while nobody is connected to it; our pools connect again.
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                (DATABASE,),
            )
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                    *map(sql.Identifier, (database, DATABASE, OWNER))
                )
            )

    def settle(self) -> None:
        """Let PostgreSQL know what it has, as it does by itself after a while."""
        with self._connected() as connection:
            connection.execute("VACUUM (ANALYZE)")
            connection.execute("CHECKPOINT")

    def _copied(
        self, connection: psycopg.Connection[Any], table: str, key: str, originals: int
    ) -> sql.Composed:
        found = connection.execute(_COLUMNS, (table,)).fetchall()
        names = [str(row[0]) for row in found]
        own = {
            name: _OWN[name].format(base=self._entry + 1, originals=originals)
            for name in names
            if name in _OWN
        }
        values = [sql.SQL(own[n]) if n in own else sql.Identifier("t", n) for n in names]
        return sql.SQL(
            "INSERT INTO {table} ({names}) SELECT {values} FROM source s JOIN {table} t"
            " ON t.{key} = s.id CROSS JOIN generate_series(%s::int, %s::int) AS g(n)"
        ).format(
            table=sql.Identifier(table),
            names=sql.SQL(", ").join(map(sql.Identifier, names)),
            values=sql.SQL(", ").join(values),
            key=sql.Identifier(key),
        )

    def _connected(self, database: str = DATABASE) -> psycopg.Connection[Any]:
        everything = f"-c {SCOPE}={Scope.EVERYTHING.setting}"
        url = self._servers.postgres.url(ADMIN, database)
        return psycopg.connect(url, autocommit=True, options=everything)


_COLUMNS: Final = (
    "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
    " AND NOT attisdropped AND attgenerated = '' AND attidentity = '' ORDER BY attnum"
)
_INDEXES: Final = (
    "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
    " WHERE i.indrelid = ANY(%s::regclass[]) AND NOT EXISTS"
    " (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)"
)


@contextmanager
def _quickly(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Insert without looking up what rows refer to, and make the indexes afterwards."""
    for setting in (
        "session_replication_role = replica",
        "synchronous_commit = off",
        "maintenance_work_mem = '512MB'",
        "work_mem = '64MB'",
    ):
        connection.execute(sql.SQL("SET ") + sql.SQL(setting))
    indexes = connection.execute(_INDEXES, (list(_TABLES),)).fetchall()
    for name, _ in indexes:
        connection.execute(sql.SQL("DROP INDEX ") + sql.SQL(name))
    yield
    for _, definition in indexes:
        connection.execute(sql.SQL(definition))


def _number(connection: psycopg.Connection[Any], asked: str) -> int:
    row = connection.execute(asked.encode()).fetchone()
    return int(row[0]) if row else 0
