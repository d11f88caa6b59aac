"""Dinas' live page: what arrives, waits, is drained and refused, and whether all is well."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from flask import Blueprint, render_template
from redis.exceptions import RedisError

from portal.accounts import for_roles
from portal.dates import now
from portal.dinas.charts import HEIGHT, WIDTH, Chart, chart
from portal.dinas.load_words import (
    KINDS,
    OTHERS,
    UNREADABLE,
    count,
    duration,
    sentence,
    speed,
)
from portal.metrics import watch
from registry.rules.lifecycle import Role
from registry.rules.load import (
    Now,
    Point,
    Sample,
    State,
    grown,
    in_buckets,
    judged,
    mean,
    per_minute,
    refused_for,
    refused_in_all,
)
from registry.rules.periods import JAKARTA
from registry.watch import DAY, EVERY, HOUR, MINUTE

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from registry.rules.load import Counted

    Valued = Callable[[Sample], float | None]

blueprint = Blueprint("beban", __name__, url_prefix="/dinas/beban")

PARTS: Final = {HOUR: 60, DAY: 96}
"""Seconds that a chart shows → values in it: one a minute, one a quarter of an hour."""


class Measure(NamedTuple):
    """One thing that is measured: how it is now, and its charts of an hour and a day."""

    title: str
    now: str
    hour: Chart
    day: Chart


class Kind(NamedTuple):
    """Refusals of one kind: in the last minute, hour and day."""

    words: str
    minute: int
    hour: int
    day: int


@blueprint.get("")
@for_roles(Role.DINAS, Role.AUDITOR)
def show() -> ResponseReturnValue:
    """Show the page; a script asks for its content again, and without one it is loaded anew."""
    return render_template("dinas/beban.html", **_shown())


@blueprint.get("/isi")
@for_roles(Role.DINAS, Role.AUDITOR)
def content() -> ResponseReturnValue:
    """Give what changes of the page."""
    return render_template("dinas/_beban_isi.html", **_shown())


def _shown() -> dict[str, Any]:
    at = now().timestamp()
    try:
        hour, day = watch().hour(at), watch().day(at)
    except RedisError:
        return {"well": False, "sentence": UNREADABLE, "measures": (), "kinds": ()}
    found = judged(hour or day, at)
    return {
        "well": found.state is State.WELL,
        "sentence": sentence(found),
        "measures": _measures(found, hour, day, at) if hour or day else (),
        "kinds": _kinds(hour, day, at),
        "size": (WIDTH, HEIGHT),
        "times": {"hour": _clock(at - HOUR), "day": _clock(at - DAY), "now": _clock(at)},
        "measured": _clock(found.sample.at) if found.sample else "",
    }


def _measures(
    found: Now, hour: Sequence[Sample], day: Sequence[Sample], at: float
) -> tuple[Measure, ...]:
    newest = found.sample or Sample(at, None)

    def rate(title: str, counted: Counted, a_minute: float | None) -> Measure:
        points = (per_minute(hour, counted, EVERY), per_minute(day, counted, MINUTE))
        return _measure(title, speed(a_minute), points, mean, speed, at)

    def level(title: str, value: Valued, said: Callable[[float], str]) -> Measure:
        points = tuple([Point(each.at, value(each)) for each in of] for of in (hour, day))
        latest = value(newest)
        written = "tidak diketahui" if latest is None else said(latest)
        return _measure(title, written, (points[0], points[1]), max, said, at)

    return (
        rate("Masuk", lambda each: each.arrived, found.arrived),
        level("Antrean", lambda each: each.waiting, count),
        level("Paling lama menunggu", lambda each: each.oldest, duration),
        rate("Diproses", lambda each: each.drained, found.drained),
        rate("Ditolak", refused_in_all, found.refused),
    )


def _measure(  # noqa: PLR0913, PLR0917 - what a row of the page is made of
    title: str,
    written: str,
    points: tuple[Sequence[Point], Sequence[Point]],
    together: Callable[[Sequence[float]], float],
    said: Callable[[float], str],
    at: float,
) -> Measure:
    charts = [
        chart(in_buckets(of, at - span, span, many, together), f"{title}, {words}", said)
        for of, (span, many), words in zip(
            points, PARTS.items(), ("satu jam terakhir", "satu hari terakhir"), strict=True
        )
    ]
    return Measure(title, written, *charts)


def _kinds(hour: Sequence[Sample], day: Sequence[Sample], at: float) -> tuple[Kind, ...]:
    """Return the kinds of refusals that there were, most of a day first."""
    minute = [each for each in hour if each.at >= at - MINUTE]
    found: dict[str, Kind] = {}
    for kind in {kind for each in (*hour, *day) for kind in each.refused}:
        counted = refused_for(kind)
        words = KINDS.get(kind, OTHERS)
        before = found.get(words, Kind(words, 0, 0, 0))
        more = [grown(of, counted) for of in (minute, hour, day)]
        sums = (old + new for old, new in zip(before[1:], more, strict=True))
        found[words] = Kind(words, *sums)
    there = [each for each in found.values() if any(each[1:])]
    return tuple(sorted(there, key=lambda each: (-each.day, -each.hour, each.words)))


def _clock(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC).astimezone(JAKARTA):%H.%M}"
