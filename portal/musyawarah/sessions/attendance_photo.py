"""The attendance list as it was signed by hand: one photo, sealed, looked at by a worker first.

A form with a photo is read in memory alone, so its CSRF token is checked here, after that.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, NamedTuple

from flask import Blueprint, abort, make_response, redirect, request
from sqlalchemy.exc import SQLAlchemyError

from portal import photo_desk
from portal.accounts import for_roles
from portal.accounts.gate import check_token, checks_token
from portal.citizen.upload import Busy, read_upload
from portal.musyawarah.sessions.attendance_page import attendance_page
from portal.musyawarah.sessions.sitting import SIT, sitting
from portal.musyawarah.sessions.words import problem
from registry import photos
from registry.blobs import BlobMissing, StoreUnavailable
from registry.photos import MESSAGES, Kind, NotAPhoto, Refusal, State
from registry.sealing import UnsealError
from registry.store.meetings import Refused
from registry.store.photos import add, newest_ready, of_application

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from portal.photo_desk import PhotoDesk

blueprint = Blueprint(
    "foto_hadir", __name__, url_prefix="/musyawarah/<code>/sidang/<int:number>/hadir/foto"
)
_log = logging.getLogger(__name__)

LATER: Final = "Foto belum bisa disimpan sekarang. Coba lagi nanti."
BUSY: Final = "Banyak foto sedang dikirim. Tunggu satu menit, lalu coba lagi."
WAITING: Final = "Foto sebelumnya masih diperiksa. Tunggu satu menit, lalu coba lagi."


class Signed(NamedTuple):
    """What there is of the signed list: whether it can be looked at, and what is to be said."""

    taken: bool
    ready: bool
    waits: bool
    problem: str


def signed_list(session: Session, musyawarah_id: bytes) -> Signed:
    """Return what there is of the signed list of a session. One query."""
    if photo_desk.photo_desk() is None:
        return Signed(taken=False, ready=False, waits=False, problem="")
    found = of_application(session, musyawarah_id).get(Kind.DAFTAR_HADIR, ())
    newest = found[0] if found else None
    return Signed(
        taken=True,
        ready=any(each.state is State.READY for each in found),
        waits=newest is not None and newest.state is State.RECEIVED,
        problem=MESSAGES[newest.reason] if newest and newest.reason else "",
    )


@blueprint.post("")
@for_roles(*SIT)
@checks_token
def send(code: str, number: int) -> ResponseReturnValue:
    """Take the photo; another one replaces it."""
    try:
        with _desk().uploads.place():
            upload = read_upload(request)
            check_token(upload.fields.get("csrf_token"))
            photos.recognise(upload.content)
            taken, address = _keep(code, number, upload.content)
    except NotAPhoto as error:
        status = 413 if error.refusal is Refusal.HUGE else 422
        return _page(code, number, MESSAGES[error.refusal]), status
    except Refused as error:
        return _page(code, number, problem(error)), 409
    except Busy:
        return _page(code, number, BUSY), 503
    except (StoreUnavailable, SQLAlchemyError) as error:
        _log.error("an attendance list was not taken: %s", type(error).__name__)
        return _page(code, number, LATER), 503
    if not taken:
        return _page(code, number, WAITING), 429
    return redirect(address, 303)


@blueprint.get("")
@for_roles(*SIT)
def show(code: str, number: int) -> ResponseReturnValue:
    """Show the photo that a worker has made anew."""
    desk = _desk()
    with sitting(code, number) as (session, at):
        kept = newest_ready(session, at.found.id, Kind.DAFTAR_HADIR)
    if kept is None:
        abort(404)
    try:
        response = make_response(photo_desk.opened(desk, kept))
    except (BlobMissing, UnsealError) as error:
        _log.error("an attendance list cannot be opened: %s", type(error).__name__)
        abort(404)
    except StoreUnavailable:
        abort(503)
    response.mimetype = "image/jpeg"
    return response


def _page(code: str, number: int, wrong: str) -> str:
    """Show the attendance list with what is wrong."""
    with sitting(code, number) as (session, at):
        return attendance_page(session, at, signed_list(session, at.found.id), wrong_photo=wrong)


def _keep(code: str, number: int, content: bytes) -> tuple[bool, str]:
    """Seal, store, note; False when too many wait. 404 for a session of another kelurahan."""
    desk = _desk()
    with sitting(code, number) as (_session, at):
        if at.found.stage == "closed":
            raise Refused("stage_closed")
    sent = photo_desk.put(desk, at.found.id, Kind.DAFTAR_HADIR, content)
    with sitting(code, number) as (session, at):
        taken = add(session, sent)
    if not taken:
        photo_desk.take_back(desk, sent)
    return taken, at.to("hadir.show", _anchor="foto")


def _desk() -> PhotoDesk:
    desk = photo_desk.photo_desk()
    if desk is None:
        abort(404)
    return desk
