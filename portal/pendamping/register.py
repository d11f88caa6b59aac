"""Registering a household for it: the counter's way, on the account of an organisation.

Which organisation it is, and that it filled the form in, is said by the account: the page does not
ask, and whatever a form says of it changes nothing. The household's consent is ticked each time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, render_template

from portal.accounts import current_account, current_actor, for_roles
from portal.citizen.accepting import accept
from portal.dates import now
from portal.limits import registrations
from portal.loket.desk import typed
from portal.loket.form_page import RETRY_AFTER, form_page
from portal.loket.taking import take
from portal.pendamping.own import BY_ORGANISATION, own_organisation
from portal.services import services
from registry.inbox import InboxUnavailable
from registry.intake import submission
from registry.rules.application import Helper
from registry.rules.errors import Invalid
from registry.rules.lifecycle import Role
from registry.rules.names import clean_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask.typing import ResponseReturnValue

    from portal.citizen.reading import Fields
    from registry.rules.application import Application
    from registry.rules.problems import Problem

blueprint = Blueprint("pendamping_daftar", __name__, url_prefix="/pendamping/daftar")

WHO_FILLS_IN: Final = "pengisi"
"""The screen of the questionnaire that the account answers."""


@blueprint.get("")
@for_roles(Role.PENDAMPING)
def form() -> ResponseReturnValue:
    """Show the form, or that no round is open."""
    own_organisation()
    try:
        rounds = services().door.rounds(now())
    except InboxUnavailable:
        return render_template("loket/sibuk.html"), 503, {"Retry-After": str(RETRY_AFTER)}
    if rounds.open is None:
        return render_template("pendamping/ditutup.html", rounds=rounds)
    return register_page({}, rounds.open.id)


@blueprint.post("")
@for_roles(Role.PENDAMPING)
def send() -> ResponseReturnValue:
    """Take the application: its receipt to print, or the form again with every answer kept."""
    own_organisation()
    return take({**typed(), **_filled_in_by()}, register_page, _accept, "pendamping.index")


def _accept(application: Application, period: str, ticket: str) -> str:
    organisation = own_organisation().id
    registrations().count(organisation)
    helper = Helper(current_actor().id or "", organisation)
    return accept(submission(application, period, services().keys, now(), helper=helper), ticket)


def _filled_in_by() -> Fields:
    """Return who filled the form in, as its answers say it."""
    account = current_account()
    try:
        return {
            **BY_ORGANISATION,
            "nama_pembantu": [clean_name(account.full_name if account else "")],
        }
    except Invalid:
        # An account may be called what no person is.
        return {**BY_ORGANISATION, "nama_pembantu": []}


def register_page(
    fields: Fields,
    period: str,
    problems: Iterable[Problem] = (),
    *,
    status: int = 200,
    notice: str = "",
) -> ResponseReturnValue:
    """Show the form, without what the account answers."""
    return form_page(
        "pendamping/daftar.html",
        fields,
        problems,
        status=status,
        notice=notice,
        without=WHO_FILLS_IN,
        period=period,
    )
