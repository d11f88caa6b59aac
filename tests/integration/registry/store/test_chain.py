"""Sealing events while others write them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from fmotm.embedded import Postgres
from registry.rules.chain import GENESIS, Head, Verdict
from registry.rules.scope import Scope
from registry.store import chain
from registry.store.grants import PORTAL, WORKER
from registry.store.session import engine, sessions
from tests.integration.registry.store.factories import checked, index, record_now
from tests.integration.worker.processes import eventually

INSERT = text(
    "INSERT INTO event (application_id, actor_role, kind) VALUES (:id, 'system', 'x') RETURNING id"
)


@pytest.fixture
def known(bind: Engine) -> Engine:
    """Give a database with one application, and so two events."""
    record_now(bind, checked("a", 1))
    return bind


@pytest.fixture
def worker(known: Engine, postgres_server: Postgres) -> Iterator[Engine]:
    """Give the same database, as the worker is let in."""
    url = postgres_server.url(WORKER, str(known.url.database))
    bind = engine(url, scope=Scope.EVERYTHING, pool_size=2)
    yield bind
    bind.dispose()


def write(connection: Connection) -> int:
    return int(connection.execute(INSERT, {"id": index("application a")}).scalar_one())


@contextmanager
def writing(bind: Engine) -> Iterator[int]:
    """Write an event, commit at the end of the block."""
    with bind.begin() as connection:
        yield write(connection)


def ask_horizon(bind: Engine) -> int | None:
    with sessions(bind).begin() as session:
        return chain.horizon(session)


def waits_for_a_lock(bind: Engine) -> bool:
    """Tell whether someone waits for the table of events."""
    waiting = "SELECT 1 FROM pg_locks WHERE relation = 'event'::regclass AND NOT granted"
    with bind.connect() as connection:
        return connection.scalar(text(waiting)) is not None


def seal(bind: Engine, up_to: int, limit: int = 1000) -> int:
    with sessions(bind).begin() as session:
        return chain.seal(session, up_to, limit)


def seal_all(bind: Engine) -> int:
    up_to = ask_horizon(bind)
    assert up_to is not None
    return seal(bind, up_to)


def head(bind: Engine) -> Head:
    with sessions(bind)() as session:
        return chain.head(session)


def verify(bind: Engine, *heads: Head) -> Verdict:
    with sessions(bind)() as session:
        return chain.verify(session, heads)


def sealed_ids(bind: Engine) -> list[int]:
    with bind.connect() as connection:
        found = connection.scalars(text("SELECT event_id FROM event_chain ORDER BY number"))
        return list(found)


def test_nothing_to_seal(bind: Engine) -> None:
    assert ask_horizon(bind) == 0
    assert seal_all(bind) == 0
    assert head(bind) == Head(0, GENESIS)
    assert verify(bind) == Verdict(Head(0, GENESIS), 0, None)


def test_worker_seals_each_event_once_in_the_order_of_ids(known: Engine, worker: Engine) -> None:
    assert seal_all(worker) == 2
    assert seal_all(worker) == 0
    first = head(worker)
    with writing(worker) as third, writing(worker) as fourth:
        pass
    assert verify(known) == Verdict(first, 2, None)
    assert seal_all(worker) == 2
    assert sealed_ids(known) == [1, 2, third, fourth]
    assert verify(known, first).fault is None
    with sessions(worker)() as session:
        assert chain.holds(session, first)
        assert chain.holds(session, Head(0, GENESIS))
        assert not chain.holds(session, Head(1, first.hash))
        assert not chain.holds(session, Head(9, first.hash))


def test_batches_make_the_same_chain(known: Engine) -> None:
    for _ in range(5):
        with writing(known):
            pass
    up_to = ask_horizon(known)
    assert up_to == 7
    assert [seal(known, up_to, 3) for _ in range(4)] == [3, 3, 1, 0]
    in_batches = head(known)
    with known.begin() as connection:
        connection.execute(text("ALTER TABLE event_chain DISABLE TRIGGER append_only"))
        connection.execute(text("TRUNCATE event_chain"))
        connection.execute(text("ALTER TABLE event_chain ENABLE ALWAYS TRIGGER append_only"))
    assert seal(known, up_to) == 7
    assert head(known) == in_batches


def test_event_with_a_lower_id_that_commits_later_is_waited_for(
    known: Engine, worker: Engine
) -> None:
    with known.connect() as slow:
        low = write(slow)
        with writing(known) as high:
            pass
        assert low < high
        with ThreadPoolExecutor() as pool:
            asked = pool.submit(ask_horizon, worker)
            eventually(lambda: waits_for_a_lock(known))
            slow.commit()
            assert asked.result() == high
    assert seal(worker, high) == 4
    assert sealed_ids(known) == [1, 2, low, high]


def test_writer_that_does_not_end_is_waited_for_a_second_only(
    known: Engine, worker: Engine
) -> None:
    with writing(known) as low:
        assert ask_horizon(worker) is None
        with writing(worker):
            pass  # and nobody else waits
    assert ask_horizon(worker) == low + 1


def test_event_that_was_rolled_back_leaves_a_gap(known: Engine, worker: Engine) -> None:
    with known.connect() as connection:
        gone = write(connection)
        connection.rollback()
    with writing(known) as kept:
        pass
    assert kept == gone + 1
    assert ask_horizon(worker) == kept
    assert seal_all(worker) == 3
    assert verify(known).fault is None


def test_lock_is_given_back_at_once(known: Engine, worker: Engine) -> None:
    with sessions(worker).begin() as session:
        assert chain.horizon(session) == 2
        with known.begin() as connection:
            connection.execute(text("SET LOCAL lock_timeout = '100ms'"))
            write(connection)


def test_horizon_refuses_to_look_with_an_old_snapshot(worker: Engine) -> None:
    again = worker.execution_options(isolation_level="REPEATABLE READ")
    with again.connect() as connection, pytest.raises(DBAPIError, match="READ COMMITTED"):
        connection.execute(text("SELECT event_horizon()"))


def test_ids_are_not_given_out_in_advance(bind: Engine) -> None:
    """Otherwise an id below the horizon could still appear."""
    with bind.connect() as connection:
        cached = "SELECT seqcache FROM pg_sequence WHERE seqrelid = 'event_id_seq'::regclass"
        assert connection.scalar(text(cached)) == 1


def test_one_seals_at_a_time(known: Engine, worker: Engine) -> None:
    with sessions(worker).begin() as session:
        assert chain.seal(session, 2, 1) == 1
        assert seal(worker, 2) == 0
    assert seal(worker, 2) == 1
    assert verify(known) == Verdict(head(known), 0, None)


def test_many_write_and_seal_and_verify_at_once(known: Engine, worker: Engine) -> None:
    """Six writers, two who seal, and `verify` over and over: it is in order at any moment."""
    over = threading.Event()

    def write_some() -> None:
        for _ in range(40):
            with known.begin() as connection:
                for _ in range(3):
                    write(connection)

    def keep_sealing() -> None:
        while not over.is_set():
            up_to = ask_horizon(worker)
            while up_to and seal(worker, up_to, 7) == 7:
                pass

    looked, noted = 0, Head(0, GENESIS)
    with ThreadPoolExecutor(8) as pool:
        sealers = [pool.submit(keep_sealing) for _ in range(2)]
        writers = [pool.submit(write_some) for _ in range(6)]
        while not all(each.done() for each in writers):
            verdict = verify(known, noted)
            assert verdict.fault is None
            looked, noted = looked + 1, verdict.head
        over.set()
    for each in (*writers, *sealers):
        each.result()
    assert looked
    seal_all(worker)
    assert verify(known, noted) == Verdict(head(known), 0, None)
    assert head(known).number == 2 + 6 * 40 * 3


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event_chain SET hash = hash",
        "DELETE FROM event_chain",
        "TRUNCATE event_chain",
        "LOCK TABLE event IN SHARE MODE",
    ],
)
def test_worker_cannot_change_the_chain(worker: Engine, statement: str) -> None:
    with worker.connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
        connection.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    ["SELECT * FROM event_chain", "SELECT event_horizon()"],
)
def test_portal_knows_nothing_of_the_chain(
    bind: Engine, postgres_server: Postgres, statement: str
) -> None:
    portal = engine(postgres_server.url(PORTAL, str(bind.url.database)))
    with portal.connect() as connection, pytest.raises(ProgrammingError, match="permission denied"):
        connection.execute(text(statement))
    portal.dispose()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event_chain SET hash = hash",
        "DELETE FROM event_chain",
        "TRUNCATE event_chain",
    ],
)
def test_chain_is_append_only_even_for_the_owner(known: Engine, statement: str) -> None:
    seal_all(known)
    with known.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(statement))


def test_database_down_is_an_error_of_the_database() -> None:
    nowhere = engine("postgresql://fmotm@127.0.0.1:1/fmotm")
    with pytest.raises(OperationalError):
        ask_horizon(nowhere)


def test_who_does_not_see_every_event_can_neither_seal_nor_compare(
    known: Engine, postgres_server: Postgres
) -> None:
    narrow = engine(postgres_server.url(WORKER, str(known.url.database)))
    with sessions(narrow)() as session:
        with pytest.raises(ProgrammingError, match="see every event"):
            chain.horizon(session)
        session.rollback()
    with sessions(narrow)() as session, pytest.raises(PermissionError):
        chain.verify(session)
    narrow.dispose()
