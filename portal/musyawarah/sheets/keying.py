"""Keying a sheet from paper: one person, then another who is not given what the first keyed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, make_response, redirect, render_template, request

from portal.accounts import current_actor, for_roles, signed_in_session
from portal.marks import CHOICES, BadMarks, home, read_marks
from portal.musyawarah.place import place
from portal.musyawarah.sheets import words
from portal.musyawarah.sheets.paths import no_sheet, to
from registry.rules.lifecycle import Role
from registry.store.accesses import note_access
from registry.store.sheet_keying import Hand, NotKeyed, Read, Refused, key, keying

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

    from portal.musyawarah.place import Place
    from registry.rules.marks import Mark
    from registry.store.sheet_keying import Keying

blueprint = Blueprint(
    "sheet_keying", __name__, url_prefix="/musyawarah/<code>/lembar/<int:number>/ketik"
)
no_sheet(blueprint)

KEYERS = (Role.REVIEWER, Role.CHAIR, Role.COUNTER)


@blueprint.get("")
@for_roles(*KEYERS)
def form(code: str, number: int) -> ResponseReturnValue:
    """Show the lines to key, with what this person has keyed, never with the other's."""
    return _page(place(code), number)


@blueprint.post("")
@for_roles(*KEYERS)
def take(code: str, number: int) -> ResponseReturnValue:
    """Take what somebody read off the paper: all of it, or nothing."""
    here = place(code)
    typed: Mapping[int, Mark] | None = None
    try:
        with signed_in_session() as session:
            found = keying(session, here.period, here.code, number, lock=True)
            typed = read_marks(request.form, {line.line for line in found.lines})
            key(session, found, _read(typed))
    except BadMarks:
        return _page(here, number, problem=words.REFUSALS[Refused.NO_SUCH_LINE], status=422)
    except NotKeyed as error:
        status = 422 if error.refused in {Refused.EMPTY, Refused.BY_LINK} else 409
        return _page(here, number, words.REFUSALS[error.refused], typed, status)
    return redirect(to("sheet_keying.form", here, number=number), 303)


def _read(marks: Mapping[int, Mark]) -> Read:
    try:
        hand = Hand(request.form.get("tangan", ""))
    except ValueError:
        raise BadMarks from None
    over_link = request.form.get("ganti") == "1"
    return Read(hand, marks, current_actor().id or "", over_link)


def _page(
    here: Place,
    number: int,
    problem: str = "",
    typed: Mapping[int, Mark] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    actor = current_actor()
    with signed_in_session() as session:
        found = keying(session, here.period, here.code, number)
        note_access(session, actor, "name", [line.application_id for line in found.lines])
    hand = found.hand_of(actor.id or "")
    page = render_template(
        "musyawarah/lembar/ketik.html",
        here=here,
        found=found,
        sheet=found.sheet,
        hand=hand,
        others=_others(found, hand, actor.id),
        own=typed if typed is not None else found.own(hand) if hand else {},
        rows=[(line.line, home(line.application_id, line.sealed)) for line in found.lines],
        choices=CHOICES,
        asked=words.ASKED,
        problem=problem,
        to=to,
    )
    return make_response(page, status)


def _others(found: Keying, hand: Hand | None, actor: str | None) -> bool:
    """Tell whether this person has keyed it and waits for somebody else."""
    return hand is Hand.FIRST and found.first == actor and found.second is None
