import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rules.errors import Invalid
from registry.rules.quorum import (
    COUNTED,
    DEFAULT,
    LABELS,
    Element,
    Missing,
    Quorum,
    demand,
    missing,
)

E = Element
ENOUGH = {E.LURAH: 1, E.RT_RW: 6, E.PKK_DASAWISMA: 2, E.TOKOH_AGAMA: 1}

quorums = st.builds(
    Quorum,
    st.integers(1, 40),
    st.integers(1, 6),
    st.frozensets(st.sampled_from(sorted(COUNTED))),
)
attendances = st.dictionaries(st.sampled_from(Element), st.integers(0, 20))


@pytest.mark.parametrize(
    ("attendance", "lacks"),
    [
        (ENOUGH, Missing(0, 0, ())),
        ({}, Missing(10, 4, (E.LURAH, E.RT_RW))),
        (ENOUGH | {E.RT_RW: 5}, Missing(1, 0, ())),
        (ENOUGH | {E.LURAH: 0, E.PENDAMPING: 1}, Missing(0, 0, (E.LURAH,))),
        (ENOUGH | {E.TOKOH_AGAMA: 0, E.RT_RW: 7}, Missing(0, 1, ())),
        # Observers fill neither the seats nor an element.
        (ENOUGH | {E.RT_RW: 5, E.PENINJAU: 30}, Missing(1, 0, ())),
        (ENOUGH | {E.TOKOH_AGAMA: 0, E.RT_RW: 7, E.PENINJAU: 1}, Missing(0, 1, ())),
        # More of one element makes up for no other.
        ({E.LURAH: 1, E.RT_RW: 60}, Missing(0, 2, ())),
        (dict.fromkeys(Element, 2), Missing(0, 0, ())),
    ],
)
def test_what_a_meeting_lacks(attendance: dict[Element, int], lacks: Missing) -> None:
    assert missing(DEFAULT, attendance) == lacks
    assert lacks.met is (lacks == Missing(0, 0, ()))


@given(quorums, attendances)
def test_observers_never_count(quorum: Quorum, attendance: dict[Element, int]) -> None:
    without = {element: count for element, count in attendance.items() if element in COUNTED}
    assert missing(quorum, attendance) == missing(quorum, without)


@given(quorums, attendances, st.sampled_from(Element))
def test_who_comes_in_late_never_breaks_a_quorum(
    quorum: Quorum, attendance: dict[Element, int], late: Element
) -> None:
    before = missing(quorum, attendance)
    after = missing(quorum, attendance | {late: attendance.get(late, 0) + 1})
    assert after.people <= before.people
    assert after.elements <= before.elements
    assert set(after.required) <= set(before.required)


@given(quorums, attendances)
def test_a_quorum_is_met_by_what_it_asks_for(
    quorum: Quorum, attendance: dict[Element, int]
) -> None:
    met = missing(quorum, attendance).met
    here = [element for element in COUNTED if attendance.get(element)]
    assert met is (
        sum(attendance[element] for element in here) >= quorum.people
        and len(here) >= quorum.elements
        and quorum.required <= set(here)
    )


@given(quorums)
def test_a_quorum_survives_being_stored(quorum: Quorum) -> None:
    assert Quorum.from_json(json.loads(json.dumps(quorum.as_json()))) == quorum
    assert missing(quorum, dict.fromkeys(COUNTED, 40)).met


def test_the_default_is_kept_as_everyone_can_read_it() -> None:
    assert DEFAULT.as_json() == {"people": 10, "elements": 4, "required": ["lurah", "rt_rw"]}


@pytest.mark.parametrize(
    ("people", "elements", "required"),
    [
        (0, 1, frozenset()),
        (-1, 1, frozenset()),
        (501, 1, frozenset()),
        (10, 0, frozenset()),
        (10, -1, frozenset()),
        (10, 7, frozenset()),
        (10, 1, frozenset({E.PENINJAU})),
    ],
)
def test_a_quorum_that_no_meeting_can_meet_is_refused(
    people: int, elements: int, required: frozenset[Element]
) -> None:
    with pytest.raises(Invalid, match="quorum_impossible"):
        Quorum(people, elements, required)


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"people": 10},
        {"people": "10", "elements": 4, "required": []},
        {"people": 10, "elements": None, "required": []},
        {"people": 10, "elements": 4, "required": "lurah"},
        {"people": 10, "elements": 4, "required": ["camat"]},
        {"people": 10, "elements": 4, "required": [["lurah"]]},
        {"people": 10, "elements": 4, "required": ["peninjau"]},
        {"people": 10, "elements": 9, "required": []},
    ],
)
def test_what_is_stored_and_no_quorum_is_refused(stored: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match="quorum_impossible"):
        Quorum.from_json(stored)


def test_less_than_nobody_cannot_attend() -> None:
    with pytest.raises(Invalid, match="attendance_negative"):
        missing(DEFAULT, ENOUGH | {E.PENINJAU: -1})


def test_everything_has_its_words() -> None:
    assert [LABELS[element] for element in Element] == [
        "Lurah",
        "RT/RW",
        "PKK/Dasawisma",
        "Pendamping sosial",
        "Tokoh masyarakat",
        "Tokoh agama",
        "Peninjau",
    ]


@given(quorums, quorums)
def test_less_of_anything_is_refused_and_as_much_or_more_is_not(
    asked: Quorum, least: Quorum
) -> None:
    more = Quorum(
        max(asked.people, least.people),
        max(asked.elements, least.elements),
        asked.required | least.required,
    )
    demand(more, least)
    demand(least, least)
    if more != asked:
        with pytest.raises(Invalid, match="quorum_below"):
            demand(asked, least)
