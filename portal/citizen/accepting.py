"""Appending to the inbox, the same way whoever sends: the phone, the counter, a checked paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import request, url_for

from portal.admission import admission
from portal.citizen import receipt, tickets
from portal.metrics import appending, refused
from portal.services import services
from registry.inbox import SlowDown

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

    from portal.admission.load import Load
    from portal.services import Services
    from registry.inbox import Submission

_SAID: Final = "fmotm.inbox_said"


class Wait(Exception):  # noqa: N818 - named after what to do
    """Too many applications of one NIK: the same is taken with this ticket, after so long."""

    def __init__(self, seconds: int, ticket: str) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds
        self.ticket = ticket


def keep(sealed: Submission, here: Services, load: Load, ticket: str | None = None) -> str:
    """Append an application; return the text of its receipt, which is good from now on.

    ``ticket`` is the nonce of a ticket that was checked. Raises what `Inbox.append` raises.
    """
    with appending(), load.appending():
        here.inbox.append(sealed, ticket=ticket)
    shown = receipt.Receipt(sealed.application_id, sealed.received_at)
    return receipt.write(shown, here.settings.secret_key)


def say_again(environ: WSGIEnvironment, error: Exception) -> None:
    """Let `accept` raise for this request what keeping it has raised already."""
    environ[_SAID] = error


def accept(sealed: Submission, ticket_text: str) -> str:
    """Append an application; return its receipt's address, which is good from now on.

    `ticket_text` is what an earlier Wait gave, or ''. Raises Wait, PeriodClosed, Halted,
    InboxUnavailable: then nothing is known to be accepted, and sending again is safe.
    """
    here = services()
    secret, at = here.settings.secret_key, sealed.received_at
    ticket = tickets.read(ticket_text, secret, sealed.nik_index, at) if ticket_text else None
    ready = ticket is not None and ticket.wait(at) == 0
    try:
        if _SAID in request.environ:
            raise request.environ[_SAID]
        token = keep(sealed, here, admission().load, ticket.nonce if ticket and ready else None)
    except SlowDown as slow:
        refused("nik")
        held = None if ready else ticket
        held = held or tickets.new_ticket(at, slow.retry_after)
        text = tickets.write(held, secret, sealed.nik_index)
        raise Wait(max(1, held.wait(at)), text) from None
    return url_for("receipt.show", token=token)
