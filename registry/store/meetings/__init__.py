"""The musyawarah in the database: planned, frozen, held, ended, closed.

Nothing here commits. Whoever is not in scope finds no session (`NoSuchSession`).
"""

from registry.store.meetings.attendance import (
    LONGEST_FUNCTION,
    Present,
    attend,
    attendees,
    present,
    withdraw_attendee,
)
from registry.store.meetings.closing import (
    Closed,
    Order,
    Paper,
    ask_for_minutes,
    close,
    is_late,
    last_day,
)
from registry.store.meetings.items import (
    Line,
    Sealed,
    Standing,
    discussed,
    item,
    items,
    recorders,
    sealed_of,
    totals_of,
)
from registry.store.meetings.plan import (
    change_plan,
    end,
    find,
    freeze,
    new_key,
    open_,
    plan,
    reopen,
    sessions_of,
    show,
)
from registry.store.meetings.refusals import (
    MESSAGES,
    Conflict,
    NoSuchItem,
    NoSuchSession,
    Refused,
    TotalsDiffer,
)
from registry.store.meetings.sources import proven_for
from registry.store.meetings.verdicts import Entry, pull, ratify, record, take_back

__all__ = [
    "LONGEST_FUNCTION",
    "MESSAGES",
    "Closed",
    "Conflict",
    "Entry",
    "Line",
    "NoSuchItem",
    "NoSuchSession",
    "Order",
    "Paper",
    "Present",
    "Refused",
    "Sealed",
    "Standing",
    "TotalsDiffer",
    "ask_for_minutes",
    "attend",
    "attendees",
    "change_plan",
    "close",
    "discussed",
    "end",
    "find",
    "freeze",
    "is_late",
    "item",
    "items",
    "last_day",
    "new_key",
    "open_",
    "plan",
    "present",
    "proven_for",
    "pull",
    "ratify",
    "record",
    "recorders",
    "reopen",
    "sealed_of",
    "sessions_of",
    "show",
    "take_back",
    "totals_of",
    "withdraw_attendee",
]
