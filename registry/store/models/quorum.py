"""What dinas asks of the meetings of a round, and of single kelurahan."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    SmallInteger,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from registry.rules.quorum import COUNTED, MOST_PEOPLE
from registry.store.models.base import Base


class QuorumRule(Base):
    """The quorum that dinas set, for a round or for one kelurahan in it. Append-only.

    The highest version counts. A version without a quorum ends an exception; a round's never does.
    Two who set at once make the same version, and the database refuses the second.
    """

    __tablename__ = "quorum_rule"
    __table_args__ = (
        UniqueConstraint(
            "period_id", "kelurahan_code", "version", postgresql_nulls_not_distinct=True
        ),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("num_nonnulls(kelurahan_code, quorum) > 0", name="round"),
        CheckConstraint(
            "quorum IS NULL OR coalesce("
            f"(quorum -> 'people')::integer BETWEEN 1 AND {MOST_PEOPLE}"
            f" AND (quorum -> 'elements')::integer BETWEEN 1 AND {len(COUNTED)}"
            " AND jsonb_typeof(quorum -> 'required') = 'array', false)",
            name="quorum",
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    period_id: Mapped[str] = mapped_column(ForeignKey("period.id"))
    kelurahan_code: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    """None for all kelurahan of the round."""
    version: Mapped[int] = mapped_column(SmallInteger)
    quorum: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    set_by: Mapped[str]
    set_at: Mapped[datetime] = mapped_column(server_default=func.now())
