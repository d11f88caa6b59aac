"""Every row of the table, in its order, and how it is measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from loadtests.bench import accepting, draining
from loadtests.bench.measure import CheckFailed, Goal, Row

if TYPE_CHECKING:
    from loadtests.bench.bench import Bench


@dataclass(frozen=True, slots=True)
class Family:
    """Rows that the same runs give."""

    goals: tuple[Goal, ...]
    measure: Callable[[Bench], tuple[Row, ...]]


FAMILIES: Final = (
    Family((accepting.ACCEPT,), accepting.accept),
    Family((accepting.SUSTAINED,), accepting.sustained),
    Family((draining.DRAIN,), draining.drain),
    Family((draining.MEMORY,), draining.memory),
)

NAMES: Final = tuple(goal.name for family in FAMILIES for goal in family.goals)
"""Every row there is, in the table's order."""


def measured(
    bench: Bench, names: Sequence[str], say: Callable[[str], None] = lambda _: None
) -> Iterator[Row]:
    """Measure these rows and yield each when it is done; one whose check failed says so."""
    for family in FAMILIES:
        wanted = [goal for goal in family.goals if goal.name in names]
        if not wanted:
            continue
        say(f"measuring {', '.join(goal.name for goal in wanted)} ...")
        try:
            rows = family.measure(bench)
        except CheckFailed as failed:
            rows = tuple(Row(goal, failure=str(failed)) for goal in wanted)
            bench.books.start_anew()
        yield from (row for row in rows if row.goal in wanted)
