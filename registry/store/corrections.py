"""Corrections of minutes: recorded by an officer, approved or declined by the chair.

A correction changes what new minutes say. It changes no row of the session, and moves nobody:
who was decided on wrongly is heard again by the next session. Nothing here commits.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from registry.rules.events import Happening
from registry.rules.lifecycle import Role
from registry.store import minutes as kept
from registry.store.bulk import table_of
from registry.store.minutes import NoSuchMinutes
from registry.store.models import ID_LENGTH, Correction, Minutes, Musyawarah
from registry.store.moves import Happened, note

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from registry.rules.lifecycle import Actor
    from registry.store.minutes import Listed

MESSAGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "not_made": "Berita acara ini sedang dibuat. Tunggu sampai selesai.",
        "corrected": "Berita acara ini sudah diperbaiki. Perbaiki yang terbaru.",
        "waiting": "Sudah ada usulan perbaikan yang menunggu lurah. Tunggu keputusannya.",
        "decided": "Usulan perbaikan ini sudah diputuskan.",
        "own": "Usulan ini Anda catat sendiri. Harus disetujui oleh orang lain.",
    }
)
"""Code → what to do."""

_TABLE: Final = table_of(Correction)


class Refused(Exception):  # noqa: N818 - reads as what it says at every raise
    """A correction that cannot be; ``code`` is one of MESSAGES."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Proposed:
    """A correction that waits for the chair; ``sealed`` opens with the session's id."""

    id: bytes
    minutes_id: bytes
    sealed: bytes
    recorded_by: str
    recorded_at: datetime


def record(session: Session, found: Listed, sealed: bytes, actor: Actor) -> None:
    """Record what an officer wants corrected. Does not commit.

    ``sealed``: words bound to the session's id. Raises Refused: `not_made`, `corrected`,
    `waiting` (one at a time; the database settles who was first).
    """
    if found.made_at is None:
        raise Refused("not_made")
    if found.corrected_by is not None:
        raise Refused("corrected")
    values = {
        "id": secrets.token_bytes(ID_LENGTH),
        "minutes_id": found.id,
        "kelurahan_code": found.kelurahan_code,
        "sealed": sealed,
        "recorded_by": str(actor.id),
    }
    try:
        with session.begin_nested():
            session.execute(insert(_TABLE).values(**values))
    except IntegrityError as error:
        if "uq_correction_waiting" not in str(error.orig):
            raise
        raise Refused("waiting") from None
    _note(session, Happening.CORRECTION_RECORDED, found, actor)


def proposed(session: Session, minutes_id: bytes) -> Proposed | None:
    """Return the correction of these minutes that waits for the chair."""
    names = ("id", "minutes_id", "sealed", "recorded_by", "recorded_at")
    asked = select(*(_TABLE.c[name] for name in names)).where(
        _TABLE.c.minutes_id == minutes_id, _TABLE.c.decided_at.is_(None)
    )
    row = session.execute(asked).one_or_none()
    return Proposed(**row._mapping) if row else None


def decide(
    session: Session, found: Listed, correction_id: bytes, actor: Actor, *, accepted: bool
) -> int | None:
    """Approve or decline a correction; return the number of the new minutes, None for none.

    Raises NoSuchMinutes for who is not chair there today; Refused: `decided`, `own`, `corrected`.
    Does not commit.
    """
    if not actor.holds(Role.CHAIR, found.kelurahan_code):
        raise NoSuchMinutes
    asked = select(_TABLE).where(_TABLE.c.id == correction_id, _TABLE.c.minutes_id == found.id)
    row = session.execute(asked.with_for_update()).one_or_none()
    if row is None:
        raise NoSuchMinutes
    if row.decided_at is not None:
        raise Refused("decided")
    if row.recorded_by == str(actor.id):
        raise Refused("own")
    decided = {"decided_by": str(actor.id), "decided_at": func.now(), "accepted": accepted}
    session.execute(update(_TABLE).where(_TABLE.c.id == correction_id).values(**decided))
    told = Happening.CORRECTION_APPROVED if accepted else Happening.CORRECTION_DECLINED
    _note(session, told, found, actor)
    return _ask(session, found, row.sealed, actor) if accepted else None


def earlier(session: Session, minutes_id: bytes) -> list[tuple[Minutes, bytes]]:
    """Return what these minutes correct with the sealed words of each step, the oldest first."""
    steps: list[tuple[Minutes, bytes]] = []
    current = session.get_one(Minutes, minutes_id)
    while current.corrects is not None and current.reason is not None:
        older = session.get_one(Minutes, current.corrects)
        steps.append((older, current.reason))
        current = older
    return steps[::-1]


def _ask(session: Session, found: Listed, sealed: bytes, actor: Actor) -> int:
    meeting = session.get_one(Musyawarah, found.musyawarah_id)
    try:
        with session.begin_nested():
            return kept.ask(session, meeting, actor, (found.id, sealed))
    except IntegrityError as error:
        if "uq_minutes_corrects" not in str(error.orig):
            raise
        raise Refused("corrected") from None


def _note(session: Session, kind: Happening, found: Listed, actor: Actor) -> None:
    details = {"number": found.number}
    note(session, Happened(kind, musyawarah_id=found.musyawarah_id, details=details), actor)
