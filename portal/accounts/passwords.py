"""Which passwords are too easy to guess. Long ones are asked for, not odd characters.

After NIST SP 800-63B: at least MIN_LENGTH characters, no rules of composition, no change by the
calendar; what is common, in a row, repeated, or made of the person's own name is refused. Nothing
is asked of a service outside.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

MIN_LENGTH: Final = 12
MAX_LENGTH: Final = 200
"""Characters. Hashing something endless would cost us, not the one who guesses."""

TOO_SHORT: Final = f"Kata sandi paling sedikit {MIN_LENGTH} huruf. Tiga atau empat kata sudah baik."
TOO_LONG: Final = f"Kata sandi paling banyak {MAX_LENGTH} huruf."
OWN_NAME: Final = "Jangan memakai nama, e-mail, atau nama lembaga Anda dalam kata sandi."
TOO_COMMON: Final = "Kata sandi ini mudah ditebak. Pilih tiga atau empat kata yang tidak berkaitan."

_LEFT_OVER: Final = 5
"""Letters and digits that must remain when all that is common has been taken away."""

_ROWS: Final = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb",
    "qazwsxedcrfvtgb",
)
_RUN: Final = 4
"""Neighbours on a keyboard that count as a row."""

_LOOKS_LIKE: Final = str.maketrans("01345789@$!", "oieastbgasi")
_REPEATED: Final = re.compile(r"(.+?)\1+")
_PARTS: Final = re.compile(r"[^\W_]{4,}")


def weakness(password: str, about: Iterable[str] = ()) -> str | None:
    """Return why a password will not do, in words for its owner; None when it will.

    `about` are texts of the person, such as name and e-mail, that it must not be made of.
    """
    if len(password) < MIN_LENGTH:
        return TOO_SHORT
    if len(password) > MAX_LENGTH:
        return TOO_LONG
    folded = password.casefold()
    own = {part for text in about for part in _PARTS.findall(text.casefold())}
    read = folded.translate(_LOOKS_LIKE)
    if any(part in folded or part in read for part in own):
        return OWN_NAME
    if len(set(folded)) < _LEFT_OVER or _left_over(folded, read) < _LEFT_OVER:
        return TOO_COMMON
    return None


def _left_over(folded: str, read: str) -> int:
    """Count the letters and digits that are part of nothing common, as typed or as read."""
    common = [False] * len(folded)
    for piece, text in (
        *((word, read) for word in _common_words()),
        *((word, folded) for word in (*_common_words(), *_runs())),
    ):
        at = text.find(piece)
        while at >= 0:
            common[at : at + len(piece)] = [True] * len(piece)
            at = text.find(piece, at + 1)
    left = "".join(each for each, known in zip(folded, common, strict=True) if not known)
    return sum(map(str.isalnum, _REPEATED.sub(r"\1", left)))


@cache
def _common_words() -> tuple[str, ...]:
    """Return the commonest words of passwords."""
    text = (files("portal.accounts") / "common_passwords.txt").read_text("utf-8")
    lines = (line.strip() for line in text.splitlines())
    return tuple(line for line in lines if line and line[0] != "#")


@cache
def _runs() -> tuple[str, ...]:
    """Return every piece of a row, either way: longer ones are made of these."""
    return tuple(
        {
            row[start : start + _RUN]
            for line in _ROWS
            for row in (line, line[::-1])
            for start in range(len(row) - _RUN + 1)
        }
    )
