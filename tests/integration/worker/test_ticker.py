"""The ticker, tick by tick."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
import redis
from rq import Queue
from rq.job import Job
from sqlalchemy import Engine

from registry.inbox import Halted, Inbox, Neighbourhood, connect
from registry.inbox.admission import OURS, Published, publish, published
from registry.rules.admission import Limits
from registry.store import models
from registry.store.neighbourhoods import replace_neighbourhoods
from registry.store.session import engine
from tests.conftest import NewValkey
from tests.integration.worker.support import PERIOD, drain, sent, sessions_of
from worker import queues
from worker.queues import call_for_drain, intake_queue
from worker.ticker import Ticker


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queue(redis_url: str, queue_client: redis.Redis) -> Iterator[Queue]:
    with queues.connect(redis_url) as client:
        yield intake_queue(client)


@pytest.fixture
def ticker(inbox: Inbox, queue: Queue, database: Engine, clock: Clock) -> Ticker:
    return Ticker(inbox, queue, sessions_of(database), clock)


def test_drain_is_called_for_when_something_waits(
    ticker: Ticker, inbox: Inbox, queue: Queue
) -> None:
    ticker.tick()
    assert queue.count == 0
    inbox.append(sent(1))
    ticker.tick()
    assert queue.count == 1


def test_never_more_than_one_drain_waits(ticker: Ticker, inbox: Inbox, queue: Queue) -> None:
    inbox.append(sent(1))
    for _ in range(5):
        ticker.tick()
    assert queue.count == 1
    assert not call_for_drain(queue)


def test_drain_carries_nothing_and_leaves_nothing(queue: Queue) -> None:
    call_for_drain(queue)
    (job,) = queue.jobs
    assert isinstance(job, Job)
    assert (job.func_name, list(job.args), job.kwargs) == ("worker.jobs.drain_inbox", [], {})
    assert (job.timeout, job.ttl, job.result_ttl, job.failure_ttl) == (30, 60, 0, 3600)
    assert 0 < queue.connection.ttl(job.key) <= 60


def test_periods_are_published_when_they_changed(
    ticker: Ticker, inbox: Inbox, database: Engine, clock: Clock
) -> None:
    inbox.publish_periods([])
    ticker.tick()
    (published,) = inbox.periods()
    assert (published.id, published.title) == (PERIOD, "Tahap 1")
    inbox.append(sent(1))
    with sessions_of(database).begin() as session:
        period = session.get_one(models.Period, PERIOD)
        period.closes_at += timedelta(days=1, microseconds=1)
    ticker.tick()
    assert inbox.periods() == [published]
    clock.seconds += 5
    ticker.tick()
    (later,) = inbox.periods()
    assert later.closes_at - published.closes_at == timedelta(days=1)


def test_unchanged_periods_are_not_published_again(
    ticker: Ticker, inbox: Inbox, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    inbox.publish_periods([])
    for _ in range(5):
        ticker.tick()
        clock.seconds += 5
    assert caplog.text.count("published the periods") == 1


def test_neighbourhoods_are_published(
    ticker: Ticker, inbox: Inbox, database: Engine, clock: Clock
) -> None:
    listed = {"31.71.01.1001": frozenset({Neighbourhood(1, 2), Neighbourhood(3, 2)})}
    with sessions_of(database).begin() as session:
        replace_neighbourhoods(session, listed)
    ticker.tick()
    assert inbox.neighbourhoods() == listed
    with sessions_of(database).begin() as session:
        replace_neighbourhoods(session, {"31.71.01.1001": frozenset()})
    clock.seconds += 60
    ticker.tick()
    assert inbox.neighbourhoods() == {}


def test_loss_of_entries_stops_accepting(
    ticker: Ticker,
    inbox: Inbox,
    client: redis.Redis,
    database: Engine,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for number in range(3):
        inbox.append(sent(number))
    drain(inbox, database).run()
    ticker.tick()
    assert inbox.halted() is None
    client.delete("fmotm:inbox")
    for _ in range(3):
        ticker.tick()
    with pytest.raises(Halted, match="last number 0 is below 3"):
        inbox.append(sent(4))
    assert [record.levelname for record in caplog.records].count("CRITICAL") == 1


def test_loss_of_entries_that_nobody_had_drained_stops_accepting(
    ticker: Ticker,
    inbox: Inbox,
    client: redis.Redis,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    inbox.append(sent(1))
    older = client.dump("fmotm:inbox")
    assert isinstance(older, bytes)
    inbox.append(sent(2))
    ticker.tick()
    client.restore("fmotm:inbox", 0, older, replace=True)
    for _ in range(3):
        ticker.tick()
    with pytest.raises(Halted, match="last number 1 is below 2, seen before"):
        inbox.append(sent(3))
    assert [record.levelname for record in caplog.records].count("CRITICAL") == 1
    inbox.resume()
    ticker.tick()
    assert inbox.halted() is None  # that a person looked at it is enough
    assert "numbers: well again" in caplog.text


def test_reason_that_a_person_gave_stays(
    ticker: Ticker, inbox: Inbox, client: redis.Redis, database: Engine
) -> None:
    inbox.append(sent(1))
    drain(inbox, database).run()
    client.delete("fmotm:inbox")
    inbox.halt("moving house")
    ticker.tick()
    assert inbox.halted() == "moving house"


def test_queue_down_is_told_once(
    ticker: Ticker, inbox: Inbox, new_valkey: NewValkey, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    server = new_valkey()
    with queues.connect(server.url) as client:
        ticker.queue = intake_queue(client)
        inbox.append(sent(1))
        ticker.tick()
        server.kill()
        for _ in range(5):
            ticker.tick()
        assert caplog.text.count("queue: ConnectionError") == 1
        server.start()
        ticker.tick()
        assert caplog.text.count("queue: well again") == 1
        assert ticker.queue.count == 1


def test_hanging_queue_takes_a_second_at_most(
    ticker: Ticker, inbox: Inbox, new_valkey: NewValkey, caplog: pytest.LogCaptureFixture
) -> None:
    server = new_valkey()
    with queues.connect(server.url) as client:
        ticker.queue = intake_queue(client)
        inbox.append(sent(1))
        server.freeze()
        ticker.tick()
        server.thaw()
    assert "queue: TimeoutError" in caplog.text


def test_inbox_down_is_told_once(
    ticker: Ticker, new_valkey: NewValkey, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    server = new_valkey()
    with connect(server.url) as client:
        ticker.inbox = Inbox(client)
        ticker.tick()
        server.kill()
        for _ in range(5):
            ticker.tick()
        assert caplog.text.count("inbox: InboxUnavailable down") == 1
        server.start()
        ticker.tick()
        assert caplog.text.count("inbox: well again") == 1


def test_database_down_is_told_once_and_left_alone_for_a_while(
    ticker: Ticker, inbox: Inbox, queue: Queue, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    working = ticker.sessions
    nowhere = engine("postgresql://fmotm@127.0.0.1:1/fmotm")
    ticker.sessions = sessions_of(nowhere)
    inbox.append(sent(1))
    ticker.tick()
    assert queue.count == 1
    assert caplog.text.count("database: OperationalError") == 1
    ticker.sessions = working
    ticker.tick()
    assert "well again" not in caplog.text
    clock.seconds += 5
    ticker.tick()
    assert caplog.text.count("database: well again") == 1


def test_limits_of_dinas_are_told_to_the_portals_and_put_right(
    ticker: Ticker, inbox: Inbox, database: Engine, clock: Clock
) -> None:
    ticker.tick()
    assert published(inbox) == OURS
    limits, stranger = Limits(depth=5, lookups_closed=True), Limits(depth=9)
    with sessions_of(database).begin() as session:
        session.add(
            models.AdmissionRule(version=1, limits=limits.as_json(), reason="x", set_by="7")
        )
    for told in (OURS, Published(1, stranger), Published(8, limits)):
        publish(inbox, *told)
        clock.seconds += 5
        ticker.tick()
        assert published(inbox) == Published(1, limits)
