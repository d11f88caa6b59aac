"""The review queue: its order, its pages, its filters, and who is like whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Engine, insert, update
from sqlalchemy.orm import Session

from registry.rules.lifecycle import State
from registry.store.models import Application, Ruling
from registry.store.queue import (
    DECIDED,
    Area,
    Asked,
    Filter,
    Number,
    Row,
    alike,
    how_many,
    kin,
    numbers,
    page,
    sealed_in,
    superseded,
)
from tests.integration.registry.store.factories import (
    GAMBIR,
    LONG_AGO,
    OTHER_KELURAHAN,
    OTHER_PERIOD,
    PERIOD,
    checked,
    counted,
    index,
    record_now,
)

KK = index("kk k")
AREA = Area(PERIOD, GAMBIR)


def asked(session: Session, *, like: bool = False, **conditions: Any) -> Asked:
    session.rollback()
    every = Asked(AREA, superseded(session, AREA), Filter(**conditions))
    return replace(every, among=alike(session, every)) if like else every


def queue(session: Session, **conditions: Any) -> list[Row]:
    return list(page(session, asked(session, **conditions), limit=None).rows)


def entries(session: Session, **conditions: Any) -> list[int]:
    return [row.entry for row in queue(session, **conditions)]


def counts(session: Session) -> dict[int, tuple[int, int]]:
    """Give (rivals, duplicates) of each entry."""
    rows = queue(session)
    like = kin(session, [row.application_id for row in rows])
    found = {row.entry: [other.rival for other in like.get(row.application_id, ())] for row in rows}
    return {entry: (sum(rivals), len(rivals) - sum(rivals)) for entry, rivals in found.items()}


def kin_of(session: Session, label: str) -> list[tuple[int, str]]:
    session.rollback()
    mine = index(f"application {label}")
    others = kin(session, [mine]).get(mine, ())
    return [(each.entry, "rival" if each.rival else "duplicate") for each in others]


def set_state(bind: Engine, entry: int, state: State) -> None:
    with bind.begin() as connection:
        moved = update(Application).where(Application.entry == entry)
        connection.execute(moved.values(state=state.value))


def rule(bind: Engine, one: str, other: str, kind: str) -> None:
    with bind.begin() as connection:
        connection.execute(
            insert(Ruling).values(
                application_id=index(f"application {one}"),
                other_id=index(f"application {other}"),
                kind=kind,
                sealed=b"s",
                actor_id="7",
            )
        )


def test_priority_then_score_then_entry(bind: Engine, session: Session) -> None:
    record_now(
        bind,
        checked("low", 1, score=2),
        checked("none", 2, score=0),
        checked("high", 3, score=8),
        checked("high too", 4, score=8),
        checked("no home", 6, score=0, priority=True),
        checked("no home, later", 5, score=1, priority=True),
    )
    assert entries(session) == [5, 6, 3, 4, 1, 2]
    two = page(session, asked(session), limit=2)
    assert ([row.entry for row in two.rows], two.earlier, two.later) == ([5, 6], False, True)


def test_queue_holds_the_queued_of_one_kelurahan_and_period(bind: Engine, session: Session) -> None:
    record_now(
        bind,
        checked("a", 1),
        checked("b", 2, kelurahan=OTHER_KELURAHAN),
        checked("c", 3, period=OTHER_PERIOD),
        checked("d", 4, state="needs_correction"),
        checked("e", 5),
    )
    set_state(bind, 5, State.FIELD_CHECK)
    assert entries(session) == [1]
    assert entries(session, states=(State.FIELD_CHECK,)) == [5]
    assert entries(session, states=(State.NEEDS_CORRECTION, State.FIELD_CHECK)) == [4, 5]
    assert entries(session, states=DECIDED) == []


def test_row_says_what_the_meeting_needs(bind: Engine, session: Session) -> None:
    item = checked("a", 1, members=("m",), helped_by="PKK", flooded=True)
    record_now(bind, item)
    (row,) = queue(session)
    assert (row.household_size, row.rt, row.rw, row.helped_by) == (2, 3, 7, "PKK")
    assert (row.screening, row.score, row.flooded) == (item.screening, item.score, True)


def test_superseded_is_left_out_and_rivals_are_both_in(bind: Engine, session: Session) -> None:
    record_now(
        bind,
        checked("a", 1),
        checked("a2", 2, nik="a", replaces="a"),
        checked("rival", 3, nik="a"),
    )
    assert counts(session) == {2: (1, 0), 3: (1, 0)}
    assert kin_of(session, "a2") == [(3, "rival")]
    assert kin_of(session, "rival") == [(2, "rival")]


def test_member_who_stands_elsewhere_is_a_duplicate(bind: Engine, session: Session) -> None:
    record_now(
        bind,
        checked("a", 1, members=("child",)),
        checked("b", 2, members=("child", "a")),
        checked("child", 3),
        checked("stranger", 4),
    )
    assert counts(session) == {1: (0, 2), 2: (0, 2), 3: (0, 2), 4: (0, 0)}
    assert kin_of(session, "a") == [(2, "duplicate"), (3, "duplicate")]


def test_same_kk_is_a_duplicate_counted_once(bind: Engine, session: Session) -> None:
    record_now(
        bind,
        checked("a", 1, kk_index=KK, members=("child",)),
        checked("b", 2, kk_index=KK, members=("child",)),
        checked("c", 3, kk_index=index("kk other")),
        checked("no kk", 4),
        checked("no kk too", 5),
    )
    assert counts(session) == {1: (0, 1), 2: (0, 1), 3: (0, 0), 4: (0, 0), 5: (0, 0)}
    mine = index("application a")
    (other,) = kin(session, [mine])[mine]
    assert (other.entry, other.same_kk, other.kelurahan) == (2, True, GAMBIR)


def test_duplicate_in_another_kelurahan_counts_and_in_another_period_not(
    bind: Engine, session: Session
) -> None:
    record_now(
        bind,
        checked("a", 1, members=("child",)),
        checked("b", 2, members=("child",), kelurahan=OTHER_KELURAHAN),
        checked("c", 3, members=("child",), period=OTHER_PERIOD),
    )
    assert counts(session) == {1: (0, 1)}


def test_withdrawn_is_no_rival_any_more(bind: Engine, session: Session) -> None:
    record_now(bind, checked("a", 1), checked("rival", 2, nik="a"))
    set_state(bind, 2, State.WITHDRAWN)
    assert counts(session) == {1: (0, 0)}
    assert kin_of(session, "a") == []


def test_superseded_is_nobodys_duplicate(bind: Engine, session: Session) -> None:
    record_now(
        bind,
        checked("a", 1, members=("child",)),
        checked("b", 2, members=("child",)),
        checked("b2", 3, nik="b", replaces="b"),
    )
    assert counts(session) == {1: (0, 0), 3: (0, 0)}


def test_two_who_were_told_apart_are_nobodys_rivals(bind: Engine, session: Session) -> None:
    record_now(
        bind,
        checked("a", 1),
        checked("rival", 2, nik="a", kelurahan=OTHER_KELURAHAN),
        checked("third", 3, nik="a"),
    )
    rule(bind, "rival", "a", "apart")
    assert kin_of(session, "a") == [(3, "rival")]
    assert kin_of(session, "rival") == [(3, "rival")]
    rule(bind, "a", "rival", "merged")  # the last word counts
    assert kin_of(session, "a") == [(2, "rival"), (3, "rival")]


def test_filters_narrow_what_is_listed_and_counted(bind: Engine, session: Session) -> None:
    car, water = (
        {"version": "1", "flags": [{"id": each, "answer": "1", "kind": "kriteria"}]}
        for each in ("mobil", "air_kemasan_bermerk")
    )
    record_now(
        bind,
        checked("a", 1, screening=car, score=5),
        checked("b", 2, screening=water, rt=None, rw=None, helped_by="2"),
        checked("c", 3, screening=car, nik="a", score=1, rt=4),
        checked("d", 4, screening=water, score=0, priority=True, rw=8),
    )

    def found(**conditions: Any) -> list[int]:
        listed = entries(session, **conditions)
        assert how_many(session, asked(session, **conditions)) == len(listed)
        assert len(sealed_in(session, asked(session, **conditions))) == len(listed)
        return listed

    assert found() == [4, 1, 2, 3]
    assert found(flags=("mobil",)) == [1, 3]
    assert found(flags=("mobil", "air_kemasan_bermerk")) == [4, 1, 2, 3]
    assert found(score=3) == [4, 1, 2]
    assert found(like=True) == [1, 3]
    assert found(unplaced=True) == [2]
    assert found(rw=7) == [1, 3]
    assert found(rw=7, rt=4) == [3]
    assert found(helped_by="2") == [2]
    assert found(before=LONG_AGO + timedelta(seconds=3)) == [1, 2]
    assert found(like=True, rt=4, flags=("mobil",)) == [3]
    assert (Filter(score=0).narrows, Filter(rw=7).narrows) == (True, False)


def test_cases_are_counted_by_state_rw_and_rt(bind: Engine, session: Session) -> None:
    record_now(
        bind,
        checked("a", 1),
        checked("a2", 2, nik="a", replaces="a"),
        checked("b", 3),
        checked("c", 4, rt=None, rw=None),
        checked("d", 5, kelurahan=OTHER_KELURAHAN),
    )
    set_state(bind, 3, State.FIELD_CHECK)
    assert numbers(session, asked(session)) == [
        Number(State.FIELD_CHECK, 7, 3, 1),
        Number(State.QUEUED, 7, 3, 1),
        Number(State.QUEUED, None, None, 1),
    ]


def test_pages_follow_each_other_forwards_and_back(bind: Engine, session: Session) -> None:
    cases = [checked(f"a{n}", n, score=n * 7 % 5, priority=n % 11 == 0) for n in range(1, 36)]
    record_now(bind, *cases)
    wanted, everything = asked(session), entries(session)
    seen: list[int] = []
    found = page(session, wanted, limit=10)
    pages = [found]
    while True:
        seen += [row.entry for row in found.rows]
        if not found.later:
            break
        found = page(session, wanted, after=found.rows[-1].turn, limit=10)
        pages.append(found)
    assert seen == everything
    assert [len(each.rows) for each in pages] == [10, 10, 10, 5]
    for earlier, later in pairwise(pages):
        back = page(session, wanted, before=later.rows[0].turn, limit=10)
        assert back.rows == earlier.rows
        assert (back.earlier, back.later) == (earlier.earlier, True)


def test_one_statement_each_for_one_row_and_for_300(bind: Engine, session: Session) -> None:
    for batch in (
        [checked("a", 1)],
        [checked(f"a{n}", n, members=("shared",) if n < 40 else ()) for n in range(2, 301)],
    ):
        record_now(bind, *batch)
        session.rollback()
        with counted(bind) as sent:
            rows = page(session, Asked(AREA), limit=None).rows
            kin(session, [row.application_id for row in rows])
        assert len(sent) == 2
        assert len(rows) == batch[-1].entry
