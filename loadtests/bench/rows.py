"""Every row of the table, in its order, and how it is measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import psycopg

from loadtests.bench import accepting, draining, fairness, latency, pages
from loadtests.bench.measure import CheckFailed, Goal, Row
from registry.inbox import InboxError

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
    Family((pages.FORM, pages.REVALIDATED), pages.form),
    Family((pages.STATUSES,), pages.status),
    Family((latency.ACCEPT_P99,), latency.accept_p99),
    Family((draining.MEMORY,), draining.memory),
    Family((latency.OVERLOAD, latency.OVERLOAD_P99), latency.overload),
    Family((fairness.FAIRNESS,), fairness.fairness),
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
        except (CheckFailed, InboxError, OSError, psycopg.Error) as failed:
            said = str(failed) or type(failed).__name__
            rows = tuple(Row(goal, failure=said) for goal in wanted)
            bench.books.start_anew()
        yield from (row for row in rows if row.goal in wanted)
