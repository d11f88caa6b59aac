"""What goes into the inbox and comes out of it, and how it is packed into one field."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Self

_FIXED: Final = struct.Struct(">16s16s16sQB")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_ID_BYTES: Final = 16

NO_KK: Final = bytes(_ID_BYTES)
"""The KK index of a household that has no KK."""


@dataclass(frozen=True, slots=True)
class Submission:
    """One application as it lies in the inbox: what the inbox must know, and the rest sealed.

    ``application_id``, ``nik_index`` (the applicant's) and ``kk_index`` (zeros when there is no KK)
    have 16 bytes each. ``received_at`` is aware, kept in UTC to the millisecond.
    """

    application_id: bytes
    period: str
    nik_index: bytes
    kk_index: bytes
    sealed: bytes = field(repr=False)
    received_at: datetime

    def __post_init__(self) -> None:
        for name in ("application_id", "nik_index", "kk_index"):
            if len(getattr(self, name)) != _ID_BYTES:
                msg = f"{name} must have {_ID_BYTES} bytes"
                raise ValueError(msg)
        if len(self.period.encode()) > 255:
            raise ValueError("a period's id has at most 255 bytes")
        if self.received_at.tzinfo is None or self.received_at < _EPOCH:
            raise ValueError("received_at must be aware, and after 1970")

    @property
    def mark(self) -> bytes:
        """What tells, by NIK, that this application waits: its id and its KK index."""
        return self.application_id + self.kk_index

    def pack(self) -> bytes:
        """Give it as one field of the stream."""
        period = self.period.encode()
        milliseconds = (self.received_at - _EPOCH) // _MILLISECOND
        fixed = _FIXED.pack(
            self.application_id, self.nik_index, self.kk_index, milliseconds, len(period)
        )
        return fixed + period + self.sealed

    @classmethod
    def unpack(cls, packed: bytes) -> Self:
        """Read what `pack` made; raise ValueError when it is not that."""
        if len(packed) < _FIXED.size:
            raise ValueError("too short for an entry")
        application_id, nik_index, kk_index, milliseconds, length = _FIXED.unpack_from(packed)
        sealed_from = _FIXED.size + length
        if len(packed) < sealed_from:
            raise ValueError("too short for its period")
        try:
            received_at = _EPOCH + milliseconds * _MILLISECOND
        except OverflowError:
            raise ValueError("received in no year that there is") from None
        period = packed[_FIXED.size : sealed_from].decode()
        return cls(application_id, period, nik_index, kk_index, packed[sealed_from:], received_at)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The inbox has it, on disk, under this number. ``flooded``: one of too many of its NIK."""

    number: int
    flooded: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One numbered entry, claimed by a worker.

    ``deliveries`` counts how often it was handed out, this time included: above 1 somebody failed
    with it before. ``damaged`` means that it could not be read: then everything in ``submission``
    is empty but ``sealed``, which holds the whole field as it was, so that it can be set aside.
    """

    number: int
    submission: Submission
    deliveries: int
    flooded: bool = False
    damaged: bool = False

    @classmethod
    def read(cls, number: int, fields: dict[bytes, bytes], deliveries: int) -> Self:
        """Read the fields of a stream entry; never fails, for one entry must not stop the rest."""
        packed = fields.get(b"e", b"")
        flooded = fields.get(b"f") == b"1"
        try:
            return cls(number, Submission.unpack(packed), deliveries, flooded)
        except ValueError:
            unread = Submission(bytes(16), "", bytes(16), NO_KK, packed, _EPOCH)
            return cls(number, unread, deliveries, flooded, damaged=True)
