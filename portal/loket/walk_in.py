"""Registering somebody who comes to the counter, from whichever kelurahan they are.

The same questions, the same parser and the same inbox as on a phone; the officer types.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, render_template

from portal.accounts import for_roles
from portal.citizen.accepting import accept
from portal.citizen.reading import Fields, first
from portal.dates import now
from portal.loket.desk import AT_THE_COUNTER, sealed_here, typed
from portal.loket.form_page import RETRY_AFTER, form_page
from portal.loket.taking import take
from portal.services import services
from registry.inbox import InboxUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask.typing import ResponseReturnValue

    from registry.rules.application import Application
    from registry.rules.problems import Problem

blueprint = Blueprint("loket_daftar", __name__, url_prefix="/loket/daftar")

BY_OFFICER: Final[Fields] = {"diisi_oleh": ["6"]}
"""Who fills the form in: an officer of the kelurahan."""


@blueprint.get("")
@for_roles(*AT_THE_COUNTER)
def form() -> ResponseReturnValue:
    """Show the form, or that no round is open."""
    try:
        rounds = services().door.rounds(now())
    except InboxUnavailable:
        return render_template("loket/sibuk.html"), 503, {"Retry-After": str(RETRY_AFTER)}
    if rounds.open is None:
        return render_template("loket/ditutup.html", rounds=rounds)
    return walk_in_page(BY_OFFICER, rounds.open.id)


@blueprint.post("")
@for_roles(*AT_THE_COUNTER)
def send() -> ResponseReturnValue:
    """Take the application: its receipt to print, or the form again with every answer kept."""
    return take(typed(), walk_in_page, _accept, "loket.index")


def _accept(application: Application, period: str, ticket: str) -> str:
    return accept(sealed_here(application, period), ticket)


def walk_in_page(
    fields: Fields,
    period: str,
    problems: Iterable[Problem] = (),
    *,
    status: int = 200,
    notice: str = "",
) -> ResponseReturnValue:
    """Show the form of a walk-in or, where it names an earlier receipt, of a correction."""
    return form_page(
        "loket/daftar.html",
        fields,
        problems,
        status=status,
        notice=notice,
        period=period,
        correcting=bool(first(fields, "bukti_lama")),
    )
