"""The first page of the counter: what can be done there, and what waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, render_template, request

from portal.accounts import current_actor, for_roles, signed_in_session
from portal.dates import now
from portal.loket.desk import AT_THE_COUNTER, places
from portal.services import services
from registry.inbox import InboxUnavailable
from registry.store.paper import is_ones_own, waiting_papers

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

blueprint = Blueprint("loket", __name__, url_prefix="/loket")

DONE: Final = {
    "keberatan": "Keberatan sudah dicatat. Keluarga ini dibahas lagi pada musyawarah berikutnya.",
}
"""What was just done, by the word in the address."""


@blueprint.get("")
@for_roles(*AT_THE_COUNTER)
def index() -> ResponseReturnValue:
    """Show what can be done at the counter, and how many paper forms wait."""
    with signed_in_session() as session:
        papers = waiting_papers(session)
    theirs = [paper for paper in papers if not is_ones_own(paper, current_actor())]
    try:
        rounds = services().door.rounds(now())
    except InboxUnavailable:
        rounds = None
    return render_template(
        "loket/beranda.html",
        places=places(),
        rounds=rounds,
        to_check=sum(paper.complete for paper in theirs),
        by_others=sum(paper.complete for paper in papers if paper not in theirs),
        incomplete=sum(not paper.complete for paper in papers),
        done=DONE.get(request.args.get("kabar", "")),
    )
