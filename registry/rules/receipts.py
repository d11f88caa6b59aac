"""Receipt codes: what a citizen copies from a screen, dictates by telephone and types again.

Eleven characters of Crockford base32 carry the first 55 bits of the application's id, a twelfth
checks them. The code says nothing of the person: the id is a keyed hash.
"""

import unicodedata
from typing import Final

from registry.rules.errors import Invalid

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32 (crockford.com/base32.html): no I, L, O, which look like 1, 1, 0; no U."""

LENGTH: Final = 12
"""Characters of a code, the check character among them."""

ID_LENGTH: Final = 16
"""Bytes of an application's id."""

_GROUP: Final = 4
_BITS: Final = 5
_CARRIED: Final = LENGTH - 1
_VALUES: Final = {character: value for value, character in enumerate(ALPHABET)}
_LOOKALIKES: Final = str.maketrans("ILO", "110")
_MAX_INPUT: Final = 64
# x^5 + x^2 + 1 is primitive over GF(2): x generates all 31 non-zero elements of GF(32).
_PRIMITIVE: Final = 0b100101


def receipt_code(application_id: bytes) -> str:
    """Return the canonical code of an application: 12 characters, without dashes.

    Raises ValueError when the id is not 16 bytes: a slip of the program, not of a person.
    """
    if len(application_id) != ID_LENGTH:
        message = f"an application id has {ID_LENGTH} bytes, not {len(application_id)}"
        raise ValueError(message)
    carried = int.from_bytes(application_id) >> (8 * ID_LENGTH - _BITS * _CARRIED)
    values = [carried >> _BITS * place & 0b11111 for place in reversed(range(_CARRIED))]
    values.append(_times_x(_syndrome(values)))
    return "".join(ALPHABET[value] for value in values)


def format_receipt(code: str) -> str:
    """Return a canonical code as it is shown, in three groups: `7KQ2-9FMA-X4TD`."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def parse_receipt(text: str) -> str:
    """Return the canonical code in what someone typed.

    Small letters, full-width forms, spaces, dashes and other signs in between are fine; O is read
    as 0, I and L as 1. Whether there is such an application is another question.

    Raises Invalid: `receipt_invalid` (not 12 characters of the alphabet, or a slip that the check
    character finds: any one wrong character, any two that changed places).
    """
    if len(text) > _MAX_INPUT:
        raise Invalid("receipt_invalid")
    folded = unicodedata.normalize("NFKC", text).upper().translate(_LOOKALIKES)
    code = "".join(filter(str.isalnum, folded))
    if len(code) != LENGTH or not _VALUES.keys() >= set(code):
        raise Invalid("receipt_invalid")
    if _syndrome([_VALUES[character] for character in code]) != 0:
        raise Invalid("receipt_invalid")
    return code


def _syndrome(values: list[int]) -> int:
    """Return the polynomial of `values` at x in GF(32), the last value its constant term.

    A whole code gives 0. Places weigh x^11 … x^0, none zero and no two alike (x has order 31), so
    one wrong character, or two that changed places, never give 0 again.
    """
    total = 0
    for value in values:
        total = _times_x(total) ^ value
    return total


def _times_x(element: int) -> int:
    doubled = element << 1
    return doubled ^ _PRIMITIVE if doubled >> _BITS else doubled
