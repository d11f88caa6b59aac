"""Fixtures of the tests of worker and ticker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis
from sqlalchemy import Engine

from registry.inbox import Inbox, connect
from tests.integration.worker.support import open_period


@pytest.fixture
def client(valkey_url: str, inbox_client: redis.Redis) -> Iterator[redis.Redis]:
    """Give a client, made as in production, of an inbox server that is empty."""
    with connect(valkey_url, socket_timeout=5) as made:
        yield made


@pytest.fixture
def bare_inbox(client: redis.Redis) -> Inbox:
    """Give an inbox that knows of no period."""
    return Inbox(client, reclaim_after=0.0)


@pytest.fixture
def inbox(bare_inbox: Inbox, database: Engine) -> Inbox:
    """Give an empty inbox, with a period that is open, there and in the empty database.

    What a consumer holds is another's at once, as if fifteen seconds had passed.
    """
    open_period(database, bare_inbox)
    return bare_inbox
