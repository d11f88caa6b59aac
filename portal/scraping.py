"""`/metrics` for Prometheus: what the portal has counted, and what its servers tell when asked.

A server that does not answer leaves its figures out, and `fmotm_up` says so. There is nothing of
anybody in it; still it is for operators alone, and to others it is not there.
"""

from __future__ import annotations

import hmac
import os
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, abort, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from portal.figures import Figures
from portal.metrics import COUNTED, watch, write_counts
from portal.metrics_folder import VARIABLE
from portal.services import services

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue

blueprint = Blueprint("scraping", __name__)

_FORWARDED: Final = ("Forwarded", "Via", "X-Forwarded-For", "X-Real-IP")
"""By these a request shows that it came through a proxy, which may pass on anybody's."""


@blueprint.get("/metrics")
def metrics() -> ResponseReturnValue:
    """Show all metrics to who may see them; 404 to everybody else."""
    if not _may_ask():
        abort(404)
    write_counts()
    registry = CollectorRegistry()
    registry.register(Figures(services(), watch()))
    if os.environ.get(VARIABLE):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(COUNTED)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_ask() -> bool:
    settings = services().settings
    if settings.metrics_token:
        given = request.headers.get("Authorization", "").encode()
        return hmac.compare_digest(given, f"Bearer {settings.metrics_token}".encode())
    if settings.trusted_proxies or any(name in request.headers for name in _FORWARDED):
        return False
    return _is_this_machine(request.remote_addr or "")


def _is_this_machine(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def init_app(app: Flask) -> None:
    """Add the page."""
    app.register_blueprint(blueprint)
