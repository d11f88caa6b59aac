"""What all tables share: one naming convention, one mapping of types, the usual constraints."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, DateTime, LargeBinary, MetaData, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase

from registry.rules import practice

ID_LENGTH = 16
"""Bytes of an application's id and of a blind index."""

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of all tables: one naming convention, one mapping of Python types."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012  # SQLAlchemy reads it from the class
        str: Text,
        bytes: LargeBinary,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[str]: ARRAY(Text),
    }


def one_of(column: str, codes: tuple[str, ...], name: str) -> CheckConstraint:
    """Return the constraint that a column has one of these codes."""
    listed = ", ".join(f"'{code}'" for code in codes)
    return CheckConstraint(f"{column} IN ({listed})", name=name)


def practice_together() -> CheckConstraint:
    """Return the constraint that practice's kelurahan has practice's rounds, and no other has."""
    # Not LIKE: its percent sign would have to be doubled on the way to the driver.
    rounds = f"starts_with(period_id, '{practice.PREFIX}')"
    return CheckConstraint(f"(kelurahan_code = '{practice.CODE}') = {rounds}", name="practice")


def long(column: str, length: int = ID_LENGTH) -> CheckConstraint:
    """Return the constraint that a column has so many bytes."""
    return CheckConstraint(f"octet_length({column}) = {length}", name=f"{column}_length")
