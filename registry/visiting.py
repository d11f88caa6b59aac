"""What is sealed of a visit: findings, position, note; bound to the visit's id."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from registry.opening import CannotOpen
from registry.sealing import UnsealError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from registry.rules.reports import Report
    from registry.sealing import KeyRing

PURPOSE: Final = "visit"


@dataclass(frozen=True, slots=True)
class Told:
    """What an officer told of a visit, opened. ``accuracy`` is in metres."""

    found: Mapping[str, str] = field(repr=False)
    position: str | None = field(repr=False)
    accuracy: int | None
    note: str = field(repr=False)


def seal(ring: KeyRing, report: Report) -> bytes:
    """Seal what of a report is nobody's business but the kelurahan's."""
    said = {
        "temuan": dict(report.found),
        "titik": report.position,
        "akurasi": report.accuracy,
        "catatan": report.note,
    }
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return ring.seal(PURPOSE, report.id, text.encode())


def told(ring: KeyRing, visit_id: bytes, sealed: bytes) -> Told:
    """Open what `seal` gave; raise CannotOpen."""
    try:
        said = json.loads(ring.unseal(PURPOSE, visit_id, sealed))
    except (UnsealError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise CannotOpen(type(error).__name__) from None
    return Told(said["temuan"], said["titik"], said["akurasi"], said["catatan"])
