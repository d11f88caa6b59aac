"""The lurah closes a session: on an own device, against the signed paper, with a code again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, redirect, render_template, request

from portal.accounts import (
    WrongCode,
    current_account,
    current_actor,
    for_roles,
    require_totp_now,
    signed_in_session,
)
from portal.dates import now
from portal.musyawarah import officers
from portal.musyawarah.sessions.sitting import sitting, whole
from portal.musyawarah.sessions.words import problem
from portal.services import services
from registry.rules.errors import Invalid
from registry.rules.lifecycle import Role
from registry.rules.periods import civil_date
from registry.store import meetings
from registry.store.meetings import Order, Paper, Refused, TotalsDiffer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

    from portal.musyawarah.sessions.sitting import Seat

blueprint = Blueprint("tutup", __name__, url_prefix="/musyawarah/<code>/sidang/<int:number>/tutup")

TOTALS = (
    ("proposed", "Diusulkan"),
    ("not_proposed", "Tidak diusulkan"),
    ("field_check", "Kunjungan rumah"),
    ("postponed", "Ditunda"),
)
"""What the lurah reads off the paper."""


@blueprint.get("")
@for_roles(Role.CHAIR)
def show(code: str, number: int) -> ResponseReturnValue:
    """Ask for the totals on paper, and for a code."""
    return _page(code, number)


@blueprint.post("")
@for_roles(Role.CHAIR)
def close(code: str, number: int) -> ResponseReturnValue:
    """Close the session: nothing is done unless all of it is right."""
    actor = current_actor()
    try:
        with sitting(code, number) as (session, at):
            _chairs(at)
            order = _order(at)
            meetings.check(session, order, actor)
        require_totp_now(request.form.get("kode", ""))
        with signed_in_session() as session:
            meetings.close(session, services().settings.seal_keys, order, actor, now())
    except TotalsDiffer as error:
        return _page(code, number, problem(error), error.names), 422
    except WrongCode as error:
        return _page(code, number, str(error)), 422
    except Invalid as error:
        return _page(code, number, problem(error)), 422
    except Refused as error:
        return _page(code, number, problem(error)), 409
    return redirect(at.to("sidang.one"), 303)


def _chairs(at: Seat) -> None:
    # Plh of one kelurahan and officer of another: chair in the first alone.
    if not current_actor().holds(Role.CHAIR, at.place.code):
        abort(404)


def _order(at: Seat) -> Order:
    typed = [whole(request.form.get(name)) for name, _words in TOTALS]
    version = whole(request.form.get("versi"))
    if any(each is None for each in typed):
        raise Invalid("totals_missing")
    paper = Paper(*(each for each in typed if each is not None))
    return Order(at.found.id, -1 if version is None else version, paper, _closed_as(at))


def _closed_as(at: Seat) -> str:
    """Return `chair`, or the letter by which somebody acts for the lurah today."""
    account, code = current_account(), at.place.code
    if account is None:
        abort(404)
    if account.role == Role.CHAIR and code in account.kelurahan_codes:
        return "chair"
    today = civil_date(now())
    return next(
        each.letter_number
        for each in account.acting
        if each.kelurahan_code == code
        and each.withdrawn_at is None
        and each.from_on <= today <= each.until_on
    )


def _page(code: str, number: int, wrong: str = "", differ: tuple[str, ...] = ()) -> str:
    with sitting(code, number) as (session, at):
        _chairs(at)
        lines = meetings.items(session, at.found.id)
        last = meetings.last_day(session, at.found)
        recorders = meetings.recorders(lines)
        names = officers.names(session, recorders)
    typed: Mapping[str, str] = request.form
    return render_template(
        "musyawarah/sidang/tutup.html",
        here=at.place,
        at=at,
        totals=meetings.totals_of(lines),
        fields=TOTALS,
        typed=typed,
        differ=differ,
        wrong=wrong,
        last=last,
        late=last is not None and civil_date(now()) > last,
        recorders=sorted(names.values()),
        mine=str(current_actor().id) in recorders,
    )
