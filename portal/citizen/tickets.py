"""Tickets: who sends very many applications for one NIK in a day waits, and then gets through.

A limit on a NIK must never lock its owner out (somebody else may have used it up), so it slows
down: the page carries a ticket that becomes valid after a minute and is good for one application.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from itsdangerous import BadSignature, Signer

VALID_FOR: Final = timedelta(hours=12)
"""Shorter than the inbox remembers used ones (registry.inbox, TICKET_MEMORY)."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A nonce, and from when on it counts."""

    nonce: str
    valid_from: datetime

    def wait(self, now: datetime) -> int:
        """Return the seconds until it counts, 0 when it does."""
        return max(0, -int((now - self.valid_from).total_seconds() // 1))


def new_ticket(now: datetime, wait: int) -> Ticket:
    """Make a ticket that counts `wait` seconds from now."""
    whole_seconds = datetime.fromtimestamp(int(now.timestamp()), UTC)
    return Ticket(secrets.token_urlsafe(12), whole_seconds + timedelta(seconds=wait))


def write(ticket: Ticket, secret: str, nik_index: bytes) -> str:
    """Return a ticket as signed text, good for this NIK alone."""
    text = f"{ticket.nonce}.{int(ticket.valid_from.timestamp())}"
    return _signer(secret, nik_index).sign(text).decode()


def read(text: str, secret: str, nik_index: bytes, now: datetime) -> Ticket | None:
    """Return the ticket in a text; None when it is no ticket of this NIK, or an old one."""
    try:
        nonce, _, second = _signer(secret, nik_index).unsign(text).decode().rpartition(".")
        ticket = Ticket(nonce, datetime.fromtimestamp(int(second), UTC))
    except (BadSignature, ValueError):
        return None
    return ticket if now < ticket.valid_from + VALID_FOR else None


def _signer(secret: str, nik_index: bytes) -> Signer:
    # The index is in the key and not in the text: nothing that stands for a NIK leaves the server.
    return Signer(secret, salt=b"portal.ticket" + nik_index, digest_method=hashlib.sha256)
