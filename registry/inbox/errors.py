"""Why the inbox did not do what it was asked."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, TypeAlias

from redis.exceptions import OutOfMemoryError, RedisError

if TYPE_CHECKING:
    from collections.abc import Iterator

Unavailability: TypeAlias = Literal["down", "full"]
Closure: TypeAlias = Literal["unknown", "not_yet", "over"]


class InboxError(Exception):
    """The inbox did not do it."""


class PeriodClosed(InboxError):  # noqa: N818 - an answer of the domain, named as people say it
    """The application's period takes none now.

    ``reason``: ``not_yet`` open, ``over`` (grace included), or ``unknown`` to the inbox.
    """

    def __init__(self, reason: Closure) -> None:
        super().__init__(f"the period is closed ({reason})")
        self.reason: Closure = reason


class SlowDown(InboxError):  # noqa: N818
    """Too many applications of one NIK today: a ticket is to be had in ``retry_after`` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"too many applications of one NIK: wait {retry_after} s")
        self.retry_after = retry_after


class Halted(InboxError):  # noqa: N818
    """Accepting was stopped, by a person or because entries were lost; ``reason`` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"accepting is halted: {reason}")
        self.reason = reason


class InboxUnavailable(InboxError):  # noqa: N818
    """The inbox server is ``down`` (or hangs, loads, takes no writes) or ``full``.

    What was asked may have happened all the same; asking again is always safe.
    ``detail`` is for the log.
    """

    def __init__(self, kind: Unavailability, detail: str) -> None:
        super().__init__(f"the inbox is {kind} ({detail})")
        self.kind: Unavailability = kind
        self.detail = detail


@contextmanager
def translated() -> Iterator[None]:
    """Turn every error of the Redis client into InboxUnavailable."""
    try:
        yield
    except RedisError as error:
        # MISCONF: the server could not write to its disk, which mostly means that that is full.
        code = error.status_code or str(error).partition(" ")[0]
        full = isinstance(error, OutOfMemoryError) or code in {"OOM", "MISCONF"}
        # Only the class and the server's error code: the rest of a message may repeat arguments.
        named = f" {code}" if code.isascii() and code.isupper() else ""
        detail = type(error).__name__ + named
        raise InboxUnavailable("full" if full else "down", detail) from error
