"""The screen behind the lurah: a number, a name, a house. Neighbours see it, so nothing else.

It follows the item that an officer opened last; what may stand on it is `registry.rules.told`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, make_response, render_template, request

from portal.accounts import for_roles
from portal.musyawarah.sessions.sitting import SIT, sitting, told_of
from registry.rules.agenda import Part
from registry.store import meetings

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

blueprint = Blueprint("layar", __name__, url_prefix="/musyawarah/<code>/sidang/<int:number>/layar")


@blueprint.get("")
@for_roles(*SIT)
def show(code: str, number: int) -> ResponseReturnValue:
    """Show the screen; a script asks for what it shows, and without one the page is loaded anew."""
    return render_template("musyawarah/sidang/layar.html", **_shown(code, number))


@blueprint.get("/isi")
@for_roles(*SIT)
def content(code: str, number: int) -> ResponseReturnValue:
    """Give what the screen shows; 304 while it is the same."""
    shown = render_template("musyawarah/sidang/_layar_isi.html", **_shown(code, number))
    response = make_response(shown)
    response.add_etag()
    # Asked every two seconds: the browser must ask, and may keep the answer to compare.
    response.headers["Cache-Control"] = "private, no-cache"
    return response.make_conditional(request)


def _shown(code: str, number: int) -> dict[str, Any]:
    with sitting(code, number) as (session, at):
        what, _, which = (at.found.on_screen or "").partition(":")
        if what == "item":
            lines = [meetings.item(session, at.found.id, int(which))]
        elif what == "rw":
            listed = meetings.items(session, at.found.id, parts=[Part.LIST], rw=int(which))
            lines = [line for line in listed if line.listed]
        else:
            lines = []
        told = told_of(session, lines)
    return {"at": at, "what": what, "rw": which, "lines": lines, "told": told}
