"""The address of an application's page of photos: signed, and good for nothing else."""

from __future__ import annotations

from typing import Final

from flask import url_for

from portal.citizen import tokens
from portal.services import services
from registry.rules.receipts import ID_LENGTH

_PURPOSE: Final = "portal.photos"


def address(application_id: bytes) -> str:
    """Return where this application's photos are sent; '' where no photos are taken."""
    settings = services().settings
    if settings.photo_store is None:
        return ""
    return url_for("photos.show", token=write(application_id, settings.secret_key))


def write(application_id: bytes, secret: str) -> str:
    """Return the signed text of the address. It does not open the receipt, nor tell its code."""
    return tokens.write(application_id, _PURPOSE, secret)


def read(text: str, secret: str) -> bytes | None:
    """Return the application's id; None when we did not sign the text."""
    application_id = tokens.read(text, _PURPOSE, secret)
    return application_id if application_id and len(application_id) == ID_LENGTH else None
