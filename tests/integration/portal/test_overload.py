"""Far too many at once, on a real gunicorn: who applies is served, others are told when to come.

The portal of these tests is slowed down by PostgreSQL's place: a server that takes connections and
never answers, so that each look-up holds a thread until it is given up.
"""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing

import pytest

from fmotm.embedded import free_port
from registry.inbox import Inbox
from tests.integration.portal.conftest import (
    ROOT,
    Environ,
    Served,
    _environ,
    _until_served,
)
from tests.integration.portal.support import FORM, answers, body, form
from tests.stack import until

pytestmark = pytest.mark.timeout(180)

THREADS = 8
LOOKUP = b"nik=3171010101800001&bukti=0000-0000-0000"


@pytest.fixture(scope="module")
def hanging() -> Iterator[int]:
    """Give the port of a server that never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as silent:
        yield silent.getsockname()[1]


@pytest.fixture(scope="module")
def portal(
    secrets: Environ,
    valkey_url: str,
    redis_url: str,
    hanging: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Served]:
    """Serve the portal with one process, as in production, its database hanging."""
    port, log = free_port(), tmp_path_factory.mktemp("overload") / "portal.log"
    environ = _environ(secrets, valkey_url, redis_url)
    environ["DATABASE_URL"] = f"postgresql://nobody:nothing@127.0.0.1:{hanging}/none"
    command = ("gunicorn", "-c", "python:portal.gunicorn_conf", "portal.wsgi:app")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env={**os.environ, **environ, "PORT": str(port), "WEB_CONCURRENCY": "1"},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _until_served(f"http://127.0.0.1:{port}/healthz", log)
        yield Served(f"http://127.0.0.1:{port}", port, log, process.pid)
    finally:
        process.terminate()
        process.wait(20)
    assert "Traceback" not in log.read_text()


def ask(
    port: int, method: str, path: str, sent: bytes = b"", accept: str = "text/html"
) -> tuple[int, str | None, str]:
    """Ask on a connection of one's own; give status, Retry-After and page."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        headers = {"Accept": accept} | ({"Content-Type": FORM} if sent else {})
        connection.request(method, path, sent or None, headers)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Retry-After"), answer.read().decode()


def is_calm(port: int) -> bool:
    return ask(port, "GET", "/bantuan")[0] == 200


def test_look_ups_give_way_to_applications_and_all_recovers(portal: Served, inbox: Inbox) -> None:
    many = 12 * THREADS
    with ThreadPoolExecutor(many + 20) as pool:
        lookups = [pool.submit(ask, portal.port, "POST", "/cek", LOOKUP) for _ in range(many)]
        sent = [
            pool.submit(ask, portal.port, "POST", "/daftar", body(form(answers(number))))
            for number in range(20)
        ]
        of_lookups = [each.result() for each in lookups]
        of_sent = [each.result() for each in sent]

    told = Counter(status for status, _, _ in of_lookups)
    assert set(told) == {503}  # by the gate, or because the database is gone
    gate = [page for _, _, page in of_lookups if "kirim-lagi" in page]
    assert gate
    assert all(retry for _, retry, _ in of_lookups)
    until(lambda: is_calm(portal.port), 60)
    for number, (status, retry, page) in enumerate(of_sent):
        if status == 503:
            assert retry
            assert 'name="nik"' in page
            assert ask(portal.port, "POST", "/daftar", body(form(answers(number))))[0] == 303
        else:
            assert status == 303
    assert inbox.last_number() == 20


def test_held_off_before_a_thread_takes_it_a_connection_goes_on(
    portal: Served, inbox: Inbox
) -> None:
    """Many requests on connections that stay open: each answer is that of its own request."""
    with ExitStack() as opened:
        crowd = [_connected(portal.port, opened) for _ in range(30 * THREADS)]
        for each in crowd:
            each.sendall(_request("POST", "/cek", LOOKUP))
        seen = [_answer(each) for each in crowd]
        for each in crowd:
            each.sendall(_request("GET", "/healthz"))
        assert [_answer(each)[0] for each in crowd] == [200] * len(crowd)
    assert {status for status, _ in seen} == {503}
    assert any("kirim-lagi" in page for _, page in seen)
    until(lambda: is_calm(portal.port), 60)
    assert ask(portal.port, "POST", "/daftar", body(form(answers(77))))[0] == 303


def test_connections_that_say_nothing_hold_no_thread(portal: Served, inbox: Inbox) -> None:
    until(lambda: is_calm(portal.port), 60)
    with ExitStack() as opened:
        silent = [_connected(portal.port, opened) for _ in range(4 * THREADS)]
        assert ask(portal.port, "GET", "/healthz")[0] == 200
        assert all(_open(each) for each in silent)  # it was served before they were given up


def test_connections_that_do_not_close_hold_up_nobody(portal: Served, inbox: Inbox) -> None:
    with ExitStack() as opened:
        crowd = [_connected(portal.port, opened) for _ in range(4 * THREADS)]
        for each in crowd:
            each.sendall(_request("GET", "/healthz", more="Connection: close\r\n"))
        for each in crowd:
            assert _answer(each)[0] == 200
        assert ask(portal.port, "GET", "/healthz")[0] == 200
        for each in crowd:
            assert each.recv(1) == b""  # the portal has ended its half


def test_more_connections_than_files_by_default_end_nothing(portal: Served, inbox: Inbox) -> None:
    pid = _worker_of(portal)
    with ExitStack() as opened:
        for _ in range(1_300):
            _connected(portal.port, opened)
        assert ask(portal.port, "GET", "/healthz")[0] == 200
    assert _worker_of(portal) == pid


def _worker_of(portal: Served) -> str:
    pids: list[str] = re.findall(r"Booting worker with pid: (\d+)", portal.log.read_text())
    return pids[-1]


def _connected(port: int, opened: ExitStack) -> socket.socket:
    return opened.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60))


def _open(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return connection.recv(1) != b""
    except BlockingIOError:
        return True


def _request(method: str, path: str, sent: bytes = b"", more: str = "") -> bytes:
    length = f"Content-Type: {FORM}\r\nContent-Length: {len(sent)}\r\n" if sent else ""
    return f"{method} {path} HTTP/1.1\r\nHost: x\r\n{length}{more}\r\n".encode() + sent


def _answer(connection: socket.socket) -> tuple[int, str]:
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    return answer.status, answer.read().decode()
