from dataclasses import fields, replace
from datetime import timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.documents.content import Line, Minutes, content_digest, mask_nik, with_verify_url
from tests.unit.registry.documents.examples import VERIFY, lines, minutes, sheet

DIGEST = "1e9308b58b6419d208abd7c6b5f276d08feaf3efd3ef5d65fee068ca06d520af"
_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@pytest.mark.parametrize(
    ("nik", "masked"),
    [
        ("3171010201850001", "3171••••••••0001"),
        ("3171••••••••0001", "3171••••••••0001"),
        ("", ""),
        ("317101", "•" * 16),
        ("31710102018500011", "•" * 16),
    ],
)
def test_a_masked_nik_is_recognised_and_not_read(nik: str, masked: str) -> None:
    assert mask_nik(nik) == masked


def test_the_digest_is_that_of_its_canonical_json() -> None:
    # Printed on paper that lies in archives: another digest would make those papers false.
    assert content_digest(minutes(2)) == DIGEST


@pytest.mark.parametrize(
    "name",
    [f.name for f in fields(Minutes) if f.name not in {"verify_url", "full", "watermark"}],
)
def test_the_digest_changes_with_every_field(name: str) -> None:
    before = minutes(2)
    value = getattr(before, name)
    changed: Any
    if isinstance(value, bool):
        changed = not value
    elif isinstance(value, int):
        changed = value + 1
    elif isinstance(value, str):
        changed = value + "."
    elif isinstance(value, tuple):
        changed = value[:-1]
    elif name == "place":
        changed = replace(value, kelurahan="Cideng")
    elif name == "counts":
        changed = replace(value, open=value.open + 1)
    else:
        changed = value + timedelta(days=1)
    assert changed != value
    assert content_digest(replace(before, **{name: changed})) != content_digest(before)


@pytest.mark.parametrize("name", ["number", "name", "address", "rt", "rw", "status_label"])
def test_the_digest_changes_with_every_field_of_a_line(name: str) -> None:
    before = minutes(2)
    line = before.lines[1]
    value = getattr(line, name)
    new: Any = value + 1 if isinstance(value, int) else value + "."
    changed = replace(line, **{name: new})
    after = replace(before, lines=(before.lines[0], changed))
    assert content_digest(after) != content_digest(before)


@given(st.tuples(_TEXT, _TEXT), st.tuples(_TEXT, _TEXT))
def test_two_contents_have_one_digest_only_when_they_are_the_same(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    base = minutes(0)
    digests = {
        content_digest(replace(base, notes=notes, dissent=(dissent,)))
        for notes, dissent in (one, other)
    }
    assert len(digests) == (1 if one == other else 2)


def test_text_does_not_slip_from_one_entry_into_the_next() -> None:
    one = replace(minutes(0), dissent=("a", "b"))
    assert content_digest(one) != content_digest(replace(one, dissent=('a", "b',)))


def test_order_of_lines_counts() -> None:
    one = minutes(3)
    assert content_digest(replace(one, lines=one.lines[::-1])) != content_digest(one)


def test_masked_and_full_prints_have_one_digest() -> None:
    masked = minutes(3)
    full = replace(masked, full=True, watermark="Dinas", verify_url="https://x.example/")
    hidden = replace(masked, lines=tuple(replace(x, nik=mask_nik(x.nik)) for x in masked.lines))
    assert content_digest(full) == content_digest(hidden) == content_digest(masked)


def test_a_time_is_the_same_in_every_zone() -> None:
    one = minutes(1)
    there = one.closed_at.astimezone(timezone(timedelta(hours=9)))
    assert content_digest(replace(one, closed_at=there)) == content_digest(one)


def test_the_address_ends_with_the_digest() -> None:
    made = with_verify_url(minutes(1), VERIFY.rstrip("/"))
    assert made.verify_url == VERIFY + content_digest(made)
    assert content_digest(with_verify_url(made, "https://other.example")) == content_digest(made)


def test_no_repr_names_a_person() -> None:
    shown = repr(minutes(3)) + repr(sheet(3)) + repr(lines(2))
    for secret in ("Siti", "Rahmat", "Mawar", "3171010", "lembar/4Q7K"):
        assert secret not in shown
    assert isinstance(lines(1)[0], Line)
