"""From the inbox into PostgreSQL: claim, examine, record in one transaction, acknowledge.

It may run twice, or several at once, or be killed anywhere: an entry is recorded by its number
once, and stays in the inbox until it is. Whose fault a failure is decides what happens. A server
that is down ends the drain, and the entries stay. An entry that fails by itself, or that ended the
process twice when it was alone, is set aside; nothing else ever is.
"""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final

from rq.timeouts import BaseTimeoutException
from sqlalchemy import text
from sqlalchemy.exc import (
    OperationalError,
)

from registry.intake import examine
from registry.store.intake import Recorded, record, set_aside
from worker.blame import Failure, awaits_key, for_quarantine, is_own
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
class Batch:
    """Entries of one claim: what is to be recorded together, and who is to be tried alone."""

    entries: list[Entry]
    checked: list[Checked]
    suspects: list[Entry]


@dataclass(slots=True)
class Drain:
    """One drain. ``consumer`` names the process; ``stopping`` tells that it should end soon.

    While PostgreSQL records a batch, this process examines the next: they take as long as each
    other.
    """

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
        with ThreadPoolExecutor(1, "record") as recorder:
            under_way: tuple[Batch, Future[Recorded]] | None = None
            only_new = False
            while not self._is_over():
                if not only_new:  # what is under way is held, and would be claimed again
                    self._settle(under_way)
                    under_way = None
                entries = self._claim(only_new=only_new)
                if not entries:
                    break
                only_new = entries[-1].deliveries == 1
                batch = self._together(entries)
                self._settle(under_way)
                under_way = batch, recorder.submit(self._record, batch.checked, batch.entries)
            self._settle(under_way)
        return self.drained

    def _is_over(self) -> bool:
        return self.stopping() or time.monotonic() >= self._deadline

    def _claim(self, *, only_new: bool) -> list[Entry]:
        # The database is asked first: what is claimed in vain comes back as delivered before, and
        # is tried one by one.
        with self.sessions() as session:
            session.execute(text("SELECT 1"))
        return self.inbox.claim(self.consumer, BATCH, only_new=only_new)

    def _together(self, entries: Sequence[Entry]) -> Batch:
        """Examine what comes for the first time."""
        if self._neighbourhoods is None:  # here, for a failure of this is no entry's own
            self._neighbourhoods = self.inbox.neighbourhoods()
        batch = Batch([], [], [entry for entry in entries if entry.deliveries > 1])
        for entry in entries:
            if entry.deliveries > 1:
                continue
            if self.stopping():
                break  # what is examined is recorded, the rest waits for the next to start
            try:
                batch.checked.append(self._examine(entry))
                batch.entries.append(entry)
            except Exception as error:
                if not is_own(error):
                    raise
                batch.suspects.append(entry)
        return batch

    def _settle(self, under_way: tuple[Batch, Future[Recorded]] | None) -> None:
        """Wait until a batch is recorded; then try one by one whatever may be to blame."""
        if under_way is None:
            return
        batch, recording = under_way
        before = self.drained.total
        suspects = batch.suspects
        try:
            self.drained.add(recording.result())
        except Exception as error:
            if not is_own(error):
                raise
            suspects = [*suspects, *batch.entries]
        self._one_by_one(suspects, progress=self.drained.total > before)

    def _one_by_one(self, suspects: Sequence[Entry], *, progress: bool) -> None:
        """Record each by itself; set aside what fails through its own fault.

        ``progress``: others of the same batch were recorded, so that not all of them fail alike.
        """
        before = self.drained.total
        failures: list[Failure] = []
        for entry in suspects:
            if self._is_over():
                break
            if failure := self._alone(entry):
                failures.append(failure)
        if not progress and self.drained.total == before:
            if self.stopping():
                return  # too few were tried to tell whether all fail alike
            self._refuse_alike(failures)
        for failure in failures:
            if not failure.awaits_key:
                self._set_aside(failure)
        if waiting := sum(failure.awaits_key for failure in failures):
            raise KeyMissing(waiting)

    def _alone(self, entry: Entry) -> Failure | None:
        """Record one entry by itself; tell if and how it failed."""
        if self.inbox.attempt_alone(entry.number) > MOST_KILLED:
            return Failure(entry, "ended the process")
        examined = False
        try:
            checked = self._examine(entry)
            examined = True
            self.drained.add(self._record([checked], [entry]))
        except Exception as error:
            # Interrupted by RQ while it was examined, it hangs: that counts like a kill.
            if examined or not isinstance(error, BaseTimeoutException):
                self.inbox.forget_attempts([entry.number])
            if not is_own(error):
                raise
            return Failure(
                entry, f"{kind_of(error)} at {place_of(error)}", awaits_key(entry, error)
            )
        return None

    def _examine(self, entry: Entry) -> Checked:
        return examine(entry, self.keys, neighbourhoods=self._neighbourhoods)

    def _record(self, batch: Sequence[Checked], entries: Sequence[Entry]) -> Recorded:
        if not batch:
            return Recorded()
        recorded = self._transaction(lambda session: record(session, batch))
        self.inbox.acknowledge(entries)
        return recorded

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
            is_new = set_aside(session, for_quarantine(failure))
        self.inbox.acknowledge([failure.entry])
        if is_new:
            self.drained.quarantined += 1
        else:
            self.drained.already += 1
