"""Several drains at once, on a real PostgreSQL: nothing is lost, doubled or deadlocked."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from registry.store.intake import Checked, Recorded, put_back, record, set_aside
from registry.store.models import Application, Event, Intake
from registry.store.session import sessions
from tests.integration.registry.store.factories import (
    application,
    aside,
    checked,
    kinds,
    outcomes,
    record_now,
)


def record_together(bind: Engine, batches: Sequence[Sequence[Checked]]) -> list[Recorded]:
    """Record each batch in a thread and transaction of its own, started at one moment."""
    start = threading.Barrier(len(batches))

    def drain(batch: Sequence[Checked]) -> Recorded:
        with sessions(bind).begin() as session:
            session.execute(text("SELECT 1"))
            start.wait(10)
            return record(session, batch)

    with ThreadPoolExecutor(len(batches)) as pool:
        return list(pool.map(drain, batches))


def test_two_drains_with_the_same_entries(bind: Engine, session: Session) -> None:
    batch = [checked(f"a{n}", n) for n in range(1, 201)]
    first, second = record_together(bind, [batch, batch[::-1]])
    assert sorted(first.inserted + second.inserted) == list(range(1, 201))
    assert sorted(first.already + second.already) == list(range(1, 201))
    assert session.scalar(select(func.count()).select_from(Event)) == 400


def test_same_application_in_two_drains_under_two_numbers(bind: Engine, session: Session) -> None:
    for turn in range(10):
        one, two = 2 * turn + 1, 2 * turn + 2
        label = f"turn {turn}"
        drains = record_together(bind, [[checked(label, one)], [checked(label, two)]])
        assert sorted(len(drain.inserted) for drain in drains) == [0, 1]
        assert sorted(len(drain.repeated) for drain in drains) == [0, 1]
        row = application(session, label)
        assert row.entry == one
        assert sorted(kinds(session, label)) == ["queued", "received", "resubmitted"]


def test_opposite_orders_do_not_deadlock(bind: Engine, session: Session) -> None:
    labels = [f"a{n}" for n in range(60)]
    record_now(bind, *(checked(label, n) for n, label in enumerate(labels[:30], 1)))
    batches = []
    for drain in range(4):
        order = labels if drain % 2 else labels[::-1]
        batches.append([checked(a, 1000 * (drain + 1) + n) for n, a in enumerate(order)])
    drains = record_together(bind, batches)
    assert sum(len(drain.inserted) for drain in drains) == 30
    assert sum(len(drain.repeated) for drain in drains) == 4 * 60 - 30
    assert session.scalar(select(func.count()).select_from(Application)) == 60
    assert len(outcomes(session)) == 30 + 4 * 60


@pytest.fixture
def slow_inserts(bind: Engine) -> Iterator[None]:
    """Make each inserted application take 10 ms, so that drains do meet in the middle."""
    with bind.begin() as connection:
        connection.execute(
            text(
                "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN PERFORM pg_sleep(0.01); RETURN NEW; END $$"
            )
        )
        connection.execute(
            text(
                "CREATE TRIGGER slow BEFORE INSERT ON application"
                " FOR EACH ROW EXECUTE FUNCTION slow()"
            )
        )
    yield
    with bind.begin() as connection:
        connection.execute(text("DROP FUNCTION slow() CASCADE"))


@pytest.mark.usefixtures("slow_inserts")
def test_new_applications_in_opposite_orders_do_not_deadlock(bind: Engine) -> None:
    labels = [f"a{n}" for n in range(30)]
    drains = record_together(
        bind,
        [
            [checked(label, n) for n, label in enumerate(labels, 1)],
            [checked(label, n) for n, label in enumerate(labels[::-1], 1001)],
        ],
    )
    assert sorted(len(drain.inserted) for drain in drains) == [0, 30]


def test_drain_goes_on_when_the_other_rolls_back(bind: Engine, session: Session) -> None:
    holds, may_end = threading.Event(), threading.Event()

    def fail() -> None:
        with sessions(bind)() as other:
            record(other, [checked("a", 1)])
            holds.set()
            may_end.wait(10)

    with ThreadPoolExecutor(2) as pool:
        failing = pool.submit(fail)
        assert holds.wait(10)
        waiting = pool.submit(record_now, bind, checked("a", 1), checked("a", 2))
        assert not waiting.done()
        may_end.set()
        failing.result(10)
        assert waiting.result(10) == Recorded(inserted=(1,), repeated=(2,))
    assert kinds(session, "a") == ["received", "queued", "resubmitted"]


@pytest.mark.parametrize("turn", range(3))
def test_withdrawal_beside_a_resubmission_is_not_lost(
    bind: Engine, session: Session, turn: int
) -> None:
    """A move that holds the row makes the drain wait, and then see the new state."""
    record_now(bind, checked("a", 1))
    with ThreadPoolExecutor(1) as pool, bind.begin() as moving:
        moving.execute(
            text("UPDATE application SET state = 'withdrawn', state_since = received_at")
        )
        drain = pool.submit(record_now, bind, checked("a", 2 + turn))
        threading.Event().wait(0.2)
        assert not drain.done()
        moving.commit()
        assert drain.result(10).repeated == (2 + turn,)
    assert application(session, "a").state == "queued"


def test_quarantine_and_drain_agree_on_who_was_first(bind: Engine, session: Session) -> None:
    with sessions(bind).begin() as worker:
        assert set_aside(worker, aside("a", 1))
    assert record_now(bind, checked("a", 1)) == Recorded(already=(1,))
    assert record_now(bind, checked("b", 2)) == Recorded(inserted=(2,))
    with sessions(bind).begin() as worker:
        assert not set_aside(worker, aside("a", 1))
        assert not set_aside(worker, aside("b", 2))
    assert outcomes(session) == {1: "quarantined", 2: "inserted"}
    with sessions(bind).begin() as dinas:
        assert put_back(dinas, 1)
        assert not put_back(dinas, 1)
        assert not put_back(dinas, 2)
    assert record_now(bind, checked("a", 3)) == Recorded(inserted=(3,))
    assert session.scalar(select(func.count()).select_from(Intake)) == 3
