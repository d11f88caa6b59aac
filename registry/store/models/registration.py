"""The tables of registration: rounds, applications, their history, and what is on its way.

Personal data is only in `sealed`; look-ups go by blind index.
"""

from datetime import date, datetime
from typing import Any, Literal, get_args

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    UniqueConstraint,
    false,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from registry import photos
from registry.rules.chain import HASH_LENGTH
from registry.rules.lifecycle import State
from registry.store.models.base import Base, long, one_of, practice_together

Outcome = Literal["inserted", "repeated", "quarantined"]
"""What became of an inbox entry: a new application, one known already, or set aside."""


class Region(Base):
    """A kota, kecamatan or kelurahan of DKI Jakarta, by its Kemendagri code."""

    __tablename__ = "region"
    __table_args__ = (one_of("level", ("kota", "kecamatan", "kelurahan"), "level"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[str]
    name: Mapped[str]
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"), index=True)
    """None for a kota: the province is not kept."""


class Neighbourhood(Base):
    """An RT of an RW that dinas says exists; a kelurahan without rows accepts any number."""

    __tablename__ = "neighbourhood"
    __table_args__ = (
        CheckConstraint("rw BETWEEN 1 AND 999", name="rw"),
        CheckConstraint("rt BETWEEN 1 AND 999", name="rt"),
    )

    kelurahan_code: Mapped[str] = mapped_column(ForeignKey("region.code"), primary_key=True)
    rw: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    rt: Mapped[int] = mapped_column(SmallInteger, primary_key=True)


class Period(Base):
    """A round of registration. What happened to its dates stands in `PeriodChange`."""

    __tablename__ = "period"
    __table_args__ = (
        CheckConstraint("closes_at > opens_at", name="dates"),
        CheckConstraint("octet_length(id) BETWEEN 1 AND 40", name="id_length"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    musyawarah_on: Mapped[date | None]
    """The day the meetings begin: the 'next date' of a household in the queue."""
    finalised_at: Mapped[datetime | None]


class PeriodChange(Base):
    """Who opened, extended, closed or finalised a period, when, and why. Append-only."""

    __tablename__ = "period_change"
    __table_args__ = (
        one_of("kind", ("opened", "extended", "closed", "finalised"), "kind"),
        Index(None, "period_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    period_id: Mapped[str] = mapped_column(ForeignKey("period.id"))
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    actor_id: Mapped[str | None]
    actor_role: Mapped[str]
    kind: Mapped[str]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    reason: Mapped[str]


class Application(Base):
    """A household's application. Its id is derived from its answers, so it exists once."""

    __tablename__ = "application"
    __table_args__ = (
        practice_together(),
        UniqueConstraint("entry"),
        long("id"),
        long("nik_index"),
        long("kk_index"),
        long("receipt", 12),
        long("replaces", 12),
        one_of("state", tuple(State), "state"),
        CheckConstraint("rt BETWEEN 1 AND 999", name="rt"),
        CheckConstraint("rw BETWEEN 1 AND 999", name="rw"),
        CheckConstraint("household_size >= 1", name="household_size"),
        CheckConstraint("replaces <> receipt", name="replaces_another"),
        CheckConstraint("(replaces IS NULL) = (replaces_entry IS NULL)", name="replaces_entry"),
        Index(None, "nik_index", "period_id"),
        Index(None, "kk_index", "period_id", postgresql_where=text("kk_index IS NOT NULL")),
        Index(None, "receipt"),
        # The review queue of a kelurahan, in its order; with it, all that counting it needs,
        # and that the board of all kelurahan needs; row-level security asks the organisation.
        Index(
            "ix_application_queue",
            "period_id",
            "kelurahan_code",
            "state",
            "turn",
            postgresql_include=["rw", "rt", "id", "organisation", "received_at"],
        ),
        # Few carry an earlier receipt: what is superseded is found without the table.
        Index(
            "ix_application_replacing",
            "nik_index",
            "period_id",
            "replaces",
            postgresql_include=["replaces_entry", "kelurahan_code", "organisation"],
            postgresql_where=text("replaces IS NOT NULL"),
        ),
        Index(
            "ix_application_organisation",
            "organisation",
            "entry",
            postgresql_where=text("organisation IS NOT NULL"),
        ),
    )

    id: Mapped[bytes] = mapped_column(primary_key=True)
    period_id: Mapped[str] = mapped_column(ForeignKey("period.id"))
    kelurahan_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    rt: Mapped[int | None] = mapped_column(SmallInteger)
    rw: Mapped[int | None] = mapped_column(SmallInteger)
    nik_index: Mapped[bytes]
    kk_index: Mapped[bytes | None]
    receipt: Mapped[str]
    """The receipt code: 12 characters, without dashes."""
    replaces: Mapped[str | None]
    """The receipt code of the earlier application that this one claims to replace."""
    replaces_entry: Mapped[int | None] = mapped_column(BigInteger)
    """The latest inbox entry that carried that code."""
    sealed: Mapped[bytes]
    form_version: Mapped[str]
    entry: Mapped[int] = mapped_column(BigInteger)
    """The lowest inbox entry with these answers."""
    received_at: Mapped[datetime]
    state: Mapped[str]
    """A code of `registry.rules.lifecycle.State`."""
    state_since: Mapped[datetime] = mapped_column(server_default=func.now())
    helped_by: Mapped[str | None]
    organisation: Mapped[str | None]
    """The organisation that registered the household, by its account; None when none did."""
    household_size: Mapped[int] = mapped_column(SmallInteger)
    score: Mapped[int] = mapped_column(SmallInteger)
    """The pre-score, which orders the queue and decides nothing."""
    priority: Mapped[bool] = mapped_column(server_default=false())
    turn: Mapped[int] = mapped_column(
        BigInteger,
        Computed(
            "((CASE WHEN priority THEN 0 ELSE 1 END)::bigint << 56)"
            " | ((32767 - score)::bigint << 40) | (entry & 1099511627775)",
            persisted=True,
        ),
    )
    """The order of the meeting in one number, so that a page of it begins at an index: priority
    first, then the higher pre-score, then the earlier entry."""
    scoring: Mapped[dict[str, Any]]
    """`{version, breakdown}`: which rules gave which points."""
    screening: Mapped[dict[str, Any]]
    """`{version, flags: [{id, answer}]}`."""
    criteria: Mapped[int] = mapped_column(
        SmallInteger,
        Computed(
            "jsonb_array_length(jsonb_path_query_array("
            'screening, \'$."flags"[*]?(@."kind" == "kriteria")\'))',
            persisted=True,
        ),
    )
    """How many criteria of exclusion its answers meet."""
    flooded: Mapped[bool] = mapped_column(server_default=false())
    """Sent beyond the day's number for its NIK: shown to people, never refused."""
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class PersonIndex(Base):
    """Which NIK stands in which application. Position 0 is the applicant."""

    __tablename__ = "person_index"
    __table_args__ = (long("nik_index"), CheckConstraint("position >= 0", name="position"))

    period_id: Mapped[str] = mapped_column(primary_key=True)
    nik_index: Mapped[bytes] = mapped_column(primary_key=True)
    application_id: Mapped[bytes] = mapped_column(
        ForeignKey("application.id"), primary_key=True, index=True
    )
    position: Mapped[int] = mapped_column(SmallInteger)


class Intake(Base):
    """What became of each inbox entry: the database's half of the balance."""

    __tablename__ = "intake"
    __table_args__ = (
        one_of("outcome", get_args(Outcome), "outcome"),
        CheckConstraint("entry >= 1", name="entry"),
        long("application_id"),
    )

    entry: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    application_id: Mapped[bytes]
    """No foreign key: what was set aside has no application."""
    outcome: Mapped[str]


class Event(Base):
    """One thing that happened to an application or a musyawarah: who, when, why. Append-only."""

    __tablename__ = "event"
    __table_args__ = (
        Index(None, "application_id", "id"),
        Index(None, "musyawarah_id", "id", postgresql_where=text("musyawarah_id IS NOT NULL")),
        CheckConstraint("num_nonnulls(application_id, musyawarah_id) > 0", name="subject"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    application_id: Mapped[bytes | None] = mapped_column(ForeignKey("application.id"))
    musyawarah_id: Mapped[bytes | None] = mapped_column(ForeignKey("musyawarah.id"))
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    actor_id: Mapped[str | None]
    """None where the actor has no account: a citizen, or the software."""
    actor_role: Mapped[str]
    kind: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str | None]
    reason: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))


class EventLink(Base):
    """That an event is sealed: its number in the hash chain, and the hash. Append-only.

    No foreign key, which would write to every event once more; `fmotm audit verify` looks instead.
    """

    __tablename__ = "event_chain"
    __table_args__ = (
        CheckConstraint("number >= 1", name="number"),
        UniqueConstraint("event_id"),
        long("hash", HASH_LENGTH),
    )

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes]


class Quarantine(Base):
    """An entry that could not be processed through a fault of its own, sealed as it came.

    No foreign keys: an unknown period may be the very fault.
    """

    __tablename__ = "quarantine"
    __table_args__ = (
        long("application_id"),
        long("nik_index"),
        long("kk_index"),
        Index(None, "nik_index"),
        Index(None, "application_id"),
    )

    entry: Mapped[int] = mapped_column(
        ForeignKey("intake.entry"), primary_key=True, autoincrement=False
    )
    application_id: Mapped[bytes]
    period_id: Mapped[str]
    nik_index: Mapped[bytes]
    kk_index: Mapped[bytes | None]
    receipt: Mapped[str]
    sealed: Mapped[bytes]
    received_at: Mapped[datetime]
    error: Mapped[str]
    """What went wrong, for dinas: a code and an exception's kind, no personal data."""
    set_aside_at: Mapped[datetime] = mapped_column(server_default=func.now())
    put_back_at: Mapped[datetime | None]


class Photo(Base):
    """A photo that belongs to an application: where its sealed bytes lie, and what became of it.

    The newest of a kind by `number` counts, among those of one visit or of none. No foreign keys: a
    photo may come while the application still waits in the inbox, or before its visit. The photo of
    an attendance list belongs to a musyawarah, whose id then stands for the application's.
    """

    __tablename__ = "photo"
    __table_args__ = (
        UniqueConstraint("number"),
        long("id"),
        long("application_id"),
        long("visit_id"),
        one_of("kind", tuple(photos.Kind), "kind"),
        one_of("state", tuple(photos.State), "state"),
        one_of("reason", tuple(photos.Refusal), "reason"),
        CheckConstraint("(reason IS NOT NULL) = (state = 'refused')", name="refused"),
        CheckConstraint("(blob IS NULL) = (state = 'refused')", name="blob"),
        # Nothing lies in the store that no key sealed.
        CheckConstraint("(blob IS NULL) = (key_id IS NULL)", name="sealed"),
        CheckConstraint("key_id BETWEEN 1 AND 255", name="key_id"),
        CheckConstraint("size >= 1", name="size"),
        Index(None, "application_id", "kind", "number"),
        Index("ix_photo_waiting", "number", postgresql_where=text("state = 'received'")),
    )

    id: Mapped[bytes] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    application_id: Mapped[bytes]
    visit_id: Mapped[bytes | None]
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=text("'received'"))
    blob: Mapped[str | None]
    """Its name in the store: always sealed, and random."""
    key_id: Mapped[int | None] = mapped_column(SmallInteger)
    """Which of SEAL_KEYS sealed the blob: that key is needed as long as the photo is."""
    size: Mapped[int]
    """Bytes of the photo, before it was sealed."""
    reason: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    """How often a worker began with it: one that kills workers is given up."""
    tried_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
