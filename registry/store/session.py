"""Connections to PostgreSQL, and bringing a database up to date.

The request or the job owns its transaction: nothing in `registry` commits, save `upgrade`,
which is an operator's command with a connection of its own.
"""

from __future__ import annotations

from contextlib import contextmanager
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, func, make_url, select, text
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import NullPool

from registry.rules.scope import Scope
from registry.store.grants import grants
from registry.store.models import Base
from registry.store.regions import load_regions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from sqlalchemy import URL

    from registry.rules.lifecycle import Actor

MIGRATION_LOCK = 3_171_101_001
"""Advisory lock under which one host migrates while the others wait."""

MIGRATION_LOCK_WAIT = "120s"
MIGRATION_TABLE_WAIT = "10s"
"""A migration gives up rather than hold all traffic up behind its wait for a table."""


CONNECT_TIMEOUT = 2.0
"""Seconds to wait for a server that does not answer."""

POOL_TIMEOUT = 1.0
"""Seconds to wait for a connection of the pool: better an error soon than a queue of requests."""

SCOPE = "fmotm.scope"
"""PostgreSQL's setting by which row-level security knows what the transaction may see."""


class SchemaError(RuntimeError):
    """The database is not at the version that this software needs."""


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
    are waited for half of `statement_timeout` at most, a dead network is noticed after it.
    """
    return create_engine(
        _psycopg(url),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=POOL_TIMEOUT,
        pool_pre_ping=True,
        # Said aloud: drain and balance rely on each statement seeing what was committed before it.
        isolation_level="READ COMMITTED",
        # Receipt codes and blind indexes belong in no traceback.
        hide_parameters=True,
        connect_args=_connect_args(url, application, scope, CONNECT_TIMEOUT, statement_timeout),
    )


def software_engine(url: str, application: str) -> Engine:
    """Return the engine of a process that works for everybody, with one connection."""
    return engine(url, application=application, scope=Scope.EVERYTHING, pool_size=1)


def sessions(bind: Engine) -> sessionmaker[Session]:
    """Return the maker of sessions; its `begin()` gives one that commits when its block ends."""
    return sessionmaker(bind, expire_on_commit=False)


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


def upgrade(url: str) -> None:
    """Bring the database to the newest migration, load the regions, grant the roles.

    All of it in one transaction, safe to run from several hosts at once: one works, the others
    wait and then find nothing to do. Commits.
    """
    with _operator(url).begin() as connection:
        connection.execute(text(f"SET LOCAL lock_timeout = '{MIGRATION_LOCK_WAIT}'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        connection.execute(text(f"SET LOCAL lock_timeout = '{MIGRATION_TABLE_WAIT}'"))
        _alembic(connection, lambda config: command.upgrade(config, "head"))
        load_regions(connection)
        grants(connection)


def check(url: str) -> list[str]:
    """Say how the database differs from the newest migration and from the models.

    Empty when nothing differs; one line for each difference, for an operator.
    """
    with _operator(url).connect() as connection:
        if complaints := _revision_complaints(connection):
            return [f"{complaint}: run `fmotm db upgrade`" for complaint in complaints]
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        return [str(difference) for difference in compare_metadata(context, Base.metadata)]


def require_current(connection: Connection) -> None:
    """Raise SchemaError, saying what to do, unless the newest migration has been run."""
    for complaint in _revision_complaints(connection):
        message = f"{complaint}: run `fmotm db upgrade`"
        raise SchemaError(message)


def _revision_complaints(connection: Connection) -> list[str]:
    found = set(MigrationContext.configure(connection).get_current_heads())
    wanted: set[str] = set()
    _alembic(
        connection,
        lambda config: wanted.update(ScriptDirectory.from_config(config).get_heads()),
    )
    if found == wanted:
        return []
    return [f"the database is at {sorted(found) or 'no'} migration, not at {sorted(wanted)}"]


def _alembic(connection: Connection, run: Callable[[Config], None]) -> None:
    # No alembic.ini: the migrations travel inside the package, and the address, which holds a
    # password, is never written into a configuration.
    with as_file(files("registry.store") / "migrations") as folder:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        run(config)


def _operator(url: str) -> Engine:
    return create_engine(
        _psycopg(url),
        poolclass=NullPool,
        hide_parameters=True,
        connect_args=_connect_args(url, "fmotm-operator", Scope.EVERYTHING, 5.0, 0),
    )


def _psycopg(url: str) -> URL:
    return make_url(url).set(drivername="postgresql+psycopg")


def _connect_args(
    url: str, application: str, scope: Scope, connect_timeout: float, statement_timeout: float
) -> dict[str, Any]:
    stated = make_url(url).query.get("options", "")
    milliseconds = int(statement_timeout * 1000)
    options = [
        *([stated] if isinstance(stated, str) else stated),
        "-c timezone=UTC",
        f"-c statement_timeout={milliseconds}",
        f"-c lock_timeout={milliseconds // 2}",
        "-c idle_in_transaction_session_timeout=60000",
        f"-c {SCOPE}={scope.setting}",
    ]
    return {
        "application_name": application,
        # libpq counts whole seconds and takes 1 as 2.
        "connect_timeout": max(2, round(connect_timeout)),
        "tcp_user_timeout": milliseconds,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "options": " ".join(filter(None, options)),
    }
