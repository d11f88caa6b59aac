"""Who is at a session: by element, the name and function sealed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, update

from registry.opening import seal_words, words
from registry.rules.names import clean_name, clean_text
from registry.rules.quorum import MOST_PEOPLE, Element
from registry.store.bulk import table_of
from registry.store.meetings.holding import held
from registry.store.meetings.refusals import Refused
from registry.store.models import Attendee, Stage

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from registry.rules.lifecycle import Actor
    from registry.sealing import KeyRing

LONGEST_FUNCTION = 80
"""Characters of what somebody is there: `Ketua RT 005`."""


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody on the attendance list."""

    number: int
    element: Element
    name: str
    function: str
    noted_at: datetime


def attend(
    session: Session,
    ring: KeyRing,
    musyawarah_id: bytes,
    person: tuple[Element, str, str],
    actor: Actor,
) -> int:
    """Note somebody (element, name, function) as present; return their number on the list.

    Raises NoSuchSession; Refused: `attendance_full`, or the stage; Invalid: `name_…`, `text_long`.
    Does not commit.
    """
    element, name, function = person
    told = {"name": clean_name(name), "function": clean_text(function, LONGEST_FUNCTION)}
    held(session, musyawarah_id, Stage.FROZEN, Stage.OPEN, alone=True)
    known = select(func.coalesce(func.max(Attendee.number), 0), func.count()).where(
        Attendee.musyawarah_id == musyawarah_id
    )
    number, count = session.execute(known).one()
    if count >= MOST_PEOPLE:
        raise Refused("attendance_full")
    session.execute(
        insert(table_of(Attendee)).values(
            musyawarah_id=musyawarah_id,
            number=number + 1,
            element=element.value,
            sealed=seal_words(ring, musyawarah_id, told),
            noted_by=str(actor.id),
        )
    )
    return int(number) + 1


def withdraw_attendee(session: Session, musyawarah_id: bytes, number: int) -> None:
    """Take somebody off the list who was noted by mistake; again does nothing. Does not commit.

    Raises NoSuchSession; Refused: `attendee_unknown`, or the stage.
    """
    held(session, musyawarah_id, Stage.FROZEN, Stage.OPEN, alone=True)
    taken = session.execute(
        update(table_of(Attendee))
        .where(Attendee.musyawarah_id == musyawarah_id, Attendee.number == number)
        .values(withdrawn_at=func.coalesce(Attendee.withdrawn_at, func.now()))
        .returning(Attendee.number)
    )
    if taken.scalar() is None:
        raise Refused("attendee_unknown")


def present(session: Session, musyawarah_id: bytes) -> Counter[Element]:
    """Return how many of each element are there. One query."""
    rows = session.execute(
        select(Attendee.element, func.count())
        .where(Attendee.musyawarah_id == musyawarah_id, Attendee.withdrawn_at.is_(None))
        .group_by(Attendee.element)
    )
    return Counter({Element(element): count for element, count in rows})


def attendees(session: Session, ring: KeyRing, musyawarah_id: bytes) -> list[Present]:
    """Return who is there, by number. One query; raises CannotOpen."""
    rows = session.execute(
        select(Attendee.number, Attendee.element, Attendee.sealed, Attendee.noted_at)
        .where(Attendee.musyawarah_id == musyawarah_id, Attendee.withdrawn_at.is_(None))
        .order_by(Attendee.number)
    )
    found = []
    for number, element, sealed, noted_at in rows:
        told = words(ring, musyawarah_id, sealed)
        found.append(Present(number, Element(element), told["name"], told["function"], noted_at))
    return found
