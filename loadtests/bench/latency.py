"""Rows of waiting: how long a citizen waits on a busy day, and when far too many come at once."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

from loadtests.bench import k6
from loadtests.bench.accepting import warm_up
from loadtests.bench.bench import FORM
from loadtests.bench.measure import Goal, Pair, Row, Sample, alternately
from loadtests.bench.wrk import Load, hammer

if TYPE_CHECKING:
    from loadtests.bench.bench import Bench
    from loadtests.bench.k6 import Summary
    from loadtests.bench.wrk import Answers

ACCEPT_P99: Final = Goal(
    name="accept-p99",
    what="latency of accepting, p99 ÷ no-op's, each at 70 % of its capacity",
    unit="s",
    goal=4.0,
    lower_is_better=True,
)
OVERLOAD: Final = Goal(
    name="overload",
    what="offered 3 × capacity: accepted ÷ best",
    unit="/s",
    goal=0.6,
)
OVERLOAD_P99: Final = Goal(
    name="overload-p99",
    what="the same: latency of the accepted, p99",
    unit="s",
    goal=1.0,
    lower_is_better=True,
    compared=False,
)
SCRIPT: Final = Path(__file__).with_name("households.js")
_ACCEPTED, _OK = 303, 200
_STEADY_VUS: Final = 200
_PROBES: Final = 50.0
"""Of the overload, requests a second that k6 sends and times; wrk, a tenth as dear, the rest."""

_CROWD: Final = 8_000
"""Connections of the overload at most."""

_PATIENCE: Final = 0.3
"""Seconds for which everybody could wait without there being too few connections. wrk looks through
all of them at each of its turns: with seven times as many it takes half a core."""

_DROPPED: Final = 0.02
"""Share of requests that a generator may have failed to send in time."""


def accept_p99(bench: Bench) -> tuple[Row, ...]:
    """p99 of accepted forms at a steady rate, by the p99 of the no-op at its own.

    Capacity is what k6 itself gets answered, for it takes more of the machine than wrk.
    """
    scale = bench.scale
    warm_up(bench)
    with bench.noop.running() as url:
        of_noop = _play(bench, url, 0.0, scale.steady).count(_OK) / scale.steady
    of_ours = _accepted(bench, 0.0).count(_ACCEPTED) / scale.steady
    notes: list[str] = []

    def noop(_: int) -> Sample:
        with bench.noop.running() as url:
            summary = _play(bench, url, of_noop * scale.steady_share, scale.steady)
        _note(notes, "the no-op", summary)
        return Sample(summary.p99(_OK), summary.cores)

    def portal(_: int) -> Sample:
        summary = _accepted(bench, of_ours * scale.steady_share)
        _note(notes, "the portal", summary)
        return Sample(summary.p99(_ACCEPTED), summary.cores)

    pairs = alternately(scale.runs, noop, portal)
    bench.servers.drain()
    bench.books.close()
    notes.append(f"capacity under k6: {of_ours:,.0f}/s, no-op {of_noop:,.0f}/s")
    return (Row(ACCEPT_P99, pairs, notes=tuple(notes)),)


def overload(bench: Bench) -> tuple[Row, ...]:
    """Three times what the portal can take, offered for a while by people who do not wait.

    wrk sends nearly all of it, at a rate, over so many connections that some should be free. k6
    sends some, each on a connection of its own as a new phone does, and times them.
    """
    scale = bench.scale
    warm_up(bench)
    failures: list[str] = []
    notes: list[str] = []
    p99: list[Pair] = []

    best = Sample(0.0)

    def at_best(_: int) -> Sample:
        nonlocal best
        best = bench.send(scale.peak).sample
        bench.servers.drain()
        return best

    def portal(_: int) -> Sample:
        offered = scale.overload_times * best.value
        crowd, probes = _overloaded(bench, offered)
        accepted = crowd.good + probes.count(_ACCEPTED)
        rate = crowd.sent / crowd.seconds
        if rate < offered * scale.offered_least:
            failures.append(f"only {rate:,.0f}/s of {offered:,.0f}/s could be sent: all waited")
        if without := probes.total("refused_without_retry_after"):
            failures.append(f"{without} refusals had no Retry-After")
        p99.append(Pair(Sample(probes.slowest("accepted_whole"), probes.cores)))
        notes.append(f"{rate:,.0f}/s of {offered:,.0f}/s offered: {crowd}")
        return Sample(accepted / crowd.seconds, crowd.cores + probes.cores)

    pairs = alternately(scale.runs, at_best, portal)
    bench.servers.drain()
    bench.books.close()
    failure = "; ".join(dict.fromkeys(failures))
    return (
        Row(OVERLOAD, pairs, failure=failure, notes=tuple(notes)),
        Row(OVERLOAD_P99, tuple(p99), failure=failure),
    )


def _overloaded(bench: Bench, offered: float) -> tuple[Answers, Summary]:
    seconds, head_start = bench.scale.overload, bench.scale.head_start
    connections = int(min(_CROWD, _PATIENCE * offered))
    load = Load(seconds + 2 * head_start, connections)
    first, first_probe = bench.numbers(load.seconds), bench.numbers(seconds)
    rate = max(1.0, offered - _PROBES)
    url = bench.servers.url + FORM
    with bench.books.hearing(first) as heard, ThreadPoolExecutor(1) as pool:
        crowd = pool.submit(hammer, url, load, "household", bench.form, str(first), str(rate))
        time.sleep(head_start)
        own = {"FIRST": str(first_probe), "EACH_ANEW": "1"}
        probes = _play(bench, url, min(_PROBES, offered), seconds, **own)
        answers = crowd.result()
        heard.accepted = answers.good + probes.count(_ACCEPTED)
        heard.unsure = answers.unanswered + load.connections + probes.count(0)
        most = answers.sent + load.connections + 1
        of_probes = range(first_probe, first_probe + probes.total("iterations") + _STEADY_VUS)
        heard.among = (range(first, first + most), of_probes)
    return answers, probes


def _accepted(bench: Bench, rate: float) -> Summary:
    seconds = bench.scale.steady
    first = bench.numbers(seconds)
    with bench.books.hearing(first) as heard:
        summary = _play(bench, bench.servers.url + FORM, rate, seconds, FIRST=str(first))
        heard.accepted = summary.count(_ACCEPTED)
        heard.unsure = summary.count(0)
    return summary


def _play(bench: Bench, url: str, rate: float, seconds: float, **more: str) -> Summary:
    """Send forms with k6: at a rate, or with 0 as fast as they are answered."""
    settings = {
        "URL": url,
        "FORM": bench.servers.file("form.json", bench.servers.template.as_json()),
        "FIRST": str(bench.numbers(seconds)),
        "RATE": str(round(rate)),
        "SECONDS": str(seconds),
        "VUS": str(_STEADY_VUS if rate else bench.scale.connections),
        **more,
    }
    return k6.play(SCRIPT, settings, bench.servers.folder.path / "logs" / "k6.json")


def _note(notes: list[str], whom: str, summary: Summary) -> None:
    sent, dropped = summary.total("iterations"), summary.total("dropped_iterations")
    if dropped > _DROPPED * sent:
        notes.append(f"{whom} kept all connections waiting: {dropped} of {sent} were not sent")
