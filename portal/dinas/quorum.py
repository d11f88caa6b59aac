"""Dinas sets what a meeting needs at least: for the round, and for single kelurahan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, redirect, render_template, request, url_for

from portal import quorum_form, rounds
from portal.accounts import current_actor, for_roles, has_role, signed_in_session
from portal.accounts.people import names_of
from registry.rules.errors import Invalid
from registry.rules.lifecycle import Role
from registry.rules.meeting_problems import MESSAGES
from registry.rules.regions import all_kelurahan, kelurahan
from registry.store import quorums
from registry.store.quorums import RuleChanged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from registry.rules.regions import Kelurahan
    from registry.store.quorums import Rule

blueprint = Blueprint("kuorum", __name__, url_prefix="/dinas/kuorum")

_CHANGED: Final = "Kuorum ini baru saja diubah orang lain. Periksa halaman ini, lalu coba lagi."
_WHERE: Final = "Pilih kelurahannya dari daftar."


@blueprint.get("")
@for_roles(Role.DINAS, Role.AUDITOR)
def index() -> ResponseReturnValue:
    """Show the round's quorum and its exceptions."""
    return _index()


@blueprint.post("")
@for_roles(Role.DINAS)
def of_round() -> ResponseReturnValue:
    """Set the quorum of the round."""
    return _set(None, _index)


@blueprint.post("/kelurahan")
@for_roles(Role.DINAS)
def add() -> ResponseReturnValue:
    """Make an exception for a kelurahan."""
    try:
        code = kelurahan(request.form.get("kelurahan", "")).code
    except Invalid:
        return _index(_WHERE), 422
    return _set(code, _index)


@blueprint.get("/kelurahan/<code>")
@for_roles(Role.DINAS)
def one(code: str) -> ResponseReturnValue:
    """Show the exception of a kelurahan, to change or end it."""
    return _one(_place(code))


@blueprint.post("/kelurahan/<code>")
@for_roles(Role.DINAS)
def change(code: str) -> ResponseReturnValue:
    """Change the exception of a kelurahan."""
    place = _place(code)
    return _set(place.code, lambda wrong: _one(place, wrong))


@blueprint.post("/kelurahan/<code>/hapus")
@for_roles(Role.DINAS)
def end(code: str) -> ResponseReturnValue:
    """Let the round's quorum hold again in a kelurahan."""
    place = _place(code)
    return _set(place.code, lambda wrong: _one(place, wrong), ends=True)


def _set(
    code: str | None, again: Callable[[str], str], *, ends: bool = False
) -> ResponseReturnValue:
    period = rounds.asked(rounds.begun())
    seen = request.form.get("versi", "")
    version = int(seen) if seen.isascii() and seen.isdigit() and len(seen) <= 5 else -1
    try:
        quorum = None if ends else quorum_form.typed()
        with signed_in_session() as session:
            quorums.set_(session, period.id, code, quorum, seen=version, actor=current_actor())
    except Invalid as error:
        return again(MESSAGES[error.code]), 422
    except RuleChanged:
        return again(_CHANGED), 409
    return redirect(url_for(".index", putaran=period.id), 303)


def _index(wrong: str = "") -> str:
    known = rounds.begun()
    period = rounds.asked(known)
    with signed_in_session() as session:
        rule, exceptions = quorums.of_round(session, period.id)
        names = _names(session, [rule, *exceptions.values()])
    of_round = wrong and request.endpoint == "kuorum.of_round"
    return render_template(
        "dinas/kuorum.html",
        period=period,
        rounds=known,
        rule=rule,
        exceptions=[(kelurahan(code), each) for code, each in exceptions.items()],
        names=names,
        every=all_kelurahan(),
        may_set=has_role(Role.DINAS),
        wrong=wrong,
        typed_round=request.form if of_round else None,
        typed_new=request.form if wrong and not of_round else None,
        **quorum_form.shown(rule.quorum),
    )


def _one(place: Kelurahan, wrong: str = "") -> str:
    period = rounds.asked(rounds.begun())
    with signed_in_session() as session:
        rule, exceptions = quorums.of_round(session, period.id)
        names = _names(session, exceptions.values())
    if (exception := exceptions.get(place.code)) is None:
        abort(404)
    return render_template(
        "dinas/kuorum_kelurahan.html",
        period=period,
        place=place,
        rule=rule,
        exception=exception,
        names=names,
        wrong=wrong,
        typed=request.form if wrong else None,
        **quorum_form.shown(exception.quorum),
    )


def _place(code: str) -> Kelurahan:
    try:
        found = kelurahan(code)
    except Invalid:
        abort(404)
    if found.code != code:
        abort(404)
    return found


def _names(session: Session, rules: Iterable[Rule]) -> dict[str, str]:
    return names_of(session, (each.set_by for each in rules))
