"""The receipt: proof that an application is safe. Stateless: its address carries all it needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import quote

import segno
from flask import Blueprint, abort, make_response, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.citizen import photo_links, tokens
from portal.services import services
from registry.rules.receipts import ID_LENGTH, format_receipt, receipt_code

blueprint = Blueprint("receipt", __name__)

_PURPOSE: Final = "portal.receipt"
_TIME_LENGTH: Final = 6
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says: which application, and when it was accepted (UTC)."""

    application_id: bytes
    received_at: datetime

    @property
    def code(self) -> str:
        """The code in its canonical form."""
        return receipt_code(self.application_id)


def write(receipt: Receipt, secret: str) -> str:
    """Return the signed text that stands in a receipt's address."""
    milliseconds = (receipt.received_at - _EPOCH) // _MILLISECOND
    packed = receipt.application_id + milliseconds.to_bytes(_TIME_LENGTH, "big")
    return tokens.write(packed, _PURPOSE, secret)


def read(text: str, secret: str) -> Receipt | None:
    """Return the receipt of an address; None when we did not sign it."""
    packed = tokens.read(text, _PURPOSE, secret)
    if packed is None:
        return None
    milliseconds = int.from_bytes(packed[ID_LENGTH:], "big")
    return Receipt(packed[:ID_LENGTH], _EPOCH + milliseconds * _MILLISECOND)


@blueprint.get("/bukti/<token>")
def show(token: str) -> ResponseReturnValue:
    """Show the receipt of a signed token: it works whatever is down."""
    receipt = read(token, services().settings.secret_key)
    if receipt is None:
        abort(404)
    code = format_receipt(receipt.code)
    check = url_for("status.form", _external=True)
    page = render_template(
        "bukti.html",
        receipt=receipt,
        code=code,
        qr=_qr(code),
        address=check.partition("://")[2],
        whatsapp=_whatsapp(code, check),
        round=services().door.round_of(receipt.received_at),
        photos=photo_links.address(receipt.application_id),
    )
    response = make_response(page)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    # Stricter than elsewhere: the address itself opens the receipt.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _qr(receipt_code: str) -> str:
    """Return the QR code as a data URI; the code stands behind '#', which is never sent."""
    address = url_for("status.form", _external=True, _anchor=receipt_code)
    # Any mask can be read; trying all eight for the best takes three times as long.
    code = segno.make_qr(address, error="m", mask=0)
    return code.svg_data_uri(scale=4, border=4, dark="#000")


def _whatsapp(receipt_code: str, check: str) -> str:
    """Return the address that offers WhatsApp a message to oneself.

    It says what is needed to ask for the status, and nothing of the household.
    """
    lines = (
        _("Bukti daftar — bukan bukti dapat bantuan"),
        _("Kode bukti: %(code)s", code=receipt_code),
        _("Cek status di %(address)s", address=check),
        f"{_('GRATIS.')} {_('Jangan beri uang atau kode Anda kepada siapa pun.')}",
    )
    # A space as %20: some versions of WhatsApp show a plus as it is.
    return f"https://wa.me/?text={quote(chr(10).join(lines), safe='')}"
