"""The limits that dinas sets: who, when and why, never the same twice, never over one another."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from registry.rules.admission import DEFAULT, Limits
from registry.rules.lifecycle import Actor, Role
from registry.rules.scope import Scope
from registry.store.admissions import LimitsChanged, Set, current, history, set_
from registry.store.session import scoped, sessions

WHO = Actor("7", Role.DINAS, Scope.EVERYTHING)
BUSY = Limits(lookups_closed=True)


@pytest.fixture
def session(bind: Engine) -> Iterator[Session]:
    with scoped(sessions(bind), WHO) as opened:
        yield opened


def test_until_somebody_sets_them_ours_hold(session: Session) -> None:
    assert current(session) == Set(DEFAULT)
    assert history(session) == []


def test_each_change_is_kept_with_who_and_why(session: Session) -> None:
    set_(session, BUSY, "puncak", seen=0, actor=WHO)
    set_(session, DEFAULT, "selesai", seen=1, actor=WHO)
    assert [(each.version, each.limits, each.reason, each.set_by) for each in history(session)] == [
        (2, DEFAULT, "selesai", "7"),
        (1, BUSY, "puncak", "7"),
    ]
    assert current(session).set_at is not None


def test_sent_twice_it_is_set_once(session: Session) -> None:
    for _ in range(2):
        assert set_(session, BUSY, "puncak", seen=0, actor=WHO).version == 1
    assert len(history(session)) == 1


@pytest.mark.parametrize("seen", [-1, 0, 2])
def test_a_stale_page_changes_nothing(session: Session, seen: int) -> None:
    set_(session, BUSY, "puncak", seen=0, actor=WHO)
    with pytest.raises(LimitsChanged):
        set_(session, Limits(depth=5), "lain", seen=seen, actor=WHO)
    assert current(session).limits == BUSY


def test_of_two_who_set_at_once_one_is_told(bind: Engine) -> None:
    start = threading.Barrier(2)

    def change(depth: int) -> int | None:
        try:
            with scoped(sessions(bind), WHO) as session:
                start.wait(10)
                return set_(session, Limits(depth=depth), "puncak", seen=0, actor=WHO).limits.depth
        except LimitsChanged:
            return None

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(change, (5, 6)))
    assert sorted(map(bool, done)) == [False, True]
    with scoped(sessions(bind), WHO) as after:
        assert [each.limits.depth for each in history(after)] == [done[0] or done[1]]
