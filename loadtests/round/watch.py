"""How far a round is: read from the ledgers' sizes, the senders' counts and the inbox."""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from registry.inbox import InboxUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from registry.inbox import Inbox

from loadtests.ledger import held
from loadtests.round.sender import Counts

EVERY: Final = 10.0
"""Seconds between two lines."""


@dataclass(frozen=True, slots=True)
class Point:
    """How far it was at a moment, ``seconds`` after the first household was sent."""

    seconds: float
    accepted: int
    drained: int
    waiting: int


@dataclass(slots=True)
class Watch:
    """Notes how far it is each second, and says so every ten."""

    ledgers: Sequence[Path]
    counts: Sequence[Path]
    inbox: Inbox
    registrations: int
    say: Callable[[str], None]
    entries_before: int = 0
    points: list[Point] = field(default_factory=list)
    _began: float = field(default_factory=time.monotonic)
    _said: float = 0.0

    @property
    def deepest(self) -> int:
        """The most that waited in the inbox at once."""
        return max((point.waiting for point in self.points), default=0)

    def look(self) -> Point | None:
        """Note a point; None when the inbox did not answer just now."""
        try:
            waiting = self.inbox.depth()
            numbered = self.inbox.last_number() - self.entries_before
        except InboxUnavailable:
            return None
        seconds = time.monotonic() - self._began
        point = Point(seconds, held(self.ledgers), max(0, numbered - waiting), waiting)
        self.points.append(point)
        if seconds - self._said >= EVERY:
            self.say(self._line(point))
            self._said = seconds
        return point

    def sent(self) -> Counts:
        """Return what the senders count so far, together."""
        total = Counts(refused=Counter())
        for path in self.counts:
            if not path.exists():
                continue
            each = Counts(**json.loads(path.read_text("utf-8")))
            total.began = min(total.began or each.began, each.began)
            total.ended = max(total.ended, each.ended)
            total.refused += Counter(each.refused)
            total.unanswered += each.unanswered
            total.opened += each.opened
            total.failures += each.failures
            total.cpu += each.cpu
        return total

    def _line(self, point: Point) -> str:
        rate = self._rate(point)
        left = self.registrations - point.accepted
        ready = f", ready in {left / rate / 60:.0f} min" if rate and left else ""
        refused = sum(self.sent().refused.values())
        return (
            f"{point.seconds:6,.0f} s  {point.accepted:,} accepted ({rate:,.0f}/s){ready},"
            f" {point.drained:,} drained, {point.waiting:,} wait, {refused:,} refusals"
        )

    def _rate(self, point: Point) -> float:
        """Return how many were accepted a second since the last line."""
        before = next((each for each in self.points if each.seconds >= self._said), point)
        passed = point.seconds - before.seconds
        return (point.accepted - before.accepted) / passed if passed else 0.0


def per_minute(points: Sequence[Point]) -> list[dict[str, int]]:
    """Return what was accepted and drained in each minute, and how many waited at its end.

    The last one may be short.
    """
    minutes: dict[int, Point] = {}
    for point in points:
        minutes[int(point.seconds // 60)] = point
    found, before = [], Point(0, 0, 0, 0)
    for minute, last in sorted(minutes.items()):
        accepted, drained = last.accepted - before.accepted, last.drained - before.drained
        found.append(
            {"minute": minute, "accepted": accepted, "drained": drained, "waiting": last.waiting}
        )
        before = last
    return found
