"""Answers as few bytes, to be sealed: a waiting application takes half the inbox's memory.

Nearly all of a household's canonical answers is the names of questions, the same for everybody.
`jawaban-1.json`, those of a made-up household, stands in for them: deflate refers to it. It is
never changed, for what was packed with it could not be read any more; another one gets a number
of its own.
"""

from __future__ import annotations

import zlib
from functools import cache
from importlib.resources import files
from typing import Final

MOST: Final = 1 << 17
"""Bytes of answers at most: more than the parser lets through."""

_NUMBER: Final = b"\x01"
_LEVEL: Final = 6
# A window of 4 KB, raw deflate: answers are short, and a small state is quick to copy.
_WINDOW: Final = -12
_MEMORY: Final = 5


def pack(plain: bytes) -> bytes:
    """Return the bytes to be sealed; the first tells by which household they were packed."""
    packer = _packer().copy()
    return _NUMBER + packer.compress(plain) + packer.flush()


def unpack(packed: bytes) -> bytes:
    """Return what `pack` was given; raise ValueError when it is not that."""
    if packed[:1] != _NUMBER:
        raise ValueError("packed in a way that this release does not know")
    unpacker = zlib.decompressobj(_WINDOW, zdict=_household())
    try:
        plain = unpacker.decompress(packed[1:], MOST)
    except zlib.error:
        raise ValueError("not what was packed") from None
    if not unpacker.eof or unpacker.unused_data:
        raise ValueError("not the whole of what was packed, or more")
    return plain


@cache
def _household() -> bytes:
    return (files("registry") / "data" / "jawaban-1.json").read_bytes()


@cache
def _packer() -> zlib._Compress:
    return zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW, _MEMORY, zdict=_household())
