"""Read the digits of a number as people type, paste and dictate it."""

import unicodedata

from registry.rules.errors import Invalid

MAX_INPUT = 64
"""Characters looked at; no number of ours, however it is spaced, is longer."""

# Full stops and the minus sign are no dashes to Unicode; spaces, dashes and format characters
# are told by their category.
_SEPARATORS = frozenset(".．·−")
_SEPARATOR_CATEGORIES = frozenset({"Zs", "Pd", "Cf"})
_BETWEEN = str.maketrans("", "", " .-")


def read_digits(text: str, field: str, *, keep: str = "") -> str:
    """Return the digits of `text` as ASCII, without what people put between them.

    Spaces of every kind, dots, dashes and invisible characters (a number copied from a phone's
    contacts carries bidi marks) fall away. Decimal digits of any script, such as full-width or
    Arabic-Indic ones, become ASCII. Characters in `keep` stay. The result may have any length
    from 1: what is too few or too many is for the caller to say.

    Raises Invalid: `{field}_empty`, `{field}_letters` (something that is no digit, such as the
    letter O for a zero: never guessed at), `{field}_length` (far too long to be looked at).
    """
    if len(text) > MAX_INPUT:
        code = f"{field}_length"
        raise Invalid(code)
    if text.isascii() and (plain := text.translate(_BETWEEN)).isdigit():
        return plain  # as nearly all are typed
    digits = "".join(_read(character, field, keep) for character in text)
    if not digits:
        code = f"{field}_empty"
        raise Invalid(code)
    return digits


def _read(character: str, field: str, keep: str) -> str:
    if character in keep:
        return character
    value = unicodedata.decimal(character, None)
    if value is not None:
        return str(value)
    if (
        character in _SEPARATORS
        or character.isspace()
        or unicodedata.category(character) in _SEPARATOR_CATEGORIES
    ):
        return ""
    code = f"{field}_letters"
    raise Invalid(code)
