"""The citizens' form on a page of the counter: the same questions, closer together."""

from __future__ import annotations

import logging
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING, Final

from flask import render_template, request

from portal.citizen.accepting import Wait
from portal.citizen.form_page import NOTICES, beside, mistakes_in
from portal.citizen.forms import count_members, sections
from portal.citizen.reading import Fields, known
from portal.dates import now
from portal.limits import TooMany
from portal.metrics import refused
from registry.inbox import PeriodClosed
from registry.rules.questionnaire import questionnaire

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from flask.typing import ResponseReturnValue

    from registry.inbox import InboxError
    from registry.rules.problems import Problem

_log = logging.getLogger(__name__)

RETRY_AFTER: Final = 10
"""Seconds until somebody at the counter should try again when the inbox did not answer."""

_OWN: Final = frozenset({"csrf_token", "tiket"})


def form_page(
    template: str,
    fields: Fields,
    problems: Iterable[Problem] = (),
    *,
    status: int = 200,
    notice: str = "",
    **context: object,
) -> ResponseReturnValue:
    """Show a form with what was typed, and what is wrong with it beside each question.

    `without` in the context names a screen of the questionnaire that the page leaves out.
    """
    kept = known(fields)
    messages, unseen = beside(kept, problems)
    shown = sections(kept, messages)
    page = render_template(
        template,
        sections=shown,
        members=count_members(kept),
        mistakes=mistakes_in(shown),
        unseen=unseen,
        notice=NOTICES.get(notice, notice),
        version=questionnaire().version,
        action=request.path,
        **context,
    )
    return page, status


def not_sent(
    error: Wait | TooMany | InboxError, fields: Fields, home: str = "loket.index"
) -> ResponseReturnValue:
    """Show that nothing was sent yet, on a page that holds all of it to send it again.

    ``home`` is the endpoint to go back to when that is of no use.
    """
    hidden = {name: values for name, values in fields.items() if name not in _OWN}
    wait, status, why = RETRY_AFTER, 503, "sibuk"
    if isinstance(error, Wait):
        wait, status, why = error.seconds, 429, "ramai"
        hidden["tiket"] = [error.ticket]
    elif isinstance(error, TooMany):
        wait, status, why = _seconds_until(error.until), 429, "penuh"
    elif isinstance(error, PeriodClosed):
        status, why = 410, "ditutup"
    else:
        refused("unavailable")
        _log.error("an application was not accepted at the counter: %s", error)
    page = render_template(
        "loket/belum.html",
        why=why,
        wait=wait,
        until=now() + timedelta(seconds=wait),
        hidden=hidden,
        home=home,
    )
    return page, status, {} if status == 410 else {"Retry-After": str(wait)}


def _seconds_until(moment: datetime) -> int:
    return max(1, ceil((moment - now()).total_seconds()))
