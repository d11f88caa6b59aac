"""Which round a page of the signed-in is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, make_response, render_template, request

from portal.dates import now
from portal.services import services
from registry.store.periods import find_periods
from registry.store.practice import newest

if TYPE_CHECKING:
    from registry.rules.periods import Period


def begun() -> list[Period]:
    """Return the rounds that have begun, the earliest first."""
    with services().sessions() as session:
        return [each for each in find_periods(session) if each.opens_at <= now()]


def asked(rounds: list[Period]) -> Period:
    """Return the round of `?putaran=`, else the one that began last.

    404 for one that there is not; before the first there is a page that says so.
    """
    wanted = request.args.get("putaran")
    if not rounds:
        abort(make_response(render_template("musyawarah/belum.html"), 404))
    found = next((each for each in rounds if each.id == wanted), None)
    if wanted is not None and found is None:
        abort(404)
    return found or rounds[-1]


def of_practice() -> str:
    """Return the id of the round of practice; a page that says so while there is none."""
    with services().sessions() as session:
        period = newest(session)
    asked_for = request.args.get("putaran")
    if period is None:
        abort(make_response(render_template("musyawarah/latihan_belum.html"), 404))
    if asked_for not in {None, period}:
        abort(404)
    return period
