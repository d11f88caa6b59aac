"""The flood guard by address: tracked by everyone, refused only far above what citizens bring.

Thousands of citizens share one address. A request costs one count in the process' own memory;
once a second what busy addresses brought is added up in REDIS_URL for all processes, beside the
requests and never within one. When that is gone each process goes by what it saw itself.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import time
from ipaddress import IPv6Address
from typing import Final

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter, RateLimiter
from redis.exceptions import RedisError

MOST: Final = 10_000
"""Addresses that a process tracks in a second; a flood of more is none of few addresses."""

BUSY: Final = 20
"""Requests within a second from which on an address is added up with what others saw of it."""

WATCHED: Final = 1 / 3
"""The share of the ceiling above which an address is reported."""

_log = logging.getLogger(__name__)


class Addresses:
    """Counts the requests of each address. `over` is for requests, `add_up` once a second."""

    def __init__(self, ceiling: int, key: bytes, shared: RateLimiter) -> None:
        self._ceiling = RateLimitItemPerMinute(ceiling)
        self._key = key
        self._shared = shared
        self._alone = FixedWindowRateLimiter(MemoryStorage())
        self._seen: dict[str, int] = {}
        self._over: dict[str, float] = {}
        self._reported: dict[str, float] = {}

    def over(self, address: str) -> float:
        """Count a request; return for how many seconds its address is refused, 0 if it is not."""
        network = _network(address)
        seen = self._seen
        if network in seen:
            seen[network] += 1
        elif len(seen) < MOST:
            seen[network] = 1
        until = self._over.get(network) if self._over else None
        return max(0.0, until - time.time()) if until else 0.0

    def add_up(self) -> None:
        """Tell the other processes what busy addresses brought, and learn which are over."""
        seen, self._seen = self._seen, {}
        now = time.time()
        self._over = {each: until for each, until in self._over.items() if until > now}
        self._reported = {each: until for each, until in self._reported.items() if until > now}
        shared: RateLimiter | None = self._shared
        for address, many in list(seen.items()):  # a thread may still be adding to it
            if many >= BUSY:
                shared = self._add(shared, address, many)

    def _add(self, shared: RateLimiter | None, address: str, many: int) -> RateLimiter | None:
        """Count at the shared server while it answers; return it for the next, if it did."""
        if shared is not None:
            try:
                self._count(shared, address, many)
            except RedisError as error:
                _log.warning("addresses are counted alone: %s", type(error).__name__)
            else:
                return shared
        self._count(self._alone, address, many)
        return None

    def _count(self, limiter: RateLimiter, address: str, many: int) -> None:
        name = hmac.digest(self._key, b"address:" + address.encode(), hashlib.sha256).hex()[:16]
        within = limiter.hit(self._ceiling, "alamat", name, cost=many)
        ends, left = limiter.get_window_stats(self._ceiling, "alamat", name)
        if not within:
            self._over[address] = ends
        if left < self._ceiling.amount * (1 - WATCHED) and address not in self._reported:
            self._reported[address] = ends
            what = "is refused" if not within else "is watched"
            _log.warning("address %s %s: %d left of %s", name, what, left, self._ceiling)


def _network(address: str) -> str:
    """Return what one customer has: an IPv4 address, or the first half of an IPv6 address."""
    if ":" not in address:
        return address
    try:
        return IPv6Address(address.partition("%")[0]).packed[:8].hex()
    except ValueError:
        return address[:40]
