"""The chain's bytes, and what is said of a chain that does not hold."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rules.chain import (
    GENESIS,
    Column,
    Fault,
    Head,
    Kind,
    Link,
    Sealable,
    Verdict,
    Wrong,
    canonical,
    chained,
    verify,
)

NAMES = st.text("ab", max_size=3)
VALUES = st.none() | st.integers() | st.text("ab\x01i", max_size=4) | st.binary(max_size=4)
ROWS = st.dictionaries(NAMES, st.tuples(st.sampled_from(Kind), VALUES), max_size=4)
EVENTS = [Sealable(number * 10, f"event {number}".encode()) for number in range(1, 6)]


def written(row: dict[str, tuple[Kind, int | str | bytes | None]]) -> bytes:
    columns = [Column(name, kind) for name, (kind, _) in row.items()]
    return canonical(columns, [value for _, value in row.values()])


def there(row: dict[str, tuple[Kind, int | str | bytes | None]]) -> dict[str, object]:
    """Say what of a row is there: with the value as bytes, as its kind tells how to read them."""
    return {
        name: (kind, value if isinstance(value, bytes) else str(value).encode())
        for name, (kind, value) in row.items()
        if value is not None
    }


def links_of(events: list[Sealable]) -> Iterator[Link]:
    previous = GENESIS
    for number, event in enumerate(events, 1):
        previous = chained(previous, event.canonical)
        yield Link(number, event.id, previous)


LINKS = list(links_of(EVENTS))
HEAD = Head(5, LINKS[-1].hash)


@given(ROWS, ROWS)
def test_two_rows_have_the_same_bytes_only_when_they_are_the_same(
    one: dict[str, tuple[Kind, int | str | bytes | None]],
    other: dict[str, tuple[Kind, int | str | bytes | None]],
) -> None:
    assert (written(one) == written(other)) == (there(one) == there(other))


def test_bytes_of_an_event() -> None:
    columns = [Column("reason", Kind.TEXT), Column("id", Kind.INTEGER), Column("to", Kind.TEXT)]
    assert canonical(columns, ["é", 12, None]) == (
        b"\x01"
        b"\x00\x00\x00\x02id" + b"i" + b"\x00\x00\x00\x00\x00\x00\x00\x02" + b"12"
        b"\x00\x00\x00\x06reason" + b"t" + b"\x00\x00\x00\x00\x00\x00\x00\x02" + "é".encode()
    )


def test_null_is_not_empty() -> None:
    reason = [Column("reason", Kind.TEXT)]
    assert canonical(reason, [None]) != canonical(reason, [""])


def test_new_column_without_a_value_changes_nothing() -> None:
    old, new = Column("id", Kind.INTEGER), Column("musyawarah_id", Kind.INTEGER)
    assert canonical([old], [1]) == canonical([new, old], [None, 1])
    assert canonical([old], [1]) != canonical([new, old], [1, 1])


def test_head_as_text() -> None:
    text = f"5:{HEAD.hash.hex()}"
    assert str(HEAD) == text
    assert Head.parse(text) == HEAD
    assert Head.parse(f"0:{GENESIS.hex()}") == Head(0, GENESIS)


@pytest.mark.parametrize(
    "text",
    [
        *("", "5", "5:", f"05:{'a' * 64}", f"5:{'A' * 64}", f"5:{'a' * 63}", f"5:{'a' * 65}"),
        *(f"-5:{'a' * 64}", f"5:{'a' * 64}\n", f"0:{'a' * 64}", f"{10**19}:{'a' * 64}"),
    ],
)
def test_what_is_no_head(text: str) -> None:
    with pytest.raises(ValueError, match=r"head|beginning"):
        Head.parse(text)


def test_heads_are_found_in_a_log() -> None:
    other = Head(7, bytes(32))
    log = f"2026 INFO worker.ticker: it ends at {HEAD}\n{other} 2026-01-01T00:00:00Z\n12:30:00 x\n"
    assert Head.found_in(log) == [HEAD, other]
    assert Head.found_in("") == []


def test_nothing_is_in_order() -> None:
    assert verify([], []) == Verdict(Head(0, GENESIS), 0, None)
    assert verify([], EVENTS) == Verdict(Head(0, GENESIS), 5, None)


def test_whole_chain_is_in_order_and_newer_events_are_counted() -> None:
    early = Head(2, LINKS[1].hash)
    assert verify(LINKS, EVENTS, [HEAD, early]) == Verdict(HEAD, 0, None)
    assert verify(LINKS[:2], EVENTS, [early]) == Verdict(early, 3, None)


def test_stops_at_the_first_fault() -> None:
    broken = [EVENTS[0], EVENTS[1]._replace(canonical=b"x"), *EVENTS[3:]]
    assert verify(LINKS, broken).fault == Fault(Wrong.CHANGED, 2, 20, 2)


def test_noted_head_beyond_the_end_tells_what_was_cut_off() -> None:
    cut = verify(LINKS[:3], EVENTS[:3], [HEAD])
    assert cut == Verdict(Head(3, LINKS[2].hash), 0, Fault(Wrong.TRUNCATED, 4, None, 4))
    links_only = verify(LINKS[:3], EVENTS, [HEAD])
    assert links_only.fault == Fault(Wrong.TRUNCATED, 4, 40, 4)
    # Others came after those that were cut off: nothing tells which they were.
    newer = [*EVENTS[:3], Sealable(60, b"x"), Sealable(70, b"y"), Sealable(80, b"z")]
    assert verify(LINKS[:3], newer, [HEAD]).fault == Fault(Wrong.TRUNCATED, 4, None, 4)


def test_chain_calculated_anew_lies_between_two_noted_heads() -> None:
    changed = [*EVENTS[:2], EVENTS[2]._replace(canonical=b"x"), *EVENTS[3:]]
    early = Head(1, LINKS[0].hash)
    anew = list(links_of(changed))
    assert verify(anew, changed).fault is None
    assert verify(anew, changed, [early, HEAD]).fault == Fault(Wrong.REWRITTEN, 5, 50, 2)


def test_two_noted_heads_that_contradict_each_other_are_a_fault() -> None:
    assert verify(LINKS, EVENTS, [HEAD, Head(5, bytes(32))]).fault == Fault(
        Wrong.REWRITTEN, 5, 50, 1
    )
