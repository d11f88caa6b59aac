"""Keying a paper form: the first of two people."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, redirect, render_template, url_for

from portal.accounts import current_actor, for_roles, signed_in_session
from portal.citizen.reading import Fields, first, known
from portal.dates import now
from portal.errors import page as error_page
from portal.loket.desk import AT_THE_COUNTER, id_of, places, typed
from portal.loket.form_page import form_page
from portal.services import services
from registry.opening import CannotOpen
from registry.rules.answers import parse
from registry.rules.application import Application
from registry.rules.periods import civil_date
from registry.store.paper import (
    NotInSight,
    NotWaiting,
    is_ones_own,
    keep_paper,
    lock_paper,
    typed_on,
    waiting_papers,
    withdraw_papers,
)
from registry.store.periods import find_periods

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from registry.rules.problems import Problem
    from registry.store.paper import Paper

blueprint = Blueprint("loket_kertas", __name__, url_prefix="/loket/kertas")

NO_LONGER: Final = "Formulir ini tidak menunggu lagi: sudah dikirim, dilengkapi, atau dibatalkan."
UNREADABLE: Final = "Ketikan pertama tidak bisa dibaca lagi. Batalkan, lalu ketik dari kertasnya."


def not_in_sight(_error: NotInSight) -> ResponseReturnValue:
    """Say that there is no such page."""
    return error_page(404)


def not_waiting(_error: NotWaiting) -> ResponseReturnValue:
    """Say that somebody was faster."""
    return papers_page(NO_LONGER, 409)


def cannot_open(_error: CannotOpen) -> ResponseReturnValue:
    """Say that it has to be keyed anew."""
    return papers_page(UNREADABLE, 409)


def translate_errors(blueprint: Blueprint) -> None:
    """Let a blueprint answer what becomes of a paper meanwhile."""
    blueprint.register_error_handler(NotInSight, not_in_sight)
    blueprint.register_error_handler(NotWaiting, not_waiting)
    blueprint.register_error_handler(CannotOpen, cannot_open)


translate_errors(blueprint)


def number_of(paper_id: bytes) -> str:
    """Return what is written onto the paper, so that it is found again: `3F7-A21`."""
    digits = paper_id.hex()[:6].upper()
    return f"{digits[:3]}-{digits[3:]}"


@blueprint.get("")
@for_roles(*AT_THE_COUNTER)
def index() -> ResponseReturnValue:
    """List the paper forms that wait."""
    return papers_page()


def papers_page(problem: str = "", status: int = 200) -> ResponseReturnValue:
    """Show the paper forms that wait, and what somebody cannot do with one of them."""
    with signed_in_session() as session:
        papers = waiting_papers(session)
        has_open = _open_period(session) is not None
    rows = [(each, number_of(each.id), is_ones_own(each, current_actor())) for each in papers]
    page = render_template(
        "loket/kertas.html", rows=rows, places=places(), problem=problem, has_open=has_open
    )
    return page, status


@blueprint.get("/baru")
@for_roles(*AT_THE_COUNTER)
def new() -> ResponseReturnValue:
    """Show the empty form."""
    with signed_in_session() as session:
        if _open_period(session) is None:
            return redirect(url_for("loket_kertas.index"))
    return _page({})


@blueprint.post("/baru")
@for_roles(*AT_THE_COUNTER)
def keep() -> ResponseReturnValue:
    """Keep what was keyed, half a form too when that is what the paper is."""
    return _keep(typed(), None)


@blueprint.get("/<paper>/lengkapi")
@for_roles(*AT_THE_COUNTER)
def complete(paper: str) -> ResponseReturnValue:
    """Show half a form to who keyed it, with what it lacks."""
    with signed_in_session() as session:
        half = _own_half(session, id_of(paper))
        fields: Fields = typed_on(session, services().keys.ring, half.id)
    found = _parsed(fields)
    return _page(fields, () if isinstance(found, Application) else found, old=half.id)


@blueprint.post("/<paper>/lengkapi")
@for_roles(*AT_THE_COUNTER)
def keep_complete(paper: str) -> ResponseReturnValue:
    """Keep the completed form in place of the half one."""
    return _keep(typed(), id_of(paper))


@blueprint.get("/<paper>/disimpan")
@for_roles(*AT_THE_COUNTER)
def kept(paper: str) -> ResponseReturnValue:
    """Show the number to write onto the paper, and of half a form what it lacks."""
    with signed_in_session() as session:
        try:
            found = lock_paper(session, id_of(paper))
        except NotWaiting:
            return redirect(url_for("loket_kertas.index"))
        if not is_ones_own(found, current_actor()):
            abort(404)
        fields = typed_on(session, services().keys.ring, found.id)
    problems = _parsed(fields)
    return render_template(
        "loket/disimpan.html",
        paper=found,
        number=number_of(found.id),
        lacks=[] if isinstance(problems, Application) else [each.message for each in problems],
        phone=first(fields, "telepon"),
    )


@blueprint.post("/<paper>/batal")
@for_roles(*AT_THE_COUNTER)
def withdraw(paper: str) -> ResponseReturnValue:
    """Withdraw a paper form: keyed by mistake, or keyed anew."""
    with signed_in_session() as session:
        withdraw_papers(session, [lock_paper(session, id_of(paper)).id], current_actor())
    return redirect(url_for("loket_kertas.index"), 303)


def _keep(fields: Fields, in_place_of: bytes | None) -> ResponseReturnValue:
    new_id = id_of(first(fields, "kunci"))
    if first(fields, "aksi") == "anggota":
        return _page(fields, old=in_place_of)
    found = _parsed(fields)
    is_whole = isinstance(found, Application)
    if not isinstance(found, Application) and first(fields, "aksi") != "setengah":
        return _page(fields, found, status=422, old=in_place_of)
    if not any(value.strip() for values in known(fields).values() for value in values):
        return _page(fields, status=422, notice="Formulir ini masih kosong.", old=in_place_of)
    with signed_in_session() as session:
        _replace(session, fields, new_id, in_place_of, complete=is_whole)
    return redirect(url_for("loket_kertas.kept", paper=new_id.hex()), 303)


def _replace(
    session: Session, fields: Fields, new_id: bytes, old_id: bytes | None, *, complete: bool
) -> None:
    if old_id is not None:
        half = _own_half(session, old_id)
        withdraw_papers(session, [half.id], current_actor())
        period, kelurahan = half.period, half.kelurahan
    else:
        there = [place.code for place in places()]
        kelurahan = first(fields, "loket") or there[0]
        opened = _open_period(session)
        if kelurahan not in there or opened is None:
            abort(404)
        period = opened
    keep_paper(
        session,
        services().keys.ring,
        new_id,
        known(fields),
        period=period,
        kelurahan=kelurahan,
        complete=complete,
        actor=current_actor(),
    )


def _own_half(session: Session, paper_id: bytes) -> Paper:
    """Return half a form that the actor keyed; 404 for another's, or a whole one."""
    half = lock_paper(session, paper_id)
    if half.complete or not is_ones_own(half, current_actor()):
        abort(404)
    return half


def _open_period(session: Session) -> str | None:
    return next((each.id for each in find_periods(session) if each.is_open(now())), None)


def _parsed(fields: Fields) -> Application | tuple[Problem, ...]:
    there_are = services().door.neighbourhoods()
    return parse(fields, today=civil_date(now()), neighbourhoods=there_are)


def _page(
    fields: Fields,
    problems: Iterable[Problem] = (),
    *,
    status: int = 200,
    notice: str = "",
    old: bytes | None = None,
) -> ResponseReturnValue:
    return form_page(
        "loket/ketik.html",
        fields,
        problems,
        status=status,
        notice=notice,
        places=places(),
        seat=first(fields, "loket"),
        key=first(fields, "kunci") or secrets.token_hex(16),
        number=number_of(old) if old else "",
    )
