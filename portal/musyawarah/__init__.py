"""The pages on which a kelurahan looks at its queue, asks, visits, meets and decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from portal.musyawarah import home, tabs
from portal.musyawarah.cases import page, queue, rulings, search
from portal.musyawarah.minutes import corrections
from portal.musyawarah.minutes import overview as minutes
from portal.musyawarah.sessions import (
    agenda,
    attendance,
    attendance_photo,
    closing,
    lists,
    meeting,
    paper,
    projector,
    recap,
)
from portal.musyawarah.sessions import overview as sessions
from portal.musyawarah.sheets import keying, shown
from portal.musyawarah.sheets import overview as sheets
from portal.musyawarah.visits import pages as visits
from portal.musyawarah.visits import photos, supervision

if TYPE_CHECKING:
    from types import ModuleType

    from flask import Flask

_PARTS: Final[tuple[ModuleType, ...]] = (
    home,
    *(queue, search, page, rulings),
    *(sheets, shown, keying),
    *(visits, photos, supervision),
    *(sessions, agenda, attendance, attendance_photo, lists, meeting, projector, paper),
    *(recap, closing),
    *(minutes, corrections),
)
"""In the order of their tabs."""


def init_app(app: Flask) -> None:
    """Add them. After the accounts: the menu is theirs."""
    tabs.init_app(app)
    for part in _PARTS:
        app.register_blueprint(part.blueprint)
        if hasattr(part, "init_app"):
            part.init_app(app)
