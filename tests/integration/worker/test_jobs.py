"""The job as RQ runs it: what it tells, and to whom."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis
from sqlalchemy import Engine

from registry.inbox import Inbox
from registry.settings import Settings
from tests.integration.worker.processes import settings
from tests.integration.worker.support import count, poison, sent
from worker import jobs
from worker.jobs import DrainFailed, Process, drain_inbox

NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def here(
    monkeypatch: pytest.MonkeyPatch, database_url: str, valkey_url: str
) -> Iterator[dict[str, str]]:
    """Give this process the settings of a worker, and drop what it kept of another's."""
    environ = settings(database_url, valkey_url, NOWHERE, FMOTM_WORKER="worker-1")
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    jobs.notices.clear_all()
    yield environ
    if jobs.process.cache_info().currsize:
        jobs.process().close()
    jobs.process.cache_clear()


def test_job_counts(inbox: Inbox, database: Engine) -> None:
    inbox.append(sent(1))
    inbox.append(sent(1))
    inbox.append(poison(2))
    assert drain_inbox() == {"inserted": 1, "repeated": 1, "already": 0, "quarantined": 1}
    assert drain_inbox()["inserted"] == 0


def test_servers_are_connected_once(inbox: Inbox) -> None:
    drain_inbox()
    first = jobs.process()
    drain_inbox()
    assert jobs.process() is first
    assert first.consumer == "worker-1"


def test_database_down_is_no_error_of_the_job(
    inbox: Inbox,
    database: Engine,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    inbox.append(sent(1))
    with monkeypatch.context() as patched:
        patched.setenv("DATABASE_URL", "postgresql://fmotm@127.0.0.1:1/fmotm")
        for _ in range(3):
            assert drain_inbox()["inserted"] == 0
    assert caplog.text.count("database: OperationalError") == 1
    jobs.process.cache_clear()
    assert drain_inbox()["inserted"] == 1
    assert count(database) == 1


def test_inbox_down_is_no_error_of_the_job(
    monkeypatch: pytest.MonkeyPatch, database: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("INBOX_REDIS_URL", NOWHERE)
    for _ in range(3):
        assert drain_inbox()["inserted"] == 0
    assert caplog.text.count("inbox: InboxUnavailable down") == 1


def test_reused_number_halts_the_inbox(
    inbox: Inbox, client: redis.Redis, caplog: pytest.LogCaptureFixture
) -> None:
    inbox.append(sent(1))
    drain_inbox()
    client.delete("fmotm:inbox")
    inbox.append(sent(2))
    drain_inbox()
    assert "number 1" in (inbox.halted() or "")
    assert "CRITICAL" in caplog.text


def test_error_of_the_program_is_told_without_what_it_says(
    inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("3171011708850001")

    inbox.append(sent(1))
    monkeypatch.setattr("worker.drain.Drain._together", broken)
    with pytest.raises(DrainFailed, match=r"RuntimeError at test_jobs.py:\d+") as caught:
        drain_inbox()
    assert caught.value.__suppress_context__
    assert "3171011708850001" not in str(caught.value)


def test_process_without_a_slot_has_a_name_of_its_own(
    here: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FMOTM_WORKER")

    made = Process.of(Settings.from_env(here))
    assert made.consumer.rpartition("-")[2].isdigit()
