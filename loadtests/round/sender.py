"""One process that sends households: `python -m loadtests.round.sender TASK` (a file, as JSON).

It shares the machine with what it measures, so it does little: plain sockets, one loop. Each
connection is a citizen after another; who is refused waits as long as told, and a little more by
chance, and sends again. Sending again is safe: the same answers are the same application.
"""

from __future__ import annotations

import heapq
import json
import random
import selectors
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Final

from fmotm.households.pages import receipt_shown
from loadtests.households import Households
from loadtests.ledger import Ledger, id_shown
from loadtests.round import wire
from registry.rules.receipts import receipt_code

TRIES: Final = 200
"""Times that a household is sent; at the usual wait of some seconds that is longer than a quarter
of an hour without any getting through."""

OPENED_EVERY: Final = 500
"""Every so many receipts one is opened, and its code compared."""

SILENCE: Final = 30.0
"""Seconds without an answer after which a connection is given up, and its household sent again."""

MOST_FAILURES: Final = 100
"""Households that got no receipt, after which no more are sent: it has gone wrong already."""

COME_AGAIN: Final = frozenset({429, 502, 503, 504})
_WAIT: Final = 1.0
_ONCE_MORE: Final = 0.25
_CHUNK: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Task:
    """What one process sends: households ``first``, ``first + step`` … below ``end``."""

    host: str
    port: int
    form: dict[str, str]
    first: int
    step: int
    end: int
    connections: int
    ledger: str
    counts: str
    """The file where it tells how far it is, every second."""
    tries: int = TRIES


@dataclass(slots=True)
class Counts:
    """What became of what was sent so far. Times are of the system's clock."""

    began: float = 0.0
    ended: float = 0.0
    refused: Counter[str] = field(default_factory=Counter)
    unanswered: int = 0
    opened: int = 0
    failures: list[str] = field(default_factory=list)
    cpu: float = 0.0

    def write(self, path: Path) -> None:
        """Write them so that whoever reads sees all or nothing."""
        self.cpu = time.process_time()
        draft = path.with_suffix(".new")
        # Not asdict: in Python 3.11 it makes something else of a Counter.
        told = {each.name: getattr(self, each.name) for each in fields(self)}
        draft.write_text(json.dumps(told), "utf-8")
        draft.replace(path)


@dataclass(slots=True)
class Citizen:
    """One connection, and the household that is being sent over it."""

    number: int = -1
    request: bytes = b""
    tries: int = 0
    code: str = ""
    """The code that the page now asked for must show; '' while a form is being sent."""
    socket: socket.socket | None = None
    received: bytes = b""
    since: float = 0.0


class Sender:
    """Sends the households of a task; :meth:`run` returns when each has its receipt or failed."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._host = f"{task.host}:{task.port}"
        self._households = Households.of(task.form)
        self._numbers: Iterator[int] = iter(range(task.first, task.end, task.step))
        self._ledger = Ledger(Path(task.ledger))
        self._receipts = 0
        self._waiting: list[tuple[float, int, Citizen]] = []
        self._busy: set[int] = set()
        self._citizens = [Citizen() for _ in range(task.connections)]
        self._selector = selectors.DefaultSelector()
        self.counts = Counts()

    def run(self) -> Counts:
        """Send everything."""
        self.counts.began = time.time()
        told = time.monotonic()
        for citizen in self._citizens:
            self._next(citizen)
        while self._busy or self._waiting:
            for key, _ in self._selector.select(self._patience()):
                self._hear(key.data)
            now = time.monotonic()
            self._wake(now)
            if now - told >= 1.0:
                told = now
                self._give_up_silent(now)
                self.tell()
        self.counts.ended = time.time()
        self.tell()
        self._close()
        return self.counts

    def tell(self) -> None:
        """Let others see how far it is."""
        self._ledger.flush()
        self.counts.write(Path(self._task.counts))

    def _close(self) -> None:
        for citizen in self._citizens:
            self._hang_up(citizen)
        self._selector.close()
        self._ledger.close()

    def _next(self, citizen: Citizen) -> None:
        number = next(self._numbers, None)
        if number is None:
            self._hang_up(citizen)
            return
        citizen.number, citizen.tries, citizen.code = number, 0, ""
        citizen.request = wire.form(self._host, self._households.body(number), number)
        self._send(citizen)

    def _send(self, citizen: Citizen) -> None:
        citizen.tries += 1
        citizen.received = b""
        citizen.since = time.monotonic()
        self._busy.add(id(citizen))
        try:
            if citizen.socket is None:
                self._call(citizen)
            assert citizen.socket is not None
            citizen.socket.sendall(citizen.request)
        except OSError:
            self._lost(citizen)

    def _call(self, citizen: Citizen) -> None:
        task = self._task
        citizen.socket = socket.create_connection((task.host, task.port), SILENCE)
        citizen.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._selector.register(citizen.socket, selectors.EVENT_READ, citizen)

    def _hang_up(self, citizen: Citizen) -> None:
        if citizen.socket is not None:
            self._selector.unregister(citizen.socket)
            citizen.socket.close()
            citizen.socket = None

    def _hear(self, citizen: Citizen) -> None:
        if citizen.socket is None:
            return
        try:
            chunk = citizen.socket.recv(_CHUNK)
            citizen.received += chunk
            answer = wire.read(citizen.received) if chunk else None
        except (OSError, wire.NotHTTP):
            self._lost(citizen)
            return
        if not chunk:
            self._lost(citizen)
        elif answer is not None:
            self._answered(citizen, answer)

    def _lost(self, citizen: Citizen) -> None:
        """Note that a connection is gone; while nothing is sent, that is the server's right."""
        self._hang_up(citizen)
        if id(citizen) in self._busy:
            self.counts.unanswered += 1
            self._later(citizen, _ONCE_MORE, "no answer")

    def _answered(self, citizen: Citizen, answer: wire.Answer) -> None:
        self._busy.discard(id(citizen))
        if answer.closes:
            self._hang_up(citizen)
        if answer.status in COME_AGAIN:
            self.counts.refused[str(answer.status)] += 1
            told = _WAIT if answer.retry_after is None else float(answer.retry_after)
            self._later(citizen, told, f"HTTP {answer.status}")
        elif citizen.code:
            self._opened(citizen, answer)
        elif answer.status == 303:
            self._accepted(citizen, answer.location)
        else:
            self._failed(citizen, f"HTTP {answer.status}")

    def _accepted(self, citizen: Citizen, location: str) -> None:
        try:
            application_id = id_shown(location)
        except ValueError as error:
            self._failed(citizen, str(error))
            return
        self._ledger.add(citizen.number, application_id)
        self._receipts += 1
        if self._receipts % OPENED_EVERY != 1:
            self._next(citizen)
            return
        citizen.code, citizen.tries = receipt_code(application_id), 0
        path = location[location.index("/bukti/") :]
        citizen.request = wire.page(self._host, path)
        self._send(citizen)

    def _opened(self, citizen: Citizen, answer: wire.Answer) -> None:
        self.counts.opened += 1
        if answer.status != 200 or receipt_shown(answer.body.decode()) != citizen.code:
            self._failed(citizen, "a receipt does not show its code")
        else:
            self._next(citizen)

    def _failed(self, citizen: Citizen, why: str) -> None:
        self.counts.failures.append(f"household {citizen.number}: {why}")
        if len(self.counts.failures) >= MOST_FAILURES:
            self._numbers = iter(())
        self._next(citizen)

    def _later(self, citizen: Citizen, seconds: float, why: str) -> None:
        self._busy.discard(id(citizen))
        if citizen.tries >= self._task.tries:
            self._failed(citizen, f"{why}, {citizen.tries} times")
            return
        due = time.monotonic() + seconds * random.uniform(1.0, 1.25)
        heapq.heappush(self._waiting, (due, id(citizen), citizen))

    def _wake(self, now: float) -> None:
        while self._waiting and self._waiting[0][0] <= now:
            self._send(heapq.heappop(self._waiting)[2])

    def _patience(self) -> float:
        if not self._waiting:
            return 1.0
        return min(1.0, max(0.0, self._waiting[0][0] - time.monotonic()))

    def _give_up_silent(self, now: float) -> None:
        for citizen in self._citizens:
            if id(citizen) in self._busy and now - citizen.since > SILENCE:
                self._lost(citizen)


def main() -> int:
    """Carry out the task that the file named on the command line describes."""
    task = Task(**json.loads(Path(sys.argv[1]).read_text("utf-8")))
    return 1 if Sender(task).run().failures else 0


if __name__ == "__main__":
    sys.exit(main())
