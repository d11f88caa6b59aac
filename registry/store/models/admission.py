"""What dinas lets in when more come than can be served."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Integer, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from registry.store.models.base import Base


class AdmissionRule(Base):
    """The limits that dinas set. Append-only; the highest version holds.

    Two who set at once make the same version, and the database refuses the second.
    """

    __tablename__ = "admission_rule"
    __table_args__ = (
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("jsonb_typeof(limits) = 'object'", name="limits"),
        CheckConstraint("length(reason) BETWEEN 1 AND 500", name="reason"),
    )

    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    limits: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reason: Mapped[str]
    set_by: Mapped[str]
    set_at: Mapped[datetime] = mapped_column(server_default=func.now())
