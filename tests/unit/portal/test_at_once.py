"""Reading and writing at once: what there is, and nothing is waited for."""

from __future__ import annotations

import select
import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest

from portal.at_once import MOST, peek, send, skip


@pytest.fixture
def both() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Give two ends of a connection; the first waits for good, if it is asked in Python's way."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        other = socket.create_connection(server.getsockname())
        own, _ = server.accept()
    with own, other:
        yield own, other


def test_what_came_is_seen_and_stays_until_it_is_skipped(
    both: tuple[socket.socket, socket.socket],
) -> None:
    own, other = both
    other.sendall(b"a\0b" * 100)
    while len(peek(own)) < 300:
        pass
    assert peek(own) == b"a\0b" * 100
    skip(own, 299)
    assert peek(own) == b"b"


def test_nothing_came(both: tuple[socket.socket, socket.socket]) -> None:
    own, other = both
    with pytest.raises(BlockingIOError):
        peek(own)
    other.close()
    while True:
        try:
            assert peek(own) == b""
        except BlockingIOError:
            continue
        break


def test_no_more_is_seen_than_there_is_room_for(both: tuple[socket.socket, socket.socket]) -> None:
    own, other = both
    other.sendall(b"x" * (MOST + 10))
    other.close()
    assert own.recv(1, socket.MSG_PEEK | socket.MSG_WAITALL) == b"x"
    skip(own, len(own.recv(10, socket.MSG_PEEK)))
    while len(peek(own)) < MOST:
        pass
    assert len(peek(own)) == MOST


def test_only_so_much_is_sent_as_there_is_room_for(
    both: tuple[socket.socket, socket.socket],
) -> None:
    own, _ = both
    page = b"p" * 50_000_000
    assert 0 < send(own, page) < len(page)


def test_the_other_end_has_gone(both: tuple[socket.socket, socket.socket]) -> None:
    own, other = both
    other.close()
    send(own, b"x")  # which the other end refuses
    while not select.select([own], [], [], 1)[0]:
        pass
    with suppress(ConnectionError):
        peek(own)
    with pytest.raises(BrokenPipeError):  # and no signal ends the process
        send(own, b"x")
    own.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        peek(own)
