"""What dinas looks at, all kelurahan and what is left unfinished, and what it sets for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.accounts import menu
from portal.dinas import admission, load, quorum, views
from registry.rules.lifecycle import Role

if TYPE_CHECKING:
    from flask import Flask


def init_app(app: Flask) -> None:
    """Add the pages. After the accounts: the menu is theirs."""
    for part in (views, quorum, load, admission):
        app.register_blueprint(part.blueprint)
    menu.add(app, "dinas.board", "Papan kelurahan", Role.DINAS, Role.AUDITOR)
    menu.add(app, "kuorum.index", "Kuorum", Role.DINAS, Role.AUDITOR)
    menu.add(app, "beban.show", "Beban", Role.DINAS, Role.AUDITOR)
    menu.add(app, "pintu.index", "Pintu masuk", Role.DINAS, Role.AUDITOR)
    app.jinja_env.filters["angka"] = number


def number(many: int) -> str:
    """Write a count as in Indonesian: `937.076`."""
    return f"{many:,}".replace(",", ".")
