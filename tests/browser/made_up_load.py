"""A made-up busy morning, in place of what the ticker of a product measures."""

from __future__ import annotations

import math
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

from registry.inbox import connect
from registry.rules.load import Sample
from registry.watch import Watch
from tests.stack import Stack

LATE = 1_500
RINGS = ("fmotm:watch:hour", "fmotm:watch:day")


@contextmanager
def ticker_stopped(stack: Stack) -> Iterator[Watch]:
    """Let the ticker rest, and give what it would write to, empty."""
    ticker = stack.pid("worker.ticker")
    with connect(stack.settings()["REDIS_URL"]) as client:
        os.kill(ticker, signal.SIGSTOP)
        try:
            client.delete(*RINGS)
            yield Watch(client)
        finally:
            client.delete(*RINGS)
            os.kill(ticker, signal.SIGCONT)


def busy_morning(watch: Watch, *, behind: int = 0, **last: object) -> None:
    """Keep the samples of a day that ends now, and ``last`` in the newest of them.

    For the last 25 minutes the drain has fallen ``behind``, by so many entries in the end.
    """
    now = time.time()
    moments = [*range(-86_400, -3_600, 60), *range(-3_600, 0, 5)]
    arrived, refused = 500_000.0, 0.0
    before = moments[0]
    for moment in moments:
        seconds, before = moment - before, moment
        rush = 1 + 0.9 * math.sin(moment / 13_750 + 1.2) + 0.1 * math.sin(moment / 190)
        arrived += 12 * rush * seconds
        refused += 0.02 * max(0.0, rush - 1.7) * seconds
        if -2_400 < moment < -2_100:  # nobody measured
            continue
        kinds = {"busy_lookup": int(refused * 8), "nik": int(refused), "organisation": 2}
        late = max(0, LATE + moment) if behind else 0
        waiting = round(30 * rush + behind * late / LATE)
        oldest = late or waiting / 20
        watch.keep(Sample(now + moment, int(arrived), waiting, oldest, refused=kinds))
    newest = {"waiting": behind or 35, "oldest": LATE if behind else 1.4, "refused": kinds, **last}
    watch.keep(Sample(now, int(arrived), **newest))  # type: ignore[arg-type]
