from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rules.agenda import (
    LABELS,
    PART_LABELS,
    PER_EVENING,
    Case,
    Item,
    Part,
    draw,
    lists,
    part,
    why,
)
from registry.rules.errors import Invalid
from registry.rules.marks import Advice, Mark, Said, Source, advice
from registry.rules.screening import FlagKind, screening_rules

KNOWN = Advice(None, discuss=False, known=True, sources=1)
UNMARKED = advice([])
DISCUSSED = advice([Said(Source.RT, Mark.KNOWN), Said(Source.PENDATA, Mark.MOVED)])
MOVED = advice([Said(Source.RT, Mark.MOVED), Said(Source.PENDATA, Mark.MOVED)])
DIED = advice([Said(Source.DASAWISMA, Mark.DIED), Said(Source.PENDATA, Mark.DIED)])
NOT_FOUND = advice([Said(source, Mark.NOT_FOUND) for source in Source])


def case(entry: int = 1, **changes: Any) -> Case:
    """Make a case against which nothing speaks, but for the changes."""
    plain: dict[str, Any] = {
        "application_id": entry.to_bytes(16, "big"),
        "rw": 3,
        "rt": 5,
        "entry": entry,
        "priority": False,
        "score": 40,
        "criteria": (),
        "checks": (),
        "rivals": 0,
        "duplicates": 0,
        "advice": KNOWN,
        **dict.fromkeys(
            ("not_found", "objected", "field_checked", "unanswered", "carried", "flooded"), False
        ),
    }
    return Case(**(plain | changes))


def a_case(entry: int) -> st.SearchStrategy[Case]:
    said = st.lists(st.builds(Said, st.sampled_from(Source), st.sampled_from(Mark)), max_size=3)
    flags = st.sampled_from(["mobil", "ktp_luar_dki", "domisili_luar_dki"])
    rare = st.sampled_from([False, False, False, True])
    return st.builds(
        case,
        st.just(entry),
        rw=st.none() | st.integers(1, 3),
        rt=st.none() | st.integers(1, 3),
        priority=st.booleans(),
        score=st.none() | st.integers(0, 3),
        criteria=st.just(()) | st.lists(flags, max_size=2, unique=True).map(tuple),
        rivals=st.sampled_from([0, 0, 0, 2]),
        duplicates=st.sampled_from([0, 0, 0, 1]),
        advice=st.just(KNOWN) | said.map(advice),
        **dict.fromkeys(
            ("not_found", "objected", "field_checked", "unanswered", "carried", "flooded"), rare
        ),
    )


cases_of_a_kelurahan = st.integers(0, 6).flatmap(
    lambda count: st.tuples(*(a_case(entry) for entry in range(1, count + 1)))
)


@pytest.mark.parametrize(
    ("changes", "belongs_to", "because"),
    [
        ({}, Part.LIST, ()),
        # What says nothing against anyone keeps nobody off a list.
        ({"priority": True, "score": None}, Part.LIST, ()),
        ({"checks": ("nik_prefix_not_dki", "njop_unknown")}, Part.LIST, ()),
        ({"field_checked": True, "carried": True}, Part.LIST, ()),
        # Two sources.
        ({"advice": MOVED}, Part.FACTS, ("moved",)),
        ({"advice": DIED}, Part.FACTS, ("died",)),
        ({"not_found": True}, Part.FACTS, ("address_not_found",)),
        (
            {"criteria": ("ktp_luar_dki", "domisili_luar_dki")},
            Part.FACTS,
            ("outside_dki", "criteria"),
        ),
        (
            {"advice": MOVED, "objected": True, "rt": None},
            Part.FACTS,
            ("moved", "objected", "rt_rw_unknown"),
        ),
        # One source, or something else.
        ({"criteria": ("ktp_luar_dki",)}, Part.EACH, ("criteria",)),
        ({"criteria": ("domisili_luar_dki", "mobil")}, Part.EACH, ("criteria",)),
        ({"criteria": ("mobil",)}, Part.EACH, ("criteria",)),
        ({"rivals": 1}, Part.EACH, ("rivals",)),
        ({"duplicates": 2}, Part.EACH, ("duplicates",)),
        ({"objected": True}, Part.EACH, ("objected",)),
        ({"advice": DISCUSSED}, Part.EACH, ("discuss",)),
        ({"advice": NOT_FOUND}, Part.EACH, ("discuss",)),
        ({"advice": UNMARKED}, Part.EACH, ("not_known",)),
        ({"unanswered": True}, Part.EACH, ("unanswered",)),
        ({"rt": None}, Part.EACH, ("rt_rw_unknown",)),
        ({"rw": None}, Part.EACH, ("rt_rw_unknown",)),
        ({"flooded": True}, Part.EACH, ("flooded",)),
        (
            {"rivals": 1, "flooded": True, "criteria": ("mobil",)},
            Part.EACH,
            ("criteria", "rivals", "flooded"),
        ),
    ],
)
def test_where_a_case_belongs_and_why(
    changes: dict[str, Any], belongs_to: Part, because: tuple[str, ...]
) -> None:
    assert part(case(**changes)) is belongs_to
    assert why(case(**changes)) == because


@given(a_case(1))
def test_only_a_case_against_which_nothing_speaks_is_on_a_list(one: Case) -> None:
    assert (part(one) is Part.LIST) is (not why(one))
    assert list(why(one)) == [code for code in LABELS if code in why(one)]
    if part(one) is Part.LIST:
        assert one.advice.known
        assert one.rt
        assert one.rw


def test_the_criteria_outside_dki_are_those_of_the_rules() -> None:
    criteria = {rule.id for rule in screening_rules().rules if rule.kind is FlagKind.CRITERION}
    assert {"ktp_luar_dki", "domisili_luar_dki"} <= criteria


def entries(items: tuple[Item, ...], where: Part) -> list[int]:
    return [item.case.entry for item in items if item.part is where]


def test_lists_and_facts_come_by_rw_rt_and_entry() -> None:
    places = [(2, 1), (1, 2), (1, 1), (1, 1), (10, 1)]
    plain = [case(entry, rw=rw, rt=rt) for entry, (rw, rt) in enumerate(places, 1)]
    facts = [
        case(11, rw=None, advice=MOVED),
        case(12, rw=2, rt=None, advice=MOVED),
        case(13, rw=2, rt=9, advice=DIED),
        case(14, rw=1, not_found=True),
    ]
    items = draw([*facts, *reversed(plain)])
    assert entries(items, Part.LIST) == [3, 4, 2, 1, 5]
    assert entries(items, Part.FACTS) == [14, 13, 12, 11]
    assert [item.number for item in items] == [1, 2, 3, 4, 5, 6, 7, 8, 9]


def test_one_by_one_come_the_waiting_the_objecting_and_the_poorest_first() -> None:
    each = [
        case(1, rivals=1, score=None),
        case(2, rivals=1, score=10),
        case(3, rivals=1, score=90),
        case(4, rivals=1, score=90),
        case(5, rivals=1, priority=True, score=0),
        case(6, objected=True, score=0),
        case(7, objected=True, priority=True, score=0),
        case(8, rivals=1, carried=True, score=None),
    ]
    assert entries(draw(each), Part.EACH) == [8, 7, 6, 5, 3, 4, 2, 1]
    assert entries(draw(each, each=3), Part.EACH) == [8, 7, 6]
    assert draw(each, each=0) == ()


def test_an_evening_has_room_for_175_one_by_one_and_for_every_list() -> None:
    items = draw([case(entry, rivals=entry % 2) for entry in range(1, 1001)])
    assert len(entries(items, Part.LIST)) == 500
    assert len(entries(items, Part.EACH)) == PER_EVENING == 175


def test_less_than_none_cannot_be_drawn() -> None:
    with pytest.raises(Invalid, match="agenda_size"):
        draw([], each=-1)


@given(cases_of_a_kelurahan, st.integers(0, 5), st.randoms())
def test_an_agenda_is_the_same_whatever_order_the_cases_come_in(
    cases: tuple[Case, ...], each: int, random: Any
) -> None:
    items = draw(cases, each=each)
    shuffled = list(cases)
    random.shuffle(shuffled)
    assert draw(shuffled, each=each) == items
    assert [item.number for item in items] == list(range(1, len(items) + 1))
    assert [item.part for item in items] == sorted(item.part for item in items)
    assert all(item.part is part(item.case) for item in items)


@given(cases_of_a_kelurahan, st.integers(0, 5))
def test_whoever_is_not_drawn_waits_for_the_next_session(
    cases: tuple[Case, ...], each: int
) -> None:
    drawn = {item.case.application_id for item in draw(cases, each=each)}
    left = [one for one in cases if one.application_id not in drawn]
    assert all(part(one) is Part.EACH for one in left)
    of_each = [one for one in cases if part(one) is Part.EACH]
    assert len(left) == max(0, len(of_each) - each)


@given(cases_of_a_kelurahan)
def test_sessions_reach_every_case_once(cases: tuple[Case, ...]) -> None:
    left = set(cases)
    seen: list[Case] = []
    while left:
        evening = {item.case for item in draw(sorted(left, key=lambda one: one.entry), each=2)}
        seen += evening
        left -= evening
    assert sorted(one.entry for one in seen) == [one.entry for one in cases]


@given(cases_of_a_kelurahan)
def test_a_list_has_all_its_rw_and_nothing_else(cases: tuple[Case, ...]) -> None:
    items = draw(cases)
    by_rw = lists(items[::-1])
    assert list(by_rw) == sorted(by_rw)
    assert [item for rw in by_rw for item in by_rw[rw]] == [
        item for item in items if item.part is Part.LIST
    ]
    assert all(item.case.rw == rw for rw in by_rw for item in by_rw[rw])


def test_everything_has_its_words() -> None:
    assert PART_LABELS.keys() == set(Part)
    assert list(Part) == ["a", "b", "c"]


def test_a_case_holds_nothing_that_names_a_person() -> None:
    assert {field.name for field in fields(Case)}.isdisjoint({"name", "nik", "address", "phone"})
