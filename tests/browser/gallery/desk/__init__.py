"""The desk, in the order of a round: what officers, neighbours, lurah and dinas see."""

from __future__ import annotations

from typing import Final

from tests.browser.gallery.desk import (
    accounts,
    cases,
    counter,
    helpers,
    minutes,
    papers,
    sheets,
    visits,
)
from tests.browser.gallery.desk.sessions import sessions
from tests.browser.gallery.scenes import Chapter

CHAPTERS: Final[dict[str, Chapter]] = {
    "The door, and accounts": accounts.door,
    "The counter": counter.counter,
    "An organisation that helps": helpers.organisation,
    "The queue": cases.queue,
    "A case": cases.case,
    "Sheets for neighbours": sheets.sheets,
    "Visits": visits.visits,
    "The session": sessions,
    "Minutes": minutes.minutes,
    "Dinas": minutes.board,
    "Practice": minutes.practice,
    "On paper": papers.papers,
}
