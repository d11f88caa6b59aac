"""The pages on which a kelurahan looks at its queue, asks, visits, meets and decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from portal.musyawarah import home, sheet_keying, sheet_shown, sheets, tabs

if TYPE_CHECKING:
    from types import ModuleType

    from flask import Flask

_PARTS: Final[tuple[ModuleType, ...]] = (home, sheets, sheet_shown, sheet_keying)
"""In the order of their tabs."""


def init_app(app: Flask) -> None:
    """Add them. After the accounts: the menu is theirs."""
    tabs.init_app(app)
    for part in _PARTS:
        app.register_blueprint(part.blueprint)
        if hasattr(part, "init_app"):
            part.init_app(app)
