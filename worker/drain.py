"""From the inbox into PostgreSQL: claim, examine, record in one transaction, acknowledge.

It may run twice, or several at once, or be killed anywhere: an entry is recorded by its number
once, and stays in the inbox until it is. Whose fault a failure is decides what happens. A server
that is down ends the drain, and the entries stay. An entry that fails by itself, or that ended the
process twice when it was alone, is set aside; nothing else ever is.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from redis.exceptions import RedisError
from rq.timeouts import BaseTimeoutException
from sqlalchemy import text
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    OperationalError,
    SQLAlchemyError,
    StatementError,
)

from registry.inbox import InboxError
from registry.intake import examine
from registry.rules.receipts import receipt_code
from registry.sealing import UnsealError
from registry.store.intake import InboxLostEntries, Recorded, SetAside, record, set_aside
from worker.notices import kind_of, place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.orm import Session, sessionmaker

    from registry.inbox import Entry, Inbox
    from registry.intake import Keys
    from registry.rules.application import Neighbourhoods
    from registry.store.intake import Checked

BATCH: Final = 500
"""Entries of one transaction at most."""

SECONDS: Final = 5.0
"""How long a drain goes on before it leaves the rest to the next."""

MOST_KILLED: Final = 2
"""How often an entry may have ended the process when it was alone."""

FAIL_ALIKE: Final = 20
"""When so many entries fail in the same way and none succeeds, the fault is not theirs."""

KEY_AWAITED: Final = timedelta(days=1)
"""How long after it was received an entry waits for its key, before it is set aside after all."""

_COLLISIONS: Final = frozenset({"40001", "40P01"})
_TRIES: Final = 3


class FailAlike(Exception):  # noqa: N818 - named after what happened
    """Every entry of a claim failed in the same way: a key is missing, or this release is broken.

    Nothing was set aside. ``kind`` names the failure.
    """

    def __init__(self, kind: str, entries: int) -> None:
        super().__init__(f"all {entries} entries failed alike, none was set aside: {kind}")
        self.kind = kind


class KeyMissing(Exception):  # noqa: N818
    """Entries wait in the inbox for a key that this process was not given; all else was done."""

    def __init__(self, entries: int) -> None:
        super().__init__(f"{entries} entries wait for a key that is not in SEAL_KEYS")


@dataclass(slots=True)
class Drained:
    """How many entries became what."""

    inserted: int = 0
    repeated: int = 0
    already: int = 0
    quarantined: int = 0

    def add(self, recorded: Recorded) -> None:
        """Count what a transaction recorded."""
        self.inserted += len(recorded.inserted)
        self.repeated += len(recorded.repeated)
        self.already += len(recorded.already)

    @property
    def total(self) -> int:
        """All entries that were dealt with."""
        return self.inserted + self.repeated + self.already + self.quarantined

    def __str__(self) -> str:
        return ", ".join(f"{count} {name}" for name, count in self.as_dict().items() if count)

    def as_dict(self) -> dict[str, int]:
        """Give the figures by name."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Failure:
    """An entry that failed by itself, and how; ``error`` holds nothing personal.

    ``awaits_key``: it is in order, but sealed with a key that this process does not have.
    """

    entry: Entry
    error: str
    awaits_key: bool = False


@dataclass(slots=True)
class Drain:
    """One drain. ``consumer`` names the process; ``stopping`` tells that it should end soon."""

    inbox: Inbox
    sessions: sessionmaker[Session]
    keys: Keys
    consumer: str
    seconds: float = SECONDS
    stopping: Callable[[], bool] = lambda: False
    drained: Drained = field(default_factory=Drained)
    _deadline: float = 0.0
    _neighbourhoods: Neighbourhoods | None = None

    def run(self) -> Drained:
        """Drain until the inbox is empty or the time is up.

        What was done before an error stands in ``drained``. Raises InboxError or SQLAlchemyError
        when a server failed, InboxLostEntries, FailAlike, KeyMissing.
        """
        self._deadline = time.monotonic() + self.seconds
        while not self._is_over():
            self._ask_database()
            entries = self.inbox.claim(self.consumer, BATCH)
            if not entries:
                break
            self._process(entries)
        return self.drained

    def _is_over(self) -> bool:
        return self.stopping() or time.monotonic() >= self._deadline

    def _ask_database(self) -> None:
        # Before claiming: what is claimed in vain comes back as delivered before, one by one.
        with self.sessions() as session:
            session.execute(text("SELECT 1"))

    def _process(self, entries: Sequence[Entry]) -> None:
        if self._neighbourhoods is None:  # here, for a failure of this is no entry's own
            self._neighbourhoods = self.inbox.neighbourhoods()
        before = self.drained.total
        suspects = [entry for entry in entries if entry.deliveries > 1]
        suspects += self._together([entry for entry in entries if entry.deliveries == 1])
        failures: list[Failure] = []
        for entry in suspects:
            if self._is_over():
                break
            if failure := self._alone(entry):
                failures.append(failure)
        if self.drained.total == before:
            if self.stopping():
                return  # too few were tried to tell whether all fail alike
            self._refuse_alike(failures)
        for failure in failures:
            if not failure.awaits_key:
                self._set_aside(failure)
        if waiting := sum(failure.awaits_key for failure in failures):
            raise KeyMissing(waiting)

    def _together(self, entries: Sequence[Entry]) -> list[Entry]:
        """Record entries in one transaction; give back those that are to be tried alone."""
        done: list[Entry] = []
        batch: list[Checked] = []
        suspects: list[Entry] = []
        for entry in entries:
            if self.stopping():
                break  # what is examined is recorded, the rest waits for the next to start
            try:
                batch.append(self._examine(entry))
                done.append(entry)
            except Exception as error:
                if not is_own(error):
                    raise
                suspects.append(entry)
        try:
            self._record(batch, done)
        except Exception as error:
            if not is_own(error):
                raise
            return [*done, *suspects]
        return suspects

    def _alone(self, entry: Entry) -> Failure | None:
        """Record one entry by itself; tell if and how it failed."""
        if self.inbox.attempt_alone(entry.number) > MOST_KILLED:
            return Failure(entry, "ended the process")
        examined = False
        try:
            checked = self._examine(entry)
            examined = True
            self._record([checked], [entry])
        except Exception as error:
            # Interrupted by RQ while it was examined, it hangs: that counts like a kill.
            if examined or not isinstance(error, BaseTimeoutException):
                self.inbox.forget_attempts([entry.number])
            if not is_own(error):
                raise
            return Failure(
                entry, f"{kind_of(error)} at {place_of(error)}", _awaits_key(entry, error)
            )
        return None

    def _examine(self, entry: Entry) -> Checked:
        return examine(entry, self.keys, neighbourhoods=self._neighbourhoods)

    def _record(self, batch: Sequence[Checked], entries: Sequence[Entry]) -> None:
        if batch:
            recorded = self._transaction(lambda session: record(session, batch))
            self.inbox.acknowledge(entries)
            self.drained.add(recorded)

    def _transaction(self, work: Callable[[Session], Recorded]) -> Recorded:
        """Do it in a transaction of its own; again when it collided with another drain's."""
        for _ in range(_TRIES - 1):
            try:
                with self.sessions.begin() as session:
                    return work(session)
            except OperationalError as error:
                if getattr(error.orig, "sqlstate", None) not in _COLLISIONS:
                    raise
        with self.sessions.begin() as session:
            return work(session)

    def _refuse_alike(self, failures: Sequence[Failure]) -> None:
        if len(failures) >= FAIL_ALIKE and len({failure.error for failure in failures}) == 1:
            self.inbox.forget_attempts(failure.entry.number for failure in failures)
            raise FailAlike(failures[0].error, len(failures))

    def _set_aside(self, failure: Failure) -> None:
        with self.sessions.begin() as session:
            is_new = set_aside(session, _for_quarantine(failure))
        self.inbox.acknowledge([failure.entry])
        if is_new:
            self.drained.quarantined += 1
        else:
            self.drained.already += 1


def is_own(error: Exception) -> bool:
    """Tell whether an entry itself is to blame, not a server, a setting or the time.

    Of what the database says only a broken constraint or an impossible value is the entry's own,
    and a value that could not even be sent: all else (connection, locks, disk, rights, a missing
    table) would hit any other entry as well.
    """
    if isinstance(error, SQLAlchemyError):
        never_sent = isinstance(error, StatementError) and not isinstance(error, DBAPIError)
        return never_sent or isinstance(error, IntegrityError | DataError)
    servers = (InboxError, RedisError, OSError, MemoryError)
    return not isinstance(error, (*servers, BaseTimeoutException, InboxLostEntries))


def _awaits_key(entry: Entry, error: Exception) -> bool:
    """Tell whether the entry only came before the key that sealed it: keys are being changed."""
    missing = isinstance(error, UnsealError) and error.kind == "unknown_key"
    return missing and datetime.now(UTC) < entry.submission.received_at + KEY_AWAITED


def _for_quarantine(failure: Failure) -> SetAside:
    submission = failure.entry.submission
    return SetAside(
        entry=failure.entry.number,
        application_id=submission.application_id,
        # PostgreSQL's text takes no NUL, and this entry may hold anything.
        period=submission.period.replace("\0", "�"),
        nik_index=submission.nik_index,
        kk_index=submission.kk_index,
        receipt=receipt_code(submission.application_id),
        sealed=submission.sealed,
        received_at=submission.received_at,
        error=failure.error,
    )
