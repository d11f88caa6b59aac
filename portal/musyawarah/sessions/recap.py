"""What a meeting decided, to be printed and signed before the lurah closes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template

from portal.accounts import for_roles
from portal.musyawarah.sessions.sitting import SIT, sitting, told_of
from portal.services import services
from registry import opening
from registry.rules.lifecycle import REASONS
from registry.rules.quorum import LABELS as ELEMENTS
from registry.rules.verdicts import LABELS
from registry.store import meetings

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

blueprint = Blueprint("rekap", __name__, url_prefix="/musyawarah/<code>/sidang/<int:number>/rekap")


@blueprint.get("")
@for_roles(*SIT)
def show(code: str, number: int) -> ResponseReturnValue:
    """Show the record as a page to be printed: lists by number, the others one by one."""
    ring = services().settings.seal_keys
    with sitting(code, number) as (session, at):
        lines = meetings.items(session, at.found.id)
        each = [line for line in lines if not line.listed]
        told = told_of(session, each)
        there = meetings.attendees(session, ring, at.found.id)
    sentences = {
        line.number: opening.words(ring, line.application_id, line.standing.sealed)
        for line in each
        if line.standing
    }
    return render_template(
        "musyawarah/sidang/rekap.html",
        here=at.place,
        at=at,
        ledgers=meetings.by_rw(lines),
        each=each,
        told=told,
        sentences=sentences,
        there=there,
        totals=meetings.totals_of(lines),
        verdicts=LABELS,
        reasons=REASONS,
        elements=ELEMENTS,
    )
