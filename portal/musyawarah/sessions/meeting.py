"""One case before the meeting: what it needs to know, and the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, jsonify, redirect, render_template, request

from portal.accounts import current_actor, for_roles, signed_in_session
from portal.accounts.gate import wants_json
from portal.musyawarah import officers
from portal.musyawarah.sessions import case_told
from portal.musyawarah.sessions.entering import ASIDE_ROWS, entry_of
from portal.musyawarah.sessions.sitting import SIT, key_of, records, sitting
from portal.musyawarah.sessions.words import CHOICES, REASON_CHOICES, SENTENCES, problem
from portal.services import services
from registry import opening
from registry.rules.errors import Invalid
from registry.rules.lifecycle import Role
from registry.rules.quorum import COUNTED, Element
from registry.rules.quorum import LABELS as ELEMENTS
from registry.rules.verdicts import LABELS, NEEDS_PROOF, Tie
from registry.store import meetings
from registry.store.accesses import note_access
from registry.store.meetings import Conflict, Refused

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session
    from werkzeug.datastructures import MultiDict

    from portal.musyawarah.sessions.sitting import Seat
    from registry.store.meetings import Line, Standing

blueprint = Blueprint("bahas", __name__, url_prefix="/musyawarah/<code>/sidang/<int:number>/bahas")


@blueprint.get("")
@for_roles(*SIT)
def begin(code: str, number: int) -> ResponseReturnValue:
    """Go to the first case that has no verdict; without one, back to the session."""
    with sitting(code, number) as (session, at):
        return redirect(_after(session, at, 0), 303)


@blueprint.get("/<int:item>")
@for_roles(*SIT)
def show(code: str, number: int, item: int) -> ResponseReturnValue:
    """Show a case; the projector shows what of it may be seen."""
    with sitting(code, number) as (session, at):
        line = meetings.item(session, at.found.id, item)
        note_access(session, current_actor(), "case", [line.application_id])
        if records():
            meetings.show(session, at.found.id, f"item:{item}")
        return _page(session, at, line)


@blueprint.post("/<int:item>")
@for_roles(Role.REVIEWER)
def save(code: str, number: int, item: int) -> ResponseReturnValue:
    """Record or take back a verdict, for a form or for the script that sends until it is there."""
    key = key_of(request.form.get("kunci"))
    try:
        with sitting(code, number) as (session, at):
            line = meetings.item(session, at.found.id, item)
            entry = entry_of(session, at.found.id, line, request.form, key)
            ring = services().settings.seal_keys
            made = meetings.record(session, ring, entry, current_actor())
            undone = entry.decision is None
            following = at.to(".show", item=item) if undone else _after(session, at, item)
    except Conflict as error:
        return _conflict(code, number, error)
    except (Invalid, Refused) as error:
        return _wrong(code, number, item, error)
    if wants_json():
        return jsonify(versi=made.version, berikut=following)
    return redirect(following, 303)


def _wrong(code: str, number: int, item: int, error: Invalid | Refused) -> ResponseReturnValue:
    status = 409 if isinstance(error, Refused) else 422
    if wants_json():
        return jsonify(salah=problem(error), kode=error.code), status
    return _again(code, number, item, wrong=problem(error)), status


def _conflict(code: str, number: int, error: Conflict) -> ResponseReturnValue:
    """Tell what another officer recorded, and ask: nothing of either is lost."""
    other = error.other
    said = LABELS[other.verdict] if other.verdict else "putusan dicabut"
    with signed_in_session() as session:
        by = officers.names(session, [other.by]).get(other.by, "petugas lain")
    if wants_json():
        return jsonify(konflik={"putusan": said, "oleh": by, "versi": other.version}), 409
    return _again(code, number, error.number, conflict=(said, by)), 409


def _again(code: str, number: int, item: int, **said: Any) -> str:
    """Show the case with what was typed."""
    with sitting(code, number) as (session, at):
        line = meetings.item(session, at.found.id, item)
        return _page(session, at, line, request.form, **said)


def _after(session: Session, at: Seat, item: int) -> str:
    """Return the address of the next case without a verdict, from here round to the first."""
    lines = meetings.discussed(session, at.found.id)
    here = next((place for place, line in enumerate(lines) if line.number == item), -1)
    for line in (*lines[here + 1 :], *lines[: here + 1]):
        if line.verdict is None:
            return at.to(".show", item=line.number)
    return at.to("sidang.one")


def _page(  # noqa: PLR0913 - what is shown, and what is said of it
    session: Session,
    at: Seat,
    line: Line,
    typed: MultiDict[str, str] | None = None,
    *,
    wrong: str = "",
    conflict: tuple[str, str] | None = None,
) -> str:
    ring = services().settings.seal_keys
    order = [each.number for each in meetings.discussed(session, at.found.id)]
    here = order.index(line.number) if line.number in order else -1
    standing = line.standing
    words = opening.words(ring, line.application_id, standing.sealed) if standing else {}
    return render_template(
        "musyawarah/sidang/bahas.html",
        here=at.place,
        at=at,
        line=line,
        case=case_told.case_of(session, line),
        attendees=meetings.attendees(session, ring, at.found.id),
        before=order[here - 1] if here > 0 else None,
        after=order[here + 1] if 0 <= here < len(order) - 1 else None,
        step=(here + 1, len(order)),
        words=words,
        said_by=officers.names(session, [standing.by]).get(standing.by, "") if standing else "",
        form=typed or _standing_form(standing, words),
        dissent=_dissent(typed, standing),
        key=meetings.new_key().hex(),
        wrong=wrong,
        conflict=conflict,
        may_record=records() and at.found.stage == "open",
        actor=current_actor(),
        **_LISTS,
    )


_LISTS: dict[str, Any] = {
    "choices": CHOICES,
    "reasons": REASON_CHOICES,
    "sentences": SENTENCES,
    "needs_proof": NEEDS_PROOF,
    "ties": [(tie, LABELS[tie]) for tie in Tie],
    "elements": [(each, ELEMENTS[each]) for each in Element if each in COUNTED],
    "labels": LABELS,
    "rows": range(1, ASIDE_ROWS + 1),
}


def _standing_form(standing: Standing | None, words: dict[str, str]) -> dict[str, str]:
    """Return what stands as the form would send it."""
    if standing is None or standing.verdict is None:
        return {}
    form = {
        "putusan": standing.verdict.value,
        "alasan": standing.reason or "",
        "kalimat": words.get("sentence", ""),
        "pertanyaan": words.get("question", ""),
        "bukti": words.get("proof", ""),
    }
    for row, aside in enumerate(standing.stepped_aside, 1):
        form |= {f"minggir-{row}": str(aside.attendee), f"ikatan-{row}": aside.tie.value}
    return form


def _dissent(typed: MultiDict[str, str] | None, standing: Standing | None) -> list[str]:
    if typed:
        return typed.getlist("beda")
    return [element.value for element in standing.dissent] if standing else []
