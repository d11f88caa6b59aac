"""The households of an organisation, each as it is told to the household itself, and no more."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.services import services
from registry.opening import CannotOpen, answers, words
from registry.rules.lifecycle import REASONS, WITHDRAWALS, step
from registry.rules.receipts import format_receipt
from registry.rules.regions import place_of
from registry.store.questions import open_of
from registry.store.rulings import UNDECIDED

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from registry.rules.lifecycle import Step
    from registry.store.organisations import Sent

CANNOT_OPEN = "(tidak dapat dibuka)"


@dataclass(frozen=True, slots=True)
class Line:
    """One household: where it stands in the words that it reads itself, and what it is asked."""

    name: str
    kelurahan: str
    receipt: str
    received_at: datetime
    since: datetime
    replaced: bool
    """Whether a later one counts in its place; then nothing more is said of it."""
    step: Step
    reason: str
    sentence: str
    """What the meeting says to the household, in its own words."""
    questions: tuple[str, ...]


def lines(session: Session, rows: Sequence[Sent], gone: Collection[bytes]) -> list[Line]:
    """Return the lines of a page; ``gone`` are those that were replaced. One query."""
    asked = _asked(session, rows, gone)
    return [
        _line(row, asked.get(row.application_id, ()), row.application_id in gone) for row in rows
    ]


def _line(row: Sent, questions: Sequence[str], replaced: bool) -> Line:
    return Line(
        name=_name(row),
        kelurahan=place_of(row.kelurahan_code).name,
        receipt=format_receipt(row.receipt),
        received_at=row.received_at,
        since=row.state_since,
        replaced=replaced,
        step=step(row.state),
        reason=(REASONS.get(row.reason) or WITHDRAWALS.get(row.reason) or "") if row.reason else "",
        sentence=_words(row.application_id, row.verdict, "sentence"),
        questions=tuple(questions),
    )


def _asked(
    session: Session, rows: Sequence[Sent], gone: Collection[bytes]
) -> dict[bytes, list[str]]:
    """Return what those who stand are asked, oldest question first."""
    ids = [each.application_id for each in rows if each.state in UNDECIDED]
    found: defaultdict[bytes, list[str]] = defaultdict(list)
    for put in open_of(session, [each for each in ids if each not in gone]):
        text = _words(put.application_id, put.question, "question") or CANNOT_OPEN
        found[put.application_id].append(text)
    return found


def _name(row: Sent) -> str:
    try:
        return str(answers(services().keys.ring, row.application_id, row.sealed)["nama"])
    except CannotOpen:
        return CANNOT_OPEN


def _words(application_id: bytes, sealed: bytes | None, key: str) -> str:
    try:
        return words(services().keys.ring, application_id, sealed).get(key, "")
    except CannotOpen:
        return ""
