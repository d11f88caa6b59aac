"""Where a home is, as a phone found it: degrees of latitude and longitude, WGS 84."""

from __future__ import annotations

import re
from decimal import Decimal
from math import cos, hypot, radians
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


_METRES_OF_A_DEGREE: Final = 111_200


def metres_between(one: str, other: str) -> int:
    """Return how far two positions are apart, as `parse_position` wrote them; right within 1 %.

    On a plane: over the forty kilometres of Jakarta the earth's curve does not show.
    """
    (latitude, longitude), (latitude_2, longitude_2) = (
        [float(part) for part in text.split(",")] for text in (one, other)
    )
    east = (longitude_2 - longitude) * cos(radians(latitude))
    return round(_METRES_OF_A_DEGREE * hypot(latitude_2 - latitude, east))
