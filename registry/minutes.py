"""What the minutes of a session say: gathered from its rows, opened, and put into words.

The worker makes papers of it. A correction is gathered from the same rows, with what it says
otherwise laid over them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from registry import minutes_words as in_words
from registry import opening
from registry.corrections import Changes
from registry.documents.content import Attendee, Counts, Line, Minutes, Place
from registry.rules import practice, regions
from registry.rules.quorum import LABELS, Element, Quorum
from registry.store import corrections, meetings
from registry.store.minutes import left_out_of, names_of, official_number
from registry.store.models import Minutes as Row
from registry.store.models import Musyawarah, Period

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy.orm import Session

    from registry.sealing import KeyRing
    from registry.store.meetings import Line as Item
    from registry.store.meetings import Present

PROVINCE: Final = "DKI Jakarta"
CHAIR: Final = "chair"
"""`closed_as` of who closed as the lurah; else it is the letter of who stood in."""


class NotClosed(RuntimeError):  # noqa: N818 - named after what it is
    """Minutes are made of a session that was closed, and this one is not."""


def gather(session: Session, ring: KeyRing, minutes_id: bytes) -> Minutes:
    """Return what these minutes say, each NIK whole, without the address that verifies them.

    A dozen queries, whatever the number of cases. Raises NotClosed, and CannotOpen where a key is
    missing or something sealed was changed.
    """
    row = session.get_one(Row, minutes_id)
    held = session.get_one(Musyawarah, row.musyawarah_id)
    if held.opened_at is None or held.ended_at is None or held.closed_at is None:
        raise NotClosed("the session is not closed")
    items = meetings.items(session, held.id)
    there = meetings.attendees(session, ring, held.id)
    corrects, changes = _corrections(session, ring, row)
    elements = Counter(person.element for person in there)
    chair, officers = _signing(session, held, items, there)
    return Minutes(
        number=official_number(row.kelurahan_code, row.period_id, row.number),
        place=place_of(row.kelurahan_code),
        period_title=session.get_one(Period, row.period_id).title or f"Periode {row.period_id}",
        session_number=held.number,
        held_on=held.held_on,
        began=held.opened_at,
        ended=held.ended_at,
        closed_at=held.closed_at,
        chair_name=chair,
        chair_acting_letter="" if held.closed_as in {None, CHAIR} else str(held.closed_as),
        officer_names=officers,
        attendance=tuple(_attendee(person, changes) for person in there),
        quorum_sentence=in_words.quorum_sentence(Quorum.from_json(held.quorum), elements),
        quorate=bool(held.quorate),
        counts=_counts(items),
        totals_on_paper=held.on_paper is not None,
        lines=tuple(_lines(session, ring, held, items, changes)),
        practice=practice.is_practice(row.period_id),
        stepped_aside=tuple(in_words.stepped_aside(items, _elements(there))),
        dissent=tuple(in_words.dissent(items)),
        notes=_notes(ring, held, changes),
        corrects=corrects,
        correction_reason=changes.reason,
    )


def place_of(code: str) -> Place:
    """Return a kelurahan as papers name it."""
    found = regions.place_of(code)
    return Place(
        province=PROVINCE,
        kota=found.kota,
        kecamatan=found.kecamatan,
        kelurahan=found.name,
        code=code,
    )


def _corrections(session: Session, ring: KeyRing, row: Row) -> tuple[str, Changes]:
    """Return what these minutes correct, and all that was corrected up to them."""
    changes, corrects = Changes(), ""
    for older, sealed in corrections.earlier(session, row.id):
        said = opening.words(ring, row.musyawarah_id, sealed)
        changes = Changes.from_words(said).over(changes)
        number = official_number(older.kelurahan_code, older.period_id, older.number)
        digest = older.digest.hex() if older.digest else ""
        corrects = f"Nomor {number} (sidik isi {digest})"
    return corrects, changes


def _signing(
    session: Session, held: Musyawarah, items: Iterable[Item], there: Iterable[Present]
) -> tuple[str, tuple[str, ...]]:
    """Return the names of who closed the session, and of the officers whose record stands."""
    recorded = Counter(item.standing.by for item in items if item.standing and item.verdict)
    officers = [each for each, _ in recorded.most_common()] or [held.ended_by or ""]
    names = names_of(session, [*officers, held.closed_by or ""])
    lurah = next((person.name for person in there if person.element is Element.LURAH), "")
    closer = names.get(held.closed_by or "", lurah)
    return closer, tuple(names[each] for each in officers if each in names)


def _attendee(person: Present, changes: Changes) -> Attendee:
    name, function = changes.people.get(person.number, (person.name, person.function))
    return Attendee(
        number=person.number, name=name, element_label=LABELS[person.element], role=function
    )


def _elements(there: Iterable[Present]) -> dict[int, Element]:
    return {person.number: person.element for person in there}


def _notes(ring: KeyRing, held: Musyawarah, changes: Changes) -> str:
    if changes.notes is not None:
        return changes.notes
    return opening.words(ring, held.id, held.notes).get("notes", "")


def _counts(items: Sequence[Item]) -> Counts:
    return Counts(
        **asdict(meetings.totals_of(items)),
        by_reason=in_words.by_reason(items),
        by_part=in_words.by_part(items),
    )


def _lines(
    session: Session, ring: KeyRing, held: Musyawarah, items: Sequence[Item], changes: Changes
) -> Iterator[Line]:
    households = meetings.sealed_of(session, [item.application_id for item in items])
    left_out = left_out_of(session, held.id)
    for item in items:
        answers = opening.answers(ring, item.application_id, households[item.application_id].sealed)
        sealed = item.standing.sealed if item.standing and item.verdict else None
        said = opening.words(ring, item.application_id, sealed)
        if item.number in changes.sentences:
            said |= {"sentence": changes.sentences[item.number]}
        yield Line(
            number=item.number,
            nik=str(answers.get("nik", "")),
            name=str(answers.get("nama", "")),
            address=str(answers.get("alamat", "")),
            rt=f"{item.rt:03}" if item.rt else "",
            rw=f"{item.rw:03}" if item.rw else "",
            status_label=in_words.status(item, quorate=bool(held.quorate)),
            description=in_words.description(item, said, left_out=item.number in left_out),
        )
