"""How minutes put things into words."""

from __future__ import annotations

from registry.minutes_words import by_part
from registry.rules.agenda import Part
from registry.store.meetings import Line


def item(number: int, part: Part) -> Line:
    return Line(number, bytes(16), part, 7, 3, (), pulled=False, standing=None)


def test_parts_are_named_small_but_for_what_is_always_large() -> None:
    drawn = [item(1, Part.LIST), item(2, Part.LIST), item(3, Part.EACH)]
    assert by_part(drawn) == (
        ("Bagian a: daftar per RW", 2),
        ("Bagian c: dibahas satu per satu", 1),
    )
