"""The counter (loket) of a kelurahan: walk-ins, corrections, receipts, objections, paper forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from portal.accounts import menu
from portal.loket import checking, correct, home, objection, paper, reprint, walk_in
from portal.loket.desk import AT_THE_COUNTER

if TYPE_CHECKING:
    from flask import Flask

_PARTS: Final = (home, walk_in, correct, reprint, objection, paper, checking)


def init_app(app: Flask) -> None:
    """Add them. After the accounts: the menu is theirs."""
    for part in _PARTS:
        app.register_blueprint(part.blueprint)
    menu.add(app, "loket.index", "Loket", *AT_THE_COUNTER)
