import pytest
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from registry.store.models import Application
from registry.store.queries import QueueRow, related, review_queue
from tests.integration.registry.store.factories import (
    GAMBIR,
    OTHER_KELURAHAN,
    OTHER_PERIOD,
    PERIOD,
    checked,
    counted,
    index,
    record_now,
)

KK = index("kk k")


def queue(session: Session) -> list[QueueRow]:
    session.rollback()
    return review_queue(session, PERIOD, GAMBIR)


def entries(session: Session) -> list[int]:
    return [row.entry for row in queue(session)]


def counts(session: Session) -> dict[int, tuple[int, int]]:
    return {row.entry: (row.rivals, row.duplicates) for row in queue(session)}


def kin(session: Session, label: str) -> list[tuple[int, str]]:
    session.rollback()
    return [(r.entry, r.kind) for r in related(session, index(f"application {label}"))]


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
    assert [row.entry for row in review_queue(session, PERIOD, GAMBIR, limit=2)] == [5, 6]


def test_queue_holds_the_queued_of_one_kelurahan_and_period(bind: Engine, session: Session) -> None:
    record_now(
        bind,
        checked("a", 1),
        checked("b", 2, kelurahan=OTHER_KELURAHAN),
        checked("c", 3, period=OTHER_PERIOD),
        checked("d", 4, state="needs_correction"),
        checked("e", 5),
    )
    with bind.begin() as connection:
        moved = update(Application).where(Application.entry == 5)
        connection.execute(moved.values(state="field_check"))
    assert entries(session) == [1]


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
    assert kin(session, "a2") == [(3, "rival")]
    assert kin(session, "rival") == [(2, "rival")]


def test_member_who_stands_elsewhere_is_a_duplicate(bind: Engine, session: Session) -> None:
    record_now(
        bind,
        checked("a", 1, members=("child",)),
        checked("b", 2, members=("child", "a")),
        checked("child", 3),
        checked("stranger", 4),
    )
    assert counts(session) == {1: (0, 2), 2: (0, 2), 3: (0, 2), 4: (0, 0)}
    assert kin(session, "a") == [(2, "duplicate"), (3, "duplicate")]


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
    (other,) = related(session, index("application a"))
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


@pytest.mark.parametrize("state", ["withdrawn"])
def test_withdrawn_is_no_rival_any_more(bind: Engine, session: Session, state: str) -> None:
    record_now(bind, checked("a", 1), checked("rival", 2, nik="a"))
    with bind.begin() as connection:
        moved = update(Application).where(Application.entry == 2)
        connection.execute(moved.values(state=state))
    assert counts(session) == {1: (0, 0)}
    assert kin(session, "a") == []


def test_superseded_is_nobodys_duplicate(bind: Engine, session: Session) -> None:
    record_now(
        bind,
        checked("a", 1, members=("child",)),
        checked("b", 2, members=("child",)),
        checked("b2", 3, nik="b", replaces="b"),
    )
    assert counts(session) == {1: (0, 0), 3: (0, 0)}


def test_one_statement_for_one_row_and_for_300(bind: Engine, session: Session) -> None:
    for batch in (
        [checked("a", 1)],
        [checked(f"a{n}", n, members=("shared",) if n < 40 else ()) for n in range(2, 301)],
    ):
        record_now(bind, *batch)
        session.rollback()
        with counted(bind) as sent:
            rows = review_queue(session, PERIOD, GAMBIR)
        assert len(sent) == 1
        assert len(rows) == batch[-1].entry
