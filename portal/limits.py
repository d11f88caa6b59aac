"""Flood guards. None of them may lock out a person, nor a thousand behind one address.

- By address there is only a ceiling far above what a mobile operator's shared address brings.
  The accept path, what phones keep of themselves, and the probes are outside it: the inbox
  itself counts applications by NIK.
- By NIK, tries to read a status with a KK instead of the receipt. The receipt always works.
- By organisation, what its accounts register in an hour, far above what typing by hand brings.

Counts live in REDIS_URL. While that is down they are kept in the memory of each process.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from flask import current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter, RateLimiter
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from portal.hooks import hooks_kept_to
from portal.services import services

if TYPE_CHECKING:
    from flask import Flask

CEILING: Final = "6000 per minute"
"""Requests of one address, of pages that are not exempt."""

KK_TRIES: Final = 5
"""Times a day that a status can be asked by NIK and KK."""

REGISTRATIONS: Final = 600
"""Households that the accounts of one organisation may register in an hour."""

# redis-py and limits by themselves try for many seconds; a citizen would wait for the counting.
_OPTIONS: Final = {
    "socket_timeout": 0.3,
    "socket_connect_timeout": 0.3,
    "retry": Retry(NoBackoff(), 0),
    "protocol": 2,
}
_EXEMPT: Final = frozenset(
    {
        "apply.form",
        "apply.send",
        "offline.unreachable",
        "offline.worker",
        "probes.healthz",
        "probes.readyz",
    }
)
_log = logging.getLogger(__name__)


class TooMany(Exception):  # noqa: N818 - named after what happened
    """An organisation has registered all that an hour takes; it goes on at ``until`` (UTC)."""

    def __init__(self, until: datetime) -> None:
        super().__init__(f"too many until {until:%H:%M}")
        self.until = until


class _Counter:
    """Counts what is done under a name in a window of time, apart for each key."""

    def __init__(self, limiter: Limiter, name: str, most: str) -> None:
        self._limiter = limiter
        self._name = name
        self._item: RateLimitItem = parse(most)
        self._memory = FixedWindowRateLimiter(MemoryStorage())

    def _hit(self, key: str) -> datetime | None:
        """Count once; None when that was in order, else from when on it is again."""
        try:
            return self._count(self._limiter.limiter, key)
        except RedisError as error:
            _log.warning("limits fall back to memory: %s", type(error).__name__)
            return self._count(self._memory, key)

    def _count(self, window: RateLimiter, key: str) -> datetime | None:
        if window.hit(self._item, self._name, key):
            return None
        ends = window.get_window_stats(self._item, self._name, key).reset_time
        return datetime.fromtimestamp(ends, UTC)


class KKTries(_Counter):
    """Counts tries by NIK and KK for each NIK (its blind index) and day."""

    def __init__(self, limiter: Limiter, a_day: int) -> None:
        super().__init__(limiter, "cek-kk", f"{a_day} per day")

    def allow(self, nik_index: bytes) -> bool:
        """Count a try; False when there were too many today, whether the NIK is known or not."""
        return self._hit(nik_index.hex()) is None


class Registrations(_Counter):
    """Counts what each organisation registers in an hour, whichever of its accounts sends it."""

    def __init__(self, limiter: Limiter, an_hour: int) -> None:
        super().__init__(limiter, "lembaga", f"{an_hour} per hour")

    def count(self, organisation: str) -> None:
        """Count one more household; raise TooMany."""
        until = self._hit(organisation)
        if until is not None:
            raise TooMany(until)


def kk_tries() -> KKTries:
    """Return the counter of the app that answers this request."""
    tries: KKTries = current_app.extensions["kk_tries"]
    return tries


def registrations() -> Registrations:
    """Return the counter of the app that answers this request."""
    counted: Registrations = current_app.extensions["registrations"]
    return counted


def init_app(app: Flask) -> None:
    """Set the guards up; CEILING, KK_TRIES, REGISTRATIONS in the configuration override ours."""
    with app.app_context():
        url = services().settings.redis_url
    limiter = Limiter(
        get_remote_address,
        default_limits=[app.config.get("CEILING", CEILING)],
        default_limits_per_method=False,
        storage_uri=url.replace("unix://", "redis+unix://", 1),
        storage_options=_OPTIONS,  # type: ignore[arg-type]
        strategy="fixed-window",
        in_memory_fallback_enabled=True,
        swallow_errors=True,  # a guard that fails must not refuse anybody
        key_prefix="fmotm",
    )
    with hooks_kept_to(app, lambda: request.endpoint not in _EXEMPT):
        limiter.init_app(app)
    app.extensions["kk_tries"] = KKTries(limiter, app.config.get("KK_TRIES", KK_TRIES))
    most = app.config.get("REGISTRATIONS", REGISTRATIONS)
    app.extensions["registrations"] = Registrations(limiter, most)
