"""The pages on which a kelurahan looks at its queue, asks, visits, meets and decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from portal.musyawarah import (
    agenda,
    attendance,
    attendance_photo,
    case,
    closing,
    corrections,
    home,
    lists,
    meeting,
    minutes,
    paper,
    projector,
    queue,
    recap,
    rulings,
    search,
    sessions,
    sheet_keying,
    sheet_shown,
    sheets,
    supervision,
    tabs,
    visit_photos,
    visits,
)

if TYPE_CHECKING:
    from types import ModuleType

    from flask import Flask

_PARTS: Final[tuple[ModuleType, ...]] = (
    home,
    *(queue, search, case, rulings),
    *(sheets, sheet_shown, sheet_keying),
    *(visits, visit_photos, supervision),
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
