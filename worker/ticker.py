"""The ticker: once a second it sees to it that a drain waits when there is something to drain.

The same for photos that nobody has looked at and for minutes that are not made, also those whose
worker was killed. And it seals new events into their chain, itself: that needs PostgreSQL and
nothing else, and takes moments.

It also tells the inbox server what the portal must know while PostgreSQL is down (periods, RT/RW,
what dinas lets in), and stops accepting when the inbox has lost entries: its last number is below
what PostgreSQL has, or what it was a second ago. And it tells those who watch how it goes. Any
server may be down; it goes on with what is up. Several tickers do no harm.
"""

from __future__ import annotations

import logging
import signal
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NoReturn

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from registry.inbox import Inbox, InboxError
from registry.inbox import connect as connect_inbox
from registry.inbox.admission import publish, published
from registry.settings import Settings, SettingsError
from registry.store import admissions
from registry.store.minutes import waiting as waiting_minutes
from registry.store.neighbourhoods import neighbourhoods
from registry.store.periods import snapshots
from registry.store.photos import waiting as waiting_photos
from registry.store.queries import highest_entry
from registry.store.session import sessions, software_engine
from registry.watch import EVERY as SAMPLE_EVERY
from registry.watch import Watch
from worker.notices import Notices, kind_of, start_logging
from worker.queues import (
    call_for_drain,
    call_for_minutes,
    call_for_photos,
    call_for_sweep,
    connect,
    document_queue,
    intake_queue,
    photo_queue,
)
from worker.sampling import Sampling
from worker.sealing import Sealing

if TYPE_CHECKING:
    from collections.abc import Callable

    from rq import Queue
    from sqlalchemy.orm import Session, sessionmaker

SECOND: Final = 1.0
PERIODS_EVERY: Final = 5.0
"""Seconds after which a period that was changed in PostgreSQL holds at the door, at the latest."""

NEIGHBOURHOODS_EVERY: Final = 60.0
"""The same for the RT/RW, of which there may be thirty thousand."""

PHOTOS_AT_ONCE: Final = 50
"""Photos that are called for when their queue is empty."""

MINUTES_AT_ONCE: Final = 5
"""Minutes that are called for when their queue is empty."""

SWEEP_EVERY: Final = 600.0
"""Seconds after which the store is looked through for what an upload or a crash left."""

HEAD_KEPT_EVERY: Final = 60.0
"""Seconds after which the chain's head is noted on the inbox server; in the log, each hour."""

HEAD_LOGGED_EVERY: Final = 3_600.0

DATABASE_REST: Final = 5.0
"""Seconds for which a database that failed is left alone, so that drains are called for in time."""

LOST: Final = "the inbox has lost entries: its last number {last} is below {highest} in PostgreSQL"
SET_BACK: Final = "the inbox has lost entries: its last number {last} is below {seen}, seen before"

logger = logging.getLogger("worker.ticker")


@dataclass(slots=True)
class Ticker:
    """What happens at a tick. ``clock`` gives seconds that never go back."""

    inbox: Inbox
    queue: Queue
    sessions: sessionmaker[Session]
    clock: Callable[[], float] = time.monotonic
    notices: Notices = field(default_factory=lambda: Notices(logger))
    photos: Queue | None = None
    """The queue of photos; None where none are taken."""
    documents: Queue | None = None
    """The queue of papers; None where none are made."""
    sealing: Sealing = field(default_factory=lambda: Sealing(logger))
    sampling: Sampling | None = None
    """Tells those who watch how it goes; None where nobody does."""
    _due: dict[str, float] = field(default_factory=dict)
    _seen: int = 0
    """The inbox's last number at the last look."""

    def tick(self) -> None:
        """Do what is due; never fails because a server is down."""
        self._try(self._call)
        self._try(lambda: self._each("database", 0.0, self._look_after))
        self._try(self._look_for_loss)
        self._try(lambda: self._each("database", 0.0, self._call_for_photos))
        self._try(lambda: self._each("database", 0.0, self._call_for_minutes))
        self._try(lambda: self._each("database", 0.0, self._seal_events))
        self._try(lambda: self._each("sample", SAMPLE_EVERY, self._sample))
        self._try(lambda: self._each("database", 0.0, self._tell_records))

    def close(self) -> None:
        """Close the connections to the database."""
        with self.sessions() as session:
            session.get_bind().engine.dispose()

    def _try(self, what: Callable[[], None]) -> None:
        try:
            what()
        except InboxError as error:
            self.notices.tell("inbox", kind_of(error))
        except RedisError as error:
            self.notices.tell("queue", kind_of(error))
        except SQLAlchemyError as error:
            self.notices.tell("database", kind_of(error))
            self._due["database"] = self.clock() + DATABASE_REST

    def _call(self) -> None:
        waiting = self.inbox.depth()
        self.notices.clear("inbox")
        if waiting:
            call_for_drain(self.queue)
            self.notices.clear("queue")

    def _look_after(self) -> None:
        with self.sessions() as session:
            self._compare_numbers(session)
            self._each("periods", PERIODS_EVERY, lambda: publish_periods(session, self.inbox))
            self._each(
                "neighbourhoods",
                NEIGHBOURHOODS_EVERY,
                lambda: publish_neighbourhoods(session, self.inbox),
            )
            self._each("limits", PERIODS_EVERY, lambda: publish_limits(session, self.inbox))
        self.notices.clear("database")

    def _call_for_photos(self) -> None:
        queue = self.photos
        if queue is None or not queue.is_empty():
            return
        with self.sessions() as session:
            call_for_photos(queue, waiting_photos(session, PHOTOS_AT_ONCE))
        self._each("sweep", SWEEP_EVERY, lambda: call_for_sweep(queue))

    def _call_for_minutes(self) -> None:
        if self.documents is None or not self.documents.is_empty():
            return
        with self.sessions() as session:
            call_for_minutes(self.documents, waiting_minutes(session, MINUTES_AT_ONCE))

    def _seal_events(self) -> None:
        if self.clock() >= self._due.get("sealing", 0.0):
            wait = self.sealing.seal(self.sessions, self.clock)
            self._due["sealing"] = self.clock() + wait
        with self.sessions() as session:
            self._each("log", HEAD_LOGGED_EVERY, lambda: self.sealing.log_head(session))
            self._each("head", HEAD_KEPT_EVERY, lambda: self.sealing.keep(session, self.inbox))

    def _sample(self) -> None:
        if self.sampling is not None:
            self.sampling.sample(self.inbox)
            self.notices.clear("queue")

    def _tell_records(self) -> None:
        sampling = self.sampling
        if sampling is not None:
            with self.sessions() as session:
                self._each("records", SAMPLE_EVERY, lambda: sampling.tell(session, self.inbox))

    def _each(self, what: str, seconds: float, do: Callable[[], object]) -> None:
        """Do it when it is due; when it fails it stays due."""
        if self.clock() >= self._due.get(what, 0.0):
            do()
            self._due[what] = self.clock() + seconds

    def _compare_numbers(self, session: Session) -> None:
        # In this order: what PostgreSQL has now, the inbox had before.
        highest = highest_entry(session)
        last = self.inbox.last_number()
        if last < highest:
            self._stop_accepting(LOST.format(last=last, highest=highest))
            self._seen = last  # told
        elif self.inbox.halted() is None:
            self.notices.clear("numbers")

    def _look_for_loss(self) -> None:
        """Stop when the last number went back: what was lost may have been in the inbox alone."""
        last = self.inbox.last_number()
        if last < self._seen:
            self._stop_accepting(SET_BACK.format(last=last, seen=self._seen))
        self._seen = last

    def _stop_accepting(self, reason: str) -> None:
        self.notices.tell("numbers", reason, logging.CRITICAL)
        if self.inbox.halted() is None:
            self.inbox.halt(f"{reason}: fmotm inbox repair")


def publish_periods(session: Session, inbox: Inbox) -> bool:
    """Tell the inbox server the periods in PostgreSQL, if it knows others; tell whether it did."""
    wanted = snapshots(session)
    if inbox.periods() == wanted:
        return False
    inbox.publish_periods(wanted)
    logger.info("published the periods: %s", ", ".join(each.id for each in wanted) or "none")
    return True


def publish_neighbourhoods(session: Session, inbox: Inbox) -> bool:
    """Tell the inbox server the RT/RW in PostgreSQL, if it knows others; tell whether it did."""
    wanted = neighbourhoods(session)
    if inbox.neighbourhoods() == wanted:
        return False
    inbox.publish_neighbourhoods(wanted)
    logger.info("published the RT/RW of %d kelurahan", len(wanted))
    return True


def publish_limits(session: Session, inbox: Inbox) -> bool:
    """Tell the portals what dinas lets in, if they go by something else; tell whether they did."""
    wanted = admissions.current(session)
    if published(inbox) == (wanted.version, wanted.limits):
        return False
    publish(inbox, wanted.version, wanted.limits)
    logger.info("published version %d of the limits of letting in", wanted.version)
    return True


def ticker(settings: Settings) -> Ticker:
    """Make a ticker by these settings; it connects only when it ticks."""
    client = connect(settings.redis_url)
    return Ticker(
        Inbox(connect_inbox(settings.inbox_redis_url)),
        intake_queue(client),
        sessions(software_engine(settings.worker_database_url, "fmotm-ticker")),
        photos=photo_queue(client) if settings.photo_store else None,
        documents=document_queue(client) if settings.public_url else None,
        sampling=Sampling(
            Watch(client), (intake_queue(client), photo_queue(client), document_queue(client))
        ),
    )


def run(ticking: Ticker) -> NoReturn:
    """Tick each second until the process is told to end."""
    while True:
        began = time.monotonic()
        ticking.tick()
        time.sleep(max(0.0, began + SECOND - time.monotonic()))


def main() -> int:
    """Run the ticker until SIGTERM or SIGINT; give the exit code."""
    start_logging()
    # Raised wherever it is: the ticker holds nothing that must be finished.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    try:
        ticking = ticker(Settings.from_env())
    except SettingsError as error:
        for problem in error.problems:
            logger.critical("%s", problem)
        return 2
    try:
        run(ticking)
    finally:
        ticking.close()


def _leave(_number: int, _frame: object) -> None:
    sys.exit(0)


if __name__ == "__main__":
    sys.exit(main())
