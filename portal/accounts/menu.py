"""The menu of the signed-in. Each part adds its own pages, with those they are for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from flask import current_app

if TYPE_CHECKING:
    from flask import Flask

    from registry.rules.lifecycle import Actor, Role

_EXTENSION: Final = "desk_menu"


class Entry(NamedTuple):
    """A page in the menu."""

    endpoint: str
    label: str
    roles: frozenset[Role]


def init_app(app: Flask) -> None:
    """Begin an empty menu; before any part adds to it."""
    app.extensions[_EXTENSION] = []


def add(app: Flask, endpoint: str, label: str, *roles: Role) -> None:
    """Put a page into the menu of these roles; in the order in which the parts are set up."""
    app.extensions[_EXTENSION].append(Entry(endpoint, label, frozenset(roles)))


def entries(actor: Actor) -> list[Entry]:
    """Return the menu of somebody who is signed in."""
    known: list[Entry] = current_app.extensions[_EXTENSION]
    return [each for each in known if any(actor.holds(role) for role in each.roles)]


def first(actor: Actor) -> str:
    """Return the endpoint at which somebody's work begins."""
    return next((each.endpoint for each in entries(actor)), "account.home")
