"""Minutes (berita acara) in the database: asked for at closing, made by a worker, kept for good.

Nothing here commits. Whoever is not in scope finds none (`NoSuchMinutes`).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal

from sqlalchemy import (
    BigInteger,
    LargeBinary,
    Text,
    and_,
    any_,
    cast,
    column,
    func,
    literal,
    or_,
    select,
    table,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import aliased

from registry.rules.events import Happening
from registry.store.bulk import table_of
from registry.store.models import ID_LENGTH, AgendaItem, Event, Minutes, Musyawarah

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from registry.rules.lifecycle import Actor

Form = Literal["content", "pdf", "xlsx"]
"""What is kept of minutes: what they were made from, to print, and to work with."""

PURPOSE: Final = "minutes."
"""What is sealed of minutes is bound to this with the form's name, and to their id."""

TOLD_AFTER: Final = 3
"""Attempts that may fail before people are told; it goes on being tried."""

LEFT_ALONE: Final = timedelta(minutes=5)
"""How long minutes are left to the worker that began: longer than a job may take."""

SOON: Final = timedelta(seconds=30)
LATER: Final = timedelta(minutes=10)
"""When it is tried again after it failed: at first, and once people were told."""

_NUMBER: Final = ("period_id", "kelurahan_code", "number")
_TRIES: Final = 9
_TABLE: Final = table_of(Minutes)
# Accounts are the portal's; of theirs the registry knows an id and a name.
_ACCOUNT: Final = table("account", column("id", BigInteger), column("full_name", Text))


class NoSuchMinutes(LookupError):  # noqa: N818 - named after what it is
    """Minutes that do not exist, or that the scope does not cover."""


@dataclass(frozen=True, slots=True)
class Listed:
    """Minutes as a list shows them; ``corrects`` and ``corrected_by`` are numbers."""

    id: bytes
    musyawarah_id: bytes
    kelurahan_code: str
    period_id: str
    number: int
    session: int
    held_on: date
    quorate: bool | None
    asked_at: datetime
    attempts: int
    made_at: datetime | None
    digest: bytes | None
    corrects: int | None
    corrected_by: int | None

    @property
    def is_late(self) -> bool:
        """Whether it failed so often that people are told."""
        return self.made_at is None and self.attempts >= TOLD_AFTER


@dataclass(frozen=True, slots=True)
class Claimed:
    """Minutes to make; ``attempts`` counts this one."""

    id: bytes
    musyawarah_id: bytes
    number: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of minutes that were made; the three are sealed."""

    digest: bytes
    file_digest: bytes
    content: bytes
    pdf: bytes
    xlsx: bytes


@dataclass(frozen=True, slots=True)
class Registered:
    """What anybody may know of minutes: nothing of anyone who is named in them."""

    kelurahan_code: str
    period_id: str
    number: int
    session: int
    held_on: date
    made_at: datetime
    is_file: bool
    """Whether the digest asked for is that of the PDF, not that of what the minutes say."""
    corrects: int | None
    corrected_by: int | None


def official_number(kelurahan: str, period: str, number: int) -> str:
    """Return the number as it stands on the minutes: `BA-001/31.71.01.1001/2026-1`."""
    return f"BA-{number:03}/{kelurahan}/{period}"


def ask(
    session: Session,
    found: Musyawarah,
    actor: Actor,
    corrects: tuple[bytes, bytes] | None = None,
) -> int:
    """Ask for the minutes of a session, which a worker makes; return their number.

    ``corrects``: the id of those that they correct, and the sealed reason; the database lets
    each be corrected once (IntegrityError on `uq_minutes_corrects`). Numbers run without gaps
    within a kelurahan and period, also when two are asked for at once. Does not commit.
    """
    here = (_TABLE.c.period_id == found.period_id, _TABLE.c.kelurahan_code == found.kelurahan_code)
    corrected, reason = corrects or (None, None)
    for _ in range(_TRIES):
        next_number = select(func.coalesce(func.max(_TABLE.c.number), 0) + 1).where(*here)
        adding = insert(_TABLE).values(
            id=secrets.token_bytes(ID_LENGTH),
            musyawarah_id=found.id,
            period_id=found.period_id,
            kelurahan_code=found.kelurahan_code,
            number=session.scalar(next_number),
            corrects=corrected,
            reason=reason,
            asked_by=str(actor.id),
        )
        # Who comes second waits for the first, and then asks for the number after it.
        adding = adding.on_conflict_do_nothing(index_elements=_NUMBER)
        number = session.execute(adding.returning(_TABLE.c.number)).scalar()
        if number is not None:
            return int(number)
    raise RuntimeError("no number for the minutes was free")


def listed(
    session: Session, kelurahan: str, period: str, number: int | None = None
) -> list[Listed]:
    """Return the minutes of a kelurahan in a period, the newest first. One query."""
    older, newer = aliased(Minutes), aliased(Minutes)
    columns = (_TABLE.c[name] for name in ("asked_at", "attempts", "made_at", "digest"))
    asked = (
        select(
            *(_TABLE.c[name] for name in ("id", "musyawarah_id", "kelurahan_code", "period_id")),
            _TABLE.c.number,
            Musyawarah.number.label("session"),
            Musyawarah.held_on,
            Musyawarah.quorate,
            *columns,
            older.number.label("corrects"),
            newer.number.label("corrected_by"),
        )
        .join(Musyawarah, Musyawarah.id == _TABLE.c.musyawarah_id)
        .outerjoin(older, older.id == _TABLE.c.corrects)
        .outerjoin(newer, newer.corrects == _TABLE.c.id)
        .where(_TABLE.c.kelurahan_code == kelurahan, _TABLE.c.period_id == period)
        .order_by(_TABLE.c.number.desc())
    )
    if number is not None:
        asked = asked.where(_TABLE.c.number == number)
    return [Listed(**row._mapping) for row in session.execute(asked)]


def find(session: Session, kelurahan: str, period: str, number: int) -> Listed:
    """Return minutes by their number; raise NoSuchMinutes. One query."""
    for found in listed(session, kelurahan, period, number):
        return found
    raise NoSuchMinutes


def sealed_form(session: Session, minutes_id: bytes, form: Form) -> bytes:
    """Return what is kept of minutes, sealed; raise NoSuchMinutes, also before they are made."""
    asked = select(_TABLE.c[form]).where(_TABLE.c.id == minutes_id)
    sealed: bytes | None = session.scalar(asked)
    if sealed is None:
        raise NoSuchMinutes
    return sealed


def households_in(session: Session, musyawarah_id: bytes) -> list[bytes]:
    """Return the ids of the households on the agenda, whom its minutes name."""
    asked = select(AgendaItem.application_id).where(AgendaItem.musyawarah_id == musyawarah_id)
    return list(session.scalars(asked.order_by(AgendaItem.number)))


def left_out_of(session: Session, musyawarah_id: bytes) -> frozenset[int]:
    """Return the items that closing did not carry out: their households had gone meanwhile."""
    asked = select(Event.details["left_out"]).where(
        Event.musyawarah_id == musyawarah_id, Event.kind == Happening.SESSION_CLOSED.value
    )
    return frozenset(number for left in session.scalars(asked) for number in left or ())


def waiting(session: Session, limit: int) -> list[bytes]:
    """Return the ids of minutes that a worker is to begin with, oldest first."""
    asked = select(_TABLE.c.id).where(_is_due()).order_by(_TABLE.c.asked_at, _TABLE.c.id)
    return list(session.scalars(asked.limit(limit)))


def late(session: Session) -> list[tuple[str, str, int]]:
    """Return (kelurahan, period, number) of minutes that failed so often that dinas is told."""
    asked = (
        select(_TABLE.c.kelurahan_code, _TABLE.c.period_id, _TABLE.c.number)
        .where(_TABLE.c.made_at.is_(None), _TABLE.c.attempts >= TOLD_AFTER)
        .order_by(_TABLE.c.asked_at)
    )
    return [(row.kelurahan_code, row.period_id, row.number) for row in session.execute(asked)]


def claim(session: Session, minutes_id: bytes) -> Claimed | None:
    """Begin with minutes; None when there is nothing to do, or another began. Does not commit."""
    row = session.execute(
        update(_TABLE)
        .where(_TABLE.c.id == minutes_id, _is_due())
        .values(attempts=_TABLE.c.attempts + 1, next_try_at=func.now() + LEFT_ALONE)
        .returning(_TABLE.c.id, _TABLE.c.musyawarah_id, _TABLE.c.number, _TABLE.c.attempts)
    ).one_or_none()
    return Claimed(*row) if row else None


def put_off(session: Session, claimed: Claimed) -> None:
    """Let minutes that were not made be tried again: soon, or later. Does not commit."""
    wait = SOON if claimed.attempts < TOLD_AFTER else LATER
    unmade = update(_TABLE).where(_TABLE.c.id == claimed.id, _TABLE.c.made_at.is_(None))
    session.execute(unmade.values(next_try_at=func.now() + wait))


def keep(session: Session, minutes_id: bytes, made: Kept) -> bool:
    """Keep minutes; False when another has made them already. Does not commit."""
    statement = update(_TABLE).where(_TABLE.c.id == minutes_id, _TABLE.c.made_at.is_(None))
    values = {
        "made_at": func.now(),
        "next_try_at": None,
        "digest": made.digest,
        "file_digest": made.file_digest,
        "content": made.content,
        "pdf": made.pdf,
        "xlsx": made.xlsx,
    }
    kept = session.execute(statement.values(**values).returning(_TABLE.c.id))
    return kept.one_or_none() is not None


def registered(session: Session, digest: bytes) -> Registered | None:
    """Return what anybody may know of the minutes with this digest (32 bytes); needs no scope."""
    names = tuple(Registered.__dataclass_fields__)
    found = func.public_minutes(literal(digest, LargeBinary)).table_valued(*names)
    row = session.execute(select(found)).one_or_none()
    return Registered(**row._mapping) if row else None


def names_of(session: Session, account_ids: Iterable[str]) -> dict[str, str]:
    """Return the names of those accounts that are still known. One query."""
    wanted = [int(each) for each in account_ids if each.isdecimal()]
    ids = cast(literal(wanted, ARRAY(BigInteger)), ARRAY(BigInteger))
    asked = select(_ACCOUNT.c.id, _ACCOUNT.c.full_name).where(_ACCOUNT.c.id == any_(ids))
    return {str(row.id): row.full_name for row in session.execute(asked)}


def _is_due() -> ColumnElement[bool]:
    rested = or_(_TABLE.c.next_try_at.is_(None), _TABLE.c.next_try_at <= func.now())
    return and_(_TABLE.c.made_at.is_(None), rested)
