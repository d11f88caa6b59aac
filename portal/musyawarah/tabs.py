"""The tabs of a kelurahan's pages. Each part adds its own, with those it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from flask import current_app

from portal.accounts import current_actor

if TYPE_CHECKING:
    from flask import Flask

    from registry.rules.lifecycle import Role

_EXTENSION: Final = "kelurahan_tabs"


class Tab(NamedTuple):
    """A page of a kelurahan; its endpoint takes the kelurahan's `code`."""

    endpoint: str
    label: str
    roles: frozenset[Role]


def init_app(app: Flask) -> None:
    """Begin without any, and give them to the templates."""
    app.extensions[_EXTENSION] = []
    app.jinja_env.globals["tabs"] = tabs


def add(app: Flask, endpoint: str, label: str, *roles: Role) -> None:
    """Put a page among the tabs of these roles; in the order in which the parts are set up."""
    app.extensions[_EXTENSION].append(Tab(endpoint, label, frozenset(roles)))


def tabs() -> list[Tab]:
    """Return the tabs of whoever is signed in."""
    known: list[Tab] = current_app.extensions[_EXTENSION]
    actor = current_actor()
    return [each for each in known if any(actor.holds(role) for role in each.roles)]
