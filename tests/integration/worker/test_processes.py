"""Worker and ticker as processes: started, stopped, killed, with servers that come and go."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

import pytest
import redis
from sqlalchemy import Engine

from fmotm.embedded import Postgres
from registry.inbox import Inbox, connect
from registry.store import models
from tests.conftest import NewValkey
from tests.integration.worker.processes import eventually, running, settings
from tests.integration.worker.support import (
    application,
    balanced,
    count,
    open_period,
    outcomes,
    sent,
)

CANARY = application(3).nik.value


@pytest.fixture
def environ(
    postgres_server: Postgres,
    database: Engine,
    valkey_url: str,
    redis_url: str,
    queue_client: redis.Redis,
) -> dict[str, str]:
    """Give the settings of a worker: the database only as its role."""
    as_worker = postgres_server.url("fmotm_worker", str(database.url.database))
    return settings(as_worker, valkey_url, redis_url)


def fill(inbox: Inbox, size: int) -> None:
    for number in range(size):
        inbox.append(sent(number))


def test_application_is_in_the_queue_within_five_seconds(
    inbox: Inbox, database: Engine, environ: dict[str, str]
) -> None:
    with running("worker", environ) as worker, running("worker.ticker", environ) as ticker:
        eventually(lambda: "listens" in worker.said)
        inbox.append(sent(1))
        eventually(lambda: count(database) == 1, within=5)
        balanced(database, inbox)
        assert ticker.stop() < 10
        assert worker.stop() < 10


def test_worker_killed_five_times_loses_and_doubles_nothing(
    inbox: Inbox, database: Engine, environ: dict[str, str]
) -> None:
    size = 1_000
    fill(inbox, size)
    chance = random.Random(7)
    one = {**environ, "FMOTM_WORKER": "worker-1"}
    with running("worker.ticker", environ):
        for kill in range(5):
            with running("worker", one) as worker:
                least = min(size - 1, kill * 150)
                eventually(lambda least=least: count(database, models.Intake) > least)  # type: ignore[misc]
                balanced(database, inbox)
                time.sleep(chance.random() * 0.2)
                worker.kill()
            balanced(database, inbox)
        with running("worker", one):
            eventually(lambda: inbox.depth() == 0, within=30)
    assert count(database) == size
    assert outcomes(database) == {"inserted": size}
    balanced(database, inbox)


def test_two_workers_and_two_tickers_do_no_harm(
    inbox: Inbox, database: Engine, environ: dict[str, str]
) -> None:
    with (
        running("worker", environ),
        running("worker", environ),
        running("worker.ticker", environ),
        running("worker.ticker", environ),
    ):
        fill(inbox, 400)
        fill(inbox, 400)
        eventually(lambda: inbox.depth() == 0, within=30)
    assert outcomes(database) == {"inserted": 400, "repeated": 400}
    balanced(database, inbox)


def test_nobody_is_found_in_logs_or_in_redis(
    inbox: Inbox,
    client: redis.Redis,
    database: Engine,
    environ: dict[str, str],
    queue_client: redis.Redis,
) -> None:
    name = str(application(3).answers["nama"])
    with running("worker", environ) as worker, running("worker.ticker", environ) as ticker:
        inbox.append(sent(3))
        seen = "".join(_contents(queue_client))
        eventually(lambda: "drained: 1 inserted" in worker.said)
        seen += "".join(_contents(queue_client)) + "".join(_contents(client))
        seen += worker.said + ticker.said
    assert CANARY not in seen
    assert name not in seen


def _contents(client: redis.Redis) -> Iterator[str]:
    for key in client.scan_iter(count=1_000):
        yield repr((key, client.dump(key)))


def test_queue_server_comes_back(
    inbox: Inbox, database: Engine, environ: dict[str, str], new_valkey: NewValkey
) -> None:
    queue = new_valkey()
    environ = {**environ, "REDIS_URL": queue.url}
    with running("worker", environ) as worker, running("worker.ticker", environ) as ticker:
        inbox.append(sent(1))
        eventually(lambda: count(database) == 1)
        queue.kill()
        numbers = iter(range(2, 100))

        def told() -> bool:
            # One alone may still be taken by a drain that was called for before.
            inbox.append(sent(next(numbers)))
            return "queue: ConnectionError" in ticker.said

        eventually(told, every=0.5)
        time.sleep(2.5)
        assert ticker.said.count("queue: ConnectionError") == 1
        queue.start()
        eventually(lambda: count(database) == inbox.last_number(), within=20)
        assert "Traceback" not in worker.said + ticker.said
        worker.stop()
        ticker.stop()


def test_inbox_server_comes_back(
    database: Engine, environ: dict[str, str], new_valkey: NewValkey
) -> None:
    server = new_valkey()
    with connect(server.url) as client:
        inbox = Inbox(client)
        open_period(database, inbox)
        environ = {**environ, "INBOX_REDIS_URL": server.url}
        with running("worker", environ) as worker, running("worker.ticker", environ) as ticker:
            inbox.append(sent(1))
            eventually(lambda: count(database) == 1)
            server.kill()
            eventually(lambda: "inbox: InboxUnavailable down" in ticker.said)
            server.start()
            inbox.append(sent(2))
            eventually(lambda: count(database) == 2)
            balanced(database, inbox)
            assert "Traceback" not in worker.said + ticker.said


def test_everything_down_at_the_start_is_waited_for(
    environ: dict[str, str], new_valkey: NewValkey
) -> None:
    nowhere = "redis://127.0.0.1:1/0"
    environ = {
        **environ,
        "DATABASE_URL": "postgresql://fmotm@127.0.0.1:1/fmotm",
        "INBOX_REDIS_URL": nowhere,
        "REDIS_URL": nowhere,
    }
    with running("worker", environ) as worker, running("worker.ticker", environ) as ticker:
        eventually(lambda: "queue: ConnectionError" in worker.said)
        eventually(lambda: "database: OperationalError" in ticker.said)
        time.sleep(1)
        assert "Traceback" not in worker.said + ticker.said
        assert worker.stop() < 10
        assert ticker.stop() < 10


@pytest.mark.parametrize("module", ["worker", "worker.ticker"])
def test_wrong_settings_are_a_line_each(module: str, environ: dict[str, str]) -> None:
    with running(module, {**environ, "SEAL_KEYS": "", "INDEX_KEY": "x"}) as process:
        assert process.popen.wait(15) == 2
        assert "SEAL_KEYS is not set" in process.said
        assert "INDEX_KEY" in process.said
        assert "Traceback" not in process.said


def test_stopping_in_the_midst_of_work_takes_less_than_ten_seconds(
    inbox: Inbox, database: Engine, environ: dict[str, str]
) -> None:
    fill(inbox, 2_000)
    with running("worker", environ) as worker, running("worker.ticker", environ):
        eventually(lambda: count(database, models.Intake) > 0)
        assert worker.stop() < 10
        assert "Traceback" not in worker.said
    balanced(database, inbox)
