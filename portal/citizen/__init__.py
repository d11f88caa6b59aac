"""The citizens' pages: home, application, receipt, photos, status, help. No session, no cookie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.citizen import apply, home, paper_form, photos, questions, receipt, status

if TYPE_CHECKING:
    from flask import Flask

MAX_BODY = 64 * 1024
"""Bytes of a POST: four times the longest form of a household of 21."""


def init_app(app: Flask) -> None:
    """Add the citizens' pages."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    for part in (home, apply, paper_form, receipt, status, questions):
        app.register_blueprint(part.blueprint)
    photos.init_app(app)
