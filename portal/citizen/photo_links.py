"""The address of an application's page of photos: signed, and good for nothing else."""

from __future__ import annotations

import base64
import hashlib

from flask import url_for
from itsdangerous import BadSignature, Signer

from portal.services import services
from registry.rules.receipts import ID_LENGTH


def address(application_id: bytes) -> str:
    """Return where this application's photos are sent; '' where no photos are taken."""
    settings = services().settings
    if settings.photo_store is None:
        return ""
    return url_for("photos.show", token=write(application_id, settings.secret_key))


def write(application_id: bytes, secret: str) -> str:
    """Return the signed text of the address. It does not open the receipt, nor tell its code."""
    return _signer(secret).sign(base64.urlsafe_b64encode(application_id)).decode()


def read(text: str, secret: str) -> bytes | None:
    """Return the application's id; None when we did not sign the text."""
    try:
        application_id = base64.urlsafe_b64decode(_signer(secret).unsign(text))
    except (BadSignature, ValueError):
        return None
    return application_id if len(application_id) == ID_LENGTH else None


def _signer(secret: str) -> Signer:
    return Signer(secret, salt=b"portal.photos", digest_method=hashlib.sha256)
