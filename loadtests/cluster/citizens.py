"""Citizens who send to all portals in turn, and keep every receipt.

A portal that does not answer is left alone for a moment and the household goes to another, as
behind a balancer; one that says to come again is asked again when it said. Sending again is safe.
"""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from loadtests.ledger import Ledger, id_shown
from loadtests.round.sender import COME_AGAIN

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from loadtests.households import Households

THREADS: Final = 24
CONNECT_WITHIN: Final = 1.0
"""Seconds for a connection; a host that is cut off does not even refuse one."""

ANSWER_WITHIN: Final = 8.0
"""Seconds for an answer, after which the household goes elsewhere."""

LEFT_ALONE: Final = 1.0
"""Seconds for which a portal that did not answer is left alone."""

AGAIN_AFTER: Final = 0.25
LONGEST_WAIT: Final = 2.0
"""Seconds between two tries, at most: the test is over before a citizen would give up."""

GIVE_UP_AFTER: Final = 90.0
"""Seconds after which a household that got no receipt is a failure."""

_FORM: Final = "application/x-www-form-urlencoded"


@dataclass(slots=True)
class Heard:
    """What was heard so far. Threads add to it under a lock."""

    accepted: Counter[str] = field(default_factory=Counter)
    """Receipts by portal."""
    refused: Counter[str] = field(default_factory=Counter)
    """Answers that said to come again, by portal."""
    silent: Counter[str] = field(default_factory=Counter)
    """Attempts without an answer, by portal: whether it accepted them nobody knows."""
    resent: int = 0
    """Households that were sent more than once."""
    slowest: float = 0.0
    """Seconds until the slowest answer, whatever it was."""
    failures: list[str] = field(default_factory=list)


class Citizens:
    """Send households ``first``, ``first + 1`` … at a rate, from `start` to `stop`."""

    def __init__(
        self,
        portals: Sequence[tuple[str, str, int]],
        households: Households,
        ledger: Path,
        rate: float,
        first: int = 0,
    ) -> None:
        """``portals``: name, address and port of each."""
        self._portals = portals
        self._households = households
        self._ledger = Ledger(ledger)
        self._rate = rate
        self._first = self._next = first
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._abandoned = threading.Event()
        self._left_alone: dict[str, float] = {}
        self._threads = [threading.Thread(target=self._send_all) for _ in range(THREADS)]
        self._began = 0.0
        self.heard = Heard()

    @property
    def sent(self) -> int:
        """How many households were sent."""
        return self._next - self._first

    def start(self) -> None:
        """Begin."""
        self._began = time.monotonic()
        for thread in self._threads:
            thread.start()

    def stop(self, *, at_once: bool = False) -> Heard:
        """Begin no other household, wait until each under way has its receipt or failed.

        ``at_once``: do not try again for those that have none.
        """
        self._stopping.set()
        if at_once:
            self._abandoned.set()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()
        self._ledger.close()
        return self.heard

    def _send_all(self) -> None:
        while True:
            with self._lock:
                due = self._began + (self._next - self._first) / self._rate
                if self._stopping.wait(max(0.0, due - time.monotonic())):
                    return
                number = self._next
                self._next += 1
            self._send(number)

    def _send(self, number: int) -> None:
        body = self._households.body(number)
        tries, until = 0, time.monotonic() + GIVE_UP_AFTER
        while time.monotonic() < until and not self._abandoned.is_set():
            name, address, port = self._portal(number + tries)
            tries += 1
            began = time.monotonic()
            try:
                answer = post(address, port, body, number)
            except (OSError, http.client.HTTPException):
                self._note_silence(name)
                time.sleep(AGAIN_AFTER)
                continue
            wait = self._note(name, number, answer, time.monotonic() - began)
            if wait is None:
                break
            time.sleep(wait)
        else:
            self._fail(number, "no receipt in time")
        if tries > 1:
            with self._lock:
                self.heard.resent += 1

    def _portal(self, turn: int) -> tuple[str, str, int]:
        """Return whose turn it is of those that answer; of all, when none does."""
        now = time.monotonic()
        up = [each for each in self._portals if self._left_alone.get(each[0], 0.0) <= now]
        return (up or self._portals)[turn % len(up or self._portals)]

    def _note_silence(self, name: str) -> None:
        with self._lock:
            self.heard.silent[name] += 1
            self._left_alone[name] = time.monotonic() + LEFT_ALONE

    def _note(self, name: str, number: int, answer: Answer, seconds: float) -> float | None:
        """Note an answer; return the seconds until the next try, None when there is none."""
        with self._lock:
            self.heard.slowest = max(self.heard.slowest, seconds)
            if answer.status in COME_AGAIN:
                self.heard.refused[name] += 1
                return min(answer.retry_after, LONGEST_WAIT)
            try:
                self._ledger.add(number, id_shown(answer.location))
                self.heard.accepted[name] += 1
            except ValueError:
                self.heard.failures.append(f"household {number}: HTTP {answer.status} of {name}")
            return None

    def _fail(self, number: int, why: str) -> None:
        with self._lock:
            self.heard.failures.append(f"household {number}: {why}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a portal said."""

    status: int
    location: str
    retry_after: float


def post(address: str, port: int, body: bytes, number: int) -> Answer:
    """Send a form as a phone does, on a connection of its own, from an address of its own.

    The portal believes one proxy, which names the address. Raises OSError, HTTPException.
    """
    connection = http.client.HTTPConnection(address, port, timeout=CONNECT_WITHIN)
    try:
        connection.connect()
        connection.sock.settimeout(ANSWER_WITHIN)
        told = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        headers = {"Content-Type": _FORM, "X-Forwarded-For": told}
        connection.request("POST", "/daftar", body, headers)
        answer = connection.getresponse()
        answer.read()
        wait = answer.headers.get("Retry-After") or "1"
        location = answer.headers.get("Location") or ""
        return Answer(answer.status, location, float(wait) if wait.isdigit() else 1.0)
    finally:
        connection.close()
