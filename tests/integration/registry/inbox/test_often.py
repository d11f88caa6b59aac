"""A script over connections that threads keep: whatever became of them since."""

import os
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
import redis

from registry.inbox import connect
from registry.inbox.often import Often
from tests.conftest import NewValkey

Ask = Callable[[list[bytes | str], list[bytes | str | int]], Any]
COUNT = "return {ARGV[1], redis.call('INCR', KEYS[1])}"


@pytest.fixture
def client(new_valkey: NewValkey) -> Iterator[redis.Redis]:
    with connect(new_valkey().url) as client:
        yield client


@pytest.fixture
def ask(client: redis.Redis) -> Ask:
    return partial(Often(client).run, client.register_script(COUNT))


def connections(client: redis.Redis) -> set[int]:
    """Give the ids of all connections to the server but the client's own."""
    own = client.client_id()
    return {int(each["id"]) for each in client.client_list()} - {own}


def test_a_thread_keeps_its_connection(client: redis.Redis, ask: Ask) -> None:
    client.ping()
    assert ask(["n"], ["a"]) == [b"a", 1]  # the server does not know the script yet
    kept = connections(client)
    assert [ask(["n"], [n]) for n in range(3)] == [[b"0", 2], [b"1", 3], [b"2", 4]]
    assert connections(client) == kept


def test_each_thread_has_one_of_its_own(client: redis.Redis, ask: Ask) -> None:
    ask(["n"], ["a"])
    before = connections(client)
    told: list[set[int]] = []

    def run() -> None:
        ask(["n"], ["b"])
        told.append(connections(client) - before)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert [len(each) for each in told] == [1]


def test_the_server_closed_it(client: redis.Redis, ask: Ask) -> None:
    ask(["n"], ["a"])
    for _ in range(2):
        for each in connections(client):
            client.client_kill_filter(_id=str(each))
        assert ask(["n"], ["b"])[0] == b"b"


def test_a_command_is_asked_again_when_the_server_closed_it(client: redis.Redis) -> None:
    often = Often(client)
    for number in range(3):
        client.sadd("s", number)
        assert {int(each) for each in often.ask("SMEMBERS", "s")} == set(range(number + 1))
        for each in connections(client):
            client.client_kill_filter(_id=str(each))


def test_the_server_forgot_the_script(client: redis.Redis, ask: Ask) -> None:
    ask(["n"], ["a"])
    client.script_flush()
    assert ask(["n"], ["b"]) == [b"b", 2]


def test_an_error_of_the_script_leaves_the_connection_as_it_was(
    client: redis.Redis, ask: Ask
) -> None:
    client.set("text", "x")
    ask(["n"], ["a"])
    with pytest.raises(redis.ResponseError, match="not an integer"):
        ask(["text"], ["b"])
    assert ask(["n"], ["c"]) == [b"c", 2]


def test_a_forked_process_opens_its_own(client: redis.Redis, ask: Ask) -> None:
    ask(["n"], ["a"])
    before = connections(client)
    child = os.fork()
    if child == 0:  # pragma: no cover - another process
        right = ask(["n"], ["child"]) == [b"child", 2]
        os._exit(0 if right else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert ask(["n"], ["b"]) == [b"b", 3]
    assert connections(client) == before  # what the child opened ended with it
