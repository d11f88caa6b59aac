"""Limits on what is done again and again. None of them may lock out a person.

- By NIK, tries to read a status with a KK instead of the receipt. The receipt always works.
- By organisation, what its accounts register in an hour, far above what typing by hand brings.
- Applications of a NIK are counted by the inbox itself, and addresses by `portal.admission`: a
  thousand citizens may be behind one.

Counts live in REDIS_URL. While that is down they are kept in the memory of each process, and it is
not asked again for some seconds: nobody waits for the counting.
"""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import redis
from flask import current_app
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter, RateLimiter
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from portal.hooks import hooks_kept_to
from portal.metrics import refused
from portal.services import services

if TYPE_CHECKING:
    from flask import Flask

KK_TRIES: Final = 5
"""Times a day that a status can be asked by NIK and KK."""

REGISTRATIONS: Final = 600
"""Households that the accounts of one organisation may register in an hour."""

# redis-py and limits by themselves try for many seconds; a citizen would wait for the counting.
_OPTIONS: Final[dict[str, Any]] = {
    "socket_timeout": 0.3,
    "socket_connect_timeout": 0.3,
    "retry": Retry(NoBackoff(), 0),
    "protocol": 2,
}
REST: Final = 5.0
"""Seconds for which a server that failed, or hung, is left alone."""

_LIMITER: Final = "limits"
_log = logging.getLogger(__name__)


class TooMany(Exception):  # noqa: N818 - named after what happened
    """An organisation has registered all that an hour takes; it goes on at ``until`` (UTC)."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"too many until {until:%H:%M}")
        self.until = until


class Rest:
    """Tells whether a server that failed is left alone for a while. Threads may share it."""

    def __init__(self) -> None:
        self._until = 0.0

    @property
    def over(self) -> bool:
        """Whether the server may be asked."""
        return time.monotonic() >= self._until

    def begin(self) -> None:
        """Leave it alone from now on."""
        self._until = time.monotonic() + REST


class _Counter:
    """Counts what is done under a name in a window of time, apart for each key."""

    def __init__(self, limiter: Limiter, rest: Rest, name: str, most: str) -> None:
        self._limiter = limiter
        self._rest = rest
        self._name = name
        self._item: RateLimitItem = parse(most)
        self._memory = FixedWindowRateLimiter(MemoryStorage())

    def _hit(self, key: str) -> datetime | None:
        """Count once; None when that was in order, else from when on it is again."""
        if self._rest.over:
            try:
                return self._count(self._limiter.limiter, key)
            except RedisError as error:
                self._rest.begin()
                _log.warning("limits fall back to memory: %s", type(error).__name__)
        return self._count(self._memory, key)

    def _count(self, window: RateLimiter, key: str) -> datetime | None:
        if window.hit(self._item, self._name, key):
            return None
        ends = window.get_window_stats(self._item, self._name, key).reset_time
        return datetime.fromtimestamp(ends, UTC)


class KKTries(_Counter):
    """Counts tries by NIK and KK for each NIK (its blind index) and day."""

    def __init__(self, limiter: Limiter, rest: Rest, a_day: int) -> None:
        super().__init__(limiter, rest, "cek-kk", f"{a_day} per day")

    def allow(self, nik_index: bytes) -> bool:
        """Count a try; False when there were too many today, whether the NIK is known or not."""
        allowed = self._hit(nik_index.hex()) is None
        if not allowed:
            refused("nik_and_kk")
        return allowed


class Registrations(_Counter):
    """Counts what each organisation registers in an hour, whichever of its accounts sends it."""

    def __init__(self, limiter: Limiter, rest: Rest, an_hour: int) -> None:
        super().__init__(limiter, rest, "lembaga", f"{an_hour} per hour")

    def count(self, organisation: str) -> None:
        """Count one more household; raise TooMany."""
        until = self._hit(organisation)
        if until is not None:
            refused("organisation")
            raise TooMany(until)


def kk_tries() -> KKTries:
    """Return the counter of the app that answers this request."""
    tries: KKTries = current_app.extensions["kk_tries"]
    return tries


def registrations() -> Registrations:
    """Return the counter of the app that answers this request."""
    counted: Registrations = current_app.extensions["registrations"]
    return counted


def counted_together(app: Flask) -> RateLimiter:
    """Return what counts for all processes; it raises RedisError when REDIS_URL is gone."""
    limiter: Limiter = app.extensions[_LIMITER]
    return limiter.limiter


def connect_limits(url: str) -> redis.Redis:
    """Give a client of REDIS_URL that answers or fails at once, like the limits' own."""
    return redis.Redis.from_url(url, **_OPTIONS)


def init_app(app: Flask) -> None:
    """Set the limits up; KK_TRIES, REGISTRATIONS in the configuration override ours."""
    with app.app_context():
        url = services().settings.redis_url
    limiter = Limiter(
        get_remote_address,
        storage_uri=url.replace("unix://", "redis+unix://", 1),
        storage_options=_OPTIONS,
        strategy="fixed-window",
        key_prefix="fmotm",
    )
    # No route has a limit of its own, so there is nothing to do around requests.
    with hooks_kept_to(app, lambda: False):
        limiter.init_app(app)
    rest = Rest()
    app.extensions[_LIMITER] = limiter
    app.extensions["kk_tries"] = KKTries(limiter, rest, app.config.get("KK_TRIES", KK_TRIES))
    most = app.config.get("REGISTRATIONS", REGISTRATIONS)
    app.extensions["registrations"] = Registrations(limiter, rest, most)
