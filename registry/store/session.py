"""Connections to PostgreSQL.

The request or the job owns its transaction: nothing in `registry` commits, save
`registry.store.migration`, whose commands have connections of their own.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from functools import lru_cache, partial
from select import POLLIN, poll
from typing import TYPE_CHECKING, Any

from psycopg import Error as PsycopgError
from psycopg.types.array import ListBinaryDumper
from sqlalchemy import Engine, create_engine, event, func, make_url, select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.orm import Session, sessionmaker

from registry.rules.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from psycopg import Connection
    from sqlalchemy import URL, Dialect, PoolProxiedConnection, Select

    from registry.rules.lifecycle import Actor

CONNECT_TIMEOUT = 2.0
"""Seconds to wait for a server that does not answer."""

POOL_TIMEOUT = 1.0
"""Seconds to wait for a connection of the pool: better an error soon than a queue of requests."""

KEEPALIVES = {"idle": 5, "interval": 5, "count": 3}
"""Seconds of silence after which the other side is asked whether it is there, between two such
questions, and how many may stay unanswered. Either side asks: a host that was cut off in the middle
of a transaction must not keep its locks until others have taken over its work (RECLAIM_AFTER)."""

SCOPE = "fmotm.scope"
"""PostgreSQL's setting by which row-level security knows what the transaction may see."""


def engine(
    url: str,
    *,
    application: str = "fmotm",
    scope: Scope = Scope.NOTHING,
    pool_size: int = 4,
    statement_timeout: float = 5.0,
) -> Engine:
    """Return an engine that fails soon instead of hanging; all timeouts in seconds.

    ``scope`` is what its connections see of households unless a transaction says otherwise:
    everything for software, nothing for the portal, which says for each request who asks.
    `postgres://` and `postgresql://` addresses are taken as psycopg's. Rows locked by another
    are waited for half of `statement_timeout` at most, a dead network is noticed after it, by both
    sides.
    """
    made = create_engine(
        psycopg_url(url),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=POOL_TIMEOUT,
        # Said aloud: drain and balance rely on each statement seeing what was committed before it.
        isolation_level="READ COMMITTED",
        # Receipt codes and blind indexes belong in no traceback.
        hide_parameters=True,
        connect_args=connect_args(url, application, scope, CONNECT_TIMEOUT, statement_timeout),
    )
    event.listen(made, "connect", _send_arrays_in_binary)
    event.listen(made, "checkout", partial(_make_sure, made.dialect))
    return made


def software_engine(url: str, application: str) -> Engine:
    """Return the engine of a process that works for everybody, with one connection."""
    return engine(url, application=application, scope=Scope.EVERYTHING, pool_size=1)


def sessions(bind: Engine) -> sessionmaker[Session]:
    """Return the maker of sessions; its `begin()` gives one that commits when its block ends."""
    return sessionmaker(bind, expire_on_commit=False)


class Reading:
    """A pooled connection for statements that stand alone; see `reading`."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection

    def execute(self, statement: Select[Any], given: Mapping[str, Any]) -> list[Any]:
        """Return the rows of a statement that was made once, for the whole process."""
        return self._connection.execute(_written(statement), given).fetchall()


@contextmanager
def reading(bind: Engine) -> Iterator[Reading]:
    """Give a connection on which each statement is a transaction, for what is asked at the peak.

    Such a query takes almost three times as long by SQLAlchemy's own connection; this is its pool
    and its SQL alone. Raises SQLAlchemyError.
    """
    try:
        with closing(bind.raw_connection()) as pooled:
            connection: Connection[Any] = pooled.dbapi_connection  # type: ignore[assignment]
            connection.autocommit = True
            try:
                yield Reading(connection)
            finally:
                _end_autocommit(pooled)
    except PsycopgError as error:
        raise DBAPIError(None, None, error, hide_parameters=True) from error


def _end_autocommit(pooled: PoolProxiedConnection) -> None:
    """Give no connection back on which the next one's transaction would be none."""
    try:
        pooled.dbapi_connection.autocommit = False  # type: ignore[union-attr]
    except PsycopgError as error:  # it is broken, or busy still
        pooled.invalidate(error)


@lru_cache(maxsize=16)
def _written(statement: Select[Any]) -> bytes:
    dialect = PGDialect_psycopg()  # type: ignore[no-untyped-call]
    return str(statement.compile(dialect=dialect)).encode()


@contextmanager
def scoped(maker: sessionmaker[Session], actor: Actor) -> Iterator[Session]:
    """Give a session in one transaction that PostgreSQL knows to be an actor's.

    Row-level security reads `fmotm.scope`; `fmotm.actor` and `fmotm.role` say who it is. They hold
    for this transaction alone, so a pooled connection never carries them on to somebody else.
    Commits when the block ends without an error: the block is the request's transaction.
    """
    with maker.begin() as session:
        session.execute(
            select(
                func.set_config("fmotm.scope", actor.scope.setting, True),
                func.set_config("fmotm.actor", actor.id or "", True),
                func.set_config("fmotm.role", actor.role, True),
            )
        )
        yield session


def _send_arrays_in_binary(connection: Connection[Any], _record: object) -> None:
    """Send lists as they are.

    As text each quote in them is escaped, which took four fifths of the time to record a batch.
    """
    connection.adapters.register_dumper(list, ListBinaryDumper)


def _make_sure(
    dialect: Dialect, connection: Connection[Any], _record: object, _proxy: object
) -> None:
    """Ask a pooled connection whether it still works, but only when there is reason to doubt.

    Asking each time, as `pool_pre_ping` does, is a round trip for each request. A server that ends
    a connection, or the kernel that finds it dead (it asks after 10 seconds of silence, see
    `connect_args`), leaves something to be read, and nothing else writes to it while it rests.
    """
    try:
        resting = poll()
        resting.register(connection.fileno(), POLLIN)
        if resting.poll(0):
            dialect.do_ping(connection)  # type: ignore[arg-type]
    except PsycopgError as error:
        raise InvalidatePoolError from error


def psycopg_url(url: str) -> URL:
    """Return an address as one for psycopg, however its scheme is written."""
    return make_url(url).set(drivername="postgresql+psycopg")


def connect_args(
    url: str, application: str, scope: Scope, connect_timeout: float, statement_timeout: float
) -> dict[str, Any]:
    """Return what every connection is told; both timeouts in seconds, 0 for none."""
    stated = make_url(url).query.get("options", "")
    milliseconds = int(statement_timeout * 1000)
    options = [
        *([stated] if isinstance(stated, str) else stated),
        "-c timezone=UTC",
        f"-c statement_timeout={milliseconds}",
        f"-c lock_timeout={milliseconds // 2}",
        "-c idle_in_transaction_session_timeout=60000",
        f"-c tcp_user_timeout={milliseconds}",
        *(f"-c tcp_keepalives_{name}={value}" for name, value in KEEPALIVES.items()),
        f"-c {SCOPE}={scope.setting}",
    ]
    return {
        "application_name": application,
        # libpq counts whole seconds and takes 1 as 2.
        "connect_timeout": max(2, round(connect_timeout)),
        "tcp_user_timeout": milliseconds,
        **{f"keepalives_{name}": value for name, value in KEEPALIVES.items()},
        "options": " ".join(filter(None, options)),
    }
