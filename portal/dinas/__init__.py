"""What dinas looks at: all kelurahan at once, and what is left unfinished."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.accounts import menu
from portal.dinas import views
from registry.rules.lifecycle import Role

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: Flask) -> None:
    """Add the pages. After the accounts: the menu is theirs."""
    app.register_blueprint(views.blueprint)
    menu.add(app, "dinas.board", "Papan kelurahan", Role.DINAS, Role.AUDITOR)
    app.jinja_env.filters["angka"] = number


def number(many: int) -> str:
    """Write a count as in Indonesian: `937.076`."""
    return f"{many:,}".replace(",", ".")
