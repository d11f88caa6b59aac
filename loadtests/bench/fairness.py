"""The row of fairness: thousands of citizens and one abuser behind the same address."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from loadtests.bench import k6
from loadtests.bench.measure import Goal, Pair, Row, Sample
from portal.limits import KK_TRIES
from registry.inbox.stream import BURST

if TYPE_CHECKING:
    from loadtests.bench.bench import Bench
    from loadtests.bench.k6 import Summary

FAIRNESS: Final = Goal(
    name="fairness",
    what="2,000 citizens and one abuser at one address: citizens refused",
    unit="citizens",
    goal=0.0,
    lower_is_better=True,
    compared=False,
)
SCRIPT: Final = Path(__file__).with_name("fairness.js")
_MORE: Final = 10
"""At a rate some more than that many may come."""


def fairness(bench: Bench) -> tuple[Row, ...]:
    """Citizens who did not get through, while one sends, guesses and asks without end.

    Stopped is the abuser when no more applications of the NIK were taken than a day takes, no
    more guesses of a KK were answered, and all others got a 429.
    """
    servers, scale = bench.servers, bench.scale
    first = servers.numbers.take(scale.citizens + _MORE)
    victim = servers.numbers.take(1)
    settings = {
        "URL": servers.url,
        "FORM": servers.file("form.json", servers.template.as_json()),
        "FIRST": str(first),
        "VICTIM": str(victim),
        "CITIZENS": str(scale.citizens),
        "SECONDS": str(scale.fairness),
    }
    with bench.books.hearing(first) as heard:
        summary = k6.play(SCRIPT, settings, servers.folder.path / "logs" / "k6.json")
        heard.accepted = summary.total("accepted")
        heard.unsure = summary.total("citizens_refused")
        heard.among = (range(first, first + scale.citizens + _MORE),)
        heard.elsewhere = summary.total("abuser_taken")
    servers.drain()
    bench.books.close()
    failures = [*_missing(scale.citizens, summary), *_not_stopped(summary)]
    pair = Pair(Sample(float(summary.total("citizens_refused")), summary.cores))
    return (Row(FAIRNESS, (pair,), failure="; ".join(failures), notes=(_told(summary),)),)


def _missing(citizens: int, summary: Summary) -> list[str]:
    came = summary.total("citizens_served") + summary.total("citizens_refused")
    # At such a rate the last may come just when time is up.
    return [] if came >= citizens - 1 else [f"only {came} of {citizens} citizens came"]


def _not_stopped(summary: Summary) -> list[str]:
    found = []
    if summary.total("abuser_taken") > BURST or not summary.total("abuser_stopped"):
        found.append(f"{summary.total('abuser_taken')} applications of one NIK were taken")
    if summary.total("abuser_told") > KK_TRIES or not summary.total("abuser_silenced"):
        found.append(f"{summary.total('abuser_told')} guesses of a KK were answered")
    return found


def _told(summary: Summary) -> str:
    names = ("taken", "stopped", "told", "silenced")
    return "the abuser: " + ", ".join(f"{summary.total(f'abuser_{each}')} {each}" for each in names)
