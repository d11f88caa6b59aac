"""The page of one case: the household, what speaks, and what happened; and its photos."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for

from portal.accounts import current_actor, for_roles, signed_in_session
from portal.musyawarah.cases import dossier, filters, household, lines, words
from portal.musyawarah.cases.queue import READERS
from portal.musyawarah.officers import organisation_names
from portal.musyawarah.place import Place, place
from portal.musyawarah.sight import case_id, require_own, sees_all
from portal.photo_desk import opened, photo_desk
from registry.blobs import BlobMissing, StoreUnavailable
from registry.rules.errors import Invalid
from registry.rules.lifecycle import Role, State
from registry.rules.marks import advice
from registry.rules.names import clean_text
from registry.rules.regions import all_kelurahan
from registry.rules.visits import LABELS as OUTCOMES
from registry.sealing import UnsealError
from registry.store import case as kept
from registry.store.accesses import note_access
from registry.store.counter import objections_of
from registry.store.photos import Kept
from registry.store.questions import questions_of
from registry.store.queue import Area
from registry.store.sheets import said_of
from registry.store.visits import visits_of

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from registry.store.case import Record
    from registry.store.questions import Asked

blueprint = Blueprint("case", __name__, url_prefix="/musyawarah/<code>/kasus/<case>")

SHORTEST: Final = 10
LONGEST: Final = 300
"""Characters of a reason or a question."""

LENGTH: Final = "Tulis 10 sampai 300 huruf."

DONE: Final = {
    "digabung": "Sudah digabung. Pendaftaran yang lain ditarik.",
    "berbeda": "Sudah dicatat: dua keluarga yang berbeda. Keduanya tetap dalam antrean.",
    "milik": "Sudah dicatat: KTP dilihat. Pendaftaran yang lain ditarik.",
    "ditanyakan": "Pertanyaan sudah ditulis. Keluarga membacanya di halaman Cek status.",
    "dijawab": "Jawaban keluarga sudah dicatat.",
    "kunjungan": "Kunjungan rumah sudah diminta. Kasus ini pindah ke daftar kunjungan.",
    "dibuka": "Data pribadi terbuka 30 menit untuk Anda. Alasan Anda tercatat.",
}
"""What was done → what the page says of it afterwards."""


@blueprint.get("")
@for_roles(*READERS)
def show(code: str, case: str) -> ResponseReturnValue:
    """Show a case."""
    return case_page(place(code), case_id(case))


@blueprint.post("/buka")
@for_roles(Role.DINAS, Role.AUDITOR)
def unmask(code: str, case: str) -> ResponseReturnValue:
    """Open what is personal for a while, for a reason that is kept."""
    here, application_id = place(code), case_id(case)
    reason = short_words(request.form.get("alasan", ""))
    if reason is None:
        problems = {"alasan": LENGTH}
        return case_page(here, application_id, problems=problems), 422
    with signed_in_session() as session:
        find(session, here, application_id)
        note_access(session, current_actor(), "unmasked", [application_id], reason=reason)
    return back(here, application_id, "dibuka")


@blueprint.get("/foto/<photo>")
@for_roles(Role.REVIEWER, Role.CHAIR)
def picture(code: str, case: str, photo: str) -> ResponseReturnValue:
    """Give a photo, unsealed, to who may see it; noted, and kept nowhere."""
    here, application_id, photo_id = place(code), case_id(case), case_id(photo)
    require_own(here)
    with signed_in_session() as session:
        find(session, here, application_id)
        ready = {each.id: each for each in kept.pictures(session, application_id)}
        if photo_id not in ready:
            abort(404)
        note_access(session, current_actor(), "photo", [application_id])
    desk = photo_desk()
    if desk is None:
        abort(404)
    try:
        plain = opened(desk, Kept(photo_id, application_id, ready[photo_id].blob))
    except (BlobMissing, UnsealError):
        abort(404)
    except StoreUnavailable:
        abort(503)
    return Response(plain, mimetype="image/jpeg", headers={"Cache-Control": "no-store"})


def find(session: Session, here: Place, application_id: bytes) -> Record:
    """Return the case in this kelurahan; answers 404 where it is not, or out of scope."""
    record = kept.records(session, [application_id]).get(application_id)
    if record is None or record.kelurahan_code != here.code:
        abort(404)
    return record


def case_page(here: Place, application_id: bytes, *, problems: dict[str, str] | None = None) -> str:
    """Return the page of a case; ``problems`` say by field what is wrong with what was sent."""
    chosen = filters.chosen(request.args)
    with signed_in_session() as session:
        record = find(session, here, application_id)
        full = sees_all(here) or dossier.opened_by_reason(session, application_id)
        found = dossier.read(session, record, full=full)
        area = Area(here.period, here.code)
        before, after = dossier.neighbours(session, area, record, chosen)
        context = _around(session, application_id, full=full)
        helped_by = organisation_names(session, [record.organisation])
    return render_template(
        "musyawarah/kasus/kasus.html",
        here=here,
        found=found,
        record=record,
        own=sees_all(here),
        can_move=sees_all(here) and record.state is State.QUEUED,
        before=before.hex() if before else None,
        after=after.hex() if after else None,
        chosen=chosen,
        problems=problems or {},
        typed=request.form,
        done=DONE.get(request.args.get("kabar", "")),
        elsewhere=_elsewhere(),
        compared=_compared(found),
        points=household.points(record.scoring),
        receipt=lines.receipt(record.receipt, full=full),
        words=words,
        organisation=helped_by.get(record.organisation or "", record.organisation),
        **context,
    )


def back(here: Place, application_id: bytes, done: str, **more: Any) -> ResponseReturnValue:
    """Send on to the case, which then says what was done."""
    query = {**filters.chosen(request.args).query, "kabar": done, **more}
    target = url_for("case.show", code=here.code, case=application_id.hex(), **query)
    return redirect(target, 303)


def short_words(typed: str, *, shortest: int = SHORTEST) -> str | None:
    """Return what was written on one clean line; None when it is too short or too long."""
    try:
        clean = clean_text(typed, LONGEST)
    except Invalid:
        return None
    return clean if len(clean) >= shortest else None


def _around(session: Session, application_id: bytes, *, full: bool) -> dict[str, Any]:
    said = said_of(session, [application_id]).get(application_id, ())
    visits = visits_of(session, [application_id]).get(application_id, [])
    return {
        "said": lines.heard(said),
        "advice": advice(said),
        "visits": visits,
        "outcomes": OUTCOMES,
        "questions": [
            _question(each, application_id, full=full)
            for each in questions_of(session, application_id)
        ],
        "objections": [
            (each.at, dossier.free_words(application_id, each.sealed, "keberatan", full=full))
            for each in objections_of(session, application_id)
        ],
        "pictures": kept.pictures(session, application_id),
    }


def _question(asked: Asked, application_id: bytes, *, full: bool) -> dict[str, Any]:
    return {
        "id": asked.id,
        "at": asked.asked_at,
        "question": dossier.free_words(application_id, asked.question, "question", full=full),
        "answer": dossier.free_words(application_id, asked.answer, "answer", full=full),
        "answered_at": asked.answered_at,
        "told": asked.answered_by is not None,
    }


def _compared(found: dossier.Dossier) -> dict[str, Any] | None:
    others = [each for each in found.others if each.household][: dossier.SIDE_BY_SIDE]
    if found.household is None or not others:
        return None
    households = [found.household, *(each.household for each in others if each.household)]
    return {"others": others, "rows": list(household.compared(households))}


def _elsewhere() -> list[str]:
    """Return the names of the kelurahan that have to do their part of a ruling."""
    asked = set(request.args.getlist("di"))
    return [each.name for each in all_kelurahan() if each.code in asked]
