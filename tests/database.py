"""A migrated PostgreSQL database for tests, emptied before each one that asks for it."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, Engine, Table, exists, literal, select, text, union_all

import portal.accounts.models  # noqa: F401 - its tables are emptied too
from registry.rules.scope import Scope
from registry.store.migration import upgrade
from registry.store.models import APPEND_ONLY, Base
from registry.store.session import SCOPE, engine

KEPT = {"region"}


@pytest.fixture(scope="session")
def database_url(postgres_url: str) -> str:
    """Give the owner's address of the shared database, migrated, with the regions."""
    upgrade(postgres_url)
    return postgres_url


@pytest.fixture(scope="session")
def owners_engine(database_url: str) -> Iterator[Engine]:
    """Share one engine on it, as the owner, which knows the statements of the tests before."""
    bind = engine(database_url, application="tests", scope=Scope.EVERYTHING, pool_size=10)
    yield bind
    bind.dispose()


@pytest.fixture
def database(owners_engine: Engine) -> Engine:
    """Give an engine, as the owner, on the shared database without any rows but the regions."""
    empty(owners_engine)
    return owners_engine


def all_rows(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    """Connect as the owner, who sees nothing without saying that it wants to."""
    return psycopg.connect(url, options=f"-c {SCOPE}={Scope.EVERYTHING.setting}")


def empty(bind: Engine) -> None:
    """Remove all rows but the regions, the append-only ones too, and number from 1 again.

    Row by row, and only where there are some: TRUNCATE makes new files for every table and index.
    """
    tables = [each for each in reversed(Base.metadata.sorted_tables) if each.name not in KEPT]
    some = [select(literal(each.name)).where(exists(each.select())) for each in tables]
    with bind.begin() as connection:
        names = set(connection.scalars(union_all(*some)))
        for table in tables:
            if table.name in names:
                _delete(connection, table)
        connection.execute(_RESTART)


def _delete(connection: Connection, table: Table) -> None:
    guarded = table.name in APPEND_ONLY
    if guarded:
        connection.execute(text(f"ALTER TABLE {table.name} DISABLE TRIGGER append_only"))
    connection.execute(table.delete())
    if guarded:
        connection.execute(text(f"ALTER TABLE {table.name} ENABLE ALWAYS TRIGGER append_only"))


_RESTART = text(
    "SELECT setval(seqrelid::regclass, 1, false) FROM pg_sequence"
    " WHERE pg_sequence_last_value(seqrelid) IS NOT NULL"
)
