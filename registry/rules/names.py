"""Names and free text as people type and paste them."""

import re
import unicodedata
from typing import Final

from registry.rules.errors import Invalid

NAME_LIMIT: Final = 100
"""Characters of a name. The register has room for 60; titles and older entries run over."""

# Raw characters looked at for each character that may remain: pasted text is full of line ends and
# decomposed accents, but putting marks in order takes time that grows with the square of their run.
_RAW_FOR_EACH: Final = 4

_DROPPED_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co"})
# Letters and marks to Unicode that show nothing: in a name they only make two equal ones differ.
_INVISIBLE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_NAME_SIGNS: Final = frozenset(" '.,-/")
# Phones write these by themselves; the register has the plain signs.
_PLAIN_SIGNS: Final = str.maketrans(
    {
        **dict.fromkeys("‘’`´ʼʻ′", "'"),
        **dict.fromkeys("‐‑‒–—−", "-"),
    }
)


# What nearly everybody types: nothing in it is to be mended.
_PLAIN_NAME: Final = re.compile(
    rf"(?=.{{1,{NAME_LIMIT}}}\Z)[',./-]*[A-Za-z][A-Za-z',./-]*(?: [A-Za-z',./-]+)*"
)


def clean_name(text: str) -> str:
    """Return a person's name in NFC, with single spaces and plain apostrophes and hyphens.

    One word is a name. Letters of any script are fine, and `'`, `.`, `,`, `-`, `/` between them
    (Ma'ruf, H. Sa'id, Siti Aminah, S.Pd.). Digits are refused: they are a NIK in the wrong place,
    and the meeting reads names aloud. Invisible characters fall away.

    Raises Invalid: `name_empty`, `name_long` (over 100 characters), `name_letters` (no letter, or
    a digit or other sign).
    """
    if _PLAIN_NAME.fullmatch(text):
        return text
    name = _clean(text, NAME_LIMIT, "name")
    name = " ".join(_INVISIBLE.sub("", name).translate(_PLAIN_SIGNS).split())
    name = unicodedata.normalize("NFC", name)
    if not name:
        raise Invalid("name_empty")
    if len(name) > NAME_LIMIT:
        raise Invalid("name_long")
    if not any(map(str.isalpha, name)) or not all(map(_may_stand_in_name, name)):
        raise Invalid("name_letters")
    return name


def clean_text(text: str, limit: int) -> str:
    """Return free text such as an address on one line, in NFC, with single spaces; maybe empty.

    Line ends become spaces; control, format and private characters fall away; all else stays as
    it is, emoji too. Whether it may be empty is for the question to say.

    Raises Invalid: `text_long` (over `limit` characters).
    """
    cleaned = _clean(text, limit, "text")
    if len(cleaned) > limit:
        raise Invalid("text_long")
    return cleaned


def masked(name: str) -> str:
    """Return a name to be recognised by who knows it already: `S•••• A•••••`."""
    return " ".join(word[0] + "•" * (len(word) - 1) for word in name.split())


def _clean(text: str, limit: int, field: str) -> str:
    if len(text) > limit * _RAW_FOR_EACH:
        code = f"{field}_long"
        raise Invalid(code)
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    # Spaces first: a line end is a control character, and words must not run together.
    visible = "".join(
        " " if character.isspace() else character for character in text if _is_kept(character)
    )
    # Dropping comes before composing: what stood between a letter and its accent is gone by then.
    return " ".join(unicodedata.normalize("NFC", visible).split())


def _is_kept(character: str) -> bool:
    if character.isspace():
        return True
    # Unassigned is kept: an emoji newer than this Python's Unicode is unassigned to it.
    return unicodedata.category(character) not in _DROPPED_CATEGORIES and not _is_noncharacter(
        ord(character)
    )


def _is_noncharacter(point: int) -> bool:
    """Tell the 66 code points that will never be characters; XML and spreadsheets refuse some."""
    return point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF


def _may_stand_in_name(character: str) -> bool:
    return character in _NAME_SIGNS or unicodedata.category(character)[0] in "LM"
