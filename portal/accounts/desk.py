"""What `meja.html`, the base page of the signed-in, shows of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.accounts import menu
from portal.accounts.forms import ROLE_LABELS, AskForm
from portal.accounts.roles import current_account, current_actor, has_role
from registry.rules.lifecycle import Role
from registry.rules.regions import kelurahan

if TYPE_CHECKING:
    from flask import Flask


@dataclass(frozen=True, slots=True)
class Desk:
    """The head of the page: who sits here, for where, and what is in the menu."""

    name: str
    role: str
    places: list[str]
    menu: list[menu.Entry]
    first: str
    """The endpoint at which their work begins."""
    leave: AskForm


def init_app(app: Flask) -> None:
    """Let templates ask: a function, not a context, so that citizens' pages do not pay for it."""
    app.jinja_env.globals.update(desk=desk, has_role=has_role, role_labels=ROLE_LABELS)


def desk() -> Desk | None:
    """Return the head of the page; None where nobody is signed in."""
    account = current_account()
    if account is None:
        return None
    actor = current_actor()
    places = [account.organisation_name] if account.organisation_name else []
    places += [kelurahan(code).name for code in account.kelurahan_codes]
    places += [f"Plh Lurah {kelurahan(code).name}" for code in sorted(actor.acting_chair_of)]
    shown = menu.entries(actor) if not account.needs_totp else []
    first = menu.first(actor) if shown else "account.home"
    role = ROLE_LABELS[Role(account.role)]
    return Desk(account.full_name, role, places, shown, first, AskForm(None))
