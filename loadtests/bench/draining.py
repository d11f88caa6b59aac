"""The row of the drain: from a full inbox into the review queue, and what waits costs in memory."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from loadtests.bench.filling import fill
from loadtests.bench.measure import CheckFailed, Goal, Pair, Row, Sample, alternately
from loadtests.bench.one_by_one import OneByOne
from registry.inbox import connect

if TYPE_CHECKING:
    from loadtests.bench.bench import Bench

DRAIN: Final = Goal(
    name="drain",
    what="drained applications ÷ one RQ job for each, same rules and SQL",
    unit="/s",
    goal=20.0,
)
MEMORY: Final = Goal(
    name="memory",
    what="memory of the inbox for an application that waits (1 KB is 1,000 bytes)",
    unit=" KB",
    goal=1.2,
    lower_is_better=True,
)
_KB: Final = 1_000


def drain(bench: Bench) -> tuple[Row, ...]:
    """Applications a second, from the ticker's first look at a full inbox until it is empty."""
    scale, servers = bench.scale, bench.servers

    def whole(_: int) -> Sample:
        first = fill(servers, scale.drained)
        bench.books.note_filled(first, scale.drained)
        with servers.draining():
            began = time.monotonic()
            servers.wait_drained()
            ended = time.monotonic()
        return Sample(scale.drained / (ended - began))

    single = OneByOne(servers)
    pairs = alternately(scale.runs, lambda _: Sample(single.rate(scale.one_by_one)), whole)
    bench.books.close()
    return (Row(DRAIN, pairs, notes=(f"{servers.workers} worker processes",)),)


def memory(bench: Bench) -> tuple[Row, ...]:
    """Kilobytes that an application takes in the inbox, with marks and counters."""
    servers, waiting = bench.servers, bench.scale.waiting
    servers.drain()
    before = _used(bench)
    first = fill(servers, waiting)
    after = _used(bench)
    if servers.inbox.depth() != waiting:
        msg = f"{servers.inbox.depth()} applications wait, not {waiting}"
        raise CheckFailed(msg)
    bench.books.note_filled(first, waiting)
    servers.drain()
    bench.books.close()
    used = Sample((after - before) / waiting / _KB)
    return (Row(MEMORY, (Pair(used),)),)


def _used(bench: Bench) -> int:
    with connect(bench.servers.environ["INBOX_REDIS_URL"]) as client:
        return int(client.info("memory")["used_memory"])
