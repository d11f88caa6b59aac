"""Applying: one page that any cache may serve, and one POST that is safe when it is answered.

There is no session and so no CSRF token: a foreign page that posts here can register nobody that
it could not register itself.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Final

from flask import Blueprint, make_response, redirect, render_template, request

from portal.citizen import scripted
from portal.citizen.accepting import Wait, accept
from portal.citizen.form_page import again, cached_page, in_this_language, mend
from portal.citizen.reading import Fields, UnreadableForm, first, known, read_form
from portal.dates import now
from portal.metrics import refused
from portal.services import services
from registry.inbox import Halted, InboxUnavailable, PeriodClosed, Submission
from registry.intake import submission
from registry.rules.answers import parse
from registry.rules.application import Application
from registry.rules.periods import civil_date
from registry.rules.questionnaire import questionnaire

if TYPE_CHECKING:
    from flask import Response
    from flask.typing import ResponseReturnValue

    from portal.services import Services
    from registry.inbox import InboxError
    from registry.rules.problems import Problem

blueprint = Blueprint("apply", __name__)
_log = logging.getLogger(__name__)

PATH: Final = "/daftar"

RETRY_AFTER: Final = 5
"""Seconds until a phone may try again when the inbox did not answer."""

_PERIOD: Final = re.compile(r"[0-9A-Za-z.-]{1,40}", re.ASCII)


@blueprint.get(PATH)
def form() -> ResponseReturnValue:
    """Show the empty form while a round is open, else when the next one is."""
    at = now()
    try:
        rounds = services().door.rounds(at)
    except InboxUnavailable:
        refused("unavailable")
        page = render_template("galat_pintu.html")
        return page, 503, {"Retry-After": str(RETRY_AFTER)}
    if rounds.open is None:
        return render_template("ditutup.html", rounds=rounds)
    return cached_page(rounds.open)


@blueprint.post(PATH)
def send() -> ResponseReturnValue:
    """Take an application: its receipt, or the form again with every answer kept."""
    fields = read_form(request)
    if "bahasa" in fields.get("aksi", ()):
        return in_this_language(fields)
    if first(fields, "aksi") == "anggota":
        return again(fields, status=200)
    sealed = in_order(fields, services())
    if sealed is None:
        return again(fields, status=409, notice="versi")
    if not isinstance(sealed, Submission):
        return mend(fields, sealed)
    return _accept(fields, sealed)


def in_order(fields: Fields, here: Services) -> Submission | tuple[Problem, ...] | None:
    """Return what goes into the inbox, or what is to be mended; None for another form than ours."""
    period = first(fields, "periode")
    if first(fields, "versi") != questionnaire().version or not _PERIOD.fullmatch(period):
        return None
    at = now()
    there_are = here.door.neighbourhoods()
    application = parse(fields, today=civil_date(at), neighbourhoods=there_are)
    if not isinstance(application, Application):
        return application
    return submission(application, period, here.keys, at)


@blueprint.after_request
def tell_scripts(answer: Response) -> Response:
    """Answer a script that sent a form in a few words, whatever page it would have been."""
    if request.method == "POST" and scripted.asked_by_script():
        return scripted.in_few_words(answer)
    return answer


@blueprint.errorhandler(UnreadableForm)
def unreadable(error: UnreadableForm) -> ResponseReturnValue:
    """Show the form with what could be read of it; nothing was taken."""
    return again(error.readable, status=400, notice=error.kind)


def _accept(fields: Fields, sealed: Submission) -> ResponseReturnValue:
    """Append to the inbox; the receipt is shown only after the inbox has it on disk."""
    try:
        address = accept(sealed, first(fields, "tiket"))
    except Wait as wait:
        return _send_again(fields, 429, "ramai", wait=wait.seconds, ticket=wait.ticket)
    except PeriodClosed:
        return _closed(fields, sealed.period)
    except (Halted, InboxUnavailable) as error:
        return _unavailable(fields, error)
    return redirect(address, 303)


def _unavailable(fields: Fields, error: InboxError) -> ResponseReturnValue:
    refused("unavailable")
    _log.error("an application was not accepted: %s", error)
    return _send_again(fields, 503, "sibuk", wait=RETRY_AFTER)


def _closed(fields: Fields, period: str) -> ResponseReturnValue:
    """Answer a form whose round takes none: with the round that does, if there is one."""
    try:
        rounds = services().door.rounds(now())
    except InboxUnavailable as error:
        return _unavailable(fields, error)
    if rounds.open is not None and rounds.open.id != period:
        return again(fields, status=409, notice="periode")
    page = render_template(
        "ditutup.html", rounds=rounds, kept=known(fields), hidden=_hidden(fields), sent=True
    )
    return page, 410


def _send_again(
    fields: Fields, status: int, why: str, *, wait: int, ticket: str = ""
) -> ResponseReturnValue:
    """Show a page that holds every answer and sends them again; a script holds them itself."""
    if scripted.asked_by_script():
        return scripted.wait(status, wait, ticket)
    hidden = _hidden(fields) | ({"tiket": [ticket]} if ticket else {})
    page = render_template("kirim_lagi.html", why=why, wait=wait, kept=known(fields), hidden=hidden)
    response = make_response(page, status)
    response.headers["Retry-After"] = str(wait)
    return response


def _hidden(fields: Fields) -> Fields:
    """Return what goes with the answers when they are sent again."""
    return {
        "periode": [first(fields, "periode")],
        "versi": [first(fields, "versi")],
        "aksi": ["kirim"],
    }
