"""Who attends a session, by element, and whether that is a quorum."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, request

from portal.accounts import current_actor, for_roles
from portal.musyawarah.sessions.attendance_page import attendance_page
from portal.musyawarah.sessions.attendance_photo import signed_list
from portal.musyawarah.sessions.sitting import SIT, sitting
from portal.musyawarah.sessions.words import problem
from portal.services import services
from registry.rules.errors import Invalid
from registry.rules.quorum import Element
from registry.store import meetings
from registry.store.meetings import Refused

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

blueprint = Blueprint("hadir", __name__, url_prefix="/musyawarah/<code>/sidang/<int:number>/hadir")


@blueprint.get("")
@for_roles(*SIT)
def show(code: str, number: int) -> ResponseReturnValue:
    """Show who is there, and what is missing of the quorum."""
    return _page(code, number)


@blueprint.post("")
@for_roles(*SIT)
def attend(code: str, number: int) -> ResponseReturnValue:
    """Note somebody as present."""
    try:
        person = _person()
        with sitting(code, number) as (session, at):
            ring = services().settings.seal_keys
            meetings.attend(session, ring, at.found.id, person, current_actor())
    except (Invalid, Refused) as error:
        return _page(code, number, problem(error)), 422
    return redirect(at.to(".show", _anchor="catat"), 303)


@blueprint.post("/<int:attendee>/cabut")
@for_roles(*SIT)
def withdraw(code: str, number: int, attendee: int) -> ResponseReturnValue:
    """Take somebody off the list who was noted by mistake."""
    try:
        with sitting(code, number) as (session, at):
            meetings.withdraw_attendee(session, at.found.id, attendee)
    except Refused as error:
        return _page(code, number, problem(error)), 409
    return redirect(at.to(".show"), 303)


def _person() -> tuple[Element, str, str]:
    typed = request.form
    if (element := typed.get("unsur", "")) not in list(Element):
        raise Invalid("element_unknown")
    return Element(element), typed.get("nama", ""), typed.get("jabatan", "")


def _page(code: str, number: int, wrong: str = "") -> str:
    with sitting(code, number) as (session, at):
        return attendance_page(session, at, signed_list(session, at.found.id), wrong)
