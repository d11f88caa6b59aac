"""Dinas sets what meetings need: nobody plans or freezes one that asks for less."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from registry.rules.errors import Invalid
from registry.rules.quorum import DEFAULT, Element, Quorum
from registry.store import meetings, quorums
from registry.store.models import QuorumRule
from registry.store.quorums import Rule, RuleChanged
from tests.integration.registry.store.factories import GAMBIR, OTHER_KELURAHAN, PERIOD
from tests.integration.registry.store.meetings.evening import (
    DINAS,
    NOW,
    OFFICER,
    SMALL,
    Evening,
    plain,
)

LARGE = Quorum(12, 4, frozenset({Element.LURAH, Element.RT_RW}))
TWO_MORE = Quorum(14, 4, LARGE.required)


@pytest.fixture
def unasked(evening: Evening) -> Evening:
    """Give an evening of a round for which dinas has set nothing."""
    with evening.owner.begin() as connection:
        connection.execute(text("ALTER TABLE quorum_rule DISABLE TRIGGER append_only"))
        connection.execute(text("DELETE FROM quorum_rule"))
        connection.execute(text("ALTER TABLE quorum_rule ENABLE ALWAYS TRIGGER append_only"))
    return evening


def least(evening: Evening, kelurahan: str = GAMBIR, period: str = PERIOD) -> Quorum:
    with evening.within() as session:
        return quorums.least(session, period, kelurahan).quorum


def test_until_dinas_sets_one_the_default_of_ours_holds(unasked: Evening) -> None:
    with unasked.within() as session:
        assert quorums.of_round(session, PERIOD) == (Rule(DEFAULT), {})
        assert quorums.least(session, PERIOD, GAMBIR).is_ours
    with pytest.raises(Invalid, match="quorum_below"):
        unasked.planned(quorum=SMALL)
    assert unasked.planned(quorum=DEFAULT).number == 1


def test_an_exception_holds_in_its_kelurahan_until_it_is_ended(evening: Evening) -> None:
    evening.asked(LARGE)
    evening.asked(SMALL, GAMBIR)
    assert (least(evening), least(evening, OTHER_KELURAHAN)) == (SMALL, LARGE)
    assert least(evening, period="latihan-1") == DEFAULT
    evening.asked(TWO_MORE, GAMBIR)
    assert least(evening) == TWO_MORE
    evening.asked(None, GAMBIR)
    assert least(evening) == LARGE
    with evening.within() as session:
        assert quorums.of_round(session, PERIOD)[1] == {}
    evening.asked(SMALL, GAMBIR)
    assert least(evening) == SMALL


def test_who_set_it_and_when_stays_known(evening: Evening) -> None:
    evening.asked(LARGE)
    with evening.within() as session:
        rule, _ = quorums.of_round(session, PERIOD)
    assert (rule.version, rule.set_by, rule.kelurahan) == (2, "40", None)
    assert rule.set_at is not None
    with evening.owner.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM quorum_rule")).scalar() == 2


@pytest.mark.parametrize(
    "less",
    [
        Quorum(11, 4, LARGE.required),
        Quorum(12, 3, LARGE.required),
        Quorum(12, 4, frozenset({Element.LURAH})),
        Quorum(500, 6, frozenset()),
    ],
)
def test_a_session_asks_for_as_much_or_more_and_never_for_less(
    evening: Evening, less: Quorum
) -> None:
    evening.asked(LARGE)
    with pytest.raises(Invalid, match="quorum_below"):
        evening.planned(quorum=less)
    with evening.within() as session:
        assert meetings.sessions_of(session, GAMBIR, PERIOD) == []
    evening.planned(quorum=LARGE)
    with pytest.raises(Invalid, match="quorum_below"), evening.within() as session:
        meetings.change_plan(session, evening.id, 1, NOW.date(), less)
    assert (evening.now().version, evening.now().quorum) == (1, LARGE.as_json())
    with evening.within() as session:
        meetings.change_plan(session, evening.id, 1, NOW.date(), TWO_MORE)
    assert evening.now().quorum == TWO_MORE.as_json()


def test_a_planned_session_that_asks_for_too_little_since_is_not_frozen(evening: Evening) -> None:
    evening.registered(plain("a", 1))
    evening.planned()
    evening.asked(LARGE)
    with pytest.raises(Invalid, match="quorum_below"), evening.within() as session:
        meetings.freeze(session, evening.id, 1, OFFICER)
    assert (evening.now().stage, evening.now().version) == ("planned", 1)
    with evening.within() as session:
        meetings.change_plan(session, evening.id, 1, NOW.date(), LARGE)
        assert len(meetings.freeze(session, evening.id, 2, OFFICER)) == 1


def test_a_frozen_session_keeps_its_own(evening: Evening) -> None:
    evening.registered(plain("a", 1))
    evening.opened()
    evening.asked(LARGE)
    ended = evening.ended()
    assert (ended.quorate, ended.quorum) == (True, SMALL.as_json())


def test_the_same_form_twice_is_one_and_a_stale_page_changes_nothing(evening: Evening) -> None:
    def set_(quorum: Quorum | None, seen: int, kelurahan: str | None = None) -> None:
        with evening.within(DINAS) as session:
            quorums.set_(session, PERIOD, kelurahan, quorum, seen=seen, actor=DINAS)

    set_(LARGE, 1)
    set_(LARGE, 1)
    for seen in (-1, 0, 1, 3, 32_767):
        with pytest.raises(RuleChanged):
            set_(TWO_MORE, seen)
    set_(SMALL, 0, GAMBIR)
    with pytest.raises(RuleChanged):
        set_(TWO_MORE, 0, GAMBIR)
    with pytest.raises(RuleChanged):
        set_(None, 0, GAMBIR)
    set_(None, 1, GAMBIR)
    set_(None, 1, GAMBIR)
    with pytest.raises(RuleChanged):
        set_(TWO_MORE, 1, GAMBIR)
    assert least(evening) == LARGE


def test_of_two_at_the_same_moment_one_is_told(evening: Evening) -> None:
    together = threading.Barrier(2)
    told: list[str] = []

    def set_(people: int) -> None:
        try:
            with evening.within(DINAS) as session:
                quorums.of_round(session, PERIOD)
                together.wait(20)
                quorum = Quorum(people, 1, frozenset())
                quorums.set_(session, PERIOD, None, quorum, seen=1, actor=DINAS)
            told.append("set")
        except RuleChanged:
            told.append("changed")

    threads = [threading.Thread(target=set_, args=(people,)) for people in (20, 30)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(20)
    assert sorted(told) == ["changed", "set"]


def test_a_kelurahan_can_not_set_its_own(evening: Evening) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), evening.within() as session:
        quorums.set_(session, PERIOD, GAMBIR, SMALL, seen=0, actor=OFFICER)
    assert least(evening) == SMALL


@pytest.mark.parametrize(
    "row",
    [
        {"quorum": None},
        {"quorum": {}},
        {"quorum": {"people": 0, "elements": 1, "required": []}},
        {"quorum": {"people": 501, "elements": 1, "required": []}},
        {"quorum": {"people": 1, "elements": 7, "required": []}},
        {"quorum": {"people": 1, "elements": 1, "required": "lurah"}},
        {"quorum": SMALL.as_json(), "version": 0},
        {"quorum": SMALL.as_json(), "version": 1},
    ],
)
def test_the_database_takes_no_other_quorum(evening: Evening, row: dict[str, object]) -> None:
    adding = insert(QuorumRule).values(**{"period_id": PERIOD, "version": 2, "set_by": "1", **row})
    with evening.owner.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(adding)


def test_what_was_set_is_not_changed_even_by_the_owner(evening: Evening) -> None:
    with evening.owner.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text("UPDATE quorum_rule SET version = 9"))
