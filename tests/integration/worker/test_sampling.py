"""The ticker tells how it goes: samples each 5 seconds, whichever server is down."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis
from rq import Queue
from sqlalchemy import Engine

from registry.inbox import Inbox, connect
from registry.rules.load import MANY_WAIT, Sample
from registry.store.session import engine
from registry.watch import Queues, Records, Watch
from tests.conftest import NewValkey
from tests.integration.worker.processes import settings
from tests.integration.worker.support import drain, poison, sent, sessions_of
from tests.integration.worker.test_ticker import Clock, clock, queue, ticker
from worker import jobs, queues, sampling
from worker.sampling import BALANCE_EVERY, Sampling
from worker.ticker import Ticker

__all__ = ["clock", "queue", "ticker"]

NOW = 1_800_000_000.0


@pytest.fixture
def watch(redis_url: str, queue_client: redis.Redis) -> Iterator[Watch]:
    with queues.connect(redis_url) as client:
        yield Watch(client)


@pytest.fixture
def watched(ticker: Ticker, watch: Watch, queue: Queue, clock: Clock) -> Ticker:
    """Give a ticker that samples; its days begin at NOW."""
    ticker.sampling = Sampling(watch, (queue,), lambda: NOW + clock.seconds)
    return ticker


@pytest.fixture
def servers(database_url: str, valkey_url: str, redis_url: str) -> dict[str, str]:
    return settings(database_url, valkey_url, redis_url)


def samples(watch: Watch, clock: Clock) -> list[Sample]:
    return watch.hour(NOW + clock.seconds)


def records(watch: Watch) -> Records:
    _, found = watch.told()
    assert found
    return found


def test_a_sample_each_five_seconds(
    watched: Ticker, watch: Watch, inbox: Inbox, clock: Clock
) -> None:
    inbox.append(sent(1))
    watch.add_refused({"nik": 4})
    for _ in range(11):
        watched.tick()
        clock.seconds += 1
    found = samples(watch, clock)
    assert [each.at - NOW for each in found] == [0, 5, 10]
    assert all((each.arrived, each.waiting, each.refused) == (1, 1, {"nik": 4}) for each in found)


def test_rq_is_looked_at(watched: Ticker, watch: Watch, inbox: Inbox) -> None:
    inbox.append(sent(1))
    watched.tick()
    assert watch.told()[0] == Queues(NOW, {"intake": 1}, {"intake": 0})


def test_how_the_records_stand(
    watched: Ticker, watch: Watch, inbox: Inbox, database: Engine, clock: Clock
) -> None:
    watched.tick()
    assert records(watch) == Records(NOW, 0, 0, 0, 0.0)
    inbox.append(sent(1))
    inbox.append(poison(2))
    drain(inbox, database).run()
    clock.seconds += 5
    watched.tick()
    found = records(watch)
    assert (found.quarantine, found.missing) == (1, 0)
    assert found.unsealed > 0
    assert (found.balanced, found.balanced_at) == (True, NOW)
    clock.seconds += 60
    watched.tick()
    assert records(watch).unsealed == 0.0
    inbox._client.delete("fmotm:inbox")
    clock.seconds += BALANCE_EVERY
    watched.tick()
    clock.seconds += 5
    watched.tick()
    found = records(watch)
    assert (found.missing, found.balanced) == (2, False)


def test_no_balance_is_drawn_while_much_waits(
    watched: Ticker, watch: Watch, inbox: Inbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MANY_WAIT > 0
    monkeypatch.setattr(sampling, "MANY_WAIT", 0)
    inbox.append(sent(1))
    for _ in range(3):
        watched.tick()
        clock.seconds += 5
    assert records(watch).balanced is None


def test_an_inbox_that_is_down_is_a_sample_too(
    watched: Ticker, watch: Watch, new_valkey: NewValkey, clock: Clock
) -> None:
    server = new_valkey()
    with connect(server.url) as client:
        watched.inbox = Inbox(client)
        watched.tick()
        server.kill()
        clock.seconds += 5
        watched.tick()
    assert [each.arrived for each in samples(watch, clock)] == [0, None]


def test_a_database_that_is_down_keeps_no_sample_back(
    watched: Ticker, watch: Watch, clock: Clock
) -> None:
    watched.sessions = sessions_of(engine("postgresql://fmotm@127.0.0.1:1/fmotm"))
    for _ in range(2):
        watched.tick()
        clock.seconds += 5
    assert len(samples(watch, clock)) == 2
    assert watch.told()[1] is None


def test_queue_server_gone_leaves_a_gap_and_the_rest_goes_on(
    watched: Ticker, queue: Queue, inbox: Inbox, new_valkey: NewValkey, clock: Clock
) -> None:
    server = new_valkey()
    with queues.connect(server.url) as client:
        watch = Watch(client)
        watched.sampling = Sampling(watch, (), lambda: NOW + clock.seconds)
        watched.tick()
        server.kill()
        inbox.append(sent(1))
        for _ in range(3):
            clock.seconds += 5
            watched.tick()
        assert queue.count == 1  # on a server of its own: drains are called for
        server.start()
        clock.seconds += 5
        watched.tick()
        assert [each.at - NOW for each in watch.hour(NOW + 20)] in ([0, 20], [20])


def test_drains_are_told(
    inbox: Inbox, servers: dict[str, str], watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in servers.items():
        monkeypatch.setenv(name, value)
    inbox.append(sent(1))
    inbox.append(sent(1))
    try:
        jobs.drain_inbox()
        jobs.drain_inbox()  # an empty one is none
    finally:
        jobs.process().close()
        jobs.process.cache_clear()
    told = watch.drained()
    assert told.pop("seconds") > 0
    assert told == {"already": 0, "drains": 1, "inserted": 1, "quarantined": 0, "repeated": 1}
