"""The cases of a list, each on a line of plain words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.musyawarah.cases import words
from portal.services import services
from registry.opening import CannotOpen, answers
from registry.rules.marks import LABELS as MARKS
from registry.rules.marks import SOURCE_LABELS
from registry.rules.names import masked
from registry.rules.receipts import format_receipt
from registry.rules.screening import FlagKind, Screening
from registry.rules.visits import LABELS as OUTCOMES
from registry.store.questions import unanswered
from registry.store.queue import kin
from registry.store.sheets import said_of
from registry.store.visits import visits_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from registry.rules.marks import Said
    from registry.rules.visits import Visit
    from registry.store.queue import Related, Row

CANNOT_OPEN = "(tidak dapat dibuka)"


@dataclass(frozen=True, slots=True)
class Line:
    """One case of the queue. ``notes`` is what the neighbourhood, visits and questions say."""

    case: str
    turn: int
    receipt: str
    name: str
    place: str
    size: int
    score: str
    state: str
    received_at: datetime
    flags: list[str]
    alike: list[str]
    notes: list[str]


def lines(session: Session, rows: Sequence[Row], *, full: bool) -> list[Line]:
    """Return the lines of a page, names masked unless ``full``. Four queries, however many rows."""
    ids = [row.application_id for row in rows]
    like, said = kin(session, ids), said_of(session, ids)
    visits, open_ = visits_of(session, ids), unanswered(session, ids)
    return [
        Line(
            case=row.application_id.hex(),
            turn=row.turn,
            receipt=receipt(row.receipt, full=full),
            name=_name(row, full=full),
            place=words.place(row.rt, row.rw),
            size=row.household_size,
            score=f"{row.score}{'*' if row.priority else ''}",
            state=words.STATES[row.state],
            received_at=row.received_at,
            flags=_flags(row),
            alike=alike(like.get(row.application_id, ())),
            notes=[
                *heard(said.get(row.application_id, ())),
                *_visited(visits.get(row.application_id, [])),
                *(["Pertanyaan belum dijawab"] if row.application_id in open_ else []),
            ],
        )
        for row in rows
    ]


def receipt(code: str, *, full: bool) -> str:
    """Return a receipt code as it is shown: with a NIK it opens the status, so masked its end."""
    shown = format_receipt(code)
    return shown if full else f"••••-••••-{shown[-4:]}"


def alike(others: Sequence[Related]) -> list[str]:
    """Say how many others there are, of the same applicant and of the same people."""
    rivals = sum(other.rival for other in others)
    said = [(rivals, "NIK pemohon sama"), (len(others) - rivals, "NIK anggota atau KK sama")]
    return [f"{what}: {count} pendaftaran lain" for count, what in said if count]


def heard(said: Sequence[Said]) -> list[str]:
    """Say what the neighbourhood said: `RT: Dikenal`."""
    return [f"{SOURCE_LABELS[each.source]}: {MARKS[each.mark]}" for each in said]


def _visited(visits: list[Visit]) -> list[str]:
    if not visits:
        return []
    times = "Dikunjungi" if len(visits) == 1 else f"{len(visits)} kunjungan"
    return [f"{times}: {OUTCOMES[visits[-1].outcome].lower()}"]


def _flags(row: Row) -> list[str]:
    found = [flag.label for flag in Screening.from_json(row.screening).of_kind(FlagKind.CRITERION)]
    return [*found, "Dikirim terlalu sering"] if row.flooded else found


def _name(row: Row, *, full: bool) -> str:
    try:
        name = str(answers(services().keys.ring, row.application_id, row.sealed)["nama"])
    except CannotOpen:
        return CANNOT_OPEN
    return name if full else masked(name)
