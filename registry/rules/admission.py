"""Who is let in when more come than can be served: the limits, and which of them hold people off.

What finishes an application comes first, then looking one up, then everything else. Dinas sets the
limits; until then ours hold.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Self

from registry.rules.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping


class Kind(StrEnum):
    """What somebody asks for."""

    FREE = "free"
    """Never held off: files, probes, and the page that sets the limits."""
    SUBMISSION = "submission"
    """An application on its way into the inbox."""
    FINISHING = "finishing"
    """What ends an application, and the counter's work: as a submission, but not for the inbox."""
    LOOKUP = "lookup"
    ENTRANCE = "entrance"
    """The first page, forms and signing in: as everything else, but dinas never closes them."""
    OTHER = "other"


class Refusal(StrEnum):
    """Why somebody was held off."""

    BUSY_SUBMISSION = "busy_submission"
    BUSY_LOOKUP = "busy_lookup"
    BUSY_OTHER = "busy_other"
    INBOX_MEMORY = "inbox_memory"
    INBOX_DEPTH = "inbox_depth"
    INBOX_SLOW = "inbox_slow"
    CLOSED = "closed_by_dinas"
    ADDRESS = "address"


RANGES: Final[Mapping[str, tuple[int, int]]] = MappingProxyType(
    {
        "memory": (10, 95),
        "depth": (0, 100_000_000),
        "append": (50, 5_000),
        "submission": (100, 5_000),
        "lookup": (50, 5_000),
        "other": (50, 5_000),
    }
)
"""The least and the most that each limit can be."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the portal takes.

    Raises Invalid: `limit_range`, `limit_order` when what comes first would wait less.
    """

    memory: int = 85
    """Percent of the inbox server's memory, above which no applications are taken."""
    depth: int = 0
    """Applications that wait in the inbox, from which on none are taken; 0 for any number."""
    append: int = 500
    """Milliseconds that the inbox takes for an application, from which on none are taken."""
    submission: int = 700
    """Milliseconds that a submission may have waited for its turn."""
    lookup: int = 500
    other: int = 300
    lookups_closed: bool = False
    others_closed: bool = False

    def __post_init__(self) -> None:
        for name, (least, most) in RANGES.items():
            if not least <= getattr(self, name) <= most:
                raise Invalid("limit_range")
        if not self.other <= self.lookup <= self.submission:
            raise Invalid("limit_order")

    def as_json(self) -> dict[str, Any]:
        """Return the limits as JSON can hold them."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: object) -> Self:
        """Return the limits that :meth:`as_json` wrote; one that is missing there is ours.

        Raises Invalid: `limit_range`, also for what are no limits.
        """
        if not isinstance(stored, dict):
            raise Invalid("limit_range")
        known = {each.name: stored[each.name] for each in fields(cls) if each.name in stored}
        for name, value in known.items():
            if type(value) is not (int if name in RANGES else bool):
                raise Invalid("limit_range")
        return cls(**known)


DEFAULT: Final = Limits()


@dataclass(frozen=True, slots=True)
class Condition:
    """How the inbox stands; None for what is not known, which then holds nobody off."""

    depth: int | None = None
    memory: float | None = None
    """The share of the server's memory that is used, from 0 to 1."""
    append: float | None = None
    """Seconds that the last applications took to be kept."""


UNKNOWN: Final = Condition()


def closed(kind: Kind, limits: Limits) -> bool:
    """Tell whether dinas has closed what somebody asks for."""
    return (kind is Kind.LOOKUP and limits.lookups_closed) or (
        kind is Kind.OTHER and limits.others_closed
    )


def longest_wait(kind: Kind, limits: Limits) -> float:
    """Return the seconds that somebody may have waited for their turn, when it is busy."""
    if kind in {Kind.SUBMISSION, Kind.FINISHING}:
        return limits.submission / 1000
    return (limits.lookup if kind is Kind.LOOKUP else limits.other) / 1000


def too_late(kind: Kind) -> Refusal:
    """Return why somebody is held off who has waited too long."""
    if kind in {Kind.SUBMISSION, Kind.FINISHING}:
        return Refusal.BUSY_SUBMISSION
    return Refusal.BUSY_LOOKUP if kind is Kind.LOOKUP else Refusal.BUSY_OTHER


def of_inbox(condition: Condition, limits: Limits) -> Refusal | None:
    """Return why the inbox takes no application now; None when it does."""
    if condition.memory is not None and condition.memory * 100 >= limits.memory:
        return Refusal.INBOX_MEMORY
    if limits.depth and condition.depth is not None and condition.depth >= limits.depth:
        return Refusal.INBOX_DEPTH
    if condition.append is not None and condition.append * 1000 >= limits.append:
        return Refusal.INBOX_SLOW
    return None
