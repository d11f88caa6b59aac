"""What the inbox server knows of PostgreSQL, so that the portal can accept while that is down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple, Self

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


class Neighbourhood(NamedTuple):
    """An RT within its RW; dinas may load which there are in a kelurahan."""

    rt: int
    rw: int


@dataclass(frozen=True, slots=True)
class PeriodSnapshot:
    """A registration period as the door needs it: accept from ``opens_at`` until ``closes_at``.

    ``grace`` is for forms that were begun in time and sent late. Times are aware.
    """

    period: str
    opens_at: datetime
    closes_at: datetime
    grace: timedelta = timedelta()
    title: str = ""

    def is_open(self, at: datetime) -> bool:
        """Whether a new application may be begun at this time."""
        return self.opens_at <= at < self.closes_at

    def accepts(self, at: datetime) -> bool:
        """Whether an application may be sent at this time: open, or within the grace."""
        return self.opens_at <= at < self.closes_at + self.grace

    def pack(self) -> str:
        """Give it as text that the append script reads: milliseconds, then the title."""
        times = ((moment - _EPOCH) // _MILLISECOND for moment in (self.opens_at, self.closes_at))
        return " ".join((*map(str, times), str(self.grace // _MILLISECOND), self.title))

    @classmethod
    def unpack(cls, period: str, packed: str) -> Self:
        """Read what `pack` made; raise ValueError when it is not that."""
        opens, closes, grace, title = packed.split(" ", 3)
        return cls(
            period,
            _EPOCH + int(opens) * _MILLISECOND,
            _EPOCH + int(closes) * _MILLISECOND,
            int(grace) * _MILLISECOND,
            title,
        )


def pack_neighbourhoods(known: frozenset[Neighbourhood]) -> str:
    """Give the neighbourhoods of one kelurahan as text: ``rt/rw rt/rw …``."""
    return " ".join(f"{each.rt}/{each.rw}" for each in sorted(known))


def unpack_neighbourhoods(packed: str) -> frozenset[Neighbourhood]:
    """Read what `pack_neighbourhoods` made; raise ValueError when it is not that."""
    pairs = (item.split("/") for item in packed.split())
    return frozenset(Neighbourhood(int(rt), int(rw)) for rt, rw in pairs)
