"""What the inbox server tells about itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
import redis

from registry.inbox import Inbox, InboxUnavailable, connect
from registry.inbox.figures import Load, load, server
from tests.conftest import NewValkey
from tests.integration.registry.inbox.support import fill, submission


def test_an_inbox_that_never_took_anything(inbox: Inbox) -> None:
    assert load(inbox) == Load(0, 0, None, halted=False)
    assert load(inbox).oldest_seconds(submission().received_at) == 0.0


def test_what_waits_and_since_when(inbox: Inbox) -> None:
    fill(inbox, 3)
    first = submission().received_at
    assert load(inbox) == Load(3, 3, first, halted=False)
    assert load(inbox).oldest_seconds(first + timedelta(seconds=90)) == 90.0
    assert load(inbox).oldest_seconds(first - timedelta(seconds=1)) == 0.0
    inbox.acknowledge(inbox.claim("one"))
    assert load(inbox) == Load(3, 0, None, halted=False)


def test_halted_is_told_before_anything_came(inbox: Inbox) -> None:
    inbox.halt("moving")
    assert load(inbox) == Load(0, 0, None, halted=True)


def test_a_damaged_entry_does_not_hide_the_rest(inbox: Inbox, client: redis.Redis) -> None:
    client.xadd("fmotm:inbox", {"e": b"garbage"}, id="0-1")
    found = load(inbox)
    assert (found.last_number, found.depth) == (1, 1)
    assert found.oldest is not None


def test_memory_and_durability(inbox: Inbox, new_valkey: NewValkey) -> None:
    found = server(inbox)
    assert found.memory > 0
    assert (found.memory_limit, found.complaints) == (2**30, 0)
    careless = new_valkey({"appendfsync": "everysec", "maxmemory": "64mb"})
    with connect(careless.url) as client:
        assert server(Inbox(client)).memory_limit == 64 * 2**20
        assert server(Inbox(client)).complaints == 1


def test_a_server_that_is_down_or_hangs_is_unavailable(new_valkey: NewValkey) -> None:
    started = new_valkey()
    with connect(started.url, socket_timeout=0.2) as client:
        inbox = Inbox(client)
        started.freeze()
        for ask in (load, server):
            with pytest.raises(InboxUnavailable):
                ask(inbox)
        started.thaw()
        assert load(inbox).depth == 0
        started.kill()
        for ask in (load, server):
            with pytest.raises(InboxUnavailable):
                ask(inbox)
