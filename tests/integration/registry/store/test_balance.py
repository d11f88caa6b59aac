from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from registry.store.balance import MISSING_SHOWN, Balance, balance
from registry.store.intake import set_aside
from registry.store.session import sessions
from tests.integration.registry.store.factories import aside, checked, record_now


@dataclass
class Stream:
    """An inbox as the balance sees it; `then` happens after each page is read."""

    last: int
    waiting: list[list[int]] = field(default_factory=list)
    then: Callable[[], object] = lambda: None

    def last_number(self) -> int:
        return self.last

    def waiting_numbers(self) -> Iterator[list[int]]:
        for page in self.waiting:
            yield page
            self.then()


def figures(found: Balance) -> tuple[int, int, int, int, int, bool]:
    return (
        found.entries,
        found.waiting,
        found.inserted,
        found.repeated,
        found.quarantined,
        found.balanced,
    )


def test_empty_balances(session: Session) -> None:
    assert balance(session, Stream(0)) == Balance(0, 0, 0, 0, 0, True, (), 0)


def test_everything_has_its_place(bind: Engine, session: Session) -> None:
    record_now(bind, checked("a", 1), checked("a", 2), checked("b", 4))
    with sessions(bind).begin() as worker:
        set_aside(worker, aside("c", 3))
    found = balance(session, Stream(7, [[5, 6], [7]]))
    assert figures(found) == (7, 3, 2, 1, 1, True)


def test_recorded_but_not_acknowledged_counts_once(bind: Engine, session: Session) -> None:
    record_now(bind, checked("a", 1), checked("b", 2))
    assert figures(balance(session, Stream(3, [[1, 2, 3]]))) == (3, 1, 2, 0, 0, True)


@pytest.mark.parametrize(
    ("waiting", "missing"),
    [
        ([], ((1, 1), (3, 4), (6, 9))),
        ([[1, 3, 4], [6, 7, 8]], ((9, 9),)),
        ([[3], [8, 9]], ((1, 1), (4, 4), (6, 7))),
        ([[1, 1, 3, 3], [3, 4, 6]], ((7, 9),)),
    ],
)
def test_gaps_are_named(
    bind: Engine, session: Session, waiting: list[list[int]], missing: tuple[tuple[int, int], ...]
) -> None:
    record_now(bind, checked("a", 2), checked("b", 5))
    found = balance(session, Stream(9, waiting))
    assert (found.balanced, found.missing) == (False, missing)
    gone = sum(last - first + 1 for first, last in missing)
    assert found.entries - gone == found.waiting + found.inserted


def test_huge_gap_is_told_briefly(bind: Engine, session: Session) -> None:
    record_now(bind, *(checked(f"a{n}", 2 * n) for n in range(1, 201)))
    assert len(balance(session, Stream(10**12)).missing) == MISSING_SHOWN


def test_entries_after_the_last_number_wait_for_the_next_balance(
    bind: Engine, session: Session
) -> None:
    stream = Stream(2, [[1], [2, 3]], then=lambda: record_now(bind, checked("late", 4)))
    assert figures(balance(session, stream)) == (2, 2, 0, 0, 0, True)


def test_drain_between_the_pages_does_not_disturb(bind: Engine, session: Session) -> None:
    drained = iter([[checked("a", 1), checked("b", 2)], [checked("c", 3)], [checked("a", 4)]])
    stream = Stream(
        5, [[1], [3], [4, 5]], then=lambda: record_now(bind, *next(drained))
    )  # 2 was acknowledged before its page was read
    assert figures(balance(session, stream)) == (5, 1, 3, 1, 0, True)


def test_inbox_that_forgot_its_numbers_is_an_alarm(bind: Engine, session: Session) -> None:
    record_now(bind, *(checked(f"a{n}", n) for n in range(1, 6)))
    found = balance(session, Stream(3))
    assert (found.balanced, found.missing, found.lost) == (False, (), 2)


def test_million_that_wait_are_few_parameters(session: Session) -> None:
    pages = [list(range(n, n + 1000)) for n in range(1, 1_000_001, 1000)]
    assert figures(balance(session, Stream(1_000_000, pages))) == (1_000_000,) * 2 + (0, 0, 0, True)
