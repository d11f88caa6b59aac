"""Questions to a household, and what it answers: itself by its receipt, or through an officer.

Silence is `belum dijawab`: it is told to the meeting, and is never a refusal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, LargeBinary, Text, func, insert, literal, select, update

from registry.rules.events import Happening
from registry.store.bulk import among, table_of
from registry.store.models import Question
from registry.store.moves import Happened, note

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from registry.rules.lifecycle import Actor


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as officers see it; ``answered_by`` is None for the household itself."""

    id: int
    asked_by: str
    asked_at: datetime
    question: bytes
    answered_by: str | None
    answered_at: datetime | None
    answer: bytes | None


@dataclass(frozen=True, slots=True)
class Put:
    """A question as the holder of the receipt sees it."""

    id: int
    application_id: bytes
    asked_at: datetime
    question: bytes
    answered_at: datetime | None


def ask(session: Session, application_id: bytes, sealed: bytes, actor: Actor) -> None:
    """Put a question (sealed words) to a household. Does not commit."""
    session.execute(
        insert(table_of(Question)).values(
            application_id=application_id, asked_by=actor.id, question=sealed
        )
    )
    note(session, Happened(Happening.QUESTION_ASKED, application_id), actor)


def note_answer(
    session: Session, application_id: bytes, question_id: int, sealed: bytes, actor: Actor
) -> bool:
    """Note an answer that was told to an officer; False when there is one already.

    Does not commit.
    """
    noted = session.scalar(
        update(table_of(Question))
        .where(
            Question.id == question_id,
            Question.application_id == application_id,
            Question.answered_at.is_(None),
        )
        .values(answer=sealed, answered_at=func.now(), answered_by=actor.id)
        .returning(Question.id)
    )
    if noted is not None:
        note(session, Happened(Happening.QUESTION_ANSWERED, application_id), actor)
    return noted is not None


def questions_of(session: Session, application_id: bytes) -> list[Asked]:
    """Return the questions to a household, oldest first. One query."""
    columns = [getattr(Question, name) for name in Asked.__slots__]
    rows = session.execute(
        select(*columns).where(Question.application_id == application_id).order_by(Question.id)
    )
    return [Asked(*row) for row in rows]


def unanswered(session: Session, ids: Iterable[bytes]) -> set[bytes]:
    """Return those of these households that a question waits for. One query."""
    waiting = select(Question.application_id).where(
        among(Question.application_id, ids), Question.answered_at.is_(None)
    )
    return set(session.scalars(waiting))


def open_of(session: Session, ids: Iterable[bytes]) -> list[Put]:
    """Return the questions that wait for these households, oldest first. One query."""
    columns = [getattr(Question, name) for name in Put.__slots__]
    rows = session.execute(
        select(*columns)
        .where(among(Question.application_id, ids), Question.answered_at.is_(None))
        .order_by(Question.id)
    )
    return [Put(*row) for row in rows]


def by_receipt(session: Session, nik_index: bytes, receipt: str) -> list[Put]:
    """Return the questions to who holds this receipt, oldest first. One query, no scope needed."""
    put = func.public_questions(
        literal(nik_index, LargeBinary), literal(receipt, Text)
    ).table_valued(*Put.__slots__)
    return [Put(*row) for row in session.execute(select(put).order_by(put.c.id))]


def answer(
    session: Session, nik_index: bytes, receipt: str, question_id: int, sealed: bytes
) -> bool:
    """Keep the household's own answer; False when there is one, or no such question for them.

    No scope is needed. Does not commit.
    """
    answered = func.public_answer(
        literal(nik_index, LargeBinary),
        literal(receipt, Text),
        literal(question_id, BigInteger),
        literal(sealed, LargeBinary),
    )
    return bool(session.scalar(select(answered)))
