"""Connections in the worker's loop: none is lost, cut short, or waited for without end."""

from __future__ import annotations

import errno
import os
import selectors
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest
from gunicorn.config import Config
from gunicorn.http.errors import NoMoreData

from portal.admission.early import Answer, Early
from portal.connections import SILENCE, Connection
from portal.gunicorn_worker import AHEAD, SHARES, Worker

PAGE = b"p" * 8_000_000
"""More than the system takes at once for a phone that does not read."""


class Told(Early):
    """Holds everybody off, with what it was given."""

    def __init__(self, answer: Callable[[bytes], Answer | None]) -> None:
        self._gives = answer

    @property
    def wanted(self) -> bool:
        return True

    def __call__(self, came: bytes, queued: int, waited: float, peer: str) -> Answer | None:
        assert peer == "127.0.0.1"
        return self._gives(came)


class Refusing(socket.socket):
    """A listener whose next connection failed."""

    error = errno.EPROTO

    def accept(self) -> tuple[socket.socket, tuple[str, int]]:
        raise OSError(self.error, "")


@pytest.fixture
def worker() -> Iterator[Worker]:
    made = Worker(0, 0, [], None, 30, Config(), None)
    made.tpool = made.get_thread_pool()
    made.poller = selectors.DefaultSelector()
    yield made
    made.poller.close()
    made.tpool.shutdown()
    made.tmp.close()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield listening


@pytest.fixture
def phone(worker: Worker, listener: socket.socket) -> Iterator[socket.socket]:
    """Give a phone whose connection the worker watches."""
    with socket.create_connection(listener.getsockname(), timeout=30) as connected:
        worker.accept(listener)
        yield connected
        for conn in worker.pending_conns:
            conn.close()


def test_who_is_ahead_of_another_process_takes_one_at_a_time(
    worker: Worker, listener: socket.socket
) -> None:
    other = SHARES.join()
    with ExitStack() as opened:
        for _ in range(12):
            opened.enter_context(socket.create_connection(listener.getsockname(), timeout=30))
        SHARES.tell(other, 0)
        worker.accept(listener)
        assert worker.nr_conns == AHEAD + 1
        worker.accept(listener)
        assert worker.nr_conns == AHEAD + 2
        SHARES.tell(other, worker.nr_conns)
        worker.accept(listener)
        assert worker.nr_conns == 2 * AHEAD + 3
        SHARES.leave(other)
        worker.accept(listener)
        assert worker.nr_conns == 12
        for conn in worker.pending_conns:
            conn.close()
    worker.forget()


def the(worker: Worker) -> Connection:
    [conn] = worker.pending_conns
    found: Connection = conn
    return found


def test_a_long_answer_is_sent_as_fast_as_it_is_read_and_then_requests_are(
    worker: Worker, phone: socket.socket
) -> None:
    worker.early = Told(lambda came: Answer(3, PAGE) if came == b"GET" else None)
    phone.sendall(b"GET")
    worker.wait_for_and_dispatch_events(30)
    conn = the(worker)
    assert worker.poller.get_key(conn.sock).events == selectors.EVENT_WRITE
    left = len(PAGE)
    while left:
        left -= len(phone.recv(left))
        worker.wait_for_and_dispatch_events(0)
    assert worker.poller.get_key(conn.sock).events == selectors.EVENT_READ
    assert (worker.nr_conns, list(worker.pending_conns)) == (1, [conn])
    phone.sendall(b"GET")
    worker.wait_for_and_dispatch_events(30)
    assert phone.recv(1) == b"p"


def test_who_goes_before_all_was_sent_is_forgotten(worker: Worker, phone: socket.socket) -> None:
    worker.early = Told(lambda came: Answer(3, PAGE) if came == b"GET" else None)
    phone.sendall(b"GET")
    worker.wait_for_and_dispatch_events(30)
    conn = the(worker)
    phone.close()
    while worker.poller.get_key(conn.sock).events == selectors.EVENT_WRITE:
        worker.wait_for_and_dispatch_events(30)
    conn.timeout = 0.0
    worker.murder_pending()
    assert (worker.nr_conns, list(worker.pending_conns)) == (0, [])


def test_who_reads_nothing_of_the_answer_is_given_up(worker: Worker, phone: socket.socket) -> None:
    worker.early = Told(lambda came: Answer(3, PAGE))
    phone.sendall(b"GET")
    worker.wait_for_and_dispatch_events(30)
    the(worker).timeout = 0.0
    worker.murder_pending()
    assert worker.nr_conns == 0
    assert len(worker.poller.get_map()) == 0


def test_a_fault_in_holding_off_ends_nothing_and_the_request_goes_its_way(
    worker: Worker,
    phone: socket.socket,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_: bytes) -> Answer | None:
        raise ZeroDivisionError

    given: list[Connection] = []
    monkeypatch.setattr(worker, "enqueue_req", given.append)
    worker.early = Told(fail)
    phone.sendall(b"GET")
    conn = the(worker)
    worker.wait_for_and_dispatch_events(30)
    assert given == [conn]
    assert conn.sock.recv(9) == b"GET"
    assert "nobody was held off early" in caplog.text
    conn.close()


@pytest.mark.parametrize("error", [errno.EPROTO, errno.EHOSTUNREACH, errno.EMFILE, errno.ENOBUFS])
def test_a_connection_that_cannot_be_taken_ends_nothing(worker: Worker, error: int) -> None:
    with closing(Refusing()) as listener:
        listener.error = error
        worker.accept(listener)
    assert worker.nr_conns == 0


def test_half_a_head_is_not_waited_for_without_end(worker: Worker, phone: socket.socket) -> None:
    conn = the(worker)
    assert conn.sock.gettimeout() == SILENCE
    conn.sock.settimeout(0.05)
    conn.init()
    phone.sendall(b"GET / HTTP/1.1\r\nHost:")
    assert conn.parser
    with pytest.raises(NoMoreData):
        next(conn.parser)


def test_nobody_lets_a_phone_wait_without_end(worker: Worker, phone: socket.socket) -> None:
    sock = the(worker).sock
    for flag in (True, False):
        sock.setblocking(flag)
        assert sock.gettimeout() == SILENCE
        assert not os.get_blocking(sock.fileno())


@pytest.mark.parametrize("read", [0, 4, 7])
def test_what_is_left_of_a_body_is_no_request(
    worker: Worker, phone: socket.socket, read: int
) -> None:
    conn = the(worker)
    conn.init()
    phone.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n\r\nnama=Si")
    assert conn.parser
    assert next(conn.parser).body.read(read) == b"nama=Si"[:read]
    assert conn.parser.finish_body()
    phone.sendall(b"GET /next HTTP/1.1\r\nHost: x\r\n\r\n")
    assert next(conn.parser).path == "/next"


def test_a_body_that_does_not_end_ends_the_connection(worker: Worker, phone: socket.socket) -> None:
    conn = the(worker)
    conn.init()
    phone.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n\r\nnama")
    assert conn.parser
    next(conn.parser)
    assert not conn.parser.finish_body(deadline=time.monotonic() + 0.05)
