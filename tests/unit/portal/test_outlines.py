"""The outlines of the kelurahan, as they are and as phones get them."""

from __future__ import annotations

import gzip
import json
from itertools import chain, pairwise

from portal.outlines import SMALL, STEPS, outlines, small
from registry.rules.position import parse_position
from registry.rules.regions import all_kelurahan


def test_the_file_for_phones_is_what_make_outlines_writes() -> None:
    assert SMALL.read_text(encoding="utf-8") == small()


def test_it_is_small_enough_for_a_slow_network_and_says_whose_it_is() -> None:
    assert len(gzip.compress(SMALL.read_bytes(), 9)) <= 33_000
    assert "© 2024 Cahya DSN" in small()


def test_there_is_an_outline_of_every_kelurahan_and_no_other() -> None:
    codes = {each.code for each in all_kelurahan()}
    assert outlines().keys() == codes
    assert json.loads(small())["kelurahan"].keys() == codes


def test_outlines_are_closed_rings() -> None:
    for rings in outlines().values():
        assert rings
        assert all(ring[0] == ring[-1] and len(ring) >= 4 for ring in rings)


def test_each_ring_for_phones_goes_round_as_the_full_one_does() -> None:
    found = json.loads(small())["kelurahan"]
    for code, rings in outlines().items():
        for ring, steps in zip(rings, found[code], strict=True):
            x, y = 0, 0
            corners = []
            for dx, dy in zip(steps[::2], steps[1::2], strict=True):
                x, y = x + dx, y + dy
                corners.append((x, y))
            exact = [(round(east * STEPS), round(north * STEPS)) for east, north in ring]
            kept = exact[:1] + [after for before, after in pairwise(exact) if after != before]
            assert kept in (corners, [*corners, corners[0]])


def test_a_position_may_be_sent_from_a_kilometre_around_every_corner() -> None:
    for longitude, latitude in (
        corner for rings in outlines().values() for corner in chain(*rings)
    ):
        for north, east in ((0.01, 0), (-0.01, 0), (0, 0.01), (0, -0.01)):
            parse_position(f"{latitude + north:.5f},{longitude + east:.5f}")
