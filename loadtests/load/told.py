"""What a load came to, in figures: for the page, the terminal and loadtests/results/load.json."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from loadtests.load.shapes import SHAPES, real_peak, times_real

if TYPE_CHECKING:
    from collections.abc import Mapping

    from loadtests.load.playing import Asked, Played


def told(played: Played, target: str) -> dict[str, Any]:
    """Return all that is told of a load; ``target`` is '' for servers of its own."""
    asked, happened = played.asked, played.happened
    shape = SHAPES[asked.shape]
    return {
        "asked": {
            "shape": shape.name,
            "what": shape.what,
            "peak": asked.peak,
            "minutes": round(asked.seconds / 60, 2),
            "hurry": round(asked.hurry, 1),
            "target": target,
            "seed": asked.seed,
        },
        "machine": asdict(asked.machine),
        "figures": _figures(played),
        "problems": list(played.problems),
        "checked": played.comparison is not None,
        "ledger": asdict(played.comparison) if played.comparison else None,
        "balance": played.balance,
        "width": happened["width"],
        "expected": _expected(asked, happened),
        "depth": _depth(played),
        "intervals": happened["intervals"],
        "pages": happened["pages"],
        "lost": happened["lost"],
    }


def as_text(found: Mapping[str, Any]) -> str:
    """Return the figures for a terminal."""
    width = max(len(name) for name, _, _ in found["figures"])
    lines = [f"{name:<{width}}  {value}" for name, value, _ in found["figures"]]
    return "\n".join([*lines, *(f"WRONG: {problem}" for problem in found["problems"])])


def _figures(played: Played) -> list[tuple[str, str, str]]:
    """Return (what, figure, what it means)."""
    happened, asked = played.happened, played.asked
    intervals, width = happened["intervals"], happened["width"]
    accepted = sum(each["accepted"] for each in intervals)
    busiest = max((each["accepted"] for each in intervals), default=0) / width
    answers = sum(each["answers"] for each in intervals)
    most = max((sum(each["users"].values()) for each in intervals), default=0)
    times = times_real(asked.peak)
    return [
        ("applications accepted", f"{accepted:,}", f"{played.receipts:,} receipts in the ledger"),
        (
            "accepted a second, at most",
            f"{busiest:,.1f}",
            f"asked for {asked.peak:g}, {times:,.0f} times the biggest round's {real_peak():.1f}",
        ),
        *_times(happened["pages"]),
        ("refused or not answered", *_refused(intervals, answers)),
        ("people at once, at most", f"{most:,}", _people(happened)),
        *_inbox(played),
        (
            "cores that Locust took",
            f"{happened['generator_cores']:.2f}",
            "of those that the portal needs as well",
        ),
    ]


def _times(pages: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return how long it took until the receipt, by the page most send by."""
    found = pages.get("send")
    if not found or found["p50"] is None:
        return []
    return [
        ("time until the receipt, median", milliseconds(found["p50"]), "of citizens' first tries"),
        (
            "95 and 99 of 100",
            f"{milliseconds(found['p95'])}, {milliseconds(found['p99'])}",
            f"the longest {milliseconds(found['max'])}",
        ),
    ]


def _refused(intervals: list[dict[str, Any]], answers: int) -> tuple[str, str]:
    by_status: dict[str, int] = {}
    for each in intervals:
        for status, count in each["refused"].items():
            by_status[status] = by_status.get(status, 0) + count
    named = {"0": "no answer"}
    told = ", ".join(f"{named.get(name, name)}: {count:,}" for name, count in by_status.items())
    return f"{sum(by_status.values()):,}", f"{told or 'none'}, of {answers:,} requests"


def _people(happened: Mapping[str, Any]) -> str:
    told = (
        (sum(happened["lost"].values()), "journeys ended early"),
        (happened["unfinished"], "were sent home at the end, still under way"),
        (happened["turned_away"], "were not let in by Locust itself"),
    )
    said = "; ".join(f"{count:,} {words}" for count, words in told if count)
    return said or "all came to the end of their journey"


def _inbox(played: Played) -> list[tuple[str, str, str]]:
    if played.comparison is None or played.drained_after is None:
        return []
    deepest = max((waiting for _, waiting in played.depth), default=0)
    return [
        (
            "most that waited in the inbox",
            f"{deepest:,}",
            f"empty {played.drained_after:.1f} s after the last had gone",
        )
    ]


def _expected(asked: Asked, happened: Mapping[str, Any]) -> list[float]:
    """Return the citizens a second that the shape sends, at each interval."""
    shape, width = SHAPES[asked.shape], happened["width"]
    total = shape.total(asked.peak, asked.seconds)
    edges = [each["at"] / asked.seconds for each in happened["intervals"]]
    step = width / asked.seconds
    return [round(total * (shape.upto(x + step) - shape.upto(x)) / width, 3) for x in edges]


def _depth(played: Played) -> list[int | None]:
    """Return the most that waited in each interval; None where nobody looked."""
    width = played.happened["width"]
    found: list[int | None] = [None] * len(played.happened["intervals"])
    for at, waiting in played.depth:
        place = int(at // width)
        if place < len(found):
            found[place] = max(found[place] or 0, waiting)
    return found


def milliseconds(value: float) -> str:
    """Return a time as people say it: `8.2 ms`, `340 ms`, `1.25 s`."""
    if value >= 1_000:
        return f"{value / 1_000:.3g} s"
    return f"{value:.2g} ms" if value < 10 else f"{value:.0f} ms"
