"""What RQ runs. A job carries nothing: its work stands in the inbox."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from redis.exceptions import RedisError
from rq.timeouts import BaseTimeoutException
from sqlalchemy.exc import SQLAlchemyError

from registry.inbox import Inbox, InboxError, connect
from registry.intake import Keys
from registry.settings import Settings
from registry.store.intake import InboxLostEntries
from registry.store.session import sessions, software_engine
from registry.watch import Watch
from worker import queues
from worker.drain import Drain, FailAlike, KeyMissing
from worker.notices import Notices, kind_of, place_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session, sessionmaker

LOST: Final = "entry numbers were given twice, so the inbox has lost entries"
"""Why accepting is halted; `fmotm inbox repair` mends the numbers."""

INBOX_TIMEOUT: Final = 3.0
"""Seconds to wait for the inbox server: no citizen waits, and a claim moves half a megabyte."""

logger = logging.getLogger(__name__)
notices = Notices(logger)

stopping = threading.Event()
"""Set when the process is to end: a drain then leaves the rest to the next."""


class DrainFailed(Exception):  # noqa: N818 - named after what happened
    """A drain met an error of this program; the message has its kind and place, nothing else."""


@dataclass(frozen=True, slots=True)
class Process:
    """What a worker process keeps between jobs: connections, keys, its name as a consumer."""

    inbox: Inbox
    sessions: sessionmaker[Session]
    keys: Keys
    consumer: str
    watch: Watch

    @classmethod
    def of(cls, settings: Settings) -> Process:
        """Make it by these settings; connects only when it is used."""
        return cls(
            Inbox(connect(settings.inbox_redis_url, socket_timeout=INBOX_TIMEOUT)),
            sessions(software_engine(settings.worker_database_url, "fmotm-worker")),
            Keys.of(settings),
            settings.worker_name or f"{socket.gethostname()}-{os.getpid()}",
            Watch(queues.connect(settings.redis_url)),
        )

    def close(self) -> None:
        """Close the connections to the database."""
        with self.sessions() as session:
            session.get_bind().engine.dispose()


@cache
def process() -> Process:
    """Give what this process keeps; raises SettingsError the first time, if ever."""
    return Process.of(Settings.from_env())


def drain_inbox() -> dict[str, int]:
    """Move what waits in the inbox into PostgreSQL, for 5 s at most; return counts by outcome.

    A server that is down is no error of the job: the entries stay, the next tick brings another.
    Raises DrainFailed, which RQ logs and keeps in Redis.
    """
    here = process()
    drain = Drain(here.inbox, here.sessions, here.keys, here.consumer, stopping=stopping.is_set)
    began = time.monotonic()
    try:
        drain.run()
    except (InboxError, RedisError) as error:
        notices.tell("inbox", kind_of(error))
    except InboxLostEntries as error:
        _halt(here.inbox, error)
    except SQLAlchemyError as error:
        notices.tell("database", kind_of(error))
    except (FailAlike, KeyMissing) as error:
        notices.tell("entries", str(error), logging.CRITICAL)
    except Exception as error:  # noqa: BLE001 - RQ writes whatever it gets into log and Redis
        raise DrainFailed(_told(error)) from None
    else:
        notices.clear_all()
    if drain.drained.total:
        logger.info("drained: %s", drain.drained)
        with suppress(RedisError):  # nobody waits for it, and RQ tells when its Redis is gone
            here.watch.add_drain(drain.drained.as_dict(), time.monotonic() - began)
    return drain.drained.as_dict()


def _halt(inbox: Inbox, error: InboxLostEntries) -> None:
    reason = f"{LOST} (number {min(error.entries)}): fmotm inbox repair"
    notices.tell("inbox", reason, logging.CRITICAL)
    try:
        inbox.halt(reason)
    except InboxError as failed:
        notices.tell("halt", kind_of(failed), logging.CRITICAL)


def _told(error: Exception) -> str:
    if isinstance(error, BaseTimeoutException):
        return "it hung and was interrupted"
    return f"{kind_of(error)} at {place_of(error)}"
