"""What an organisation registered in a round, and how far each household has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request

from portal import rounds
from portal.accounts import for_roles, signed_in_session
from portal.dates import now
from portal.musyawarah.cases.filters import turn
from portal.pendamping.lines import lines
from portal.pendamping.own import own_organisation
from portal.pendamping.words import stages
from registry.rules.lifecycle import Role
from registry.store.organisations import Theirs, counts, page, replaced

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

blueprint = Blueprint("pendamping", __name__, url_prefix="/pendamping")


@blueprint.get("")
@for_roles(Role.PENDAMPING)
def index() -> ResponseReturnValue:
    """Show the households of a round, those first of whom the kelurahan asks something."""
    organisation = own_organisation()
    begun = rounds.begun()
    if not begun:
        return render_template("pendamping/belum.html", organisation=organisation)
    period = rounds.asked(begun)
    after = turn(request.args.get("sesudah"))
    with signed_in_session() as session:
        gone = replaced(session, period.id, organisation.id)
        theirs = Theirs(period.id, organisation.id, gone)
        numbers = counts(session, theirs)
        found = page(session, theirs, after=after)
        shown = lines(session, found.rows, gone)
    return render_template(
        "pendamping/beranda.html",
        organisation=organisation,
        period=period,
        others=[each for each in reversed(begun) if each.id != period.id],
        is_open=period.is_open(now()),
        total=sum(numbers.values()) + len(gone),
        stages=stages(numbers, len(gone)),
        lines=shown,
        first=after is None,
        next=found.rows[-1].turn if found.later else None,
    )
