"""Register households at a portal over HTTP, many at once, and keep count of what came of it."""

import threading
from collections import Counter
from collections.abc import Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Final, TextIO

from fmotm.households.client import Client, GaveUp, Reply, SendError
from fmotm.households.home import Raw
from fmotm.households.pages import read_form, receipt_shown
from registry.rules.receipts import format_receipt

FORM: Final = "/daftar"
_GONE_AFTER: Final = 8
_SENT: Final = frozenset({302, 303})
_REFUSALS: Final = {
    302: ", leading away from the portal",
    303: ", leading away from the portal",
    409: ", another form or period since sending began",
    410: ", the period has closed",
    413: ", the form is too large",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one household.

    Accepted when ``accepted``, with its receipt code unless the page was not to be read; refused
    with the ``problems``, fields of the form to mend; else failed: ``failure`` says how,
    ``silent`` that nobody answered.
    """

    accepted: bool = False
    receipt: str | None = None
    problems: tuple[str, ...] = ()
    failure: str = ""
    silent: bool = False


@dataclass(slots=True)
class Tally:
    """Counts of all that was sent."""

    sent: int = 0
    accepted: int = 0
    receipts: set[str] = field(default_factory=set)
    refused: int = 0
    problems: Counter[str] = field(default_factory=Counter)
    failed: int = 0
    failures: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: Outcome) -> None:
        """Count one household."""
        self.sent += 1
        if outcome.failure:
            self.failed += 1
            self.failures[outcome.failure] += 1
        elif outcome.accepted:
            self.accepted += 1
            if outcome.receipt:
                self.receipts.add(outcome.receipt)
        else:
            self.refused += 1
            self.problems.update(outcome.problems)


class Ledger:
    """A file of receipt codes, one a line, in the order of the households, not of the answers.

    Households without a receipt have no line. Lines are written as soon as their turn has come.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._waiting: dict[int, str | None] = {}
        self._next = 0

    def add(self, number: int, receipt: str | None) -> None:
        """Note what household ``number``, counted from 0, got; each number once."""
        self._waiting[number] = receipt
        while self._next in self._waiting:
            self._write(self._waiting.pop(self._next))
            self._next += 1

    def close(self) -> None:
        """Write what still waits for households that never got an answer."""
        for number in sorted(self._waiting):
            self._write(self._waiting.pop(number))
        self._out.flush()

    def _write(self, receipt: str | None) -> None:
        if receipt:
            self._out.write(f"{format_receipt(receipt)}\n")


def open_form(url: str) -> Raw:
    """Return the fields that the portal's form sends for itself: period and version.

    Raises SendError when there is no form: nobody answers, or no period is open.
    """
    client = Client(url, tries=3)  # who mistyped an address wants to know soon
    try:
        reply = client.get(FORM)
    except GaveUp as gave_up:
        message = f"{url} does not answer: {gave_up}"
        raise SendError(message) from None
    finally:
        client.close()
    hidden = read_form(reply.text).hidden
    if reply.status != 200 or not {"periode", "versi"} <= hidden.keys():
        message = f"{url} shows no form to fill in (HTTP {reply.status}): is a period open?"
        raise SendError(message)
    return dict(hidden)


def register(client: Client, raw: Raw, form: Raw, *, read_receipt: bool = True) -> Outcome:
    """Send one household's form and read its receipt, as its citizen would."""

    def learn(reply: Reply) -> Raw:
        """Return what the waiting page adds, such as a ticket; the answers stay ours."""
        hidden = read_form(reply.text).hidden
        return {name: value for name, value in hidden.items() if name not in raw}

    try:
        reply = client.post(FORM, {**form, **raw, "aksi": "kirim"}, learn)
        if reply.status in _SENT and reply.location:
            return _receipt(client, reply.location) if read_receipt else Outcome(accepted=True)
    except GaveUp as gave_up:
        return Outcome(failure=str(gave_up), silent=gave_up.silent)
    if reply.status == 422:
        return Outcome(problems=tuple(read_form(reply.text).problems) or ("?",))
    why = _REFUSALS.get(reply.status, "")
    return Outcome(failure=f"HTTP {reply.status}{why}")


def _receipt(client: Client, path: str) -> Outcome:
    page = client.get(path)
    code = receipt_shown(page.text) if page.status == 200 else None
    if code is None:
        return Outcome(failure=f"no code on the receipt's page (HTTP {page.status})")
    return Outcome(accepted=True, receipt=code)


def _until_gone(
    results: SimpleQueue[tuple[int, Outcome] | None], senders: int
) -> Generator[tuple[int, Outcome], None, None]:
    """Yield results until each sender has ended with None, or the portal is gone.

    A restart is waited out by each household's own tries. Gone is a portal when that many in a
    row were not answered: to try each of thousands would take hours.
    """
    silent, gone = 0, max(senders, _GONE_AFTER)
    while senders and silent < gone:
        result = results.get()
        if result is None:
            senders -= 1
            continue
        silent = silent + 1 if result[1].silent else 0
        yield result


def send_all(
    url: str, households: Iterable[Raw], *, concurrency: int = 8, read_receipt: bool = True
) -> Generator[tuple[int, Outcome], None, None]:
    """Register households and yield (number, outcome) as answers come, numbers from 0.

    ``concurrency`` connections are kept open. Raises SendError before anything is sent when there
    is no form to fill in. Closing the iterator stops: nothing new is sent, waits end. Stops by
    itself when nobody answered for long enough that the portal must be gone.
    """
    form = open_form(url)
    source = enumerate(households)
    turn, stop = threading.Lock(), threading.Event()
    results: SimpleQueue[tuple[int, Outcome] | None] = SimpleQueue()

    def work() -> None:
        client = Client(url, stop)
        try:
            while not stop.is_set():
                with turn:
                    entry = next(source, None)
                if entry is None:
                    return
                number, raw = entry
                results.put((number, register(client, raw, form, read_receipt=read_receipt)))
        finally:
            client.close()
            results.put(None)

    with ThreadPoolExecutor(concurrency) as pool:
        workers = [pool.submit(work) for _ in range(concurrency)]
        try:
            yield from _until_gone(results, concurrency)
        finally:
            stop.set()
    for worker in workers:
        worker.result()
