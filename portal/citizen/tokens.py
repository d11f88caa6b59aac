"""What stands in addresses that open something by themselves: bytes, readable and signed."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache

from itsdangerous import BadSignature, Signer


def write(content: bytes, purpose: str, secret: str) -> str:
    """Return the text of an address; only the same purpose reads it again."""
    return _signer(purpose, secret).sign(base64.urlsafe_b64encode(content)).decode()


def read(text: str, purpose: str, secret: str) -> bytes | None:
    """Return what `write` was given; None when we did not sign it for this purpose."""
    try:
        return base64.urlsafe_b64decode(_signer(purpose, secret).unsign(text))
    except (BadSignature, ValueError):
        return None


@lru_cache
def _signer(purpose: str, secret: str) -> Signer:
    return Signer(secret, salt=purpose.encode(), digest_method=hashlib.sha256)
