"""What an officer sees beside a case while the meeting talks about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from portal.musyawarah.sessions.sitting import told_of
from portal.services import services
from registry import opening
from registry.rules import marks, visits
from registry.rules.agenda import LABELS
from registry.rules.marks import Mark
from registry.rules.screening import FlagKind
from registry.store.models import Application
from registry.store.questions import questions_of
from registry.store.sheets import said_of
from registry.store.visits import visits_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from registry.rules.told import Told
    from registry.store.meetings import Line


@dataclass(frozen=True, slots=True)
class Shown:
    """A case on the officer's screen: what the meeting needs to decide, and no more."""

    told: Told
    receipt: str
    why: tuple[str, ...]
    criteria: tuple[str, ...]
    said: tuple[tuple[str, str], ...]
    """Source and mark, in words."""
    visits: tuple[tuple[datetime, str], ...]
    asked: tuple[tuple[str, str], ...] = field(repr=False)
    """Question and answer; no answer is 'belum dijawab'."""
    facts_against: tuple[str, ...] = ()


def case_of(session: Session, line: Line) -> Shown:
    """Return what is known of a case. Five queries."""
    told = told_of(session, [line])[line.number]
    row = session.execute(
        select(Application.receipt, Application.screening).where(
            Application.id == line.application_id
        )
    ).one()
    said = said_of(session, [line.application_id]).get(line.application_id, ())
    made = visits_of(session, [line.application_id]).get(line.application_id, [])
    return Shown(
        told=told,
        receipt=row.receipt,
        why=tuple(LABELS[code] for code in line.why),
        criteria=_criteria(row.screening),
        said=tuple((marks.SOURCE_LABELS[one.source], marks.LABELS[one.mark]) for one in said),
        visits=tuple((each.started_at, visits.LABELS[each.outcome]) for each in made),
        asked=_asked(session, line.application_id),
        facts_against=tuple(
            f"{marks.SOURCE_LABELS[one.source]}: {marks.LABELS[one.mark]}"
            for one in said
            if one.mark in {Mark.MOVED, Mark.DIED}
        ),
    )


def _criteria(screening: dict[str, Any]) -> tuple[str, ...]:
    return tuple(
        flag.get("label", flag["id"])
        for flag in screening["flags"]
        if flag.get("kind") == FlagKind.CRITERION.value
    )


def _asked(session: Session, application_id: bytes) -> tuple[tuple[str, str], ...]:
    ring = services().settings.seal_keys
    return tuple(
        (
            opening.words(ring, application_id, each.question).get("question", ""),
            opening.words(ring, application_id, each.answer).get("answer", "belum dijawab"),
        )
        for each in questions_of(session, application_id)
    )
