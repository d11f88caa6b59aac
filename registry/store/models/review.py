"""What a kelurahan does with an application before its musyawarah: look, ask, sort, visit."""

from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from registry.rules.marks import Mark, Source
from registry.rules.reports import Ktp
from registry.rules.visits import Call, Outcome
from registry.store.models.base import Base, long, one_of, practice_together

Opened = Literal["case", "photo", "name", "receipt", "annex", "unmasked"]
"""What of a household somebody looked at."""

RulingKind = Literal["merged", "apart", "theirs"]
"""What a person said of two applications that share a NIK or a KK."""


class Access(Base):
    """Who opened what of whose case, when, and why where a reason is asked. Append-only."""

    __tablename__ = "access"
    __table_args__ = (
        one_of("opened", get_args(Opened), "opened"),
        Index(None, "application_id", "id"),
        Index(None, "actor_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    actor_id: Mapped[str]
    actor_role: Mapped[str]
    application_id: Mapped[bytes] = mapped_column(ForeignKey("application.id"))
    opened: Mapped[str]
    reason: Mapped[str | None]


class Ruling(Base):
    """What a person said of an application and another one like it. Append-only; the last counts.

    `merged`: the other one is the same household's and goes. `apart`: they are two households.
    `theirs`: this one is the person's, their KTP was seen; the other goes.
    """

    __tablename__ = "ruling"
    __table_args__ = (
        one_of("kind", get_args(RulingKind), "kind"),
        CheckConstraint("application_id <> other_id", name="two"),
        Index(None, "application_id", "id"),
        Index(None, "other_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    application_id: Mapped[bytes] = mapped_column(ForeignKey("application.id"))
    other_id: Mapped[bytes] = mapped_column(ForeignKey("application.id"))
    kind: Mapped[str]
    sealed: Mapped[bytes]
    """The reason: an officer's own words."""
    actor_id: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=func.now())


class Question(Base):
    """What the kelurahan asks a household, and its answer; silence is `belum dijawab`."""

    __tablename__ = "question"
    __table_args__ = (
        Index(None, "application_id", "id"),
        CheckConstraint("(answered_at IS NULL) = (answer IS NULL)", name="answered"),
        # The household's own answer comes without an account.
        CheckConstraint("answered_by IS NULL OR answered_at IS NOT NULL", name="answered_by"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    application_id: Mapped[bytes] = mapped_column(ForeignKey("application.id"))
    musyawarah_id: Mapped[bytes | None] = mapped_column(ForeignKey("musyawarah.id"))
    asked_by: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(server_default=func.now())
    question: Mapped[bytes]
    """Sealed."""
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answer: Mapped[bytes | None]
    """Sealed."""


class Sheet(Base):
    """The list of one RT on which one source says whom it knows: paper, or an expiring link."""

    __tablename__ = "sheet"
    __table_args__ = (
        long("id"),
        long("token_hash", 32),
        one_of("source", tuple(Source), "source"),
        practice_together(),
        UniqueConstraint("token_hash"),
        UniqueConstraint("period_id", "kelurahan_code", "number"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn"),
        # One that stands for each source; another is made when this one is withdrawn.
        Index(
            "uq_sheet_standing",
            "period_id",
            "kelurahan_code",
            "rw",
            "rt",
            "source",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[bytes] = mapped_column(primary_key=True)
    period_id: Mapped[str] = mapped_column(ForeignKey("period.id"))
    kelurahan_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    rw: Mapped[int] = mapped_column(SmallInteger)
    rt: Mapped[int] = mapped_column(SmallInteger)
    source: Mapped[str]
    number: Mapped[int] = mapped_column(SmallInteger)
    """1, 2, 3 … in the kelurahan and period: printed on the sheet."""
    token_hash: Mapped[bytes]
    """SHA-256 of the link's token; the token itself is nowhere."""
    expires_at: Mapped[datetime]
    made_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
    handed_in_at: Mapped[datetime | None]
    """By link, or by the second person whose keying of the paper left no difference."""
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None]


class SheetLine(Base):
    """One household on a sheet, and what the source said of it.

    A mark by link counts at once. One on paper counts when a second person keyed the same.
    """

    __tablename__ = "sheet_line"
    __table_args__ = (
        UniqueConstraint("sheet_id", "application_id"),
        Index(None, "application_id"),
        one_of("mark", tuple(Mark), "mark"),
        one_of("second_mark", tuple(Mark), "second_mark"),
        one_of("via", ("link", "paper"), "via"),
        CheckConstraint("checked_by <> keyed_by", name="two_people"),
        CheckConstraint("(mark IS NULL) = (via IS NULL)", name="marked"),
        CheckConstraint("(keyed_by IS NULL) = (via IS DISTINCT FROM 'paper')", name="keyed_by"),
        CheckConstraint("(second_mark IS NULL) = (checked_by IS NULL)", name="checked_by"),
    )

    sheet_id: Mapped[bytes] = mapped_column(ForeignKey("sheet.id"), primary_key=True)
    line: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    application_id: Mapped[bytes] = mapped_column(ForeignKey("application.id"))
    mark: Mapped[str | None]
    via: Mapped[str | None]
    marked_at: Mapped[datetime | None]
    keyed_by: Mapped[str | None]
    second_mark: Mapped[str | None]
    checked_by: Mapped[str | None]
    checked_at: Mapped[datetime | None]


class Visit(Base):
    """An officer's visit to a household. Append-only; its id is made on the officer's phone."""

    __tablename__ = "visit"
    __table_args__ = (
        long("id"),
        one_of("outcome", tuple(Outcome), "outcome"),
        one_of("call", tuple(Call), "call"),
        one_of("ktp", get_args(Ktp), "ktp"),
        CheckConstraint("ended_at >= started_at", name="times"),
        Index(None, "application_id", "started_at"),
        Index(None, "kelurahan_code", "started_at"),
    )

    id: Mapped[bytes] = mapped_column(primary_key=True)
    application_id: Mapped[bytes] = mapped_column(ForeignKey("application.id"))
    kelurahan_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    officer_id: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())
    outcome: Mapped[str]
    call: Mapped[str | None]
    ktp: Mapped[str | None]
    sealed: Mapped[bytes]
    """Findings, position and note, as canonical JSON."""


class PaperForm(Base):
    """An application on paper: keyed by one, checked by another, then sent like any other.

    What was keyed is never changed. An incomplete one that is completed, or one that is keyed
    anew, is withdrawn, and another row stands for the paper.
    """

    __tablename__ = "paper_form"
    __table_args__ = (
        long("id"),
        practice_together(),
        long("application_id"),
        CheckConstraint("checked_by <> keyed_by", name="two_people"),
        CheckConstraint("(checked_by IS NULL) = (application_id IS NULL)", name="checked"),
        CheckConstraint("(withdrawn_by IS NULL) = (withdrawn_at IS NULL)", name="withdrawn"),
        CheckConstraint(
            "checked_by IS NULL OR (complete AND withdrawn_by IS NULL)",
            name="sent",
        ),
        Index(
            "ix_paper_form_unchecked",
            "kelurahan_code",
            "keyed_at",
            postgresql_where=text("checked_by IS NULL AND withdrawn_by IS NULL"),
        ),
    )

    id: Mapped[bytes] = mapped_column(primary_key=True)
    period_id: Mapped[str] = mapped_column(ForeignKey("period.id"))
    kelurahan_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    """Of the counter, not of the household."""
    sealed: Mapped[bytes]
    keyed_by: Mapped[str]
    keyed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    checked_by: Mapped[str | None]
    checked_at: Mapped[datetime | None]
    application_id: Mapped[bytes | None]
    """No foreign key: it still waits in the inbox."""
    complete: Mapped[bool]
    """Whether the parser took it as it was keyed; half a form is kept, but cannot be sent."""
    withdrawn_by: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]


class Objection(Base):
    """That a household does not accept what was decided, and its words. Append-only."""

    __tablename__ = "objection"
    __table_args__ = (Index(None, "application_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    application_id: Mapped[bytes] = mapped_column(ForeignKey("application.id"))
    sealed: Mapped[bytes]
    """The household's words, as the officer at the counter wrote them down."""
    taken_by: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
