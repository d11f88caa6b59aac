"""The outlines of the kelurahan, made small for phones. `make outlines` writes them.

A phone that is asked where it is looks that up in `static/batas.json`, by itself: nothing about
its position is sent. The file is made out of `registry/data/dki_kelurahan.geojson`: corners are
set on a grid of about 5 m, finer than any phone knows its position, and each is told by its
distance from the corner before it.
"""

from __future__ import annotations

import json
from importlib.resources import files
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from portal.assets import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Corner: TypeAlias = tuple[float, float]
"""Longitude and latitude in degrees, as in GeoJSON."""

SMALL: Final = FOLDER / "batas.json"
STEPS: Final = 20_000
"""Steps of the grid in a degree."""


def outlines() -> dict[str, tuple[tuple[Corner, ...], ...]]:
    """Return the outline of each kelurahan by code: a ring for each piece of land, none in another.

    The last corner of a ring is its first.
    """
    source = (files("registry") / "data" / "dki_kelurahan.geojson").read_text(encoding="utf-8")
    return {
        each["properties"]["code"]: tuple(
            tuple((longitude, latitude) for longitude, latitude in ring)
            for ring in _rings(each["geometry"])
        )
        for each in json.loads(source)["features"]
    }


def small() -> str:
    """Return the file for phones; the same outlines give the same bytes.

    `kelurahan` maps a code to its rings; a ring is x, y of its first corner in grid steps, then
    the steps to each next one. The last is not joined to the first again.
    """
    found = {
        "sumber": "cahyadsn/wilayah_boundaries (MIT, © 2024 Cahya DSN)",
        "langkah": STEPS,
        "kelurahan": {code: [_steps(ring) for ring in rings] for code, rings in outlines().items()},
    }
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")) + "\n"


def _rings(geometry: dict[str, Any]) -> Iterator[list[Corner]]:
    shapes = geometry["coordinates"]
    for polygon in shapes if geometry["type"] == "MultiPolygon" else [shapes]:
        yield from polygon


def _steps(ring: Sequence[Corner]) -> list[int]:
    corners = [(round(x * STEPS), round(y * STEPS)) for x, y in ring]
    moves = [(x - before_x, y - before_y) for (before_x, before_y), (x, y) in pairwise(corners)]
    return list(chain(corners[0], *(move for move in moves[:-1] if move != (0, 0))))


if __name__ == "__main__":
    SMALL.write_text(small(), encoding="utf-8")
