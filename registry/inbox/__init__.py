"""The inbox: the durable Redis Stream where an application is safe the moment it is accepted.

Entries are numbered 1, 2, 3 … without gaps, across restarts. A worker claims them, writes them to
PostgreSQL and only then acknowledges. Nothing in it is personal in clear: what is sealed stays
sealed, and people are known by blind indexes. It has to be one server, not a cluster.
"""

from registry.inbox.entries import Accepted, Entry, Submission
from registry.inbox.errors import (
    Halted,
    InboxError,
    InboxUnavailable,
    PeriodClosed,
    SlowDown,
)
from registry.inbox.snapshots import Neighbourhood
from registry.inbox.stream import Inbox, connect

__all__ = [
    "Accepted",
    "Entry",
    "Halted",
    "Inbox",
    "InboxError",
    "InboxUnavailable",
    "Neighbourhood",
    "PeriodClosed",
    "SlowDown",
    "Submission",
    "connect",
]
