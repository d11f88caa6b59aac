"""Taking in what the signed-in type for somebody: the same way at the counter and elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Protocol

from flask import redirect

from portal.citizen.accepting import Wait
from portal.citizen.reading import Fields, first
from portal.dates import now
from portal.limits import TooMany
from portal.loket.form_page import not_sent
from portal.services import services
from registry.inbox import InboxError, InboxUnavailable, PeriodClosed
from registry.rules.answers import parse
from registry.rules.application import Application
from registry.rules.periods import civil_date
from registry.rules.questionnaire import questionnaire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flask.typing import ResponseReturnValue

    from registry.rules.problems import Problem

    Accept = Callable[[Application, str, str], str]

_PERIOD: Final = re.compile(r"[0-9A-Za-z.-]{1,40}", re.ASCII)


class FormPage(Protocol):
    """Shows the form of a period with what was typed, and what is wrong with it."""

    def __call__(
        self,
        fields: Fields,
        period: str,
        problems: Iterable[Problem] = (),
        *,
        status: int = 200,
        notice: str = "",
    ) -> ResponseReturnValue:
        """Return the page."""


def take(fields: Fields, page: FormPage, accept: Accept, home: str) -> ResponseReturnValue:
    """Take an application: go to its receipt, or show the form again with every answer kept.

    ``accept`` appends an application of a period, with the ticket that came with it, and returns
    the receipt's address; it may raise TooMany besides. ``home`` as in `not_sent`.
    """
    period = first(fields, "periode")
    if first(fields, "aksi") == "anggota":
        return page(fields, period)
    if first(fields, "versi") != questionnaire().version or not _PERIOD.fullmatch(period):
        return page(fields, period, status=409, notice="versi")
    there_are = services().door.neighbourhoods()
    application = parse(fields, today=civil_date(now()), neighbourhoods=there_are)
    if not isinstance(application, Application):
        return page(fields, period, application, status=422)
    try:
        return redirect(accept(application, period, first(fields, "tiket")), 303)
    except (Wait, TooMany, InboxError) as error:
        newer = _newer_round(error, period)
        if newer:
            return page(fields, newer, status=409, notice="periode")
        return not_sent(error, fields, home)


def _newer_round(error: Wait | TooMany | InboxError, period: str) -> str:
    """Return the round that is open when the form's own is over; '' when there is none."""
    if not isinstance(error, PeriodClosed):
        return ""
    try:
        opened = services().door.rounds(now()).open
    except InboxUnavailable:
        return ""
    return opened.id if opened is not None and opened.id != period else ""
