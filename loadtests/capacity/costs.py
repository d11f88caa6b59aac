"""What a household costs from its form to the review queue: processor, disk, network.

A part of a round is played, as `make round` does, and each program's share is read from the system
before and after. What is written down counts only if the round's books are right.
"""

from __future__ import annotations

import socket
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import redis

from fmotm.households.send import open_form
from loadtests.books import seeing_all
from loadtests.capacity import inbox_alone
from loadtests.capacity.processes import cpu_seconds
from loadtests.households import Households
from loadtests.machine import this_machine
from loadtests.round import wire
from loadtests.round.playing import play

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from loadtests.bench.servers import Servers

PROGRAMS: Final = ("portal", "worker", "ticker", "postgres", "inbox", "queue")
HOUSEHOLDS: Final = 6_000
_FORM: Final = (
    b"GET /daftar HTTP/1.1\r\nHost: %s\r\nAccept-Encoding: gzip, br\r\nConnection: close\r\n\r\n"
)


def measure(
    servers: Servers,
    say: Callable[[str], None],
    households: int = HOUSEHOLDS,
    alone: Sequence[tuple[int, int]] = inbox_alone.RUNS,
) -> dict[str, Any]:
    """Measure everything; raises CheckFailed when the books are not right."""
    before = _read(servers)
    played = play(servers, households, say)
    after = _read(servers)
    say("the inbox alone")
    return {
        "households": households,
        "seconds": played.whole_seconds,
        "cpu_ms": {
            name: (after["cpu"][name] - before["cpu"][name]) / households * 1000
            for name in PROGRAMS
        },
        "bytes": {
            name: (after[name] - before[name]) / households
            for name in ("inbox_written", "inbox_in", "inbox_out", "database", "wal")
        }
        | _wire(servers),
        "inbox_alone": [asdict(each) for each in inbox_alone.measure(servers, alone)],
        "machine": asdict(this_machine()),
    }


def _read(servers: Servers) -> dict[str, Any]:
    with redis.Redis.from_url(servers.environ["INBOX_REDIS_URL"]) as client:
        # The file grows by what is written until it has 64 MB; so many households do not fill it.
        told: dict[str, Any] = client.info()
    with seeing_all(servers) as database:
        row = database.execute(
            "SELECT pg_database_size(current_database()), pg_current_wal_lsn() - '0/0'::pg_lsn"
        ).fetchone() or (0, 0)
    return {
        "cpu": cpu_seconds(servers.folder, PROGRAMS),
        "inbox_written": int(told["aof_current_size"]),
        "inbox_in": int(told["total_net_input_bytes"]),
        "inbox_out": int(told["total_net_output_bytes"]),
        "database": int(row[0]),
        "wal": int(row[1]),
    }


def _wire(servers: Servers) -> dict[str, float]:
    """Return the bytes of a form as it is sent, of its answer, and of the page, with their heads.

    The form is the mean of a hundred households.
    """
    address = urlsplit(servers.url)
    host = f"{address.hostname}:{address.port}"
    households = Households.of(open_form(servers.url), kinds=100)
    sent = [wire.form(host, households.body(number), number) for number in range(100)]
    answer = _ask(
        servers, sent[0].replace(b"HTTP/1.1\r\n", b"HTTP/1.1\r\nConnection: close\r\n", 1)
    )
    page = _ask(servers, _FORM % host.encode())
    return {
        "form_sent": sum(map(len, sent)) / len(sent),
        "form_answer": len(answer),
        "page": len(page),
    }


def _ask(servers: Servers, request: bytes) -> bytes:
    address = urlsplit(servers.url)
    answer = b""
    with socket.create_connection((address.hostname or "", address.port or 80), 20) as connection:
        connection.sendall(request)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and (chunk := connection.recv(1 << 16)):
            answer += chunk
    return answer
