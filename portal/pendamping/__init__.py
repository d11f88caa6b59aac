"""Community organisations (pendamping): they register households for them, and follow them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from portal.accounts import menu
from portal.pendamping import home, register
from registry.rules.lifecycle import Role

if TYPE_CHECKING:
    from flask import Flask

_PARTS: Final = (home, register)


def init_app(app: Flask) -> None:
    """Add them. After the accounts: the menu is theirs."""
    for part in _PARTS:
        app.register_blueprint(part.blueprint)
    menu.add(app, "pendamping.index", "Pendamping", Role.PENDAMPING)
