"""The inbox by itself: how many applications a second its one thread and its disk take.

A Valkey of its own, set as the inbox is, gets the very script and the very entries by which the
portal accepts. So many are under way at once, as when so many threads of portals wait: the server
carries all out that it has read, writes them to disk once, and then answers all.
"""

from __future__ import annotations

import os
import socket
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from fmotm.embedded import Valkey, find_binaries, free_port
from fmotm.embedded.credentials import INBOX, load_secrets
from fmotm.embedded.ports import LOOPBACK
from loadtests.bench.filling import applications
from loadtests.bench.measure import CheckFailed
from loadtests.capacity.processes import cpu_seconds
from registry.inbox import Inbox, connect, names
from registry.inbox.stream import BURST, DAY, TICKET_MEMORY, _script

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from loadtests.bench.servers import Servers
    from registry.inbox import Submission

RUNS: Final = ((1, 2_000), (16, 20_000), (128, 30_000))
"""Applications that wait for their answer at once, and how many are appended so."""

_NAME: Final = "alone"
_PAGE: Final = 1 << 16
_ACCEPTED: Final = b"*3\r\n$8\r\naccepted\r\n"
_NOT_FLOODED: Final = b"\r\n:0\r\n"


@dataclass(frozen=True, slots=True)
class Alone:
    """What a run came to."""

    under_way: int
    per_second: float
    server_ms: float
    """Milliseconds of processor that the server took for each."""


def measure(servers: Servers, runs: Sequence[tuple[int, int]] = RUNS) -> list[Alone]:
    """Measure each number under way; raises CheckFailed when one was not accepted."""
    folder = servers.folder
    password = load_secrets(folder)[INBOX]
    server = Valkey(
        name=_NAME,
        folder=folder,
        binaries=find_binaries(folder),
        password=password,
        port=free_port(),
    )
    servers.start(server.program())
    (like,) = applications(servers, [servers.numbers.take(1)])
    with connect(server.url, socket_timeout=20) as client:
        inbox = Inbox(client)
        inbox.publish_periods(servers.inbox.periods())
        target = _Target(server, str(client.script_load(_script("append.lua"))), like)
        return [_run(target, inbox, many, appended) for many, appended in runs]


@dataclass(frozen=True, slots=True)
class _Target:
    """The server, its script, and the application that all others are like."""

    server: Valkey
    digest: str
    like: Submission


def _run(target: _Target, inbox: Inbox, many: int, appended: int) -> Alone:
    # Made before: the server is to be measured, and this process is slower.
    rounds = [b"".join(_one(target) for _ in range(many)) for _ in range(appended // many)]
    folder, name = target.server.folder, target.server.name
    before, used = inbox.last_number(), cpu_seconds(folder, [name])[name]
    seconds = _append(target.server, rounds, many)
    used = cpu_seconds(folder, [name])[name] - used
    number = len(rounds) * many
    if inbox.last_number() - before != number:
        message = f"{number} were accepted, the inbox has {inbox.last_number() - before}"
        raise CheckFailed(message)
    return Alone(many, number / seconds, used / number * 1000)


def _append(server: Valkey, rounds: Iterable[bytes], many: int) -> float:
    """Append ``many`` at a time, the next when all are answered; return the seconds it took."""
    with socket.create_connection((LOOPBACK, server.port), timeout=20) as connection:
        connection.sendall(_command(b"AUTH", server.password))
        connection.recv(_PAGE)
        began = time.monotonic()
        for each in rounds:
            connection.sendall(each)
            _hear(connection, many)
        return time.monotonic() - began


def _hear(connection: socket.socket, many: int) -> None:
    """Wait for so many answers, all of which must accept. Raises CheckFailed."""
    heard = b""
    while heard.count(_NOT_FLOODED) < many:
        chunk = connection.recv(_PAGE)
        heard += chunk
        if not chunk or not heard.startswith(_ACCEPTED[: len(heard)]):
            break
    if heard.count(_ACCEPTED) != many:
        message = f"the inbox alone did not accept: {heard[:200]!r}"
        raise CheckFailed(message)


def _one(target: _Target) -> bytes:
    """Return the command that appends an application of another household, as long as this one."""
    another = replace(target.like, application_id=os.urandom(16), nik_index=os.urandom(16))
    nik = another.nik_index
    keys = (names.STREAM, names.marks(nik), names.limit(nik), names.HALTED, names.PERIODS)
    arguments = (another.pack(), another.mark, another.period, BURST, DAY, TICKET_MEMORY)
    return _command(b"EVALSHA", target.digest, len(keys), *keys, *arguments)


def _command(*parts: bytes | str | int) -> bytes:
    packed = [part if isinstance(part, bytes) else str(part).encode() for part in parts]
    return b"*%d\r\n" % len(packed) + b"".join(b"$%d\r\n%s\r\n" % (len(p), p) for p in packed)
