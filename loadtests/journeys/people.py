"""People in general: they think, they wait as told, and they hold on to their receipts."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import count
from typing import TYPE_CHECKING, Final, Protocol

from fmotm.households.pages import read_form, receipt_shown
from loadtests.journeys.browser import Lost, NoAnswer, shown
from loadtests.ledger import id_shown
from registry.rules.receipts import receipt_code

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

    from fmotm.households import Raw
    from fmotm.households.client import Reply
    from loadtests.households import Households
    from loadtests.journeys.browser import Browser

TRIES: Final = 8
"""Times that somebody sends the same form before giving up."""

COME_AGAIN: Final = frozenset(
    {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE}
)
SPREAD: Final = 0.6
"""Of thinking, as a lognormal's sigma: most take about the median, some three times as long."""

_GUESS: Final = 5.0
"""Seconds to wait when nobody said how long."""

_REMEMBERED: Final = 10_000


class Receipts(Protocol):
    """Where every receipt goes (loadtests.ledger)."""

    def add(self, number: int, application_id: bytes) -> None:
        """Note the receipt of a household."""


@dataclass(slots=True)
class World:
    """What all people share.

    ``hurry``: how many times faster than real ones they think. Waiting that the portal asks for is
    never made shorter. ``sleep`` waits so many seconds of the clock.
    """

    households: Households
    form: Raw
    ledger: Receipts
    hurry: float
    sleep: Callable[[float], None]
    numbers: Iterator[int] = field(default_factory=count)
    recent: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    """Households that were registered, with their receipt codes: who looks up is one of them."""


@dataclass(slots=True)
class Person:
    """Somebody with a browser of their own."""

    browser: Browser
    world: World
    dice: random.Random

    def think(self, minutes: float) -> None:
        """Take about so many minutes, some much longer, on the hurried clock."""
        taken = minutes * 60 * math.exp(SPREAD * self.dice.gauss(0.0, 1.0))
        self.world.sleep(taken / self.world.hurry)

    def send(self, path: str, fields: Raw, name: str) -> Reply:
        """Send a form; wait as told and send again when refused. Raises Lost, after TRIES."""
        sent, why = dict(fields), ""
        for attempt in range(TRIES):
            if attempt:
                name = "send again"
            try:
                page = self.browser.post(path, sent, name)
            except NoAnswer:
                why, wait = "no answer", _GUESS
            else:
                if page.status not in COME_AGAIN:
                    return page
                why, wait = f"HTTP {page.status}", page.retry_after or _GUESS
                # Such as a ticket, by which the portal knows that somebody has waited.
                hidden = read_form(page.text).hidden
                sent |= {key: each for key, each in hidden.items() if key not in fields}
            if attempt + 1 < TRIES:
                self.world.sleep(wait * self.dice.uniform(1.0, 1.25))
        message = f"{path}: {why}, {TRIES} times"
        raise Lost(message)

    def keep(self, number: int, answer: Reply) -> str:
        """Note the receipt that was answered, open it, and return its code. Raises Lost.

        It is noted before it is opened: from here on it has to lead to an application.
        """
        if answer.status != HTTPStatus.SEE_OTHER or not answer.location:
            message = f"no receipt: HTTP {answer.status}"
            raise Lost(message)
        try:
            application_id = id_shown(answer.location)
        except ValueError as error:
            raise Lost(str(error)) from None
        self.world.ledger.add(number, application_id)
        page = shown(self.browser.get(answer.location, "receipt"), "receipt")
        code = receipt_code(application_id)
        if receipt_shown(page.text) != code:
            raise Lost("the receipt shows another code than its address")
        self.world.recent.append((number, code))
        return code
