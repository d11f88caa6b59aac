"""What the inbox server knows of PostgreSQL, so that the portal can accept while that is down."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple

from registry.rules.periods import Period

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_UNKNOWN: Final = "-"


class Neighbourhood(NamedTuple):
    """An RT within its RW; dinas may load which there are in a kelurahan."""

    rt: int
    rw: int


def pack_period(period: Period) -> str:
    """Give a period as text: what the append script reads, in milliseconds, then the rest."""
    times = ((moment - _EPOCH) // _MILLISECOND for moment in (period.opens_at, period.closes_at))
    meetings = period.musyawarah_on.isoformat() if period.musyawarah_on else _UNKNOWN
    return " ".join((*map(str, times), str(period.grace // _MILLISECOND), meetings, period.title))


def unpack_period(period_id: str, packed: str) -> Period:
    """Read what `pack_period` made; raise ValueError when it is not that."""
    opens, closes, grace, meetings, title = packed.split(" ", 4)
    return Period(
        period_id,
        title,
        _EPOCH + int(opens) * _MILLISECOND,
        _EPOCH + int(closes) * _MILLISECOND,
        int(grace) * _MILLISECOND,
        None if meetings == _UNKNOWN else date.fromisoformat(meetings),
    )


def pack_neighbourhoods(known: frozenset[Neighbourhood]) -> str:
    """Give the neighbourhoods of one kelurahan as text: ``rt/rw rt/rw …``."""
    return " ".join(f"{each.rt}/{each.rw}" for each in sorted(known))


def unpack_neighbourhoods(packed: str) -> frozenset[Neighbourhood]:
    """Read what `pack_neighbourhoods` made; raise ValueError when it is not that."""
    pairs = (item.split("/") for item in packed.split())
    return frozenset(Neighbourhood(int(rt), int(rw)) for rt, rw in pairs)
