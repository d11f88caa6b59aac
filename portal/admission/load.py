"""What one process knows of its load, and whom it holds off because of that."""

from __future__ import annotations

import time
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from portal.admission.recent import Recent
from registry.inbox.admission import OURS
from registry.rules.admission import (
    UNKNOWN,
    Condition,
    Kind,
    Refusal,
    closed,
    longest_wait,
    of_inbox,
    too_late,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from registry.inbox.admission import Published

IN_A_ROW: Final = 8
"""Requests that all had to wait before any is held off: a page that opens is no crowd."""

FEW: Final = 32
"""Requests that wait for a thread without being counted: a loop's turn worth of work for them."""

UNPACED: Final = 4 * FEW
"""Requests that may wait while it is not known yet how many are served a second."""

AHEAD: Final = 0.7
"""The share of the longest wait that may lie before somebody who comes: the rest is for errors."""

STALE: Final = 5.0
"""Seconds after which what the inbox said last is no longer believed."""

LEAST: Final = 5
MOST: Final = 300
"""Bounds of what somebody is asked to wait, in seconds."""

_UNTOLD: Final = frozenset({Refusal.INBOX_MEMORY, Refusal.INBOX_DEPTH, Refusal.CLOSED})
"""Refusals that end when somebody does something."""

_PACED: Final = 0.5
"""Seconds over which it is counted how many are served."""

_SECONDS: Final = 10
_APPENDS: Final = 1_000
_MINUTES: Final = 5


class Load:
    """The load of this process. Threads share it; nothing here locks, or waits."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        count: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._clock = clock
        self._count = count
        self.told: Published = OURS
        self._inbox = UNKNOWN
        self._heard_at = float("-inf")
        self._late = 0
        self._longest = 0.0
        self._served, self._paced_at = 0, self._clock()
        self._pace: float | None = None
        """People served a second while very many came; None until that was seen."""
        self._appends: deque[float] = deque(maxlen=_APPENDS)
        self._let_in = {kind: Recent(1, _SECONDS, clock) for kind in Kind}
        self._held_off = {kind: Recent(1, _SECONDS, clock) for kind in Kind}
        self._refused = {why: Recent(60, _MINUTES, clock) for why in Refusal}

    def refusal(self, kind: Kind, waited: float) -> Refusal | None:
        """Return why somebody who waited so many seconds is held off; None to let them in."""
        self._notice(waited)
        limits = self.told.limits
        if closed(kind, limits):
            return Refusal.CLOSED
        if self._late >= IN_A_ROW and waited > longest_wait(kind, limits):
            return too_late(kind)
        return of_inbox(self.inbox, limits) if kind is Kind.SUBMISSION else None

    @property
    def crowded(self) -> bool:
        """Whether it is so busy that some are held off before it is their turn."""
        return self._late >= IN_A_ROW

    def too_many(self, kind: Kind, queued: int, waited: float) -> Refusal | None:
        """Return why somebody is held off who waited so long, with so many before them.

        They are told at once what they would be told when it is their turn.
        """
        if not self.crowded:
            return None
        longest, pace = longest_wait(kind, self.told.limits), self._paced()
        if pace is None:
            late = waited > longest or queued > UNPACED
        else:
            late = max(0, queued - FEW) > (AHEAD * longest - waited) * pace
        return too_late(kind) if late else None

    def let_in(self, kind: Kind) -> None:
        """Count somebody who is served."""
        self._let_in[kind].add()
        self._served += 1

    def refused(self, kind: Kind, why: Refusal) -> None:
        """Count somebody who is held off."""
        self._held_off[kind].add()
        self._refused[why].add()
        self._count(why)

    def estimate(self, kind: Kind, why: Refusal) -> int | None:
        """Return in how many seconds it is worth to come again; None when nobody can tell.

        Those who were held off of late come first, at the rate at which others are served. When
        there is room in the inbox again, or dinas opens again, does not follow from that.
        """
        if why in _UNTOLD:
            return None
        rate = self._let_in[kind].rate()
        if not rate:
            return None
        return round(min(max(self._held_off[kind].total() / rate, LEAST), MOST))

    @contextmanager
    def appending(self) -> Iterator[None]:
        """Measure how long the inbox takes to keep an application, or to fail."""
        begun = self._clock()
        try:
            yield
        finally:
            self._appends.append(self._clock() - begun)

    @property
    def inbox(self) -> Condition:
        """How the inbox stands, as far as that was heard of late."""
        return self._inbox if self._clock() - self._heard_at < STALE else UNKNOWN

    def heard(self, inbox: Condition, told: Published) -> None:
        """Go by what the inbox server said."""
        appends = list(self._appends)
        self._appends.clear()
        slow = sum(appends) / len(appends) if appends else None
        self._inbox = Condition(inbox.depth, inbox.memory, slow)
        self.told = told
        self._heard_at = self._clock()

    def heard_nothing(self) -> None:
        """Forget measurements that nobody asked for, while the inbox server does not answer."""
        self._appends.clear()

    def figures(self) -> dict[str, Any]:
        """Return what dinas is shown of this process; the waits are since the last time."""
        longest, self._longest = self._longest, 0.0
        refused = {why.value: each.total() for why, each in self._refused.items()}
        return {"append": self.inbox.append, "waited": longest, "refused": refused}

    def _paced(self) -> float | None:
        """Return how many people a second are served while very many come."""
        now = self._clock()
        if now - self._paced_at >= _PACED:
            self._pace = self._served / (now - self._paced_at)
            self._served, self._paced_at = 0, now
        return self._pace

    def _notice(self, waited: float) -> None:
        limit = self.told.limits.other / 1000
        if waited > limit:
            if self._late == IN_A_ROW - 1:
                # From calmer times nothing follows for how many a second can be served.
                self._served, self._paced_at = 0, self._clock()
            self._late = min(self._late + 1, IN_A_ROW)
        elif waited < limit / 2:
            self._late = 0
        self._longest = max(self._longest, waited)
