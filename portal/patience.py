"""How long a thread waits for a phone that has gone out of reach in the middle of sending.

gunicorn waits for good: TCP does not tell when a phone is gone, and two such phones would take both
places for photos of a process, eight all of its threads. Our worker bounds every wait
(`portal.connections`); a photo, which takes a phone minutes, is waited for longer. Whoever sends
slowly, but sends, is let.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import request

from portal.connections import SILENCE

if TYPE_CHECKING:
    from flask import Flask

LONG: Final = 64 * 1024
"""Bytes of a body from which on it is no form."""

SILENCE_OF_LONG: Final = 60.0
"""Seconds without a byte after which such a request, or the answer to it, has failed."""


def init_app(app: Flask) -> None:
    """Bound the waiting of every request that gunicorn serves."""
    app.before_request(_be_patient)


def _be_patient() -> None:
    connection = request.environ.get("gunicorn.socket")
    if connection is not None:
        # A connection is kept for other requests: it is set back as well.
        bound = SILENCE_OF_LONG if (request.content_length or 0) > LONG else SILENCE
        if connection.gettimeout() != bound:
            connection.settimeout(bound)
