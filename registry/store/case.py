"""One household's application with all that is known of it, for who may look at the case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from registry.photos import Kind
from registry.photos import State as PhotoState
from registry.rules.lifecycle import State
from registry.store.bulk import among
from registry.store.models import (
    AgendaItem,
    Application,
    Event,
    Musyawarah,
    Period,
    Photo,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Record:
    """An application as it is kept; what is personal in it is sealed."""

    id: bytes
    period_id: str
    kelurahan_code: str
    receipt: str
    entry: int
    turn: int
    received_at: datetime
    state: State
    state_since: datetime
    rt: int | None
    rw: int | None
    household_size: int
    score: int
    priority: bool
    scoring: dict[str, Any]
    screening: dict[str, Any]
    helped_by: str | None
    organisation: str | None
    flooded: bool
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Told:
    """Something that happened, as its event has it."""

    at: datetime
    actor_id: str | None
    actor_role: str
    kind: str
    reason: str | None
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Heard:
    """What a session of the musyawarah said of the household last; None where it took it back."""

    session: int
    held_on: date
    stage: str
    item: int
    verdict: str | None
    reason: str | None
    sealed: bytes | None


@dataclass(frozen=True, slots=True)
class Round:
    """An application of the same NIK in another round."""

    period: str
    title: str
    kelurahan: str
    state: State
    state_since: datetime
    reason: str | None
    """The reason of the move to this state, where it has one."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo that can be looked at."""

    id: bytes
    kind: Kind
    visit_id: bytes | None
    blob: str
    created_at: datetime


def records(session: Session, ids: Iterable[bytes]) -> dict[bytes, Record]:
    """Return applications by id; who is out of scope is not there. One query."""
    columns = [getattr(Application, name) for name in Record.__slots__]
    rows = session.execute(select(*columns).where(among(Application.id, ids)))
    found: dict[bytes, Record] = {}
    for row in rows:
        given = row._asdict()
        found[row.id] = Record(**{**given, "state": State(given["state"])})
    return found


def history(session: Session, application_id: bytes) -> list[Told]:
    """Return what happened to an application, oldest first. One query."""
    columns = [getattr(Event, name) for name in Told.__slots__]
    rows = session.execute(
        select(*columns).where(Event.application_id == application_id).order_by(Event.id)
    )
    return [Told(*row) for row in rows]


def verdicts(session: Session, application_id: bytes) -> list[Heard]:
    """Return what each session said of a household last, by session. One query."""
    newer = aliased(Verdict)
    last = (
        select(func.max(newer.version))
        .where(newer.musyawarah_id == Verdict.musyawarah_id, newer.number == Verdict.number)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Musyawarah.number,
            Musyawarah.held_on,
            Musyawarah.stage,
            AgendaItem.number,
            Verdict.verdict,
            Verdict.reason,
            Verdict.sealed,
        )
        .join(AgendaItem, AgendaItem.musyawarah_id == Musyawarah.id)
        .outerjoin(
            Verdict,
            (Verdict.musyawarah_id == AgendaItem.musyawarah_id)
            & (Verdict.number == AgendaItem.number)
            & (Verdict.version == last),
        )
        .where(AgendaItem.application_id == application_id)
        .order_by(Musyawarah.held_on, Musyawarah.number)
    )
    return [Heard(*row) for row in rows]


def other_rounds(session: Session, application_id: bytes) -> list[Round]:
    """Return what the same NIK registered in other rounds, latest first. One query."""
    mine = aliased(Application)
    reason = (
        select(Event.reason)
        .where(Event.application_id == Application.id, Event.to_state == Application.state)
        .order_by(Event.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Application.period_id,
            Period.title,
            Application.kelurahan_code,
            Application.state,
            Application.state_since,
            reason,
        )
        .join(mine, mine.nik_index == Application.nik_index)
        .join(Period, Period.id == Application.period_id)
        .where(mine.id == application_id, Application.period_id != mine.period_id)
        .order_by(Period.opens_at.desc(), Application.entry.desc())
    )
    return [Round(p, t, k, State(s), since, why) for p, t, k, s, since, why in rows]


def pictures(session: Session, application_id: bytes) -> list[Picture]:
    """Return the photos of a household and of visits to it that are ready, newest first.

    One of each kind, for the household and for each visit. One query.
    """
    rows = session.execute(
        select(Photo.id, Photo.kind, Photo.visit_id, Photo.blob, Photo.created_at)
        .where(Photo.application_id == application_id, Photo.state == PhotoState.READY.value)
        .order_by(Photo.number.desc())
    )
    found: dict[tuple[str, bytes | None], Picture] = {}
    for photo_id, kind, visit_id, blob, created_at in rows:
        newest = Picture(photo_id, Kind(kind), visit_id, blob or "", created_at)
        found.setdefault((kind, visit_id), newest)
    return list(found.values())
