"""Recording what a meeting says: append-only, by version, so that nothing is lost or overwritten.

A retry brings the key of the first attempt and finds its own row. Of two officers who saw the same
version, the database lets one in; the other is told what was recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import ARRAY, LargeBinary, Text, false, func, literal, null, select, true, update
from sqlalchemy.dialects.postgresql import insert

from registry.opening import seal_words
from registry.rules.agenda import Part
from registry.store.bulk import table_of
from registry.store.meetings.holding import held
from registry.store.meetings.items import item
from registry.store.meetings.refusals import Conflict, Refused
from registry.store.models import AgendaItem, Attendee, Stage
from registry.store.models import Verdict as Row

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from registry.rules.lifecycle import Actor
    from registry.rules.verdicts import Decision, SteppedAside
    from registry.sealing import KeyRing
    from registry.store.meetings.items import Line, Standing

Via = Literal["one", "list", "paper"]
"""How a verdict came in: one by one, with its RW's list, or keyed in afterwards."""

_COLUMNS = (
    "musyawarah_id",
    "number",
    "version",
    "key",
    "verdict",
    "stepped_aside",
    "dissent",
    "via",
    "by",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What an officer records of one item.

    ``decision`` None takes back what stands. ``version`` is the one that their page showed, 0 for
    none; ``key`` (16 bytes) is that of the form, so that sent twice it counts once. ``proof`` is
    the document that was looked at, may be empty.
    """

    musyawarah_id: bytes
    number: int
    decision: Decision | None
    version: int
    key: bytes
    via: Via = "one"
    proof: str = ""


def record(session: Session, ring: KeyRing, entry: Entry, actor: Actor) -> Standing:
    """Record a verdict and return what stands; the same key again changes nothing.

    An item of a list is pulled out of it by that: whoever is decided alone is not on a list.
    Raises NoSuchSession, NoSuchItem, Conflict; Refused: `nothing_to_undo`, `attendee_unknown`, or
    the stage. Does not commit.
    """
    held(session, entry.musyawarah_id, Stage.OPEN)
    line = item(session, entry.musyawarah_id, entry.number)
    if (same := _with_key(session, entry)) is not None:
        return same
    if line.version != entry.version:
        raise _conflict(line)
    if entry.decision is None and line.verdict is None:
        raise Refused("nothing_to_undo")
    _check_attendees(session, entry)
    if entry.decision is not None and line.listed:
        _set_pulled(session, entry.musyawarah_id, entry.number, actor)
    _append(session, ring, entry, line, actor)
    # Whether it was this one or another officer's that came first.
    after = item(session, entry.musyawarah_id, entry.number)
    if after.standing is None or after.standing.key != entry.key:
        raise _conflict(after)
    return after.standing


def pull(session: Session, musyawarah_id: bytes, number: int, key: bytes, actor: Actor) -> Line:
    """Pull a household out of its RW's list, to be talked about; again does nothing.

    What the list said of it is taken back. Raises NoSuchSession, NoSuchItem; Refused:
    `not_on_a_list`, or the stage. Does not commit.
    """
    held(session, musyawarah_id, Stage.OPEN, alone=True)
    line = item(session, musyawarah_id, number)
    if line.part is not Part.LIST:
        raise Refused("not_on_a_list")
    if line.pulled:
        return line
    _set_pulled(session, musyawarah_id, number, actor)
    if line.verdict is not None:
        values = {
            "musyawarah_id": musyawarah_id,
            "number": number,
            "version": line.version + 1,
            "key": key,
            "stepped_aside": [],
            "dissent": [],
            "via": "list",
            "by": str(actor.id),
        }
        session.execute(insert(table_of(Row)).values(values))
    return item(session, musyawarah_id, number)


def ratify(session: Session, musyawarah_id: bytes, rw: int, actor: Actor, key: bytes) -> int:
    """Propose all of an RW's list but those that were pulled out; return how many they are.

    One statement, whatever their number; the same key again changes nothing. Raises NoSuchSession;
    Refused: `list_ratified`, or the stage. Does not commit.
    """
    return _whole_list(session, musyawarah_id, rw, actor, key, verdict="proposed")


def take_back(session: Session, musyawarah_id: bytes, rw: int, actor: Actor, key: bytes) -> int:
    """Take the ratifying of an RW's list back; return how many. Raises as `ratify`.

    Refused: `list_not_ratified`. Does not commit.
    """
    return _whole_list(session, musyawarah_id, rw, actor, key, verdict=None)


def _whole_list(  # noqa: PLR0913, PLR0917 - what `ratify` gets, and which of the two it is
    session: Session,
    musyawarah_id: bytes,
    rw: int,
    actor: Actor,
    key: bytes,
    verdict: str | None,
) -> int:
    held(session, musyawarah_id, Stage.OPEN, alone=True)
    last = (
        select(Row.version, Row.verdict)
        .where(Row.musyawarah_id == AgendaItem.musyawarah_id, Row.number == AgendaItem.number)
        .order_by(Row.version.desc())
        .limit(1)
        .lateral()
    )
    stands = last.c.verdict.is_not(None)
    rows = (
        select(
            AgendaItem.musyawarah_id,
            AgendaItem.number,
            func.coalesce(last.c.version, 0) + 1,
            literal(key, LargeBinary),
            literal(verdict, Text) if verdict else null(),
            literal([], ARRAY(Text)),
            literal([], ARRAY(Text)),
            literal("list"),
            literal(str(actor.id)),
        )
        .select_from(AgendaItem)
        .outerjoin(last, true())
        .where(AgendaItem.musyawarah_id == musyawarah_id, AgendaItem.rw == rw)
        .where(AgendaItem.part == Part.LIST.value, AgendaItem.pulled_by.is_(None))
        .where(~func.coalesce(stands, false()) if verdict else stands)
    )
    table = table_of(Row)
    adding = insert(table).from_select(list(_COLUMNS), rows).on_conflict_do_nothing()
    made = len(session.execute(adding.returning(table.c.number)).all())
    again = made or _made_with(session, musyawarah_id, key)
    if not again:
        raise Refused("list_ratified" if verdict else "list_not_ratified")
    return again


def _append(session: Session, ring: KeyRing, entry: Entry, line: Line, actor: Actor) -> None:
    decision = entry.decision
    values: dict[str, Any] = {
        "musyawarah_id": entry.musyawarah_id,
        "number": entry.number,
        "version": line.version + 1,
        "key": entry.key,
        "verdict": decision.verdict.value if decision else None,
        "reason": decision.reason if decision else None,
        "sealed": _seal(ring, line.application_id, entry),
        "stepped_aside": list(map(_stored, decision.stepped_aside)) if decision else [],
        "dissent": [element.value for element in decision.dissent] if decision else [],
        "via": entry.via,
        "by": str(actor.id),
    }
    session.execute(insert(table_of(Row)).values(values).on_conflict_do_nothing())


def _seal(ring: KeyRing, application_id: bytes, entry: Entry) -> bytes | None:
    if entry.decision is None:
        return None
    texts = {
        "sentence": entry.decision.sentence,
        "question": entry.decision.question,
        "proof": entry.proof,
    }
    said = {name: text for name, text in texts.items() if text}
    return seal_words(ring, application_id, said) if said else None


def _stored(aside: SteppedAside) -> str:
    return f"{aside.attendee}:{aside.tie.value}"


def _with_key(session: Session, entry: Entry) -> Standing | None:
    """Return what stands where this very entry had come before, whatever came after it."""
    known = select(Row.version).where(
        Row.musyawarah_id == entry.musyawarah_id, Row.number == entry.number, Row.key == entry.key
    )
    if session.scalar(known) is None:
        return None
    return item(session, entry.musyawarah_id, entry.number).standing


def _conflict(line: Line) -> Exception:
    return Conflict(line.number, line.standing) if line.standing else Refused("stale")


def _check_attendees(session: Session, entry: Entry) -> None:
    named = {one.attendee for one in entry.decision.stepped_aside} if entry.decision else set()
    if not named:
        return
    there = session.scalars(
        select(Attendee.number).where(
            Attendee.musyawarah_id == entry.musyawarah_id, Attendee.withdrawn_at.is_(None)
        )
    )
    if not named <= set(there):
        raise Refused("attendee_unknown")


def _set_pulled(session: Session, musyawarah_id: bytes, number: int, actor: Actor) -> None:
    session.execute(
        update(table_of(AgendaItem))
        .where(AgendaItem.musyawarah_id == musyawarah_id, AgendaItem.number == number)
        .where(AgendaItem.pulled_by.is_(None))
        .values(pulled_by=str(actor.id), pulled_at=func.now())
    )


def _made_with(session: Session, musyawarah_id: bytes, key: bytes) -> int:
    made = select(func.count()).where(Row.musyawarah_id == musyawarah_id, Row.key == key)
    return session.scalar(made) or 0
