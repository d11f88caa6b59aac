"""The ticker's part in watching: samples of the inbox, RQ's queues, and PostgreSQL's records."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from rq import Worker

from registry.inbox import InboxUnavailable
from registry.inbox.figures import load
from registry.rules.load import MANY_WAIT, Sample
from registry.store.balance import balance
from registry.store.chain import unsealed_seconds
from registry.store.photos import waiting_now
from registry.store.quarantine import set_aside_now
from registry.store.queries import highest_entry
from registry.watch import Queues, Records

if TYPE_CHECKING:
    from rq import Queue
    from sqlalchemy.orm import Session

    from registry.inbox import Inbox
    from registry.watch import Watch

BALANCE_EVERY: Final = 600.0
"""Seconds between two balances, each of which counts every entry there ever was; and none is drawn
while much waits, for it reads all that does."""


@dataclass(slots=True)
class Sampling:
    """Looks, and tells. ``clock`` gives seconds since 1970."""

    watch: Watch
    queues: tuple[Queue, ...] = ()
    clock: Callable[[], float] = time.time
    _balanced: bool | None = None
    _balanced_at: float = 0.0
    _balance_due: float = 0.0

    def sample(self, inbox: Inbox) -> None:
        """Keep a sample, also of an inbox that does not answer; raises RedisError."""
        self.watch.keep(replace(self._of_inbox(inbox), refused=self.watch.refused()))
        self.watch.tell(
            Queues(
                self.clock(),
                {queue.name: queue.count for queue in self.queues},
                {queue.name: len(Worker.all(queue=queue)) for queue in self.queues},
            )
        )

    def _of_inbox(self, inbox: Inbox) -> Sample:
        at = self.clock()
        try:
            found = load(inbox)
        except InboxUnavailable:
            return Sample(at, None)
        oldest = found.oldest_seconds(datetime.fromtimestamp(at, UTC))
        return Sample(at, found.last_number, found.depth, oldest, found.halted)

    def tell(self, session: Session, inbox: Inbox) -> None:
        """Tell how the records stand; raises RedisError, InboxError, SQLAlchemyError."""
        # In this order: what PostgreSQL has now, the inbox had before.
        highest = highest_entry(session)
        found = load(inbox)
        self.watch.tell(
            Records(
                self.clock(),
                missing=max(0, highest - found.last_number),
                quarantine=set_aside_now(session),
                photos=waiting_now(session),
                unsealed=unsealed_seconds(session),
                balanced=self._balanced,
                balanced_at=self._balanced_at,
            )
        )
        if found.depth <= MANY_WAIT and self.clock() >= self._balance_due:
            self._balance_due = self.clock() + BALANCE_EVERY  # one that fails is not tried at once
            self._balanced = balance(session, inbox).balanced
            self._balanced_at = self.clock()
