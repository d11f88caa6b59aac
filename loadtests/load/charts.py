"""Charts as inline SVG, made of nothing but text: no script, no library, nothing loaded.

The drawing is stretched to its place, its letters are not: they stand around it as HTML. So a chart
is as readable on a phone as on a desk.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

WIDTH, HEIGHT = 1_000, 300
Values = Sequence[float | None]
Mark = tuple[float, str]
"""Where it stands, from 0 at the left to 1, and what it says."""

_NICE: Final = (1, 2, 2.5, 5, 10)
_TICKS: Final = 4
_MARKS: Final = 7
_ROUND: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400)


@dataclass(frozen=True, slots=True)
class Series:
    """Values at even distances, and how they are drawn; None leaves a gap."""

    name: str
    values: Values
    colour: int
    """1 to 5: a colour of the page's style."""
    kind: str = "line"
    """Of `line`, `dashed`, `area`."""


@dataclass(frozen=True, slots=True)
class Axis:
    """Where a value stands, from 0 at the bottom to 1, and the values that are marked."""

    place: Callable[[float], float]
    ticks: tuple[float, ...]


def linear(highest: float) -> Axis:
    """Return an axis from 0 to a round number that is at least ``highest``; to 1 where all is 0."""
    highest = highest if highest > 0 else 1.0
    step = _nice(highest / _TICKS)
    top = step * max(1, math.ceil(highest / step - 1e-9))
    ticks = tuple(round(step * each, 10) for each in range(round(top / step) + 1))
    return Axis(lambda value: value / top, ticks)


def logarithmic(lowest: float, highest: float) -> Axis:
    """Return an axis of whole powers of ten around two values above 0."""
    low = math.floor(math.log10(max(lowest, 1e-9)) + 1e-9)
    high = max(low + 1, math.ceil(math.log10(max(highest, 1e-9)) - 1e-9))
    ticks = tuple(10.0**power for power in range(low, high + 1))
    return Axis(lambda value: (math.log10(max(value, ticks[0])) - low) / (high - low), ticks)


def clock(seconds: float) -> list[Mark]:
    """Return round times from 0 to ``seconds``, as minutes and seconds, some six of them."""
    step = next((each for each in _ROUND if seconds / each <= _MARKS), _ROUND[-1])
    times = range(0, int(seconds) + 1, step)
    return [(at / max(seconds, 1), f"{at // 60}:{at % 60:02}") for at in times]


def stacked(series: Sequence[Series]) -> list[Series]:
    """Return areas that stand on one another, the topmost first, so that all are seen."""
    bottom = [0.0] * max((len(each.values) for each in series), default=0)
    found = []
    for each in series:
        bottom = [low + (value or 0.0) for low, value in zip(bottom, each.values, strict=True)]
        found.append(Series(each.name, tuple(bottom), each.colour, "area"))
    return found[::-1]


def chart(  # noqa: PLR0913 - what a chart is made of
    title: str,
    unit: str,
    series: Sequence[Series],
    *,
    axis: Axis,
    marks: Sequence[Mark],
    written: Callable[[float], str],
    empty: str = "",
    legend: bool = True,
) -> str:
    """Return a figure. ``marks`` are written below it; ``empty`` in place of no values."""
    drawn = [each for each in series if any(value is not None for value in each.values)]
    if not drawn:
        body = f'<p class="empty">{escape(empty or "Nothing to show.")}</p>'
    else:
        body = _plot(drawn, axis, marks, written, _told(title, drawn, written))
        body += _legend(drawn) if legend else ""
    caption = f"<figcaption>{escape(title)} <span>{escape(unit)}</span></figcaption>"
    return f'<figure class="chart">{caption}{body}</figure>'


def _plot(
    series: Sequence[Series],
    axis: Axis,
    marks: Sequence[Mark],
    written: Callable[[float], str],
    told: str,
) -> str:
    rows = "".join(
        f'<span style="bottom:{100 * axis.place(tick):.2f}%">{escape(written(tick))}</span>'
        for tick in axis.ticks
    )
    lines = "".join(_rule(HEIGHT * (1 - axis.place(tick))) for tick in axis.ticks)
    shapes = "".join(_shape(each, axis) for each in series)
    below = "".join(
        f'<span style="left:{100 * place:.2f}%">{escape(mark)}</span>' for place, mark in marks
    )
    return (
        f'<div class="plot"><div class="y" aria-hidden="true">{rows}</div>'
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" role="img"'
        f' aria-label="{escape(told)}">{lines}{shapes}</svg>'
        f'<div class="x" aria-hidden="true">{below}</div></div>'
    )


def _rule(y: float) -> str:
    return f'<line class="rule" x1="0" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>'


def _shape(series: Series, axis: Axis) -> str:
    kind = "line" if series.kind == "dashed" else series.kind
    dashed = " dashed" if series.kind == "dashed" else ""
    paths = []
    for run in _runs(series.values):
        points = [(_x(at, len(series.values)), _y(value, axis)) for at, value in run]
        path = "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        if kind == "area":
            path += f" L{points[-1][0]:.1f} {HEIGHT} L{points[0][0]:.1f} {HEIGHT} Z"
        elif len(points) == 1:
            path += " h0.1"
        paths.append(path)
    return f'<path class="{kind}{dashed} c{series.colour}" d="{" ".join(paths)}"/>'


def _runs(values: Values) -> list[list[tuple[int, float]]]:
    """Return the stretches without gaps."""
    runs: list[list[tuple[int, float]]] = [[]]
    for at, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((at, value))
    return [run for run in runs if run]


def _x(at: int, count: int) -> float:
    return WIDTH * at / max(1, count - 1)


def _y(value: float, axis: Axis) -> float:
    return HEIGHT * (1 - min(max(axis.place(value), 0.0), 1.0))


def _legend(series: Sequence[Series]) -> str:
    items = "".join(
        f'<li class="c{each.colour}{" dashed" if each.kind == "dashed" else ""}">'
        f"{escape(each.name)}</li>"
        for each in series
    )
    return f'<ul class="legend">{items}</ul>'


def _told(title: str, series: Sequence[Series], written: Callable[[float], str]) -> str:
    """Say in words what is drawn, for who cannot see it."""
    highest = (
        f"{each.name} at most {written(max(value for value in each.values if value is not None))}"
        for each in series
    )
    return f"{title}: {', '.join(highest)}"


def _nice(step: float) -> float:
    magnitude = 10.0 ** math.floor(math.log10(step))
    return next(nice * magnitude for nice in _NICE if nice * magnitude >= step * (1 - 1e-9))
