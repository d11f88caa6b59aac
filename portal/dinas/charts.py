"""Small line charts for SVG without script or style, and in words for who cannot see them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

WIDTH: Final = 600
HEIGHT: Final = 120
_MARGIN: Final = 4


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: ``lines`` are the points of its polylines, one for each stretch without a gap.

    ``told`` says in words what it shows; ``top`` is the highest value.
    """

    lines: tuple[str, ...]
    top: str
    told: str


def chart(
    values: Sequence[float | None], title: str, said: Callable[[float], str], least_top: float = 1.0
) -> Chart:
    """Draw values that are evenly far apart, gaps left out; ``said`` writes a value."""
    known = [each for each in values if each is not None]
    if not known:
        return Chart((), "", f"{title}: belum ada ukuran")
    top = max(*known, least_top)
    highest, lowest, newest = (said(each) for each in (max(known), min(known), known[-1]))
    told = f"{title}: tertinggi {highest}, terendah {lowest}, terakhir {newest}"
    return Chart(tuple(_lines(values, top)), highest, told)


def _lines(values: Sequence[float | None], top: float) -> list[str]:
    step = WIDTH / max(1, len(values) - 1)
    placed = [(number * step, value) for number, value in enumerate(values)]
    lines = []
    for is_there, stretch in groupby(placed, lambda each: each[1] is not None):
        if is_there:
            points = [(x, _height(value or 0.0, top)) for x, value in stretch]
            if len(points) == 1:  # a lone value is a short dash
                points.insert(0, (points[0][0] - step / 3, points[0][1]))
            lines.append(" ".join(f"{x:.0f},{y:.0f}" for x, y in points))
    return lines


def _height(value: float, top: float) -> float:
    return HEIGHT - _MARGIN - (HEIGHT - 2 * _MARGIN) * value / top
