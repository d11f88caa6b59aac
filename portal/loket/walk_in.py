"""Registering somebody who comes to the counter, from whichever kelurahan they are.

The same questions, the same parser and the same inbox as on a phone; the officer types.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, render_template

from portal.accounts import for_roles
from portal.citizen.accepting import Wait, accept
from portal.citizen.reading import Fields, first
from portal.dates import now
from portal.loket.desk import AT_THE_COUNTER, typed
from portal.loket.form_page import RETRY_AFTER, form_page, not_sent
from portal.services import services
from registry.inbox import InboxError, InboxUnavailable, PeriodClosed
from registry.intake import submission
from registry.rules.answers import parse
from registry.rules.application import Application
from registry.rules.periods import civil_date
from registry.rules.questionnaire import questionnaire

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask.typing import ResponseReturnValue

    from registry.rules.problems import Problem

blueprint = Blueprint("loket_daftar", __name__, url_prefix="/loket/daftar")

BY_OFFICER: Final[Fields] = {"diisi_oleh": ["6"]}
"""Who fills the form in: an officer of the kelurahan."""

_PERIOD: Final = re.compile(r"[0-9A-Za-z.-]{1,40}", re.ASCII)


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
    fields = typed()
    period = first(fields, "periode")
    if first(fields, "aksi") == "anggota":
        return walk_in_page(fields, period)
    if first(fields, "versi") != questionnaire().version or not _PERIOD.fullmatch(period):
        return walk_in_page(fields, period, status=409, notice="versi")
    at = now()
    there_are = services().door.neighbourhoods()
    application = parse(fields, today=civil_date(at), neighbourhoods=there_are)
    if not isinstance(application, Application):
        return walk_in_page(fields, period, application, status=422)
    try:
        sealed = submission(application, period, services().keys, at)
        return redirect(accept(sealed, first(fields, "tiket")), 303)
    except (Wait, InboxError) as error:
        newer = _newer_round(error, period)
        if newer:
            return walk_in_page(fields, newer, status=409, notice="periode")
        return not_sent(error, fields)


def _newer_round(error: Wait | InboxError, period: str) -> str:
    """Return the round that is open when the form's own is over; '' when there is none."""
    if not isinstance(error, PeriodClosed):
        return ""
    try:
        opened = services().door.rounds(now()).open
    except InboxUnavailable:
        return ""
    return opened.id if opened is not None and opened.id != period else ""


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
