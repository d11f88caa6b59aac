"""A migrated PostgreSQL database for tests, emptied before each one that asks for it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

import portal.accounts.models  # noqa: F401 - its tables are emptied too
from registry.rules.scope import Scope
from registry.store.models import APPEND_ONLY, Base
from registry.store.session import engine, upgrade

KEPT = {"region"}


@pytest.fixture(scope="session")
def database_url(postgres_url: str) -> str:
    """Give the owner's address of the shared database, migrated, with the regions."""
    upgrade(postgres_url)
    return postgres_url


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    """Give an engine, as the owner, on the shared database without any rows but the regions."""
    bind = engine(database_url, application="tests", scope=Scope.EVERYTHING, pool_size=10)
    empty(bind)
    yield bind
    bind.dispose()


def empty(bind: Engine) -> None:
    """Remove all rows but the regions, the append-only ones too."""
    names = ", ".join(sorted(set(Base.metadata.tables) - KEPT))
    with bind.begin() as connection:
        for table in APPEND_ONLY:
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER append_only"))
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
        for table in APPEND_ONLY:
            connection.execute(text(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only"))
