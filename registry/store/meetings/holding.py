"""Holding a session while something of it is changed, and changing its stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from registry.store.meetings.refusals import NoSuchSession, Refused
from registry.store.models import Musyawarah

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from registry.store.models import Stage


def advance(
    session: Session, musyawarah_id: bytes, version: int, stage: Stage, values: dict[str, Any]
) -> Musyawarah:
    """Change a session that is in this stage and version.

    Raises NoSuchSession; Refused: `stale`, or `stage_…` of the stage it is in.
    """
    changed = session.scalars(
        update(Musyawarah)
        .where(
            Musyawarah.id == musyawarah_id,
            Musyawarah.version == version,
            Musyawarah.stage == stage.value,
        )
        .values(version=version + 1, **values)
        .returning(Musyawarah),
        execution_options={"synchronize_session": False, "populate_existing": True},
    ).one_or_none()
    if changed is None:
        raise _why_not(session, musyawarah_id, stage)
    return changed


def held(session: Session, musyawarah_id: bytes, *stages: Stage, alone: bool = False) -> Musyawarah:
    """Return a session that stays in one of these stages until the transaction ends.

    Others may record beside it, unless it is held ``alone``. Raises as `advance`.
    """
    found = session.scalars(
        select(Musyawarah)
        .where(Musyawarah.id == musyawarah_id)
        .with_for_update(read=not alone, key_share=alone),
        execution_options={"populate_existing": True},
    ).one_or_none()
    if found is None:
        raise NoSuchSession
    if found.stage not in stages:
        code = f"stage_{found.stage}"
        raise Refused(code)
    return found


def _why_not(session: Session, musyawarah_id: bytes, stage: Stage) -> Exception:
    now_in = session.scalar(select(Musyawarah.stage).where(Musyawarah.id == musyawarah_id))
    if now_in is None:
        return NoSuchSession()
    return Refused("stale" if now_in == stage else f"stage_{now_in}")
