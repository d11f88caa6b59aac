"""The people who sign in: accounts, their roles, and how they prove who they are.

Other parts take from here: `for_roles` for their views, `signed_in_session` for their transaction,
`current_actor` for who acts, `require_totp_now` before what cannot be undone, and `menu.add`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from portal.accounts import desk, dinas, door, gate, menu, views
from portal.accounts.roles import (
    WrongCode,
    current_account,
    current_actor,
    for_all_roles,
    for_roles,
    has_role,
    own_path,
    require_totp_now,
    signed_in_session,
    with_session,
)
from registry.rules.lifecycle import Role

if TYPE_CHECKING:
    from flask import Flask

__all__ = [
    "WrongCode",
    "current_account",
    "current_actor",
    "for_all_roles",
    "for_roles",
    "has_role",
    "init_app",
    "menu",
    "own_path",
    "require_totp_now",
    "signed_in_session",
    "with_session",
]


def init_app(app: Flask) -> None:
    """Let people sign in. Before the parts that are for them: those add to the menu."""
    gate.init_app(app)
    menu.init_app(app)
    desk.init_app(app)
    for part in (door, views, dinas):
        app.register_blueprint(part.blueprint)
    menu.add(app, "people.index", "Petugas", Role.DINAS)
