"""Whose fault a failure of the drain is: the entry's own, or that of a server or the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from redis.exceptions import RedisError
from rq.timeouts import BaseTimeoutException
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError, StatementError

from registry.inbox import InboxError
from registry.rules.receipts import receipt_code
from registry.sealing import UnsealError
from registry.store.intake import InboxLostEntries, SetAside

if TYPE_CHECKING:
    from registry.inbox import Entry

KEY_AWAITED: Final = timedelta(days=1)
"""How long after it was received an entry waits for its key, before it is set aside after all."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An entry that failed by itself, and how; ``error`` holds nothing personal.

    ``awaits_key``: it is in order, but sealed with a key that this process does not have.
    """

    entry: Entry
    error: str
    awaits_key: bool = False


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


def awaits_key(entry: Entry, error: Exception) -> bool:
    """Tell whether the entry only came before the key that sealed it: keys are being changed."""
    missing = isinstance(error, UnsealError) and error.kind == "unknown_key"
    return missing and datetime.now(UTC) < entry.submission.received_at + KEY_AWAITED


def for_quarantine(failure: Failure) -> SetAside:
    """Return what quarantine keeps of a failure."""
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
