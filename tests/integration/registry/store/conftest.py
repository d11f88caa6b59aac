from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from fmotm.embedded import Postgres
from registry.store.session import engine, sessions
from tests.integration.registry.store.factories import open_periods

NewUrl = Callable[[], str]
"""Makes a database; gives its address."""

Connect = Callable[[str], Connection]


@pytest.fixture
def bind(database: Engine) -> Engine:
    """Give the empty database with two periods."""
    open_periods(database)
    return database


@pytest.fixture
def session(bind: Engine) -> Iterator[Session]:
    with sessions(bind)() as opened:
        yield opened


@pytest.fixture
def new_url(postgres_server: Postgres, new_database: Callable[[], str]) -> NewUrl:
    """Give addresses, for the owner, of empty databases."""
    return lambda: postgres_server.url(database=new_database())


@pytest.fixture
def connect() -> Iterator[Connect]:
    opened: list[tuple[Engine, Connection]] = []

    def connect(url: str) -> Connection:
        bind = engine(url)
        opened.append((bind, bind.connect()))
        return opened[-1][1]

    yield connect
    for bind, connection in opened:
        connection.close()
        bind.dispose()
