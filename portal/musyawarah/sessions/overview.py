"""The sessions of a kelurahan: planned, frozen, opened, ended, and what to do next."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from portal import quorum_form
from portal.accounts import current_actor, for_roles, signed_in_session
from portal.dates import now
from portal.musyawarah import tabs
from portal.musyawarah.place import place
from portal.musyawarah.sessions.sitting import LOOK, SIT, STAGES, key_of, records, sitting, whole
from portal.musyawarah.sessions.words import problem
from registry.rules.errors import Invalid
from registry.rules.lifecycle import Role
from registry.rules.periods import civil_date
from registry.rules.quorum import LABELS, Quorum, missing
from registry.store import meetings
from registry.store.meetings import Refused
from registry.store.quorums import least

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from portal.musyawarah.sessions.sitting import Seat
    from registry.rules.lifecycle import Actor

blueprint = Blueprint("sidang", __name__, url_prefix="/musyawarah/<code>/sidang")


@blueprint.get("")
@for_roles(*LOOK)
def index(code: str) -> ResponseReturnValue:
    """List the sessions, and ask for the next."""
    return _list(code)


@blueprint.post("")
@for_roles(*SIT)
def plan(code: str) -> ResponseReturnValue:
    """Plan the next session."""
    here = place(code)
    try:
        held_on, quorum = _planned()
        with signed_in_session() as session:
            made = meetings.plan(
                session,
                here.code,
                here.period,
                held_on=held_on,
                quorum=quorum,
                actor=current_actor(),
                key=key_of(request.form.get("kunci")),
                now=now(),
            )
    except (Invalid, Refused) as error:
        return _list(code, problem(error)), 422
    putaran = request.args.get("putaran")
    address = url_for(".one", code=code, number=made.number, putaran=putaran)
    return redirect(address, 303)


@blueprint.get("/<int:number>")
@for_roles(*LOOK)
def one(code: str, number: int) -> ResponseReturnValue:
    """Show how a session stands, and what to do next."""
    return _overview(code, number)


@blueprint.post("/<int:number>/rencana")
@for_roles(*SIT)
def change(code: str, number: int) -> ResponseReturnValue:
    """Change the day or the quorum while nothing is frozen."""

    def changed(session: Session, at: Seat, version: int, _actor: Actor) -> None:
        held_on, quorum = _planned()
        meetings.change_plan(session, at.found.id, version, held_on, quorum)

    return _step(code, number, changed)


@blueprint.post("/<int:number>/bekukan")
@for_roles(*SIT)
def freeze(code: str, number: int) -> ResponseReturnValue:
    """Draw the agenda and freeze it."""

    def frozen(session: Session, at: Seat, version: int, actor: Actor) -> None:
        each = whole(request.form.get("banyak"), most=1000)
        if each is None:
            raise Invalid("agenda_size")
        meetings.freeze(session, at.found.id, version, actor, each)

    return _step(code, number, frozen)


@blueprint.post("/<int:number>/buka")
@for_roles(*SIT)
def open_(code: str, number: int) -> ResponseReturnValue:
    """Open the meeting."""
    return _step(
        code, number, lambda s, at, version, by: meetings.open_(s, at.found.id, version, by)
    )


@blueprint.post("/<int:number>/akhiri")
@for_roles(*SIT)
def end(code: str, number: int) -> ResponseReturnValue:
    """End the meeting; what has no verdict carries over."""
    return _step(code, number, lambda s, at, version, by: meetings.end(s, at.found.id, version, by))


@blueprint.post("/<int:number>/buka-lagi")
@for_roles(*SIT)
def reopen(code: str, number: int) -> ResponseReturnValue:
    """Go on with a meeting that was ended, to mend what was recorded."""
    return _step(
        code, number, lambda s, at, version, by: meetings.reopen(s, at.found.id, version, by)
    )


def _step(
    code: str, number: int, do: Callable[[Session, Seat, int, Actor], object]
) -> ResponseReturnValue:
    version = whole(request.form.get("versi"))
    try:
        with sitting(code, number) as (session, at):
            do(session, at, -1 if version is None else version, current_actor())
    except (Invalid, Refused) as error:
        status = 409 if isinstance(error, Refused) else 422
        return _overview(code, number, problem(error)), status
    return redirect(at.to(".one"), 303)


def _planned() -> tuple[date, Quorum]:
    """Return the day and the quorum of the form; raise Refused or Invalid."""
    try:
        held_on = date.fromisoformat(request.form.get("tanggal", ""))
    except ValueError:
        raise Refused("date_far") from None
    return held_on, quorum_form.typed()


def _list(code: str, wrong: str = "") -> str:
    here = place(code)
    with signed_in_session() as session:
        found = meetings.sessions_of(session, here.code, here.period)
        asked = least(session, here.period, here.code)
    return render_template(
        "musyawarah/sidang/daftar.html",
        here=here,
        found=found,
        stages=STAGES,
        wrong=wrong,
        may_plan=current_actor().role in SIT,
        under_way=next((each for each in found if each.stage not in {"planned", "closed"}), None),
        key=meetings.new_key().hex(),
        today=civil_date(now()),
        **quorum_form.shown(asked.quorum, asked),
    )


def _overview(code: str, number: int, wrong: str = "") -> str:
    actor = current_actor()
    with sitting(code, number) as (session, at):
        lines = meetings.items(session, at.found.id)
        quorum = Quorum.from_json(at.found.quorum)
        asked = least(session, at.place.period, at.place.code)
        present = meetings.present(session, at.found.id)
        last = meetings.last_day(session, at.found)
        left_out = meetings.left_out(session, at.found)
        queued = meetings.queued(session, at.found) if at.found.stage == "planned" else 0
    return render_template(
        "musyawarah/sidang/satu.html",
        here=at.place,
        at=at,
        stages=STAGES,
        lines=lines,
        rws=meetings.by_rw(lines),
        each=[line for line in lines if not line.listed],
        totals=meetings.totals_of(lines),
        present=present,
        missing=missing(quorum, present),
        labels=LABELS,
        last=last,
        late=last is not None and civil_date(now()) > last,
        queued=queued,
        left_out=left_out,
        wrong=wrong,
        may_lead=actor.role in SIT,
        may_close=actor.holds(Role.CHAIR, at.place.code),
        records=records(),
        **quorum_form.shown(quorum, asked),
    )


def init_app(app: Flask) -> None:
    """Put it among the tabs."""
    tabs.add(app, "sidang.index", "Sidang", *LOOK)
