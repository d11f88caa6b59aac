"""Photos after the receipt: optional, one form for each, each of them to be sent again at will.

What is sent is sealed and put into the store, then noted in PostgreSQL; a worker looks into it. The
page tells which photos there are and never shows one: whoever gets hold of the link could see the
KTP of a household. The link is the only key there is, so there is no session and no CSRF token.
The application is safe whatever happens here.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, NamedTuple

from flask import (
    Blueprint,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy.exc import SQLAlchemyError

from portal import photo_desk
from portal.citizen import photo_links
from portal.citizen.upload import Busy, read_photo
from portal.metrics import refused
from portal.services import services
from registry import photos
from registry.blobs import StoreUnavailable
from registry.photos import BY_CITIZENS, MESSAGES, Kind, NotAPhoto, Refusal, State
from registry.store.photos import Shown, add, of_application

if TYPE_CHECKING:
    from flask import Flask, Response
    from flask.typing import ResponseReturnValue

    from portal.citizen.upload import Uploads
    from portal.photo_desk import PhotoDesk

blueprint = Blueprint("photos", __name__)
_log = logging.getLogger(__name__)

RETRY_AFTER: Final = 30

LABELS: Final = {
    Kind.KTP: (_("KTP"), _("Bagian depan. Nama dan NIK harus terbaca.")),
    Kind.KK: (_("Kartu Keluarga (KK)"), _("Seluruh halaman. Tulisannya harus terbaca.")),
    Kind.RUMAH_DEPAN: (_("Rumah dari depan"), _("Dari jalan. Pintu dan atap terlihat.")),
    Kind.RUMAH_DALAM: (_("Bagian dalam rumah"), _("Ruang utama. Lantai dan dinding terlihat.")),
}
LATER: Final = _("Foto belum bisa dikirim sekarang. Coba lagi nanti. Pendaftaran Anda tetap aman.")
BUSY: Final = _("Banyak orang sedang mengirim foto. Tunggu satu menit, lalu coba lagi.")
WAITING: Final = _("Foto sebelumnya masih diperiksa. Tunggu satu menit, lalu coba lagi.")


class Line(NamedTuple):
    """One kind of photo, as the page shows it."""

    kind: Kind
    label: str
    hint: str
    newest: Shown | None
    ready: bool
    """Whether a good one is there, even if a newer one is being looked at, or was refused."""
    problem: str


def init_app(app: Flask, uploads: Uploads | None = None) -> None:
    """Add the page, where there is a store for photos."""
    photo_desk.init_app(app, uploads)
    app.register_blueprint(blueprint)


@blueprint.after_request
def keep_to_oneself(response: Response) -> Response:
    """Stricter than elsewhere: the address itself opens the page."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@blueprint.get("/foto/<token>")
def show(token: str) -> ResponseReturnValue:
    """Show which photos are there, and a form for each."""
    return _page(token, _application(token))


@blueprint.post("/foto/<token>/<kind>")
def send(token: str, kind: str) -> ResponseReturnValue:
    """Take one photo; the same kind again replaces what was there."""
    application_id = _application(token)
    if kind not in BY_CITIZENS:
        abort(404)
    try:
        with _desk().uploads.place():
            content = read_photo(request)
            photos.recognise(content)
            taken = _keep(application_id, Kind(kind), content)
    except NotAPhoto as error:
        status = 413 if error.refusal is Refusal.HUGE else 422
        return _page(token, application_id, Kind(kind), gettext(MESSAGES[error.refusal]), status)
    except Busy:
        return _page(token, application_id, Kind(kind), BUSY, 503)
    except (StoreUnavailable, SQLAlchemyError) as error:
        _log.error("a photo was not taken: %s", getattr(error, "kind", type(error).__name__))
        return _page(token, application_id, Kind(kind), LATER, 503)
    if not taken:
        refused("busy_photo")
        return _page(token, application_id, Kind(kind), WAITING, 429)
    return redirect(url_for("photos.show", token=token, _anchor=kind), 303)


def _keep(application_id: bytes, kind: Kind, content: bytes) -> bool:
    """Seal, store, note; False when too many of this kind wait."""
    desk = _desk()
    sent = photo_desk.put(desk, application_id, kind, content)
    # When this fails the row may still be there (a commit whose answer was lost): the blob stays,
    # and the sweep removes it if there is none.
    with services().sessions.begin() as session:
        taken = add(session, sent)
    if not taken:
        photo_desk.take_back(desk, sent)
    return taken


def _desk() -> PhotoDesk:
    """Return what there is for photos; where there is nothing, there is no such page."""
    desk = photo_desk.photo_desk()
    if desk is None:
        abort(404)
    return desk


def _application(token: str) -> bytes:
    _desk()
    application_id = photo_links.read(token, services().settings.secret_key)
    if application_id is None:
        abort(404)
    return application_id


def _page(
    token: str,
    application_id: bytes,
    kind: Kind | None = None,
    problem: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    try:
        with services().sessions() as session:
            found = of_application(session, application_id)
    except SQLAlchemyError as error:
        _log.warning("photos without PostgreSQL: %s", type(error).__name__)
        page = render_template("foto_nanti.html", message=problem if status == 413 else LATER)
        return page, 503, {"Retry-After": str(RETRY_AFTER)}
    lines = [
        _line(each, found.get(each, ()), problem if each is kind else "") for each in BY_CITIZENS
    ]
    response = make_response(render_template("foto.html", token=token, lines=lines), status)
    if status in {429, 503}:
        response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def _line(kind: Kind, found: tuple[Shown, ...], problem: str) -> Line:
    newest = found[0] if found else None
    if not problem and newest and newest.reason:
        problem = gettext(MESSAGES[newest.reason])
    label, hint = LABELS[kind]
    ready = any(each.state is State.READY for each in found)
    return Line(kind, label, hint, newest, ready, problem)
