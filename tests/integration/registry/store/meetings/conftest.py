"""An evening in Gambir, as the portal's own role sees it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from fmotm.embedded import Postgres
from registry.store.grants import PORTAL
from registry.store.session import engine
from tests.integration.registry.store.meetings.evening import SMALL, Evening


@pytest.fixture
def evening(bind: Engine, postgres_server: Postgres) -> Iterator[Evening]:
    name = make_url(str(bind.url)).database
    assert name
    portal = engine(postgres_server.url(PORTAL, name), statement_timeout=2.0)
    evening = Evening(bind, portal)
    evening.asked(SMALL)
    yield evening
    portal.dispose()
