"""The lists by RW: read out, ratified at once, and whoever is to be talked about pulled out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, redirect, render_template, request

from portal.accounts import current_actor, for_roles
from portal.musyawarah.sessions.sitting import SIT, key_of, records, sitting, told_of, whole
from portal.musyawarah.sessions.words import problem
from registry.rules.agenda import Part
from registry.rules.lifecycle import Role
from registry.store import meetings
from registry.store.meetings import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from portal.musyawarah.sessions.sitting import Seat

blueprint = Blueprint(
    "daftar_rw", __name__, url_prefix="/musyawarah/<code>/sidang/<int:number>/daftar/<int:rw>"
)


@blueprint.get("")
@for_roles(*SIT)
def show(code: str, number: int, rw: int) -> ResponseReturnValue:
    """Show the list of an RW; the projector shows it too."""
    return _page(code, number, rw)


@blueprint.post("/sahkan")
@for_roles(Role.REVIEWER)
def ratify(code: str, number: int, rw: int) -> ResponseReturnValue:
    """Propose all who are on the list."""
    return _do(
        code,
        number,
        rw,
        lambda session, at, key: meetings.ratify(session, at.found.id, rw, current_actor(), key),
    )


@blueprint.post("/batalkan")
@for_roles(Role.REVIEWER)
def take_back(code: str, number: int, rw: int) -> ResponseReturnValue:
    """Take the ratifying back."""
    return _do(
        code,
        number,
        rw,
        lambda session, at, key: meetings.take_back(session, at.found.id, rw, current_actor(), key),
    )


@blueprint.post("/tarik")
@for_roles(Role.REVIEWER)
def pull(code: str, number: int, rw: int) -> ResponseReturnValue:
    """Pull a household out of the list, to be talked about."""
    item = whole(request.form.get("nomor"))
    if item is None:
        abort(404)
    return _do(
        code,
        number,
        rw,
        lambda session, at, key: meetings.pull(session, at.found.id, item, key, current_actor()),
    )


def _do(
    code: str, number: int, rw: int, do: Callable[[Session, Seat, bytes], object]
) -> ResponseReturnValue:
    key = key_of(request.form.get("kunci"))
    try:
        with sitting(code, number) as (session, at):
            do(session, at, key)
    except Refused as error:
        return _page(code, number, rw, problem(error)), 409
    return redirect(at.to(".show", rw=rw), 303)


def _page(code: str, number: int, rw: int, wrong: str = "") -> str:
    with sitting(code, number) as (session, at):
        ledgers = {
            each.rw: each
            for each in meetings.by_rw(meetings.items(session, at.found.id, parts=[Part.LIST]))
        }
        if rw not in ledgers:
            abort(404)
        told = told_of(session, ledgers[rw].lines)
        if records():
            meetings.show(session, at.found.id, f"rw:{rw}")
    order = list(ledgers)
    place = order.index(rw)
    return render_template(
        "musyawarah/sidang/daftar_rw.html",
        here=at.place,
        at=at,
        ledger=ledgers[rw],
        told=told,
        before=order[place - 1] if place else None,
        after=order[place + 1] if place + 1 < len(order) else None,
        key=meetings.new_key().hex(),
        may_record=records() and at.found.stage == "open",
        wrong=wrong,
    )
