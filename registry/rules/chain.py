"""The hash chain over events: how an event becomes bytes, and how a chain is looked through.

hash(n) = SHA-256(hash(n-1) ‖ canonical bytes of event n), hash(0) = GENESIS. Whoever changes,
removes or adds an event in the middle breaks every hash from there on; who calculates them all anew
is found by a head that was noted elsewhere. How it is used stands in docs/adr/0010-chain.md.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

GENESIS: Final = hashlib.sha256(b"fmotm event chain 1").digest()
"""What the first event is chained to."""

HASH_LENGTH: Final = 32

_ENCODING: Final = b"\x01"
"""Version of the canonical bytes; another encoding would begin with another."""

_HEAD: Final = re.compile(r"\b(0|[1-9][0-9]{0,18}):([0-9a-f]{64})\b", re.ASCII)


class Kind(StrEnum):
    """What a column holds, and so how its value is written."""

    INTEGER = "i"
    """In decimal digits."""
    TEXT = "t"
    """In UTF-8."""
    BYTES = "b"
    """As they are."""
    MOMENT = "m"
    """Microseconds since 1970 in UTC, in decimal digits; or `Infinity`, `-Infinity`."""
    JSON = "j"
    """As PostgreSQL prints jsonb: one text for a value, however it was written; in UTF-8."""


class Column(NamedTuple):
    """A column of the table of events."""

    name: str
    kind: Kind


def canonical(columns: Sequence[Column], values: Sequence[int | str | bytes | None]) -> bytes:
    """Write an event as bytes that no other event has.

    Version, then of each column that is not NULL, in the order of their names: length of the name
    (4 bytes), name, kind (1 byte), length of the value (8 bytes), value. What is NULL is left out,
    so a column that is added later changes nothing of what was sealed before.
    """
    parts = [_ENCODING]
    for (name, kind), value in sorted(zip(columns, values, strict=True)):
        if value is not None:
            named, written = name.encode(), _written(value)
            parts += len(named).to_bytes(4), named, kind.encode()
            parts += len(written).to_bytes(8), written
    return b"".join(parts)


def _written(value: int | str | bytes) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def chained(previous: bytes, event: bytes) -> bytes:
    """Return the hash of an event (its canonical bytes) that follows the hash ``previous``."""
    return hashlib.sha256(previous + event).digest()


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: how many events it holds, and the last hash. As text `NUMBER:HASH`."""

    number: int
    hash: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `NUMBER:HASH`, hash in 64 lower hexadecimal digits; raise ValueError."""
        found = _HEAD.fullmatch(text)
        if found is None:
            raise ValueError("a head is NUMBER:HASH, the hash in 64 hexadecimal digits")
        head = cls(int(found[1]), bytes.fromhex(found[2]))
        if head.number == 0 and head.hash != GENESIS:
            raise ValueError("number 0 is the beginning, and has another hash")
        return head

    @classmethod
    def found_in(cls, text: str) -> list[Self]:
        """Read every head that stands somewhere in a text, such as a log; raise ValueError."""
        return [cls.parse(found[0]) for found in _HEAD.finditer(text)]

    def __str__(self) -> str:
        return f"{self.number}:{self.hash.hex()}"


class Link(NamedTuple):
    """A link as it is stored: that this event is the chain's number so and so."""

    number: int
    event_id: int
    hash: bytes


class Sealable(NamedTuple):
    """An event as it is stored: its id and its canonical bytes."""

    id: int
    canonical: bytes


class Wrong(StrEnum):
    """What is wrong with the first event that is not as it was sealed."""

    CHANGED = "changed"
    MISSING = "missing"
    INSERTED = "inserted"
    REORDERED = "reordered"
    TRUNCATED = "truncated"
    REWRITTEN = "rewritten"
    """All hashes fit each other, but not a head that was noted: they were calculated anew."""


@dataclass(frozen=True, slots=True)
class Fault:
    """The first event that is not as it was sealed.

    ``number`` is its place in the chain. ``event_id`` is None where nothing is left that tells it.
    ``since`` is below ``number`` only for `REWRITTEN`, which lies in one of since … number.
    """

    wrong: Wrong
    number: int
    event_id: int | None
    since: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found: the links and events that are in order, and the first that is not."""

    head: Head
    """The last link that is in order: with no fault, the chain's end."""
    unsealed: int
    """Events newer than the chain; 0 when there is a fault."""
    fault: Fault | None


@dataclass(slots=True)
class _Walk:
    """How far the chain was found in order, and what was noted of it elsewhere."""

    number_of: Callable[[int], int | None]
    noted: dict[int, set[bytes]] = field(default_factory=lambda: defaultdict(set))
    number: int = 0
    event_id: int | None = None
    hash: bytes = GENESIS
    agreed: int = 0
    """The last number whose hash was noted elsewhere and is the same."""

    def step(self, link: Link, event: Sealable | None) -> Fault | None:
        """Go on by one, or tell what is wrong. ``event`` is the next in the order of ids."""
        if link.number != self.number + 1:
            return self._gap(link, event)
        if event is None or event.id > link.event_id:
            again = self.event_id is not None and link.event_id <= self.event_id
            return self._fault(Wrong.REORDERED if again else Wrong.MISSING, link.event_id)
        expected = chained(self.hash, event.canonical)
        if event.id < link.event_id:
            return self._fault(self._of_unlinked(link, event, expected), event.id)
        if expected != link.hash:
            return self._fault(Wrong.CHANGED, event.id)
        if self.noted.get(link.number, {expected}) != {expected}:
            return Fault(Wrong.REWRITTEN, link.number, event.id, self.agreed + 1)
        self._go(event, expected)
        return None

    def _of_unlinked(self, link: Link, event: Sealable, expected: bytes) -> Wrong:
        """Tell what is wrong with an event that has no link where its link should be."""
        if self.number_of(event.id) is not None:
            return Wrong.REORDERED
        # The hash may be this event's all the same: then its link was made to name another.
        return Wrong.CHANGED if expected == link.hash else Wrong.INSERTED

    def _go(self, event: Sealable, expected: bytes) -> None:
        self.number += 1
        self.event_id = event.id
        self.hash = expected
        if self.number in self.noted:
            self.agreed = self.number

    def _gap(self, link: Link, event: Sealable | None) -> Fault:
        """Tell of a link whose number is not the next."""
        if link.number <= self.number:
            return self._fault(Wrong.INSERTED, link.event_id)
        if event is None or event.id > link.event_id:
            return self._fault(Wrong.MISSING, None)
        if event.id < link.event_id:
            elsewhere = self.number_of(event.id) is not None
            return self._fault(Wrong.REORDERED if elsewhere else Wrong.MISSING, event.id)
        if chained(self.hash, event.canonical) == link.hash:
            return self._fault(Wrong.REORDERED, event.id)
        return self._fault(Wrong.MISSING, None)

    def end(self, events: Iterable[Sealable]) -> Verdict:
        """Judge what comes after the last link: newer events, or ones whose links were removed."""
        head, furthest = Head(self.number, self.hash), max(self.noted, default=0)
        unsealed, first = 0, None
        for event in events:
            unsealed += 1
            first = event.id if first is None else first
            if self.number < furthest:
                self._go(event, chained(self.hash, event.canonical))
        if furthest <= head.number:
            return Verdict(head, unsealed, None)
        # Where the events alone lead to what was noted, only links were removed.
        whole = self.number == furthest and self.noted[furthest] == {self.hash}
        number = head.number + 1
        return Verdict(head, 0, Fault(Wrong.TRUNCATED, number, first if whole else None, number))

    def _fault(self, wrong: Wrong, event_id: int | None) -> Fault:
        return Fault(wrong, self.number + 1, event_id, self.number + 1)


def verify(
    links: Iterable[Link],
    events: Iterable[Sealable],
    heads: Iterable[Head] = (),
    number_of: Callable[[int], int | None] = lambda _: None,
) -> Verdict:
    """Look through the links, in the order of numbers, and the events, in the order of ids.

    Both must be of one moment. ``heads`` are what was noted elsewhere, before that moment.
    ``number_of`` tells the number of an event's link, if there is one anywhere; it is asked for one
    event at most. Stops at the first fault.
    """
    walk = _Walk(number_of)
    for head in heads:
        if head.number:
            walk.noted[head.number].add(head.hash)
    ordered = iter(events)
    event = next(ordered, None)
    for link in links:
        if fault := walk.step(link, event):
            return Verdict(Head(walk.number, walk.hash), 0, fault)
        event = next(ordered, None)
    return walk.end(() if event is None else _with_first(event, ordered))


def _with_first(event: Sealable, others: Iterable[Sealable]) -> Iterable[Sealable]:
    yield event
    yield from others
