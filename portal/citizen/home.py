"""The home page and the help."""

from __future__ import annotations

from flask import Blueprint, render_template

from portal.dates import now
from portal.services import services
from registry.inbox import InboxUnavailable

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def index() -> str:
    """Show what this is, until when it is open, and the two ways on."""
    try:
        rounds = services().door.rounds(now())
    except InboxUnavailable:
        rounds = None
    return render_template("beranda.html", rounds=rounds)


@blueprint.get("/bantuan")
def bantuan() -> str:
    """Show the help."""
    return render_template("bantuan.html")
