"""Letting in: the portal knows what it can carry, and says so early and cheaply to the rest.

Submissions come first, then look-ups, then everything else. See ADR 0019.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, cast

from flask import current_app

from portal import metrics
from portal.admission.addresses import Addresses
from portal.admission.early import Early
from portal.admission.gate import Gate
from portal.admission.load import Load
from portal.admission.pages import Pages
from portal.admission.sampler import Sampler
from portal.limits import connect_limits, counted_together
from portal.services import services
from registry.inbox import Inbox, connect

if TYPE_CHECKING:
    import redis
    from flask import Flask

__all__ = ["Admission", "admission", "init_app", "watch"]

_EXTENSION: Final = "admission"


@dataclass(frozen=True, slots=True)
class Admission:
    """What lets in, of one process."""

    load: Load
    addresses: Addresses
    sampler: Sampler
    early: Early
    others: redis.Redis
    """The server of REDIS_URL, where processes tell each other how they do."""


def admission(app: Flask | None = None) -> Admission:
    """Return what lets in for an app; for the one that answers this request, when none is given."""
    return cast("Admission", (app or current_app).extensions[_EXTENSION])


def init_app(app: Flask) -> None:
    """Put the gate before the portal. After the static files, which pass it, and the limits."""
    with app.app_context():
        settings = services().settings
    ceiling = app.config.get("ADDRESS_CEILING", settings.address_ceiling)
    load = Load(count=partial(metrics.refused, app=app))
    addresses = Addresses(ceiling, settings.index_key, counted_together(app))
    # Connections of its own: requests never wait for one of these.
    inbox = Inbox(connect(settings.inbox_redis_url))
    others = connect_limits(settings.redis_url)
    sampler = Sampler(load, addresses, inbox, others)
    pages = Pages(app)
    app.wsgi_app = Gate(app.wsgi_app, load, addresses, pages)  # type: ignore[method-assign]
    early = Early(load, addresses, pages, settings.trusted_proxies)
    app.extensions[_EXTENSION] = Admission(load, addresses, sampler, early, others)


def watch(app: Flask) -> None:
    """Look at the load from now on, in this process: call it once it was forked."""
    admission(app).sampler.start()
