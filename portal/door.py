"""What the portal knows of the rounds while PostgreSQL, or even the inbox, is down."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from portal import dates
from registry.inbox import InboxUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from registry.inbox import Inbox, Neighbourhood
    from registry.rules.periods import Period

T = TypeVar("T")

PERIODS_REMEMBERED: Final = 2.0
"""Seconds until the periods are asked for again: how late a closed form may still be shown."""

NEIGHBOURHOODS_REMEMBERED: Final = 60.0
_ASK_AGAIN_AFTER_FAILURE: Final = 1.0
_log = logging.getLogger(__name__)


class _Remembered(Generic[T]):
    """A value that is asked for again now and then, by one thread while the others go on.

    When asking fails the old value stays. Before the first answer there is none: then it raises.
    """

    def __init__(self, ask: Callable[[], T], seconds: float) -> None:
        self._ask = ask
        self._seconds = seconds
        self._known: tuple[T] | None = None
        self._again_at = 0.0
        self._asking = threading.Lock()

    def get(self) -> T:
        """Return the value; raise InboxUnavailable when it was never heard."""
        known = self._known
        if known is not None and time.monotonic() < self._again_at:
            return known[0]
        if known is not None and self._asking.locked():
            return known[0]
        with self._asking:
            if self._known is None or time.monotonic() >= self._again_at:
                self._refresh()
            if self._known is None:  # pragma: no cover - _refresh raised
                raise AssertionError
            return self._known[0]

    def _refresh(self) -> None:
        try:
            self._known = (self._ask(),)
            self._again_at = time.monotonic() + self._seconds
        except InboxUnavailable as error:
            if self._known is None:
                raise
            _log.warning("the door goes by what it knew before: %s", error)
            self._again_at = time.monotonic() + _ASK_AGAIN_AFTER_FAILURE


@dataclass(frozen=True, slots=True)
class Rounds:
    """The round that is open now, else the next one, and the last one that was open."""

    open: Period | None
    next: Period | None
    last: Period | None
    """The one that was closed last."""
    all: tuple[Period, ...] = ()

    def takes(self, period: str, now: datetime) -> bool:
        """Whether this round takes forms at `now`, those sent within the grace too."""
        return any(each.id == period and each.accepts(now) for each in self.all)


class Door:
    """Tells whether registration is open, by the snapshot that the inbox server holds."""

    def __init__(self, inbox: Inbox) -> None:
        self._periods = _Remembered(inbox.periods, PERIODS_REMEMBERED)
        self._neighbourhoods = _Remembered(inbox.neighbourhoods, NEIGHBOURHOODS_REMEMBERED)

    def rounds(self, now: datetime) -> Rounds:
        """Return the rounds as they stand at `now`; raise InboxUnavailable when never heard."""
        periods = self._periods.get()
        return Rounds(
            open=next((each for each in periods if each.is_open(now)), None),
            next=next((each for each in periods if now < each.opens_at), None),
            last=next((each for each in reversed(periods) if each.closes_at <= now), None),
            all=tuple(periods),
        )

    def next_date(self, now: datetime, period_id: str = "") -> str:
        """Return the next date that concerns a household of this round, as a sentence.

        Of the current round when none is named; '' when the round is not known.
        """
        try:
            rounds = self.rounds(now)
        except InboxUnavailable:
            return ""
        known = {each.id: each for each in rounds.all}
        period = known.get(period_id) if period_id else rounds.open or rounds.last
        return dates.say(period.next_date(now)) if period else ""

    def round_of(self, received_at: datetime) -> Period | None:
        """Return the round in which an application was received; None when it is not known."""
        try:
            known = self.rounds(received_at)
        except InboxUnavailable:
            return None
        late = (each for each in known.all if each.accepts(received_at))
        return known.open or next(late, None)

    def neighbourhoods(self) -> Mapping[str, frozenset[Neighbourhood]]:
        """Return the RT/RW that there are; none when that was never heard.

        An RT/RW that is not checked at the door is still found by the kelurahan's officer.
        """
        try:
            return self._neighbourhoods.get()
        except InboxUnavailable:
            return {}
