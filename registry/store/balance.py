"""The balance: every entry the inbox ever numbered is waiting there or recorded here.

Exact without locks, also while drains run, because of the order of reading: the last number n,
then the stream, then PostgreSQL. An entry leaves the stream only after its row is committed, so
one that was gone from the stream is seen in PostgreSQL, and one seen in both counts as recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import ARRAY, BigInteger, bindparam, text

from registry.store.queries import highest_entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy.orm import Session

Ranges = list[tuple[int, int]]

MISSING_SHOWN = 100
"""Ranges of missing entries that are listed; more say no more."""


class NumberedInbox(Protocol):
    """What the balance asks of the inbox."""

    def last_number(self) -> int:
        """Return the highest number ever given; 0 before the first."""

    def waiting_numbers(self) -> Iterator[list[int]]:
        """Yield the numbers in the stream, ascending, in pages."""


@dataclass(frozen=True, slots=True)
class Balance:
    """The figures, for entries 1…`entries`."""

    entries: int
    waiting: int
    """In the stream and not yet recorded."""
    inserted: int
    repeated: int
    quarantined: int
    balanced: bool
    missing: tuple[tuple[int, int], ...]
    """First and last of each run of entries that are nowhere; at most `MISSING_SHOWN` runs."""
    lost: int
    """By how much the inbox's last number is below the highest recorded: it lost entries."""


def balance(session: Session, inbox: NumberedInbox) -> Balance:
    """Return the balance. Needs a session at READ COMMITTED, the default of `engine`."""
    recorded = highest_entry(session)
    last = inbox.last_number()
    parameters = _parameters(last, inbox.waiting_numbers())
    counts = session.execute(_COUNTS, parameters).one()
    waiting = counts.in_stream - counts.in_both
    total = waiting + counts.inserted + counts.repeated + counts.quarantined
    missing = () if total == last else _missing(session, parameters)
    return Balance(
        entries=last,
        waiting=waiting,
        inserted=counts.inserted,
        repeated=counts.repeated,
        quarantined=counts.quarantined,
        balanced=total == last and recorded <= last,
        missing=missing,
        lost=max(0, recorded - last),
    )


def _parameters(last: int, pages: Iterable[Sequence[int]]) -> dict[str, int | list[int]]:
    ranges = _ranges(pages, last)
    return {
        "last": last,
        "firsts": [first for first, _ in ranges],
        "lasts": [end for _, end in ranges],
    }


def _ranges(pages: Iterable[Sequence[int]], last: int) -> Ranges:
    """Return the numbers up to `last` as runs: a million that wait are mostly one run."""
    ranges: Ranges = []
    for page in pages:
        for number in page:
            if number > last:
                return ranges
            if ranges and number <= ranges[-1][1] + 1:
                ranges[-1] = (ranges[-1][0], max(number, ranges[-1][1]))
            else:
                ranges.append((number, number))
    return ranges


def _missing(
    session: Session, parameters: dict[str, int | list[int]]
) -> tuple[tuple[int, int], ...]:
    rows = session.execute(_GAPS, {**parameters, "shown": MISSING_SHOWN})
    return tuple((row.first, row.last) for row in rows)


_NUMBERS = ARRAY(BigInteger, dimensions=1)
_RUNS = (bindparam("firsts", type_=_NUMBERS), bindparam("lasts", type_=_NUMBERS))

# One statement, so one snapshot.
_COUNTS = text(
    """
    WITH waiting (first, last) AS (SELECT * FROM unnest(:firsts, :lasts))
    SELECT
        count(*) FILTER (WHERE outcome = 'inserted') AS inserted,
        count(*) FILTER (WHERE outcome = 'repeated') AS repeated,
        count(*) FILTER (WHERE outcome = 'quarantined') AS quarantined,
        (SELECT coalesce(sum(last - first + 1), 0)::bigint FROM waiting) AS in_stream,
        (SELECT count(*) FROM waiting JOIN intake ON entry BETWEEN first AND last) AS in_both
    FROM intake
    WHERE entry <= :last
    """
).bindparams(*_RUNS)

# The runs between what is covered, with a sentinel after the last entry.
_GAPS = text(
    """
    WITH covered (first, last) AS (
        SELECT entry, entry FROM intake WHERE entry <= :last
        UNION ALL SELECT * FROM unnest(:firsts, :lasts)
        UNION ALL SELECT :last + 1, :last + 1
    ), stepped AS (
        SELECT first, coalesce(max(last) OVER (
            ORDER BY first, last ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ), 0) AS before
        FROM covered
    )
    SELECT before + 1 AS first, first - 1 AS last
    FROM stepped WHERE first > before + 1 ORDER BY first LIMIT :shown
    """
).bindparams(*_RUNS, bindparam("last", type_=BigInteger))
