"""The organisation of who is signed in: said by the account alone, never by a form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask import abort

from portal.accounts import current_account

if TYPE_CHECKING:
    from portal.citizen.reading import Fields

BY_ORGANISATION: Final[Fields] = {"diisi_oleh": ["5"]}
"""Who fills the form in: an organisation."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """A community organisation: its id, and what people call it."""

    id: str
    name: str


def own_organisation() -> Organisation:
    """Return the organisation of the account; 404 for who has none."""
    account = current_account()
    if account is None or account.organisation_id is None:
        abort(404)
    return Organisation(account.organisation_id, account.organisation_name or "")
