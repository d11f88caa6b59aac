"""Correcting minutes: an officer writes down what is wrong, the lurah approves it or does not.

Nothing is changed by it but words: the old minutes stay, and new ones with a number of their own
say the other words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, redirect, render_template, request, url_for

from portal.accounts import current_actor, for_roles, signed_in_session
from portal.musyawarah.place import place
from portal.services import services
from registry.corrections import Changes, clean_changes
from registry.minutes_kept import from_json, open_form
from registry.opening import seal_words, words
from registry.rules.errors import Invalid
from registry.rules.lifecycle import Role
from registry.store import corrections as store
from registry.store import minutes as stored
from registry.store.corrections import MESSAGES, Refused
from registry.store.minutes import NoSuchMinutes, names_of

if TYPE_CHECKING:
    from datetime import datetime

    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from portal.musyawarah.place import Place
    from registry.documents.content import Minutes
    from registry.store.minutes import Listed

blueprint = Blueprint(
    "minutes_corrections", __name__, url_prefix="/musyawarah/<code>/berita-acara/<int:number>"
)

SENTENCES: Final = 3
"""Cases whose sentence can be corrected at once; more go into the next correction."""

_WRONG: Final = {
    "reason_missing": "Tulis apa yang salah dan mengapa, paling sedikit 10 huruf.",
    "too_long": "Ada tulisan yang terlalu panjang. Singkatkan.",
    "name_empty": "Nama orang yang hadir tidak boleh kosong.",
    "name_long": "Nama ini terlalu panjang.",
    "name_letters": "Nama hanya huruf, spasi, dan tanda seperti titik atau koma.",
    "item_unknown": "Nomor itu tidak ada di agenda, atau belum diputuskan. Periksa nomornya.",
    "sentence_missing": "Tulis nomor agenda dan kalimatnya, keduanya.",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is to be said otherwise."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A correction that waits, as the page of its minutes shows it."""

    id: bytes
    by: str
    at: datetime
    own: bool
    reason: str
    changes: tuple[Change, ...]


@blueprint.get("/perbaikan")
@for_roles(Role.REVIEWER)
def form(code: str, number: int) -> str:
    """Ask what is wrong, beside what the minutes say."""
    here = place(code)
    with signed_in_session() as session:
        found, said = _made(session, here, number)
    return _form(here, found, said)


@blueprint.post("/perbaikan")
@for_roles(Role.REVIEWER)
def record(code: str, number: int) -> ResponseReturnValue:
    """Write the correction down, for the lurah to decide."""
    here = place(code)
    with signed_in_session() as session:
        found, said = _made(session, here, number)
        try:
            changes = read(said)
            ring = services().keys.ring
            sealed = seal_words(ring, found.musyawarah_id, changes.as_words())
            store.record(session, found, sealed, current_actor())
        except Invalid as invalid:
            return _form(here, found, said, _WRONG[invalid.code]), 422
        except Refused as refused:
            return _form(here, found, said, MESSAGES[refused.code]), 409
    return _to("minutes.one", here, number)


@blueprint.post("/perbaikan/putusan")
@for_roles(Role.CHAIR)
def decide(code: str, number: int) -> ResponseReturnValue:
    """Approve, which asks for new minutes, or decline."""
    here, answer = place(code), request.form.get("putusan", "")
    try:
        with signed_in_session() as session:
            found = stored.find(session, here.code, here.period, number)
            if answer not in {"setuju", "tolak"}:
                abort(400)
            correction_id = bytes.fromhex(request.form.get("usulan", ""))
            accepted = answer == "setuju"
            store.decide(session, found, correction_id, current_actor(), accepted=accepted)
    except (NoSuchMinutes, ValueError):
        abort(404)
    except Refused as refused:
        page = render_template(
            "musyawarah/berita_acara/perbaikan_ditolak.html",
            here=here,
            problem=MESSAGES[refused.code],
        )
        return page, 409
    return redirect(url_for("minutes.index", code=here.code, putaran=here.period), 303)


def shown(session: Session, found: Listed) -> Shown | None:
    """Return the correction that waits; what it says only to those who may name people."""
    waiting = store.proposed(session, found.id)
    if waiting is None:
        return None
    actor = current_actor()
    names = names_of(session, [waiting.recorded_by])
    may_read = actor.role is not Role.AUDITOR
    changes = _opened(session, found, waiting.sealed) if may_read else ("", ())
    return Shown(
        waiting.id,
        names.get(waiting.recorded_by, "petugas"),
        waiting.recorded_at,
        waiting.recorded_by == str(actor.id),
        *changes,
    )


def read(said: Minutes) -> Changes:
    """Return the changes that were typed beside what the minutes say; raise Invalid."""
    given = request.form
    people = {}
    for person in said.attendance:
        before = (person.name, person.role)
        typed = tuple(
            given.get(f"{field}-{person.number}", old).strip()
            for field, old in zip(("nama", "jabatan"), before, strict=True)
        )
        if typed != before:
            people[person.number] = (typed[0], typed[1])
    notes = given.get("catatan", said.notes).strip()
    changed = notes if notes.split() != said.notes.split() else None
    return clean_changes(given.get("alasan", ""), changed, people, _sentences(said))


def _sentences(said: Minutes) -> dict[int, str]:
    decided = {line.number for line in said.lines if line.status_label != "Belum dibahas"}
    found: dict[int, str] = {}
    for row in range(1, SENTENCES + 1):
        number = request.form.get(f"nomor-{row}", "").strip()
        sentence = request.form.get(f"kalimat-{row}", "").strip()
        if bool(number) is not bool(sentence):
            raise Invalid("sentence_missing")
        if number:
            if not number.isdecimal() or len(number) > 5 or int(number) not in decided:
                raise Invalid("item_unknown")
            found[int(number)] = sentence
    return found


def _opened(session: Session, found: Listed, sealed: bytes) -> tuple[str, tuple[Change, ...]]:
    ring = services().keys.ring
    changes = Changes.from_words(words(ring, found.musyawarah_id, sealed))
    said = _said(session, found)
    there = {person.number: person for person in said.attendance}
    listed = [
        Change(
            f"Daftar hadir nomor {number}",
            ", ".join(filter(None, (there[number].name, there[number].role))),
            ", ".join(filter(None, after)),
        )
        for number, after in changes.people.items()
    ]
    if changes.notes is not None:
        listed.append(Change("Catatan", said.notes, changes.notes))
    lines = {line.number: line.description for line in said.lines}
    listed += [
        Change(f"Kalimat nomor {number}", lines[number], after)
        for number, after in changes.sentences.items()
    ]
    return changes.reason, tuple(listed)


def _made(session: Session, here: Place, number: int) -> tuple[Listed, Minutes]:
    try:
        found = stored.find(session, here.code, here.period, number)
        return found, _said(session, found)
    except NoSuchMinutes:
        abort(404)


def _said(session: Session, found: Listed) -> Minutes:
    sealed = stored.sealed_form(session, found.id, "content")
    return from_json(open_form(services().keys.ring, found.id, "content", sealed))


def _form(here: Place, found: Listed, said: Minutes, problem: str = "") -> str:
    return render_template(
        "musyawarah/berita_acara/perbaikan.html",
        here=here,
        found=found,
        said=said,
        rows=range(1, SENTENCES + 1),
        problem=problem,
        typed=request.form,
    )


def _to(endpoint: str, here: Place, number: int) -> ResponseReturnValue:
    return redirect(url_for(endpoint, code=here.code, number=number, putaran=here.period), 303)
