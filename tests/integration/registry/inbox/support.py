"""Small factories for the tests of the inbox."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from registry.inbox import Entry, Inbox, Submission
from registry.rules.periods import Period

PERIOD = "2026-1"
NIK_A, NIK_B = b"A" * 16, b"B" * 16


def now() -> datetime:
    return datetime.now(UTC)


def period(opens: float = -3600, closes: float = 3600, grace: float = 0) -> Period:
    """Give a period that opens and closes so many seconds from now."""
    opens_at, closes_at = (now() + timedelta(seconds=each) for each in (opens, closes))
    return Period(PERIOD, "Putaran 1", opens_at, closes_at, timedelta(seconds=grace))


def submission(content: object = 1, nik: bytes = NIK_A, sealed: bytes = b"sealed") -> Submission:
    """Give an application; the same content gives the same id."""
    id_ = hashlib.sha256(repr(content).encode()).digest()[:16]
    at = datetime(2026, 2, 1, 7, 30, 0, 123_000, tzinfo=UTC)
    return Submission(id_, PERIOD, nik, bytes(16), sealed, at)


def fill(inbox: Inbox, count: int) -> list[int]:
    """Append so many different applications of different people."""
    niks = [number.to_bytes(16, "big") for number in range(count)]
    return [inbox.append(submission(nik, nik)).number for nik in niks]


def numbers(entries: Sequence[Entry]) -> list[int]:
    return [entry.number for entry in entries]
