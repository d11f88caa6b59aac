"""Appending to the inbox, the same way whoever sends: the phone, the counter, a checked paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for

from portal.admission import admission
from portal.citizen import receipt, tickets
from portal.metrics import appending, refused
from portal.services import services
from registry.inbox import SlowDown

if TYPE_CHECKING:
    from registry.inbox import Submission


class Wait(Exception):  # noqa: N818 - named after what to do
    """Too many applications of one NIK: the same is taken with this ticket, after so long."""

    def __init__(self, seconds: int, ticket: str) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds
        self.ticket = ticket


def accept(sealed: Submission, ticket_text: str) -> str:
    """Append an application; return its receipt's address, which is good from now on.

    `ticket_text` is what an earlier Wait gave, or ''. Raises Wait, PeriodClosed, Halted,
    InboxUnavailable: then nothing is known to be accepted, and sending again is safe.
    """
    secret, at = services().settings.secret_key, sealed.received_at
    ticket = tickets.read(ticket_text, secret, sealed.nik_index, at) if ticket_text else None
    ready = ticket is not None and ticket.wait(at) == 0
    try:
        with appending(), admission().load.appending():
            services().inbox.append(sealed, ticket=ticket.nonce if ticket and ready else None)
    except SlowDown as slow:
        refused("nik")
        held = None if ready else ticket
        held = held or tickets.new_ticket(at, slow.retry_after)
        text = tickets.write(held, secret, sealed.nik_index)
        raise Wait(max(1, held.wait(at)), text) from None
    shown = receipt.Receipt(sealed.application_id, sealed.received_at)
    return url_for("receipt.show", token=receipt.write(shown, secret))
