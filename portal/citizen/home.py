"""The home page and the help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template

from portal.dates import now
from portal.headers import keepable
from portal.services import services
from registry.inbox import InboxUnavailable

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """Show what this is, until when it is open, and the two ways on."""
    try:
        rounds = services().door.rounds(now())
    except InboxUnavailable:
        rounds = None
    page = render_template("beranda.html", rounds=rounds)
    return keepable(page) if rounds else page


@blueprint.get("/bantuan")
def bantuan() -> str:
    """Show the help."""
    return render_template("bantuan.html")
