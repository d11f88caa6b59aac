"""The ticker's part in the chain of events."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import redis
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from fmotm.embedded import Postgres
from registry.inbox import Inbox, connect
from registry.inbox.heads import kept_head
from registry.rules.chain import Head
from registry.store import chain
from tests.conftest import NewValkey
from tests.integration.worker.processes import eventually, running, settings
from tests.integration.worker.support import drain, sent, sessions_of
from tests.integration.worker.test_ticker import Clock, clock, queue, ticker
from worker.sealing import AGAIN, BROKEN, EVERY
from worker.ticker import Ticker

LATE = 3

__all__ = ["clock", "queue", "ticker"]


def head(bind: Engine) -> Head:
    with sessions_of(bind)() as session:
        return chain.head(session)


def write_events(bind: Engine, inbox: Inbox, *numbers: int) -> None:
    """Have an application recorded for each number: two events."""
    for number in numbers:
        inbox.append(sent(number))
    drain(inbox, bind).run()


@contextmanager
def unguarded(bind: Engine) -> Iterator[Connection]:
    """Let the owner change history."""
    tables = ("event", "event_chain")
    with bind.begin() as connection:
        for table in tables:
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER append_only"))
        yield connection
        for table in tables:
            connection.execute(text(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only"))


def test_new_events_are_sealed_each_minute_and_the_head_is_noted(
    ticker: Ticker, inbox: Inbox, database: Engine, clock: Clock
) -> None:
    ticker.tick()
    assert kept_head(inbox) is None
    write_events(database, inbox, 1)
    clock.seconds += EVERY
    ticker.tick()
    first = head(database)
    assert (first.number, kept_head(inbox)) == (2, first)
    write_events(database, inbox, 2)
    ticker.tick()
    assert head(database) == first
    clock.seconds += EVERY
    ticker.tick()
    assert head(database).number == 4
    assert kept_head(inbox) == head(database)


def test_head_is_in_the_log_each_hour(
    ticker: Ticker,
    inbox: Inbox,
    database: Engine,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    write_events(database, inbox, 1)
    for _ in range(61):
        ticker.tick()
        clock.seconds += 60
    assert Head.found_in(caplog.text) == [head(database)] * 2


def test_many_events_take_several_ticks_so_that_drains_do_not_wait(
    ticker: Ticker,
    inbox: Inbox,
    database: Engine,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("worker.sealing.BATCH", 2)
    monkeypatch.setattr(
        "worker.sealing.seal", lambda session, up_to: _slowly(session, up_to, clock)
    )
    write_events(database, inbox, 1, 2, 3)
    for sealed in (2, 4, 6, 6):
        ticker.tick()
        assert head(database).number == sealed
    write_events(database, inbox, 4)
    ticker.tick()
    assert head(database).number == 6  # the next minute's
    clock.seconds += EVERY
    ticker.tick()
    assert head(database).number == 8


def _slowly(session: Session, up_to: int, clock: Clock) -> int:
    clock.seconds += 1
    return chain.seal(session, up_to, 2)


def test_writer_that_does_not_end_is_told_in_the_end_and_nothing_else_waits(
    ticker: Ticker,
    database: Engine,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr("worker.sealing.LATE", LATE)
    write_events(database, ticker.inbox, 1)
    with database.connect() as connection:
        connection.execute(text("LOCK TABLE event IN ROW EXCLUSIVE MODE"))
        for attempt in range(LATE + 1):
            assert ("cannot be sealed" in caplog.text) == (attempt >= LATE)
            ticker.tick()
            clock.seconds += AGAIN
        assert head(database).number == 0
    ticker.tick()
    assert head(database).number == 2
    assert caplog.text.count("cannot be sealed") == 1
    assert "sealing: well again" in caplog.text


def test_history_calculated_anew_is_told_and_the_noted_head_stays(
    ticker: Ticker,
    inbox: Inbox,
    database: Engine,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    write_events(database, inbox, 1, 2)
    ticker.tick()
    noted = kept_head(inbox)
    with unguarded(database) as connection:
        connection.execute(text("UPDATE event SET reason = 'x' WHERE id = 4"))
        connection.execute(text("DELETE FROM event_chain WHERE number >= 4"))
    write_events(database, inbox, 3)
    for _ in range(3):
        clock.seconds += EVERY
        ticker.tick()
    assert head(database).number == 6  # what comes is sealed all the same
    assert kept_head(inbox) == noted
    told = [each for each in caplog.records if each.levelname == "CRITICAL"]
    assert [each.getMessage() for each in told] == [f"chain: {BROKEN.format(number=4)}"]


def test_noted_head_that_is_none_is_told_and_stays(
    ticker: Ticker, client: redis.Redis, caplog: pytest.LogCaptureFixture
) -> None:
    client.set("fmotm:chain:head", "forged")
    ticker.tick()
    assert "is none: fmotm audit verify" in caplog.text
    assert client.get("fmotm:chain:head") == b"forged"


def test_inbox_down_does_not_keep_events_from_being_sealed(
    ticker: Ticker,
    database: Engine,
    new_valkey: NewValkey,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    server = new_valkey()
    write_events(database, ticker.inbox, 1)
    with connect(server.url) as client:
        ticker.inbox = Inbox(client)
        server.kill()
        for _ in range(3):
            ticker.tick()
        assert head(database).number == 2
        assert caplog.text.count("inbox: InboxUnavailable down") == 1
        server.start()
        ticker.tick()
        assert kept_head(ticker.inbox) == head(database)


@pytest.fixture
def environ(
    postgres_server: Postgres,
    database: Engine,
    valkey_url: str,
    redis_url: str,
    queue_client: redis.Redis,
) -> dict[str, str]:
    """Give the settings of a ticker: the database only as the worker's role."""
    as_worker = postgres_server.url("fmotm_worker", str(database.url.database))
    return settings(as_worker, valkey_url, redis_url)


def test_ticker_seals_as_the_worker_s_role(
    inbox: Inbox, database: Engine, environ: dict[str, str]
) -> None:
    write_events(database, inbox, 1)
    with running("worker.ticker", environ) as process:
        eventually(lambda: kept_head(inbox) is not None)
        assert kept_head(inbox) == head(database)
        assert process.stop() < 10
        assert Head.found_in(process.said) == [head(database)]
