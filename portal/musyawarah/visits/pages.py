"""The visit: houses to go to, the form, and what comes of it.

An officer may take houses along and fill the forms in without a network; what such a phone sends
later goes through the same view as the plain form. The page for that (`luring`) is the same for
everybody and holds nothing of anybody: the houses lie sealed on the phone.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, abort, g, jsonify, redirect, render_template, request, url_for
from flask_wtf.csrf import generate_csrf

from portal.accounts import current_actor, for_roles, signed_in_session
from portal.accounts.gate import wants_json
from portal.dates import now
from portal.headers import keepable
from portal.musyawarah import tabs
from portal.musyawarah.place import place
from portal.musyawarah.visits.houses import SAID, VISITORS, card, cards, id_from, people_of, text_of
from portal.musyawarah.visits.photos import LABELS as PHOTO_LABELS
from portal.services import services
from registry import opening, visiting
from registry.rules import findings, reports
from registry.rules.errors import Invalid
from registry.rules.lifecycle import State
from registry.rules.meeting_problems import MESSAGES
from registry.rules.regions import PRACTICE, place_of
from registry.rules.reports import Refused, read_report
from registry.rules.visits import LABELS, Call, Outcome
from registry.store.accesses import note_access
from registry.store.houses import House, houses, houses_by_id, houses_by_rw
from registry.store.visits import Effect, Sent, VisitTaken, record, visits_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask
    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from registry.rules.reports import Given, Report

blueprint = Blueprint("visits", __name__, url_prefix="/musyawarah/<code>/kunjungan")

SHOWN: Final = 200
"""Houses on a page: more are shown by RW."""

TAKEN_ALONG: Final = 60
"""Houses that a phone takes: more than anyone visits in a day."""

OTHER_OFFICER: Final = (
    "Kunjungan ini dicatat oleh petugas lain di HP ini. Masuk dengan akun petugas itu."
)
TAKEN: Final = "Nomor kunjungan ini sudah dipakai kunjungan lain. Isi ulang formulirnya."


def words() -> dict[str, Any]:
    """Return what the form asks, for templates."""
    return {
        "groups": findings.groups(),
        "of_each_person": findings.of_each_person(),
        "outcomes": [(each.value, LABELS[each]) for each in Outcome],
        "calls": [(each.value, LABELS[each]) for each in Call],
        "ktps": list(reports.KTP_LABELS.items()),
        "bounds": findings.bounds,
        "summed": findings.SUMMED,
        "note_limit": reports.NOTE_LIMIT,
    }


@blueprint.get("")
@for_roles(*VISITORS)
def index(code: str) -> ResponseReturnValue:
    """Show the houses that wait for a visit, of one RW or of all."""
    here = place(code)
    rw = request.args.get("rw", type=int)
    with signed_in_session() as session:
        numbers = houses_by_rw(session, here.period, code)
        listed = houses(session, here.period, code, rw=rw, limit=SHOWN)
        shown = cards(session, listed)
    return render_template(
        "musyawarah/kunjungan/daftar.html", here=here, cards=shown, numbers=numbers, rw=rw,
        limit=SHOWN, taken_along=TAKEN_ALONG,
    )  # fmt: skip


@blueprint.get("/luring")
def offline(code: str) -> ResponseReturnValue:
    """Give the page that works without a network; it is the same for everybody."""
    try:
        here = place_of(code)
    except Invalid:
        abort(404)
    if here.code != code:
        abort(404)
    g.practice = code == PRACTICE.code
    page = render_template(
        "musyawarah/kunjungan/luring.html", here=here, photo_labels=PHOTO_LABELS, **words()
    )
    return keepable(page)


@blueprint.get("/token")
@for_roles(*VISITORS)
def token(code: str) -> ResponseReturnValue:
    """Give a fresh token to a page that was made long ago, before it sends."""
    place(code)
    return jsonify(token=generate_csrf(), petugas=current_actor().id)


@blueprint.post("/bawa")
@for_roles(*VISITORS)
def take_along(code: str) -> ResponseReturnValue:
    """Give houses to a phone that will seal them; it is noted whose they are."""
    here, actor = place(code), current_actor()
    ids = [id_from(each) for each in request.form.getlist("rumah")[: TAKEN_ALONG + 1]]
    if not 0 < len(ids) <= TAKEN_ALONG:
        return jsonify(galat=f"Pilih 1 sampai {TAKEN_ALONG} rumah."), 422
    with signed_in_session() as session:
        found = [
            each for each in houses_by_id(session, code, ids) if each.state == State.FIELD_CHECK
        ]
        taken = [each.to_take_along() for each in cards(session, found)]
        note_access(session, actor, "case", [each.application_id for each in found])
    return jsonify(petugas=actor.id, kelurahan=here.kelurahan.name, rumah=taken)


@blueprint.get("/<household>")
@for_roles(*VISITORS)
def form(code: str, household: str) -> ResponseReturnValue:
    """Show the form for a house; its length is measured from now on."""
    application_id = id_from(household)
    given = {"id": [secrets.token_hex(16)], "mulai": [now().isoformat(timespec="seconds")]}
    with signed_in_session() as session:
        house = _house(session, code, application_id)
        note_access(session, current_actor(), "case", [application_id])
        return _form(session, code, house, given, {})


@blueprint.post("/<household>")
@for_roles(*VISITORS)
def send(code: str, household: str) -> ResponseReturnValue:
    """Keep a visit; sent twice it is the same one."""
    application_id, given, actor = id_from(household), _given(), current_actor()
    with signed_in_session() as session:
        house = _house(session, code, application_id)
        if given.get("petugas", [actor.id])[0] != actor.id:
            return jsonify(galat=OTHER_OFFICER), 409
        said = opening.answers(services().settings.seal_keys, application_id, house.sealed)
        try:
            report = read_report(
                given, officer=str(actor.id), now=now(), people=len(people_of(said))
            )
        except Refused as refused:
            return _refused(session, code, house, given, refused.problems)
        try:
            has_phone = bool(text_of(said, "telepon"))
            effect = record(session, _sent(report, house, code), actor, has_phone=has_phone)
        except VisitTaken:
            return _refused(session, code, house, given, {"id": "visit_id"})
    return _kept(code, report, effect)


def _given() -> Given:
    """Return the fields that came, from a form or as JSON; 400 for JSON that is no form."""
    if not request.is_json:
        return dict(request.form.lists())
    sent = request.get_json()
    if not isinstance(sent, dict):
        abort(400)
    lists = {name: value if isinstance(value, list) else [value] for name, value in sent.items()}
    return {name: [str(each) for each in values] for name, values in lists.items()}


def _house(session: Session, code: str, application_id: bytes) -> House:
    place(code)
    found = houses_by_id(session, code, [application_id])
    if not found:
        abort(404)
    return found[0]


def _sent(report: Report, house: House, code: str) -> Sent:
    return Sent(
        report.id,
        house.application_id,
        code,
        report.visit,
        report.ktp,
        visiting.seal(services().settings.seal_keys, report),
        outside_dki=findings.lives_elsewhere(report.found),
    )


def _kept(code: str, report: Report, effect: Effect) -> ResponseReturnValue:
    if wants_json():
        return jsonify(kunjungan=report.id.hex(), akibat=effect, pesan=SAID[effect])
    address = url_for("visit_photos.done", code=code, visit=report.id.hex(), akibat=effect)
    return redirect(address, 303)


def _refused(
    session: Session, code: str, house: House, given: Given, problems: Mapping[str, str]
) -> ResponseReturnValue:
    said = {name: MESSAGES[problem] for name, problem in problems.items()}
    if wants_json():
        return jsonify(galat=" ".join(dict.fromkeys(said.values())), salah=said), 422
    return _form(session, code, house, given, said), 422


def _form(
    session: Session, code: str, house: House, given: Given, problems: Mapping[str, str]
) -> str:
    made = visits_of(session, [house.application_id]).get(house.application_id, [])
    return render_template(
        "musyawarah/kunjungan/isi.html", here=place(code), card=card(house, made), given=given,
        problems=problems, late=house.state != State.FIELD_CHECK, began=_began(given), **words(),
    )  # fmt: skip


def _began(given: Given) -> datetime | None:
    try:
        return datetime.fromisoformat(given["mulai"][0])
    except (KeyError, IndexError, ValueError):
        return None


def init_app(app: Flask) -> None:
    """Put the list among the tabs."""
    tabs.add(app, "visits.index", "Kunjungan", *VISITORS)
