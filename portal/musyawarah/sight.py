"""Who sees what is personal in a kelurahan, and who may change something there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort

from portal.accounts import current_actor
from registry.rules.lifecycle import Role

if TYPE_CHECKING:
    from portal.musyawarah.place import Place


def sees_all(here: Place) -> bool:
    """Whether names are in full: for the kelurahan's own reviewers and its lurah alone."""
    actor, code = current_actor(), here.code
    return actor.holds(Role.REVIEWER, code) or actor.holds(Role.CHAIR, code)


def require_own(here: Place) -> None:
    """Answer 404 to everybody but the kelurahan's own reviewers and its lurah."""
    if not sees_all(here):
        abort(404)


def case_id(text: str) -> bytes:
    """Return the application's id in an address; answers 404 for what is none."""
    if len(text) != 32 or not text.isascii() or text != text.lower():
        abort(404)
    try:
        return bytes.fromhex(text)
    except ValueError:
        abort(404)
