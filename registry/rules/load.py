"""What arrives, waits and is refused: samples of it, and what they say in one word.

Samples hold totals, as the ticker sees them every few seconds. How much there was in between is
the difference of two; where one is missing, or a total began anew, nothing is known of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import Final, NamedTuple, TypeAlias

STALE: Final = 30.0
"""Seconds after which the newest sample says nothing of now."""

BROKEN: Final = 3
"""Samples further apart than so many usual distances have a gap between them."""

TOO_OLD: Final = 600.0
"""Seconds after which an application has waited too long to be in the review queue."""

MANY_WAIT: Final = 5_000
"""Entries that wait without a reason to worry: some drains of work."""

MANY_REFUSED: Final = 0.01
"""Share of those who came that were refused for the moment, from which on it is told."""

FOR_THE_MOMENT: Final = ("busy", "inbox", "unavailable")
"""With what the kinds of refusals begin that are ours, and no fault of who was refused."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What was seen at ``at`` (seconds since 1970).

    ``arrived`` and ``waiting`` are None while the inbox does not answer. ``oldest`` is how many
    seconds the oldest has waited. ``refused`` has totals by kind.
    """

    at: float
    arrived: int | None
    waiting: int | None = None
    oldest: float | None = None
    halted: bool = False
    refused: Mapping[str, int] = field(default_factory=dict)

    @property
    def drained(self) -> int | None:
        """How many have left the inbox, ever."""
        if self.arrived is None or self.waiting is None:
            return None
        return self.arrived - self.waiting


Counted: TypeAlias = Callable[[Sample], int | None]


class Point(NamedTuple):
    """A value at a moment; None where it is not known."""

    at: float
    value: float | None


def per_minute(samples: Sequence[Sample], counted: Counted, every: float) -> list[Point]:
    """Return how fast a total grew, between samples that are usually ``every`` seconds apart."""
    return [
        Point(later.at, _rate(before, later, counted, every)) for before, later in pairwise(samples)
    ]


def _rate(before: Sample, later: Sample, counted: Counted, every: float) -> float | None:
    first, last, seconds = counted(before), counted(later), later.at - before.at
    if first is None or last is None or last < first or not 0 < seconds <= every * BROKEN:
        return None
    return (last - first) * 60 / seconds


def grown(samples: Sequence[Sample], counted: Counted) -> int:
    """Return by how much a total grew; what was before it began anew counts as well."""
    total = 0
    known = [count for each in samples if (count := counted(each)) is not None]
    for first, last in pairwise(known):
        total += last - first if last >= first else last
    return total


def refused_in_all(sample: Sample) -> int:
    """Count all refusals of a sample."""
    return sum(sample.refused.values())


def refused_for(kind: str) -> Counted:
    """Return the counting of one kind."""
    return lambda sample: sample.refused.get(kind, 0)


def in_buckets(
    points: Sequence[Point],
    since: float,
    span: float,
    many: int,
    together: Callable[[Sequence[float]], float],
) -> list[float | None]:
    """Return ``many`` values for the ``span`` seconds from ``since`` on; None where all is gap."""
    found: list[list[float]] = [[] for _ in range(many)]
    for at, value in points:
        place = int((at - since) * many // span)
        if value is not None and 0 <= place < many:
            found[place].append(value)
    return [together(values) if values else None for values in found]


def mean(values: Sequence[float]) -> float:
    """Return the mean of some values."""
    return sum(values) / len(values)


class State(StrEnum):
    """How things are, the worst that is true."""

    UNKNOWN = "unknown"
    """Nobody measures."""
    DOWN = "down"
    """The inbox does not answer: nothing can be accepted."""
    HALTED = "halted"
    OLD = "old"
    """Somebody has waited too long for the review queue."""
    GROWING = "growing"
    """Much waits, and more comes than goes."""
    REFUSING = "refusing"
    WELL = "well"


@dataclass(frozen=True, slots=True)
class Now:
    """How it is now. What is a minute's is of the last; None where it is not known."""

    state: State
    sample: Sample | None = None
    arrived: float | None = None
    drained: float | None = None
    refused: float | None = None


def judged(samples: Sequence[Sample], now: float) -> Now:
    """Return how it is, by samples in order of time that go back a minute or more."""
    recent = [each for each in samples if now - 60.0 - STALE <= each.at <= now + STALE]
    if not recent or now - recent[-1].at > STALE:
        return Now(State.UNKNOWN, samples[-1] if samples else None)
    newest = recent[-1]
    last_minute = [each for each in recent if newest.at - each.at <= 60.0]
    found = Now(
        State.WELL,
        newest,
        _over(last_minute, lambda each: each.arrived),
        _over(last_minute, lambda each: each.drained),
        _over(last_minute, refused_in_all),
    )
    return Now(_state(found, last_minute), newest, found.arrived, found.drained, found.refused)


def _over(samples: Sequence[Sample], counted: Counted) -> float | None:
    """Return how fast a total grew over all of these."""
    known = [(each.at, count) for each in samples if (count := counted(each)) is not None]
    if len(known) < 2 or known[-1][1] < known[0][1] or known[-1][0] <= known[0][0]:
        return None
    return (known[-1][1] - known[0][1]) * 60 / (known[-1][0] - known[0][0])


def _state(found: Now, last_minute: Sequence[Sample]) -> State:
    sample = found.sample
    if sample is None or sample.arrived is None or sample.waiting is None:
        return State.DOWN
    if sample.halted:
        return State.HALTED
    if (sample.oldest or 0.0) > TOO_OLD:
        return State.OLD
    if sample.waiting > MANY_WAIT and (found.drained or 0.0) < (found.arrived or 0.0):
        return State.GROWING
    ours = _over(last_minute, _refused_for_the_moment) or 0.0
    came = ours + (found.arrived or 0.0)
    return State.REFUSING if came and ours / came >= MANY_REFUSED else State.WELL


def _refused_for_the_moment(sample: Sample) -> int:
    return sum(many for kind, many in sample.refused.items() if kind.startswith(FOR_THE_MOMENT))
