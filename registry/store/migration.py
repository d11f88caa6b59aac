"""Bringing a database up to date, and telling whether it is: an operator's commands.

Apart from `registry.store.session`, since Alembic is large and only these commands need it.
"""

from __future__ import annotations

from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import NullPool

from registry.rules.scope import Scope
from registry.store.grants import grants
from registry.store.models import Base
from registry.store.regions import load_regions
from registry.store.session import connect_args, psycopg_url

if TYPE_CHECKING:
    from collections.abc import Callable

MIGRATION_LOCK = 3_171_101_001
"""Advisory lock under which one host migrates while the others wait."""

MIGRATION_LOCK_WAIT = "120s"
MIGRATION_TABLE_WAIT = "10s"
"""A migration gives up rather than hold all traffic up behind its wait for a table."""


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
        psycopg_url(url),
        poolclass=NullPool,
        hide_parameters=True,
        connect_args=connect_args(url, "fmotm-operator", Scope.EVERYTHING, 5.0, 0),
    )
