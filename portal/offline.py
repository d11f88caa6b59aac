"""Working without a network: the service worker's own address, and the page for what it lacks.

What the service worker does is in static/pekerja.js. It is at the root, because it serves every
page, and is asked for anew on every visit, so that a broken one can be replaced at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, make_response, render_template

from portal.headers import keepable

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue

blueprint = Blueprint("offline", __name__)


@blueprint.get("/sw.js")
def worker() -> ResponseReturnValue:
    """Give the service worker."""
    response = make_response(render_template("sw.js"))
    response.mimetype = "text/javascript"
    response.cache_control.no_cache = True
    return response


@blueprint.get("/luring")
def unreachable() -> ResponseReturnValue:
    """Give the page that phones show in place of one that they cannot reach."""
    return keepable(render_template("luring.html"))


def init_app(app: Flask) -> None:
    """Add the two."""
    app.register_blueprint(blueprint)
