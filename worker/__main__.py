"""One worker process: `python -m worker`. It drains the inbox whenever RQ brings it a job."""

from __future__ import annotations

import logging
import signal
import sys
import uuid
from typing import TYPE_CHECKING, Final

from redis.exceptions import RedisError
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from registry.settings import Settings, SettingsError
from worker import jobs
from worker.notices import Notices, kind_of, start_logging
from worker.queues import INTAKE, connect

if TYPE_CHECKING:
    from types import FrameType

WORKER_TTL: Final = 60
"""Seconds after which RQ takes a silent worker for dead; nothing of ours waits for that."""

RESPONSE_WITHIN: Final = WORKER_TTL + 5.0
"""Socket timeout, in seconds: longer than RQ blocks when it waits for a job (its ttl less 15)."""

AGAIN_AFTER: Final = 1.0
"""Seconds between two attempts to reach RQ's Redis."""

logger = logging.getLogger("worker")


class IntakeWorker(SimpleWorker):
    """RQ's worker without a process for each job: a job drains hundreds of applications.

    It takes no commands from Redis, where anyone with access could stop it, and so needs no
    thread to listen for them.
    """

    max_connection_wait_time = 3.0
    log_result_lifespan = False

    def handle_warm_shutdown_request(self) -> None:
        """Tell the drain that runs to end after the batch it is at."""
        jobs.stopping.set()
        logger.info("asked to stop")

    def subscribe(self) -> None:
        """Do not listen for commands."""

    def unsubscribe(self) -> None:
        """There is nothing to leave."""


def work(url: str, queue: str, name: str) -> None:
    """Work off one queue until told to stop, or until RQ gives up on its Redis."""
    worker = IntakeWorker(
        [queue],
        # A name of its own each time: the last one's may still be registered.
        name=f"{name}-{uuid.uuid4().hex[:8]}",
        connection=connect(url, socket_timeout=RESPONSE_WITHIN),
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL,
        log_job_description=False,
    )
    try:
        worker.work(logging_level="WARNING")
    finally:
        end_on_signals()


def end_on_signals() -> None:
    """End at once on SIGTERM or SIGINT: what holds while RQ, which ends with care, does not run."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)


def _leave(_number: int, _frame: FrameType | None) -> None:
    jobs.stopping.set()
    sys.exit(0)


def main() -> int:
    """Work until SIGTERM or SIGINT; give the exit code: 2 when the settings are wrong."""
    start_logging()
    end_on_signals()
    try:
        settings = Settings.from_env()
        consumer = jobs.process().consumer
    except SettingsError as error:
        for problem in error.problems:
            logger.critical("%s", problem)
        return 2
    logger.info("%s listens to the queue %s", consumer, INTAKE)
    try:
        keep_working(settings.redis_url, INTAKE, consumer)
    finally:
        jobs.process().close()
    return 0


def keep_working(url: str, queue: str, name: str) -> None:
    """Work until told to stop, whatever becomes of RQ's Redis."""
    notices = Notices(logger)
    while not jobs.stopping.is_set():
        try:
            work(url, queue, name)
        except RedisError as error:
            notices.tell("queue", kind_of(error))
        else:
            notices.clear("queue")
        jobs.stopping.wait(AGAIN_AFTER)


if __name__ == "__main__":
    sys.exit(main())
