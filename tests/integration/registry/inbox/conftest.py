"""Fixtures of the inbox's tests."""

from collections.abc import Iterator

import pytest
import redis

from registry.inbox import Inbox, connect
from tests.integration.registry.inbox.support import period


@pytest.fixture
def client(valkey_url: str, inbox_client: redis.Redis) -> Iterator[redis.Redis]:
    """Give a client made as in production, of a server that is empty."""
    with connect(valkey_url) as made:
        yield made


@pytest.fixture
def inbox(client: redis.Redis) -> Inbox:
    """Give an empty inbox in which the period is open."""
    made = Inbox(client)
    made.publish_periods([period()])
    return made
