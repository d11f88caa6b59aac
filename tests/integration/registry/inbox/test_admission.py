"""What portals share on the inbox server: the limits, and how the inbox stands."""

from __future__ import annotations

import pytest
import redis

from registry.inbox import Inbox, InboxUnavailable, connect
from registry.inbox.admission import OURS, Published, look, publish, published
from registry.inbox.names import ADMISSION
from registry.rules.admission import DEFAULT, Limits
from tests.conftest import NewValkey

SET = Limits(memory=60, depth=9, others_closed=True)


def test_until_any_are_told_ours_hold(inbox: Inbox) -> None:
    assert published(inbox) == OURS == Published(0, DEFAULT)
    condition, told = look(inbox)
    assert (condition.depth, condition.append, told) == (0, None, OURS)


def test_limits_are_told_to_everybody_and_replaced(inbox: Inbox) -> None:
    for version, limits in ((1, SET), (2, Limits(depth=7)), (1, SET)):
        publish(inbox, version, limits)
        assert published(inbox) == look(inbox)[1] == Published(version, limits)


@pytest.mark.parametrize(
    "told",
    [
        {"version": "1"},
        {"limits": "{}"},
        {"version": "x", "limits": "{}"},
        {"version": "1", "limits": "{"},
        {"version": "1", "limits": '{"memory": 1000}'},
        {"version": "1", "limits": "[]"},
    ],
)
def test_what_cannot_be_read_is_as_nothing(
    inbox: Inbox, inbox_client: redis.Redis, told: dict[str, str]
) -> None:
    for name, value in told.items():
        inbox_client.hset(ADMISSION, name, value)
    assert published(inbox) == look(inbox)[1] == OURS


def test_a_server_without_a_bound_tells_no_share(inbox: Inbox, inbox_client: redis.Redis) -> None:
    before = inbox_client.config_get("maxmemory")["maxmemory"] or "0"
    inbox_client.config_set("maxmemory", 0)
    try:
        assert look(inbox)[0].memory is None
    finally:
        inbox_client.config_set("maxmemory", before)


def test_a_full_server_is_known_to_be_full_and_takes_limits(new_valkey: NewValkey) -> None:
    with connect(new_valkey().url) as client:
        inbox = Inbox(client)
        client.config_set("maxmemory", "1mb")
        condition, _ = look(inbox)
        publish(inbox, 1, SET)
        assert condition.memory is not None
        assert condition.memory > 1
        assert published(inbox) == Published(1, SET)


def test_a_server_that_refuses_info_tells_the_rest(new_valkey: NewValkey) -> None:
    with connect(new_valkey().url) as client:
        publish(Inbox(client), 1, SET)
        client.execute_command("ACL SETUSER narrow on nopass allkeys +@all -info")
        client.auth("", "narrow")
        condition, told = look(Inbox(client))
    assert (condition.depth, condition.memory, told.limits) == (0, None, SET)


def test_a_server_that_is_gone_is_told_as_such(new_valkey: NewValkey) -> None:
    server = new_valkey()
    with connect(server.url) as client:
        inbox = Inbox(client)
        look(inbox)
        server.stop()
        for ask in (look, published):
            with pytest.raises(InboxUnavailable):
                ask(inbox)


def test_a_server_that_hangs_is_given_up(new_valkey: NewValkey) -> None:
    server = new_valkey()
    with connect(server.url) as client:
        server.freeze()
        with pytest.raises(InboxUnavailable):
            look(Inbox(client))
        server.thaw()
