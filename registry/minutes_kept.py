"""Minutes as they are kept: made once, sealed, and opened for those who may see them."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from registry.documents.content import (
    Attendee,
    Counts,
    Line,
    Minutes,
    Place,
    content_digest,
)
from registry.documents.minutes import minutes_pdf, minutes_xlsx
from registry.opening import CannotOpen
from registry.sealing import UnsealError
from registry.store.minutes import PURPOSE, Kept

if TYPE_CHECKING:
    from registry.sealing import KeyRing
    from registry.store.minutes import Form

_DAYS: Final = ("held_on",)
_MOMENTS: Final = ("began", "ended", "closed_at")
_TEXTS: Final = ("officer_names", "stepped_aside", "dissent")


def make(ring: KeyRing, minutes_id: bytes, minutes: Minutes) -> Kept:
    """Typeset minutes that know their address, and seal what is kept of them.

    Each NIK is masked in print and workbook, and whole in the sealed content, for full copies.
    Raises ValueError without the address, TypesettingError.
    """
    pdf, xlsx = minutes_pdf(minutes), minutes_xlsx(minutes)

    def seal(form: Form, plain: bytes) -> bytes:
        return ring.seal(PURPOSE + form, minutes_id, plain)

    return Kept(
        digest=bytes.fromhex(content_digest(minutes)),
        file_digest=sha256(pdf).digest(),
        content=seal("content", to_json(minutes)),
        pdf=seal("pdf", pdf),
        xlsx=seal("xlsx", xlsx),
    )


def open_form(ring: KeyRing, minutes_id: bytes, form: Form, sealed: bytes) -> bytes:
    """Return what was sealed of minutes; raise CannotOpen."""
    try:
        return ring.unseal(PURPOSE + form, minutes_id, sealed)
    except UnsealError as error:
        raise CannotOpen(error.kind) from None


def full_copy(content: bytes, watermark: str) -> bytes:
    """Return the PDF that shows each NIK, with these words (for whom, when) on every page.

    ``content`` is what `to_json` wrote. Raises ValueError without the words, TypesettingError.
    """
    return minutes_pdf(replace(from_json(content), full=True, watermark=watermark))


def to_json(minutes: Minutes) -> bytes:
    """Return all that minutes say, each NIK whole, as JSON."""
    text = json.dumps(asdict(minutes), default=_written, ensure_ascii=False, sort_keys=True)
    return text.encode()


def from_json(content: bytes) -> Minutes:
    """Return the minutes that `to_json` wrote."""
    given: dict[str, Any] = json.loads(content)
    counts = given["counts"]
    for name in ("by_reason", "by_part"):
        counts[name] = tuple((label, cases) for label, cases in counts[name])
    given["counts"] = Counts(**counts)
    given["place"] = Place(**given["place"])
    given["attendance"] = tuple(Attendee(**each) for each in given["attendance"])
    given["lines"] = tuple(Line(**each) for each in given["lines"])
    given |= {name: tuple(given[name]) for name in _TEXTS}
    given |= {name: date.fromisoformat(given[name]) for name in _DAYS}
    given |= {name: datetime.fromisoformat(given[name]) for name in _MOMENTS}
    return Minutes(**given)


def _written(value: object) -> str:
    if isinstance(value, date):  # and every datetime
        return value.isoformat()
    message = f"minutes hold no {type(value).__name__}"
    raise TypeError(message)
