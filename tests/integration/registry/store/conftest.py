from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from registry.store.session import sessions
from tests.integration.registry.store.factories import open_periods


@pytest.fixture
def bind(database: Engine) -> Engine:
    """Give the empty database with two periods."""
    open_periods(database)
    return database


@pytest.fixture
def session(bind: Engine) -> Iterator[Session]:
    with sessions(bind)() as opened:
        yield opened
