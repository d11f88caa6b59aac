"""The minutes of a kelurahan: which there are, to print and to work with; whole for dinas alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, make_response, render_template, request

from portal.accounts import current_account, current_actor, for_roles, signed_in_session
from portal.dates import now
from portal.musyawarah import tabs
from portal.musyawarah.minutes import corrections
from portal.musyawarah.place import place
from portal.services import services
from registry.documents.typesetting import TypesettingError
from registry.documents.words import long_time
from registry.minutes_kept import full_copy, open_form
from registry.opening import CannotOpen
from registry.rules.errors import Invalid
from registry.rules.events import Happening
from registry.rules.lifecycle import Role
from registry.rules.names import clean_text
from registry.store import minutes as stored
from registry.store.accesses import note_access
from registry.store.minutes import NoSuchMinutes, official_number
from registry.store.moves import Happened, note

if TYPE_CHECKING:
    from flask import Flask, Response
    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from portal.musyawarah.place import Place
    from registry.store.minutes import Form, Listed

blueprint = Blueprint("minutes", __name__, url_prefix="/musyawarah/<code>/berita-acara")

READERS: Final = (Role.REVIEWER, Role.CHAIR, Role.DINAS, Role.AUDITOR)
SHORTEST_REASON: Final = 10
LONGEST_REASON: Final = 300
"""Characters of why somebody needs the full annex."""

_TYPES: Final = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_NOT_NOW: Final = (
    "Berkas belum dapat dibuka sekarang. Coba lagi nanti, atau hubungi petugas teknis."
)
_WHY: Final = "Tulis alasannya, 10 sampai 300 huruf. Alasan ini dicatat bersama nama Anda."


def init_app(app: Flask) -> None:
    """Put the minutes among the tabs."""
    tabs.add(app, "minutes.index", "Berita acara", *READERS)


@blueprint.get("")
@for_roles(*READERS)
def index(code: str) -> str:
    """List the minutes of a round."""
    here = place(code)
    with signed_in_session() as session:
        found = stored.listed(session, here.code, here.period)
    return render_template(
        "musyawarah/berita_acara/daftar.html", here=here, listed=found, number=official_number
    )


@blueprint.get("/<int:number>")
@for_roles(*READERS)
def one(code: str, number: int) -> str:
    """Show minutes, and what can be done with them."""
    return _page(place(code), number)


@blueprint.get("/<int:number>.<any(pdf, xlsx):form>")
@for_roles(*READERS)
def download(code: str, number: int, form: Form) -> ResponseReturnValue:
    """Give the file as it was issued, and note who took it."""
    here = place(code)
    with signed_in_session() as session:
        found = _find(session, here, number)
        sealed = _sealed(session, found, form)
        _note(session, Happening.MINUTES_OPENED, found, form=form)
    try:
        plain = open_form(services().keys.ring, found.id, form, sealed)
    except CannotOpen:
        return _page(here, number, problem=_NOT_NOW), 503
    return _file(plain, found, form)


@blueprint.post("/<int:number>/lengkap")
@for_roles(Role.DINAS)
def full(code: str, number: int) -> ResponseReturnValue:
    """Give the full annex to dinas: for a reason, under their name, and noted before it is made."""
    here, typed = place(code), request.form.get("alasan", "")
    try:
        reason = clean_text(typed, LONGEST_REASON)
    except Invalid:
        reason = ""
    if len(reason) < SHORTEST_REASON:
        return _page(here, number, problem=_WHY, typed=typed), 422
    with signed_in_session() as session:
        found = _find(session, here, number)
        sealed = _sealed(session, found, "content")
        households = stored.households_in(session, found.musyawarah_id)
        note_access(session, current_actor(), "annex", households, reason=reason)
        _note(session, Happening.ANNEX_OPENED, found)
    try:
        content = open_form(services().keys.ring, found.id, "content", sealed)
        return _file(full_copy(content, _for_whom()), found, "pdf", "_LENGKAP")
    except (CannotOpen, TypesettingError):
        return _page(here, number, problem=_NOT_NOW, typed=typed), 503


def _page(here: Place, number: int, *, problem: str = "", typed: str = "") -> str:
    with signed_in_session() as session:
        found = _find(session, here, number)
        shown = corrections.shown(session, found)
    return render_template(
        "musyawarah/berita_acara/satu.html",
        here=here,
        found=found,
        number=official_number(found.kelurahan_code, found.period_id, found.number),
        proposed=shown,
        may={role.value: current_actor().holds(role, here.code) for role in READERS},
        problem=problem,
        typed=typed,
    )


def _find(session: Session, here: Place, number: int) -> Listed:
    try:
        return stored.find(session, here.code, here.period, number)
    except NoSuchMinutes:
        abort(404)


def _sealed(session: Session, found: Listed, form: Form) -> bytes:
    try:
        return stored.sealed_form(session, found.id, form)
    except NoSuchMinutes:
        abort(404)


def _note(session: Session, kind: Happening, found: Listed, **details: str) -> None:
    said = {"number": found.number, **details}
    happened = Happened(kind, musyawarah_id=found.musyawarah_id, details=said)
    note(session, happened, current_actor())


def _for_whom() -> str:
    account = current_account()
    return f"{account.full_name if account else ''}, {long_time(now())}"


def _file(content: bytes, found: Listed, form: Form, mark: str = "") -> Response:
    number = official_number(found.kelurahan_code, found.period_id, found.number)
    response = make_response(content)
    response.headers["Content-Type"] = _TYPES[form]
    name = f"{number.replace('/', '_')}{mark}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
