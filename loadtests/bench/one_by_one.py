"""What the drain is compared with: the same rules and SQL, as one RQ job for each application.

As many processes as there are workers, RQ's SimpleWorker, a database of its own. The job carries
the sealed application, as it would where there is no inbox.
"""

from __future__ import annotations

import base64
import os
import sys
import time
from functools import cache
from typing import TYPE_CHECKING, Final

import psycopg
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from fmotm.embedded import Program
from fmotm.embedded.credentials import OWNER, WORKER
from loadtests.bench.filling import applications
from loadtests.bench.servers import PROJECT
from loadtests.bench.waiting import until
from registry.inbox import Entry, Submission
from registry.intake import Keys, examine
from registry.rules.lifecycle import Actor, Role
from registry.rules.scope import Scope
from registry.settings import Settings
from registry.store.intake import record
from registry.store.migration import upgrade
from registry.store.periods import open_period
from registry.store.session import SCOPE, sessions, software_engine
from worker.queues import connect

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

    from loadtests.bench.servers import Servers

DATABASE: Final = "bench_one_by_one"
GATE: Final = "bench-gate"
"""Key of a list: a worker that has got ready waits for an element of it."""

READY: Final = "bench-ready"
"""Key of a list of those who wait at the gate."""

_QUEUE: Final = "bench-one-by-one"
_JOB: Final = "loadtests.bench.one_by_one.record_one"
_WITHIN: Final = 120.0


class OneByOne:
    """The database of its own, with the period of the other, and runs of jobs into it."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers
        self._entry = 1
        self._url = servers.postgres.url(OWNER, DATABASE)
        servers.postgres.create_database(DATABASE)
        upgrade(self._url)
        bind = software_engine(self._url, "bench")
        with sessions(bind).begin() as session:
            for period in servers.inbox.periods():
                software = Actor(None, Role.SYSTEM, Scope.EVERYTHING)
                open_period(session, period, software, "opened by the bench")
        bind.dispose()

    def rate(self, number: int) -> float:
        """Return how many a second are recorded of so many jobs that wait when it begins."""
        servers = self._servers
        client = connect(servers.environ["REDIS_URL"], socket_timeout=30)
        self._enqueue(_queue(servers.environ["REDIS_URL"]), number)
        children = [servers.start(self._program(each)) for each in range(servers.workers)]
        until(lambda: client.llen(READY) == servers.workers, 30, "the workers were not ready")
        client.delete(READY)
        scope = f"-c {SCOPE}={Scope.EVERYTHING.setting}"
        with psycopg.connect(self._url, autocommit=True, options=scope) as connection:
            began = time.monotonic()
            client.rpush(GATE, *["go"] * servers.workers)
            until(
                lambda: _recorded(connection) == self._entry - 1, _WITHIN, "not all were recorded"
            )
            seconds = time.monotonic() - began
        for child in children:
            child.stop()
        return number / seconds

    def _enqueue(self, queue: Queue, number: int) -> None:
        first = self._servers.numbers.take(number)
        made = applications(self._servers, range(first, first + number))
        jobs = [
            Queue.prepare_data(_JOB, (entry, _text(each)), result_ttl=0)
            for entry, each in enumerate(made, self._entry)
        ]
        queue.enqueue_many(jobs)
        self._entry += number

    def _program(self, number: int) -> Program:
        folder = self._servers.folder
        url = self._servers.postgres.url(WORKER, DATABASE)
        own = {"DATABASE_URL": url, "PORTAL_DATABASE_URL": url, "WORKER_DATABASE_URL": url}
        name = f"one-by-one-{number}"
        return Program(
            name=name,
            argv=(sys.executable, "-m", "loadtests.bench.one_by_one"),
            environ={**self._servers.environ, **own},
            cwd=PROJECT,
            log=folder.log(name),
            lock=folder.lock_of(name),
        )


def record_one(entry: int, packed: str) -> None:
    """Examine and record one application, in a transaction of its own: what a job does."""
    maker, keys = _process()
    submission = Submission.unpack(base64.b64decode(packed))
    checked = examine(Entry(entry, submission, deliveries=1), keys)
    with maker.begin() as session:
        record(session, [checked])


def main() -> None:
    """Wait at the gate, then work off the queue until told to stop."""
    _process()
    client = connect(os.environ["REDIS_URL"], socket_timeout=90)
    client.rpush(READY, os.getpid())
    client.blpop([GATE], timeout=60)
    queue = _queue(os.environ["REDIS_URL"])
    SimpleWorker([queue], connection=queue.connection, serializer=JSONSerializer).work(
        logging_level="WARNING"
    )


@cache
def _process() -> tuple[sessionmaker[Session], Keys]:
    settings = Settings.from_env()
    maker = sessions(software_engine(settings.worker_database_url, "bench"))
    with maker() as session:
        session.connection()  # its connection is made before it is measured, as a worker's is
    return maker, Keys.of(settings)


def _queue(url: str) -> Queue:
    client = connect(url, socket_timeout=420)
    return Queue(_QUEUE, connection=client, serializer=JSONSerializer)


def _text(submission: Submission) -> str:
    return base64.b64encode(submission.pack()).decode()


def _recorded(connection: psycopg.Connection[tuple[int]]) -> int:
    row = connection.execute("SELECT count(*) FROM intake").fetchone()
    return row[0] if row else 0


if __name__ == "__main__":
    main()
