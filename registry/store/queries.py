"""Named queries of the status, and of the balance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import LargeBinary, Text, bindparam, func, select

from registry.store.models import Intake

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from registry.store.session import Reading


@dataclass(frozen=True, slots=True)
class Status:
    """Where one application stands, for those who hold its receipt or its KK."""

    application_id: bytes
    period: str
    receipt: str
    state: str
    received_at: datetime
    state_since: datetime
    kelurahan: str | None
    """None while it is in quarantine: sealed, and not yet placed."""
    entry: int
    superseded: bool
    reason: str | None
    """The reason of the move to this state, as its event has it."""
    verdict: bytes | None
    """What the musyawarah says to the household, sealed; None where it said nothing."""
    asked: bool
    """Whether the kelurahan has put a question to the household."""


def _public_status() -> Select[Any]:
    asked = func.public_status(
        bindparam("nik", type_=LargeBinary),
        bindparam("receipt", type_=Text),
        bindparam("kk", type_=LargeBinary),
    ).table_valued(*Status.__dataclass_fields__)
    return select(asked).order_by(asked.c.entry.desc())


_PUBLIC_STATUS: Final = _public_status()
"""Made once, not for each look-up."""


def status_by_receipt(session: Session | Reading, nik_index: bytes, receipt: str) -> list[Status]:
    """Return the applications of this applicant's NIK with this receipt code (12 characters).

    At most one, but for a collision of receipt codes. One query, found or not; no scope is needed.
    """
    return _status(session, nik_index, receipt, None)


def status_by_kk(session: Session | Reading, nik_index: bytes, kk_index: bytes) -> list[Status]:
    """Return every application of this applicant's NIK and KK, latest entry first.

    All of them: whoever files a rival must not hide the household's own. One query; no scope is
    needed.
    """
    return _status(session, nik_index, None, kk_index)


def highest_entry(session: Session) -> int:
    """Return the highest inbox entry that is recorded; 0 when none is."""
    return session.scalar(select(func.coalesce(func.max(Intake.entry), 0))) or 0


def _status(
    session: Session | Reading, nik_index: bytes, receipt: str | None, kk_index: bytes | None
) -> list[Status]:
    asked = {"nik": nik_index, "receipt": receipt, "kk": kk_index}
    return [Status(*row) for row in session.execute(_PUBLIC_STATUS, asked)]
