"""Connections are spread over the processes of a portal, whichever of them wakes first."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.integration.portal.conftest import Environ, Served, _environ, serving
from tests.stack import until

MANY = 64
ASKED = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture
def two(
    secrets: Environ, valkey_url: str, redis_url: str, tmp_path: Path
) -> Iterator[tuple[Served, list[int]]]:
    """Serve the portal with two processes; give their ids as well."""
    with serving(_environ(secrets, valkey_url, redis_url), tmp_path / "log", processes=2) as served:
        until(lambda: len(booted(served)) == 2, 20)
        first, second = booted(served)
        serves(served, first, while_stopped=second)
        serves(served, second, while_stopped=first)
        yield served, [first, second]


def booted(served: Served) -> list[int]:
    """Give the ids of all processes that were started so far."""
    found = re.findall(r"Booting worker with pid: (\d+)", served.log.read_text())
    return [int(each) for each in found]


def serves(served: Served, pid: int, *, while_stopped: int) -> None:
    """Wait until a process answers, which no other one can have done."""
    os.kill(while_stopped, signal.SIGSTOP)
    try:
        with closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)) as opened:
            opened.request("GET", "/healthz", headers={"Connection": "close"})
            assert opened.getresponse().status == 200, pid
    finally:
        os.kill(while_stopped, signal.SIGCONT)


def connect_and_ask(served: Served, opened: ExitStack) -> None:
    """Open all connections at once, ask on each, and hear the answers."""
    crowd = [
        opened.enter_context(socket.create_connection(("127.0.0.1", served.port), timeout=30))
        for _ in range(MANY)
    ]
    for each in crowd:
        each.sendall(ASKED)
    for each in crowd:
        answer = http.client.HTTPResponse(each)
        answer.begin()
        assert answer.status == 200
        answer.read()


def connections_of(pid: int, port: int) -> int:
    """Count the connections to a port that a process holds."""
    folder = Path(f"/proc/{pid}")
    inodes = {
        line.split()[9]
        for line in (folder / "net/tcp").read_text().splitlines()[1:]
        if line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "01"
    }
    links = [str(each.readlink()) for each in (folder / "fd").iterdir()]
    return sum(link.removeprefix("socket:[").removesuffix("]") in inodes for link in links)


def shares_a_rush(served: Served, pids: list[int]) -> bool:
    """Tell whether two processes have about as many connections each of a rush."""
    with ExitStack() as opened:
        connect_and_ask(served, opened)
        held = [connections_of(pid, served.port) for pid in pids]
    assert sum(held) == MANY
    return min(held) >= MANY // 3


def test_a_rush_is_shared(two: tuple[Served, list[int]]) -> None:
    """A process goes first for five milliseconds; on a machine that is busy it may sleep on."""
    served, pids = two
    until(lambda: shares_a_rush(served, pids), 30)


def test_a_process_that_hangs_keeps_nobody_waiting(two: tuple[Served, list[int]]) -> None:
    served, (stopped, other) = two
    os.kill(stopped, signal.SIGSTOP)
    try:
        with ExitStack() as opened:
            connect_and_ask(served, opened)
            assert connections_of(other, served.port) == MANY
    finally:
        os.kill(stopped, signal.SIGCONT)


def test_a_process_that_ended_is_forgotten(two: tuple[Served, list[int]]) -> None:
    served, (killed, other) = two
    os.kill(killed, signal.SIGKILL)
    until(lambda: len(booted(served)) == 3, 20)
    serves(served, booted(served)[2], while_stopped=other)
    until(lambda: shares_a_rush(served, [other, booted(served)[2]]), 30)
