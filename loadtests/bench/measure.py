"""Runs of a subject and of what it is compared with, by turns, and what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from loadtests.bench.stats import median, spread

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class CheckFailed(Exception):  # noqa: N818 - named after what happened
    """What was counted is not what happened: the figure is worth nothing. Says what and where."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One run: its figure, and the share of one core that the generator of the load took."""

    value: float
    generator_cpu: float = 0.0


@dataclass(frozen=True, slots=True)
class Pair:
    """One run of the subject, and the run of its baseline just before."""

    subject: Sample
    baseline: Sample | None = None

    @property
    def ratio(self) -> float:
        """Subject by baseline; the subject's own figure when there is none."""
        if self.baseline is None:
            return self.subject.value
        return self.subject.value / self.baseline.value if self.baseline.value else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What a row is to reach, and in what its value is given."""

    name: str
    what: str
    unit: str
    goal: float
    lower_is_better: bool = False

    def reached(self, ratio: float) -> bool:
        """Whether this is as good as the goal, or better."""
        return ratio <= self.goal if self.lower_is_better else ratio >= self.goal


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table. ``failure`` says which check failed; then no figure counts."""

    goal: Goal
    pairs: tuple[Pair, ...] = ()
    failure: str = ""
    notes: tuple[str, ...] = field(default=())

    @property
    def value(self) -> float | None:
        """The median of the subject's figures."""
        return median([pair.subject.value for pair in self.pairs]) if self.pairs else None

    @property
    def baseline(self) -> float | None:
        """The median of the baseline's figures."""
        found = [pair.baseline.value for pair in self.pairs if pair.baseline]
        return median(found) if found else None

    @property
    def ratio(self) -> float | None:
        """The median of the pairs' ratios."""
        return median([pair.ratio for pair in self.pairs]) if self.pairs else None

    @property
    def spread(self) -> float | None:
        """How far the pairs' ratios lie apart, as a share of their median."""
        return spread([pair.ratio for pair in self.pairs]) if self.pairs else None

    @property
    def generator_cpu(self) -> float:
        """Cores that the generator took, the most of all runs."""
        samples = [each for pair in self.pairs for each in (pair.subject, pair.baseline) if each]
        return max((sample.generator_cpu for sample in samples), default=0.0)

    @property
    def passed(self) -> bool:
        """Whether no check failed and the goal is reached."""
        return not self.failure and self.ratio is not None and self.goal.reached(self.ratio)


def alternately(
    runs: int, baseline: Callable[[int], Sample] | None, subject: Callable[[int], Sample]
) -> tuple[Pair, ...]:
    """Run baseline and subject by turns; each is told the number of its run, from 0."""
    pairs = []
    for number in range(runs):
        compared = baseline(number) if baseline else None
        pairs.append(Pair(subject(number), compared))
    return tuple(pairs)


def only(rows: Sequence[str], chosen: str) -> tuple[str, ...]:
    """Return the rows that are asked for, in the table's order; '' asks for all.

    Raises ValueError for a name that is no row's.
    """
    names = [name.strip() for name in chosen.split(",") if name.strip()]
    unknown = sorted(set(names) - set(rows))
    if unknown:
        message = f"no row is called {', '.join(unknown)}; there are: {', '.join(rows)}"
        raise ValueError(message)
    return tuple(row for row in rows if not names or row in names)
