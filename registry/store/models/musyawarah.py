"""The musyawarah of a kelurahan: its sessions, agenda, attendance, verdicts and minutes."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from registry.rules.agenda import Part
from registry.rules.quorum import Element
from registry.rules.verdicts import Verdict as Said
from registry.store.models.base import Base, long, one_of, practice_together


class Stage(StrEnum):
    """Where a session stands."""

    PLANNED = "planned"
    FROZEN = "frozen"
    """Its agenda is drawn and numbered."""
    OPEN = "open"
    ENDED = "ended"
    """The officers ended it; nothing is recorded any more."""
    CLOSED = "closed"
    """The lurah closed it: the verdicts are carried out."""


class Musyawarah(Base):
    """One session of a kelurahan in a period, from its plan to the lurah's closing."""

    __tablename__ = "musyawarah"
    __table_args__ = (
        long("id"),
        practice_together(),
        UniqueConstraint("period_id", "kelurahan_code", "number"),
        one_of("stage", tuple(Stage), "stage"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("(stage IN ('ended', 'closed')) = (ended_at IS NOT NULL)", name="ended"),
        CheckConstraint("(stage = 'closed') = (closed_at IS NOT NULL)", name="closed"),
        CheckConstraint("on_screen ~ '^(item|rw):[0-9]{1,5}$'", name="on_screen"),
        # One at a time: a case is on one agenda only.
        Index(
            "uq_musyawarah_under_way",
            "period_id",
            "kelurahan_code",
            unique=True,
            postgresql_where=text("stage IN ('frozen', 'open', 'ended')"),
        ),
    )

    id: Mapped[bytes] = mapped_column(primary_key=True)
    period_id: Mapped[str] = mapped_column(ForeignKey("period.id"))
    kelurahan_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    number: Mapped[int] = mapped_column(SmallInteger)
    held_on: Mapped[date]
    stage: Mapped[str] = mapped_column(server_default=text("'planned'"))
    quorum: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    """Grows with each change of the session itself: a stale page changes nothing."""
    planned_by: Mapped[str]
    planned_at: Mapped[datetime] = mapped_column(server_default=func.now())
    frozen_by: Mapped[str | None]
    frozen_at: Mapped[datetime | None]
    opened_by: Mapped[str | None]
    opened_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    quorate: Mapped[bool | None]
    """Whether the quorum was met when it ended: otherwise it only recommends."""
    closed_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    closed_as: Mapped[str | None]
    """`chair`, or the letter by which somebody acted for the lurah."""
    on_paper: Mapped[dict[str, Any] | None]
    """The totals that the lurah read off the signed paper."""
    notes: Mapped[bytes | None]
    """Sealed."""
    on_screen: Mapped[str | None]
    """What the projector shows: the item that an officer opened last, or the list of an RW."""


class Attendee(Base):
    """Somebody who is at a session. Withdrawn, not removed, when noted by mistake."""

    __tablename__ = "attendee"
    __table_args__ = (one_of("element", tuple(Element), "element"),)

    musyawarah_id: Mapped[bytes] = mapped_column(ForeignKey("musyawarah.id"), primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    element: Mapped[str]
    sealed: Mapped[bytes]
    """Name and function."""
    noted_by: Mapped[str]
    noted_at: Mapped[datetime] = mapped_column(server_default=func.now())
    withdrawn_at: Mapped[datetime | None]


class AgendaItem(Base):
    """One application on the frozen agenda of a session."""

    __tablename__ = "agenda_item"
    __table_args__ = (
        UniqueConstraint("musyawarah_id", "application_id"),
        Index(None, "application_id"),
        one_of("part", tuple(Part), "part"),
        CheckConstraint("(pulled_by IS NULL) = (pulled_at IS NULL)", name="pulled"),
        CheckConstraint("pulled_by IS NULL OR part = 'a'", name="pulled_from_list"),
    )

    musyawarah_id: Mapped[bytes] = mapped_column(ForeignKey("musyawarah.id"), primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    application_id: Mapped[bytes] = mapped_column(ForeignKey("application.id"))
    part: Mapped[str]
    rw: Mapped[int | None] = mapped_column(SmallInteger)
    rt: Mapped[int | None] = mapped_column(SmallInteger)
    why: Mapped[list[str]]
    """Codes of what speaks, as `registry.rules.agenda.why` gives them: frozen with the agenda."""
    pulled_by: Mapped[str | None]
    """Who recorded that somebody pulled it out of its list, to be discussed by itself."""
    pulled_at: Mapped[datetime | None]


class Verdict(Base):
    """What was said of an agenda item. Append-only: the highest version counts.

    A version without a verdict takes the one before back. Two officers who record at once make
    the same version, and the database refuses the second; a retry brings the same `key`.
    """

    __tablename__ = "verdict"
    __table_args__ = (
        ForeignKeyConstraint(
            ["musyawarah_id", "number"],
            ["agenda_item.musyawarah_id", "agenda_item.number"],
        ),
        UniqueConstraint("musyawarah_id", "number", "key"),
        long("key"),
        one_of("verdict", tuple(Said), "verdict"),
        one_of("via", ("one", "list", "paper"), "via"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint(
            "(reason IS NOT NULL) = (verdict IS NOT DISTINCT FROM 'not_proposed')", name="reason"
        ),
    )

    musyawarah_id: Mapped[bytes] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    version: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    key: Mapped[bytes]
    verdict: Mapped[str | None]
    reason: Mapped[str | None]
    sealed: Mapped[bytes | None]
    """The sentence to the household and the question to it, as canonical JSON."""
    stepped_aside: Mapped[list[str]]
    """`<attendee number>:<tie>` of those who stepped aside."""
    dissent: Mapped[list[str]]
    """Elements that saw it otherwise."""
    via: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=func.now())


class Minutes(Base):
    """A berita acara: asked for at closing, made by a worker; a correction names the old."""

    __tablename__ = "minutes"
    __table_args__ = (
        long("id"),
        long("digest", 32),
        long("file_digest", 32),
        practice_together(),
        UniqueConstraint("period_id", "kelurahan_code", "number"),
        UniqueConstraint("digest"),
        UniqueConstraint("file_digest"),
        UniqueConstraint("corrects"),
        CheckConstraint("corrects <> id", name="corrects_another"),
        CheckConstraint("(corrects IS NULL) = (reason IS NULL)", name="reason"),
        CheckConstraint(
            "num_nulls(made_at, digest, file_digest, content, pdf, xlsx) IN (0, 6)", name="made"
        ),
        Index(None, "musyawarah_id"),
        Index("ix_minutes_waiting", "asked_at", postgresql_where=text("made_at IS NULL")),
    )

    id: Mapped[bytes] = mapped_column(primary_key=True)
    musyawarah_id: Mapped[bytes] = mapped_column(ForeignKey("musyawarah.id"))
    period_id: Mapped[str] = mapped_column(ForeignKey("period.id"))
    kelurahan_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    number: Mapped[int] = mapped_column(SmallInteger)
    corrects: Mapped[bytes | None] = mapped_column(ForeignKey("minutes.id"))
    reason: Mapped[bytes | None]
    """Why it corrects another, and what it says otherwise; sealed."""
    asked_by: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(server_default=func.now())
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    """How often a worker began with it."""
    next_try_at: Mapped[datetime | None]
    """Until then it is left to the worker that began last."""
    made_at: Mapped[datetime | None]
    digest: Mapped[bytes | None]
    """SHA-256 of its content: what the QR code on its pages names."""
    file_digest: Mapped[bytes | None]
    """SHA-256 of the PDF."""
    content: Mapped[bytes | None] = mapped_column(deferred=True)
    """Sealed: what it was made from."""
    pdf: Mapped[bytes | None] = mapped_column(deferred=True)
    """Sealed."""
    xlsx: Mapped[bytes | None] = mapped_column(deferred=True)
    """Sealed."""


class Correction(Base):
    """What an officer wants corrected in minutes, until the chair has approved or declined it."""

    __tablename__ = "correction"
    __table_args__ = (
        long("id"),
        CheckConstraint("decided_by <> recorded_by", name="two_people"),
        CheckConstraint("num_nulls(decided_by, decided_at, accepted) IN (0, 3)", name="decided"),
        Index(
            "uq_correction_waiting",
            "minutes_id",
            unique=True,
            postgresql_where=text("decided_at IS NULL"),
        ),
    )

    id: Mapped[bytes] = mapped_column(primary_key=True)
    minutes_id: Mapped[bytes] = mapped_column(ForeignKey("minutes.id"))
    kelurahan_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    sealed: Mapped[bytes]
    """The reason, and what is to be said otherwise."""
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    accepted: Mapped[bool | None]
