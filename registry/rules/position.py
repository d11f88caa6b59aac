"""Where a home is, as a phone found it: degrees of latitude and longitude, WGS 84."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from registry.rules.errors import Invalid

SOUTH: Final = Decimal("-6.39")
NORTH: Final = Decimal("-5.18")
WEST: Final = Decimal("106.37")
EAST: Final = Decimal("106.99")
"""A box around Jakarta and Kepulauan Seribu, with more than a kilometre to spare."""

_METRE: Final = Decimal("0.00001")
_DEGREES: Final = r"(-?[0-9]{1,3}(?:\.[0-9]{1,20})?)"
_POSITION: Final = re.compile(f"{_DEGREES},{_DEGREES}")


def parse_position(text: str) -> str:
    """Return `latitude,longitude` in degrees with 5 decimals, which is a metre.

    No person types it: a phone writes it, so nothing but its own way of writing is read. Raises
    Invalid: `position_invalid`, also for what lies outside Jakarta.
    """
    found = _POSITION.fullmatch(text)
    if found is None:
        raise Invalid("position_invalid")
    latitude, longitude = (Decimal(part).quantize(_METRE) for part in found.groups())
    if not (SOUTH <= latitude <= NORTH and WEST <= longitude <= EAST):
        raise Invalid("position_invalid")
    return f"{latitude},{longitude}"
