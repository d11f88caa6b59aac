"""Probes: whether the process is alive, and whether it can accept an application."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, jsonify

from portal.services import services
from registry.inbox import InboxUnavailable

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue

    from registry.inbox import Inbox

blueprint = Blueprint("probes", __name__)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether an application can be accepted and then not be lost; `reasons` why not."""

    accepting: bool
    durable: bool
    reasons: tuple[str, ...]

    @property
    def ready(self) -> bool:
        """Whether traffic may come."""
        return self.accepting and self.durable


def readiness(inbox: Inbox) -> Readiness:
    """Ask the inbox server; takes about a second at most."""
    try:
        halted = inbox.halted()
        complaints = inbox.durability()
    except InboxUnavailable as error:
        return Readiness(accepting=False, durable=False, reasons=(str(error),))
    stopped = (f"accepting is halted: {halted}",) if halted is not None else ()
    return Readiness(not stopped, not complaints, (*stopped, *complaints))


def warn_of_loss(app: Flask) -> None:
    """Say at the start, as loudly as a log can, how an accepted application could be lost."""
    with app.app_context():
        inbox = services().inbox
    for reason in readiness(inbox).reasons:
        _log.critical("not ready to accept applications: %s", reason)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Tell that this process answers."""
    return jsonify(alive=True)


@blueprint.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Tell whether this process can accept: 200, or 503 with the reasons."""
    found = readiness(services().inbox)
    body = jsonify(
        ready=found.ready,
        accepting=found.accepting,
        durable=found.durable,
        reasons=found.reasons,
    )
    return body, 200 if found.ready else 503


def init_app(app: Flask) -> None:
    """Add the probes."""
    app.register_blueprint(blueprint)
