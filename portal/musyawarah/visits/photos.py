"""Photos of a visit: taken one by one after it, sealed, looked at by a worker before anyone sees.

They are an officer's page, so they carry a CSRF token; but a form with a photo is read in memory
alone (`portal.citizen.upload`), and so the token is checked here, after that.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, NamedTuple

from flask import (
    Blueprint,
    abort,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from sqlalchemy.exc import SQLAlchemyError

from portal import photo_desk
from portal.accounts import current_actor, for_roles, signed_in_session
from portal.accounts.gate import check_token, checks_token, wants_json
from portal.citizen.upload import Busy, read_upload
from portal.musyawarah.place import place
from portal.musyawarah.visits.houses import SAID, VISITORS, card, id_from
from registry import photos
from registry.blobs import BlobMissing, StoreUnavailable
from registry.photos import BY_OFFICERS, MESSAGES, Kind, NotAPhoto, Refusal, State
from registry.rules.lifecycle import Role
from registry.rules.lifecycle import State as CaseState
from registry.rules.visits import LABELS as VISIT_LABELS
from registry.sealing import UnsealError
from registry.store.accesses import note_access
from registry.store.houses import Checked, houses_by_id, visit_made
from registry.store.photos import Kept, Shown, add, newest_ready, of_visit
from registry.store.visits import Effect, visits_of

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from portal.photo_desk import PhotoDesk

blueprint = Blueprint("visit_photos", __name__, url_prefix="/musyawarah/<code>/kunjungan")
_log = logging.getLogger(__name__)

LABELS: Final = {
    Kind.RUMAH_DEPAN: ("Rumah dari depan", "Dari jalan. Pintu dan atap terlihat."),
    Kind.ATAP: ("Atap", "Dari dalam atau dari luar."),
    Kind.LANTAI: ("Lantai", "Ruang yang paling luas."),
    Kind.DINDING: ("Dinding", "Ruang yang paling luas."),
}
"""What an officer takes → its name, and how to take it."""

COMPARED: Final = (Kind.KTP, Kind.RUMAH_DEPAN)
"""What a household sent that an officer may compare with what is there."""

LATER: Final = "Foto belum bisa disimpan sekarang. Coba lagi nanti. Kunjungannya sudah tersimpan."
BUSY: Final = "Banyak foto sedang dikirim. Tunggu satu menit, lalu coba lagi."
WAITING: Final = "Foto sebelumnya masih diperiksa. Tunggu satu menit, lalu coba lagi."


class Line(NamedTuple):
    """One kind of photo of a visit, as its page shows it."""

    kind: Kind
    label: str
    hint: str
    newest: Shown | None
    ready: bool
    problem: str


@blueprint.get("/<visit>/foto")
@for_roles(*VISITORS)
def done(code: str, visit: str) -> ResponseReturnValue:
    """Show a visit that was kept, and ask for its photos."""
    effect = request.args.get("akibat", "")
    return page_of_photos(code, visit, said=SAID[Effect(effect)] if effect in set(Effect) else "")


def page_of_photos(
    code: str, visit: str, *, said: str = "", kind: str | None = None, problem: str = ""
) -> str:
    """Return the page of one's own visit; ``problem`` is said of one kind of photo."""
    here = place(code)
    with signed_in_session() as session:
        made = visit_made(session, code, id_from(visit))
        if made is None or made.made.officer != current_actor().id:
            abort(404)
        (house,) = houses_by_id(session, code, [made.application_id])
        shown = card(house, visits_of(session, [made.application_id])[made.application_id])
        photos = lines(session, made, kind, problem)
    return render_template(
        "musyawarah/kunjungan/foto.html", here=here, visit=made, card=shown, said=said,
        lines=photos, labels=VISIT_LABELS, waits=house.state == CaseState.FIELD_CHECK,
    )  # fmt: skip


@blueprint.post("/<visit>/foto/<kind>")
@for_roles(*VISITORS)
@checks_token
def send(code: str, visit: str, kind: str) -> ResponseReturnValue:
    """Take one photo; the same kind again replaces what was there."""
    place(code)
    desk, visit_id = _desk(), id_from(visit)
    if kind not in BY_OFFICERS:
        abort(404)
    try:
        with desk.uploads.place():
            upload = read_upload(request)
            check_token(upload.fields.get("csrf_token"))
            photos.recognise(upload.content)
            taken = _keep(desk, code, visit_id, Kind(kind), upload.content)
    except NotAPhoto as error:
        status = 413 if error.refusal is Refusal.HUGE else 422
        return _answer(code, visit, kind, MESSAGES[error.refusal], status)
    except Busy:
        return _answer(code, visit, kind, BUSY, 503)
    except (StoreUnavailable, SQLAlchemyError) as error:
        _log.error("a visit's photo was not taken: %s", getattr(error, "kind", type(error)))
        return _answer(code, visit, kind, LATER, 503)
    return _answer(code, visit, kind, *(("", 201) if taken else (WAITING, 429)))


@blueprint.get("/<visit>/foto/<kind>")
@for_roles(*VISITORS, Role.DINAS)
def show(code: str, visit: str, kind: str) -> ResponseReturnValue:
    """Show a photo that an officer took."""
    place(code)
    if kind not in BY_OFFICERS:
        abort(404)
    with signed_in_session() as session:
        made = visit_made(session, code, id_from(visit))
        if made is None:
            abort(404)
        kept = newest_ready(session, made.application_id, Kind(kind), visit_id=made.id)
        return _picture(session, kept)


@blueprint.get("/<household>/warga/<kind>")
@for_roles(*VISITORS, Role.DINAS)
def show_sent(code: str, household: str, kind: str) -> ResponseReturnValue:
    """Show a photo that the household sent, to be compared with what is there."""
    place(code)
    application_id = id_from(household)
    if kind not in COMPARED:
        abort(404)
    with signed_in_session() as session:
        if not houses_by_id(session, code, [application_id]):
            abort(404)
        return _picture(session, newest_ready(session, application_id, Kind(kind)))


def lines(
    session: Session, made: Checked, kind: str | None = None, problem: str = ""
) -> list[Line]:
    """Return each kind of photo with what is there of it; ``problem`` is said of one kind."""
    found = of_visit(session, made.application_id, made.id)
    return [_line(each, found.get(each, ()), problem if each == kind else "") for each in LABELS]


def _line(kind: Kind, found: tuple[Shown, ...], problem: str) -> Line:
    newest = found[0] if found else None
    if not problem and newest and newest.reason:
        problem = MESSAGES[newest.reason]
    ready = any(each.state is State.READY for each in found)
    return Line(kind, *LABELS[kind], newest, ready, problem)


def _keep(desk: PhotoDesk, code: str, visit_id: bytes, kind: Kind, content: bytes) -> bool:
    """Seal, store, note; False when too many of this kind wait. 404 for another's visit."""
    with signed_in_session() as session:
        made = visit_made(session, code, visit_id)
    if made is None or made.made.officer != current_actor().id:
        abort(404)
    sent = photo_desk.put(desk, made.application_id, kind, content, visit_id)
    with signed_in_session() as session:
        taken = add(session, sent)
    if not taken:
        photo_desk.take_back(desk, sent)
    return taken


def _answer(code: str, visit: str, kind: str, problem: str, status: int) -> ResponseReturnValue:
    """Tell a script in a few words; send a page back to the photos, with what is wrong."""
    if wants_json():
        return (jsonify(galat=problem) if problem else jsonify(foto=kind)), status
    if not problem:
        return redirect(url_for("visit_photos.done", code=code, visit=visit, _anchor=kind), 303)
    return page_of_photos(code, visit, kind=kind, problem=problem), status


def _picture(session: Session, kept: Kept | None) -> ResponseReturnValue:
    """Answer with a photo, and note who saw it; 404 where there is none that can be shown."""
    desk = _desk()
    if kept is None:
        abort(404)
    try:
        content = photo_desk.opened(desk, kept)
    except (BlobMissing, UnsealError) as error:
        _log.error("a photo cannot be opened: %s", type(error).__name__)
        abort(404)
    except StoreUnavailable:
        abort(503)
    note_access(session, current_actor(), "photo", [kept.application_id])
    response = make_response(content)
    response.mimetype = "image/jpeg"
    return response


def _desk() -> PhotoDesk:
    desk = photo_desk.photo_desk()
    if desk is None:
        abort(404)
    return desk
