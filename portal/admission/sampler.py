"""What a process asks others once a second, in a thread of its own: no citizen waits for it.

It hears how the inbox stands and what dinas has set, adds up busy addresses, and tells how this
process does. Any server may be gone, or hang: it goes on with what is up.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from redis.exceptions import RedisError

from registry.inbox import InboxUnavailable
from registry.inbox.admission import look

if TYPE_CHECKING:
    import redis

    from portal.admission.addresses import Addresses
    from portal.admission.load import Load
    from registry.inbox import Inbox

EVERY: Final = 1.0
FIGURES: Final = "fmotm:gates"
"""Hash on REDIS_URL: how each process does, by host and process id."""

FRESH: Final = 10.0
"""Seconds after which a process that tells nothing is taken to have ended."""

_log = logging.getLogger(__name__)


class Sampler:
    """Keeps the load of one process up to date."""

    def __init__(self, load: Load, addresses: Addresses, inbox: Inbox, others: redis.Redis) -> None:
        self._load = load
        self._addresses = addresses
        self._inbox = inbox
        self._others = others
        self._down = False

    def start(self) -> None:
        """Begin; after the process was forked. It ends with the process."""
        threading.Thread(target=self._run, name="admission", daemon=True).start()

    def sample(self) -> None:
        """Ask everybody once."""
        self._hear()
        self._addresses.add_up()
        self._tell()

    def _run(self) -> None:
        with suppress(RedisError):
            figures(self._others)  # of processes that ended, also where nobody ever looks
        while True:
            try:
                self.sample()
            except Exception:  # noqa: BLE001 - whatever it was, the next second is looked at
                _log.exception("the load was not looked at")
            time.sleep(EVERY)

    def _hear(self) -> None:
        try:
            self._load.heard(*look(self._inbox))
        except InboxUnavailable as error:
            self._load.heard_nothing()
            if not self._down:
                _log.warning("how the inbox stands is not known: %s", error)
            self._down = True
        else:
            self._down = False

    def _tell(self) -> None:
        name = f"{socket.gethostname()}:{os.getpid()}"
        told = json.dumps({**self._load.figures(), "at": time.time()})
        try:
            self._others.hset(FIGURES, name, told)
        except RedisError:
            return  # the page then says what it does not know


def figures(others: redis.Redis) -> list[dict[str, Any]]:
    """Return what each process told of late, and forget those that ended; raise RedisError."""
    told: dict[Any, Any] = others.hgetall(FIGURES)
    now = time.time()
    found = {name: json.loads(text) for name, text in told.items()}
    ended = [name for name, each in found.items() if not now - FRESH < each["at"] < now + FRESH]
    if ended:
        others.hdel(FIGURES, *ended)
    return [each for name, each in found.items() if name not in ended]
