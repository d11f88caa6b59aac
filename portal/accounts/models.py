"""The tables of the people who sign in. They hold no citizen, and no address of a device.

They stand in the metadata of `registry.store.models`, so one set of migrations makes everything.
Secrets are never kept as they are: passwords as argon2 hashes, tokens and recovery codes as
SHA-256 of something random, the TOTP secret sealed with SEAL_KEYS.
"""

from datetime import date, datetime
from typing import Final

from flask_security import RoleMixin, UserMixin
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    UniqueConstraint,
    func,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from registry.rules.lifecycle import Role
from registry.store.models import Base

ROLES: Final = (
    Role.PENDAMPING,
    Role.REVIEWER,
    Role.CHAIR,
    Role.COUNTER,
    Role.DINAS,
    Role.AUDITOR,
)
"""The roles that an account can have; the others have no account."""

OF_KELURAHAN: Final = frozenset({Role.REVIEWER, Role.CHAIR, Role.COUNTER})
"""Those that work for a kelurahan."""

TOTP_REQUIRED: Final = frozenset({Role.REVIEWER, Role.CHAIR, Role.DINAS})
"""Those who reach nothing before they have set up their second factor."""

EVENTS: Final = (
    "invited",
    "password_set",
    "signed_in",
    "wrong_password",
    "wrong_code",
    "locked",
    "signed_out",
    "signed_out_everywhere",
    "totp_set",
    "recovery_made",
    "recovery_used",
    "disabled",
    "enabled",
    "unlocked",
    "acting_named",
    "acting_withdrawn",
)
DIGEST_LENGTH: Final = 32
"""Bytes of a SHA-256."""


def _codes(column: str, codes: tuple[str, ...]) -> CheckConstraint:
    listed = ", ".join(f"'{code}'" for code in codes)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _digest() -> CheckConstraint:
    return CheckConstraint(f"octet_length(digest) = {DIGEST_LENGTH}", name="digest_length")


class RoleName(RoleMixin):
    """A role as Flask-Security knows roles. There is no table of them."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


class Account(Base, UserMixin):
    """Someone who signs in, in one role."""

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("email"),
        UniqueConstraint("fs_uniquifier"),
        _codes("role", ROLES),
        CheckConstraint("octet_length(email) BETWEEN 3 AND 254", name="email_length"),
        CheckConstraint(
            "(role = 'pendamping') = (organisation_id IS NOT NULL)", name="organisation"
        ),
        CheckConstraint("failures >= 0", name="failures"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    email: Mapped[str]
    """The user name, case-folded."""
    full_name: Mapped[str]
    role: Mapped[str]
    organisation_id: Mapped[str | None]
    organisation_name: Mapped[str | None]
    password: Mapped[str | None]
    """An argon2 hash; None until the invitation has been used."""
    fs_uniquifier: Mapped[str]
    """Stands in every session: a new one ends them all."""
    active: Mapped[bool] = mapped_column(server_default=true())
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    """Wrong passwords and codes in a row."""
    locked_until: Mapped[datetime | None]
    totp_sealed: Mapped[bytes | None]
    totp_pending: Mapped[bytes | None]
    """A secret that is being set up, sealed, until a first code has shown that the phone has it."""
    totp_counter: Mapped[int | None] = mapped_column(BigInteger)
    """The last time step whose code was accepted: none up to it is accepted again."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    kelurahan: Mapped[list["AccountKelurahan"]] = relationship(
        lazy="selectin", order_by="AccountKelurahan.kelurahan_code"
    )
    acting: Mapped[list["ActingChair"]] = relationship(
        lazy="selectin", order_by="ActingChair.from_on"
    )

    @property
    def kelurahan_codes(self) -> list[str]:
        """The kelurahan that the account works for, without those of a Plh."""
        return [each.kelurahan_code for each in self.kelurahan]

    @property
    def roles(self) -> list[RoleMixin]:  # type: ignore[override]
        """The role, as Flask-Security asks for it."""
        return [RoleName(self.role)]

    @property
    def has_totp(self) -> bool:
        """Whether signing in asks for a code."""
        return self.totp_sealed is not None

    @property
    def needs_totp(self) -> bool:
        """Whether it has to be set up before anything else."""
        return self.role in TOTP_REQUIRED and not self.has_totp

    def acting_on(self, today: date) -> frozenset[str]:
        """Return the kelurahan whose lurah they stand in for on a day of Jakarta.

        A reviewer does so only in their own kelurahan, so that being Plh never widens whose
        cases they review.
        """
        named = {each.kelurahan_code for each in self.acting if each.holds_on(today)}
        if self.role == Role.REVIEWER:
            named &= set(self.kelurahan_codes)
        return frozenset(named if self.role in MAY_ACT else ())


MAY_ACT: Final = frozenset({Role.REVIEWER, Role.CHAIR})
"""Those who may stand in for a lurah."""


class AccountKelurahan(Base):
    """A kelurahan that an account works for."""

    __tablename__ = "account_kelurahan"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    kelurahan_code: Mapped[str] = mapped_column(
        ForeignKey("region.code"), primary_key=True, index=True
    )


FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2200, 1, 1)
"""Days of letters lie between: others are slips."""

ONE_ACTING: Final = "ex_acting_chair_one_at_a_time"


_IN_KELURAHAN: Final = "replace(kelurahan_code, '.', '')::bigint * 100000"
_DAYS_IN_KELURAHAN: Final = (
    f"int8range({_IN_KELURAHAN} + (from_on - '{FIRST_DAY}'::date),"
    f" {_IN_KELURAHAN} + (until_on - '{FIRST_DAY}'::date), '[]')"
)


class ActingChair(Base):
    """A Plh: who stands in for the lurah of a kelurahan, by which letter, from day to day.

    No two stand in for one lurah on the same day; a letter that was withdrawn counts no more.
    """

    __tablename__ = "acting_chair"
    __table_args__ = (
        CheckConstraint("until_on >= from_on", name="dates"),
        CheckConstraint(
            f"from_on >= '{FIRST_DAY}' AND until_on <= '{LAST_DAY}'",
            name="years",
        ),
        # One at a time in a kelurahan. Its code as a number and the days since 2000 make one range,
        # because comparing text within such a constraint needs an extension that servers may lack.
        ExcludeConstraint(
            (text(_DAYS_IN_KELURAHAN), "&&"),
            name=ONE_ACTING,
            where=text("withdrawn_at IS NULL"),
        ),
        Index(None, "account_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    kelurahan_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    letter_number: Mapped[str]
    from_on: Mapped[date]
    until_on: Mapped[date]
    """The last day. Days are Jakarta's."""
    named_by: Mapped[str]
    named_at: Mapped[datetime] = mapped_column(server_default=func.now())
    withdrawn_at: Mapped[datetime | None]

    def holds_on(self, today: date) -> bool:
        """Tell whether it holds on a day of Jakarta."""
        return self.withdrawn_at is None and self.from_on <= today <= self.until_on


class Invitation(Base):
    """A link by which someone sets their password, once. Only its SHA-256 is kept."""

    __tablename__ = "invitation"
    __table_args__ = (_digest(), Index(None, "account_id"))

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    made_by: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    """When a newer link took its place."""


class AccountSession(Base):
    """One sign-in, on one device. Only the SHA-256 of what its cookie holds is kept."""

    __tablename__ = "account_session"
    __table_args__ = (_digest(), Index(None, "account_id"))

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    began_at: Mapped[datetime] = mapped_column(server_default=func.now())
    seen_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """A code that takes the place of the phone's, once. Only its SHA-256 is kept."""

    __tablename__ = "recovery_code"
    __table_args__ = (_digest(),)

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    digest: Mapped[bytes] = mapped_column(primary_key=True)
    used_at: Mapped[datetime | None]


class AccountEvent(Base):
    """What happened to an account, and by whom where it was not its owner. Append-only."""

    __tablename__ = "account_event"
    __table_args__ = (_codes("kind", EVENTS), Index(None, "account_id", "id"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    kind: Mapped[str]
    by: Mapped[str | None]
