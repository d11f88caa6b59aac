"""What can happen to an application or a session beside a move of state: the kinds of events.

A move's event has the name of the state that it leads to; every other event is one of these.
"""

from __future__ import annotations

from enum import StrEnum


class Happening(StrEnum):
    """What happened, in the past tense."""

    RESUBMITTED = "resubmitted"
    """The household sent it again."""
    RECEIPT_REPRINTED = "receipt_reprinted"
    VISITED = "visited"
    ADDRESS_NOT_FOUND = "address_not_found"
    QUESTION_ASKED = "question_asked"
    QUESTION_ANSWERED = "question_answered"
    RULED_MERGED = "ruled_merged"
    RULED_APART = "ruled_apart"
    RULED_THEIRS = "ruled_theirs"
    POSTPONED = "postponed"
    RECOMMENDED = "recommended"
    """By a meeting below its quorum."""
    CARRIED_OVER = "carried_over"
    SESSION_PLANNED = "session_planned"
    AGENDA_FROZEN = "agenda_frozen"
    SESSION_OPENED = "session_opened"
    SESSION_ENDED = "session_ended"
    SESSION_REOPENED = "session_reopened"
    SESSION_CLOSED = "session_closed"
    MINUTES_MADE = "minutes_made"
    MINUTES_LATE = "minutes_late"
    """A worker has tried often and in vain to make them."""
    MINUTES_OPENED = "minutes_opened"
    ANNEX_OPENED = "annex_opened"
    """The annex with whole NIK, for which a reason is given."""
    CORRECTION_RECORDED = "correction_recorded"
    CORRECTION_APPROVED = "correction_approved"
    CORRECTION_DECLINED = "correction_declined"
