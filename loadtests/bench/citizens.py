"""A few citizens beside the load, who keep their receipts and look their applications up."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

from fmotm.households.client import Client, GaveUp
from fmotm.households.pages import receipt_shown
from fmotm.households.send import register
from loadtests.bench.measure import CheckFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loadtests.bench.servers import Servers

STATUS: Final = "/cek"
_PAUSE: Final = 0.1
"""Seconds between two of them."""


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

    def look_all_up(self) -> None:
        """Find each by its receipt. Raises CheckFailed."""
        client = Client(self.servers.url)
        try:
            for number, receipt in self.receipts.items():
                self._look_up(client, number, receipt)
        finally:
            client.close()

    def _look_up(self, client: Client, number: int, receipt: str) -> None:
        asked = {"nik": self.servers.template.nik(number), "bukti": receipt}
        try:
            page = client.post(STATUS, dict(asked), lambda _: {})
        except GaveUp as error:
            msg = f"household {number} has a receipt, but no status: {error}"
            raise CheckFailed(msg) from None
        if page.status != 200 or receipt_shown(page.text) != receipt:
            msg = f"household {number} has a receipt, but {STATUS} does not find it"
            raise CheckFailed(msg)

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
