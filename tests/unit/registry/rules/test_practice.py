"""Practice is a place of its own, and nobody can live there."""

from __future__ import annotations

import pytest

from registry.rules import practice
from registry.rules.errors import Invalid
from registry.rules.regions import PRACTICE, all_kelurahan, all_regions, kelurahan, place_of


def test_practice_is_known_to_pages_and_to_nobody_else() -> None:
    assert place_of(practice.CODE) is PRACTICE
    assert place_of("31.71.01.1001") == kelurahan("31.71.01.1001")
    assert PRACTICE not in all_kelurahan()
    assert practice.CODE not in {region.code for region in all_regions()}
    for typed in (practice.CODE, "0000000000"):
        with pytest.raises(Invalid, match="kelurahan_unknown"):
            kelurahan(typed)
    with pytest.raises(Invalid, match="kelurahan_unknown"):
        place_of("00.00.00.0001")


@pytest.mark.parametrize(
    ("period", "is_one"), [("latihan-1", True), ("2026-1", False), ("latihan", False)]
)
def test_rounds_of_practice_are_told_by_their_id(period: str, is_one: bool) -> None:
    assert practice.is_practice(period) is is_one


def test_each_filling_counts_on() -> None:
    assert practice.after([]) == "latihan-1"
    assert practice.after(["latihan-2", "latihan-10", "2026-99", "latihan-x"]) == "latihan-11"
