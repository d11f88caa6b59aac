"""A round that is open, and people of a kelurahan who are signed in."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, insert

from registry.intake import Keys
from registry.store import models
from tests.integration.portal.accounts.conftest import (
    client,
    new_client,
    office,
    office_app,
    office_url,
)
from tests.integration.portal.musyawarah.cases import Homes
from tests.integration.portal.musyawarah.room import room
from tests.integration.portal.support import PERIOD, snapshot

__all__ = ["client", "new_client", "office", "office_app", "office_url", "room"]


@pytest.fixture
def period(database: Engine) -> str:
    """Open a round in the database."""
    open_now = snapshot()
    with database.begin() as connection:
        connection.execute(
            insert(models.Period).values(
                id=PERIOD,
                title=open_now.title,
                opens_at=open_now.opens_at,
                closes_at=open_now.closes_at,
            )
        )
    return PERIOD


@pytest.fixture
def homes(database: Engine, keys: Keys, period: str) -> Homes:
    """Register made-up households in the round."""
    return Homes(database, keys)
