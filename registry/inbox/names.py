"""The names of the inbox's keys, kept short: there is a mark for each application that waits."""

from __future__ import annotations

from typing import Final

STREAM: Final = "fmotm:inbox"
GROUP: Final = "workers"
HALTED: Final = "fmotm:halted"
PERIODS: Final = "fmotm:periods"
NEIGHBOURHOODS: Final = "fmotm:neighbourhoods"
CHAIN_HEAD: Final = "fmotm:chain:head"
ADMISSION: Final = "fmotm:admission"

ALONE: Final = "fmotm:alone"
"""Hash: how often each suspicious entry was tried singly."""


def marks(nik_index: bytes) -> bytes:
    """Key of the set of this NIK's waiting applications: id and KK index of each."""
    return b"fmotm:pending:" + nik_index


def limit(nik_index: bytes) -> bytes:
    """Key that counts this NIK's applications of a day."""
    return b"fmotm:limit:" + nik_index


def ticket(nonce: str) -> str:
    """Key that remembers which application used this ticket."""
    return f"fmotm:ticket:{nonce}"


def entry_id(number: int) -> str:
    """Give the stream id of the entry with this number."""
    return f"0-{number}"


def entry_number(stream_id: bytes) -> int:
    """Give the number of the entry with this stream id."""
    return int(stream_id.rpartition(b"-")[2])
