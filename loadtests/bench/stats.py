"""Medians and spreads of a few runs."""

from __future__ import annotations

import math
import statistics
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def median(values: Sequence[float]) -> float:
    """Return the median. Raises ValueError when there are none."""
    if not values:
        raise ValueError("no runs")
    return statistics.median(values)


def spread(values: Sequence[float]) -> float:
    """Return the distance from the lowest to the highest value, as a share of the median."""
    middle = median(values)
    return (max(values) - min(values)) / middle if middle else 0.0


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that ``share`` (0-1) of all are not above."""
    if not values:
        raise ValueError("no values")
    return sorted(values)[max(0, math.ceil(len(values) * share) - 1)]
