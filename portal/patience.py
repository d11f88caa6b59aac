"""How long a thread waits for a phone that has gone out of reach in the middle of sending.

gunicorn waits for good: TCP does not tell when a phone is gone, and two such phones would take both
places for photos of a process, eight all of its threads. Whoever sends slowly, but sends, is let.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import request

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

    from flask import Flask

SILENCE: Final = 60.0
"""Seconds without a byte after which a request, or the answer to it, has failed."""


def init_app(app: Flask) -> None:
    """Bound the waiting of every request that gunicorn serves."""
    app.before_request(lambda: be_patient(request.environ))


def be_patient(environ: WSGIEnvironment) -> None:
    """Bound the waiting of this request."""
    connection = environ.get("gunicorn.socket")
    if connection is not None:
        connection.settimeout(SILENCE)
