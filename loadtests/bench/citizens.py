"""A few citizens beside the load, who keep their receipts and look their applications up."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

from fmotm.households.client import Client, GaveUp, Reply
from fmotm.households.pages import receipt_shown
from fmotm.households.send import register
from loadtests.bench.measure import CheckFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loadtests.bench.servers import Servers

STATUS: Final = "/cek"
_PAUSE: Final = 0.1
"""Seconds between two of them."""

_FOUND_WITHIN: Final = 60.0
"""Seconds within which a status is shown. Who is held off asks again at once: a portal that has
served no look-up of late asks for a minute's patience, and a bench of many would stand still."""


@dataclass(slots=True)
class Citizens:
    """Up to ``most`` of them. ``receipts``: number of the household → its receipt code."""

    servers: Servers
    most: int
    receipts: dict[int, str] = field(default_factory=dict)
    unsure: int = 0
    """Of those who got no receipt nobody knows whether they are in the inbox."""

    @property
    def accepted(self) -> int:
        """How many got a receipt."""
        return len(self.receipts)

    @contextmanager
    def sending(self) -> Iterator[Self]:
        """Send one after the other while the block lasts."""
        stop = threading.Event()
        first = self.servers.numbers.take(self.most)
        thread = threading.Thread(target=self._send, args=(first, stop))
        thread.start()
        try:
            yield self
        finally:
            stop.set()
            thread.join()

    @contextmanager
    def looking_up(self) -> Iterator[Self]:
        """Look all up while the block's load lasts. Raises CheckFailed at its end."""
        with ThreadPoolExecutor(1) as pool:
            looking = pool.submit(self.look_all_up)
            yield self
            looking.result()

    def look_all_up(self) -> None:
        """Find each by its receipt. Raises CheckFailed."""
        client = Client(self.servers.url, tries=1)
        try:
            for number, receipt in self.receipts.items():
                self._look_up(client, number, receipt)
        finally:
            client.close()

    def _look_up(self, client: Client, number: int, receipt: str) -> None:
        page = self._asked(client, number, receipt)
        if page.status != 200 or receipt_shown(page.text) != receipt:
            msg = f"household {number} has a receipt, but {STATUS} does not find it"
            raise CheckFailed(msg)

    def _asked(self, client: Client, number: int, receipt: str) -> Reply:
        asked = {"nik": self.servers.template.nik(number), "bukti": receipt}
        until = time.monotonic() + _FOUND_WITHIN
        while True:
            try:
                return client.post(STATUS, dict(asked), lambda _: {})
            except GaveUp as error:
                if time.monotonic() > until:
                    msg = f"household {number} has a receipt, but no status: {error}"
                    raise CheckFailed(msg) from None
            time.sleep(_PAUSE)

    def _send(self, first: int, stop: threading.Event) -> None:
        client = Client(self.servers.url, tries=1)
        try:
            for number in range(first, first + self.most):
                if stop.is_set():
                    return
                outcome = register(client, self.servers.template.answers(number), {})
                if outcome.receipt:
                    self.receipts[number] = outcome.receipt
                else:
                    self.unsure += 1
                stop.wait(_PAUSE)
        finally:
            client.close()
