"""Planning a session, freezing its agenda, and its stages."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from registry.rules.agenda import Part
from registry.rules.lifecycle import State
from registry.rules.quorum import DEFAULT, Element
from registry.rules.verdicts import Verdict
from registry.store import meetings
from registry.store.meetings import Line, NoSuchSession, Refused
from registry.store.models import Event, Question, Ruling
from registry.store.moves import Ordered, carry_out
from tests.integration.registry.store.factories import (
    GAMBIR,
    OTHER_KELURAHAN,
    PERIOD,
    counted,
    index,
)
from tests.integration.registry.store.meetings.evening import (
    ELSEWHERE,
    NOW,
    OFFICER,
    Evening,
    known,
    of,
    plain,
    with_car,
)


def agenda(evening: Evening) -> list[Line]:
    with evening.within() as session:
        return meetings.items(session, evening.id)


def test_sessions_of_a_kelurahan_are_numbered_and_a_form_sent_twice_plans_one(
    evening: Evening,
) -> None:
    first = evening.planned()
    assert (first.number, first.stage, first.version) == (1, "planned", 1)
    assert evening.planned().id == first.id
    assert Evening(evening.owner, evening.portal).planned(quorum=DEFAULT).number == 2
    with evening.within() as session:
        assert [each.number for each in meetings.sessions_of(session, GAMBIR, PERIOD)] == [1, 2]


def test_of_sessions_planned_at_once_each_has_its_own_number(evening: Evening) -> None:
    together, numbers = threading.Barrier(4), list[int]()

    def planning() -> None:
        mine = Evening(evening.owner, evening.portal)
        together.wait(10)
        numbers.append(mine.planned().number)

    threads = [threading.Thread(target=planning) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(20)
    assert sorted(numbers) == [1, 2, 3, 4]


def test_a_day_that_is_a_slip_is_refused(evening: Evening) -> None:
    with pytest.raises(Refused, match="date_far"):
        evening.planned(NOW.date() + timedelta(days=91))


def test_the_agenda_has_lists_facts_and_the_others_with_why(evening: Evening) -> None:
    evening.registered(
        plain("on list", 1),
        plain("unknown", 2),
        with_car("car", 3),
        plain("moved", 4),
        plain("two apart", 5, kk_index=index("kk"), rw=8),
        plain("two apart too", 6, kk_index=index("kk"), rw=8),
        plain("copied", 7, nik="on list 2"),
        plain("copied again", 8, nik="on list 2"),
        plain("correcting", 9, state="needs_correction"),
        plain("elsewhere", 10, kelurahan=OTHER_KELURAHAN),
        plain("replaced", 11),
        plain("newer", 12, nik="replaced", replaces="replaced"),
        known_to_rt=("on list", "car", "moved", "two apart", "two apart too", "copied", "newer"),
    )
    apart = insert(Ruling).values(
        application_id=of("two apart too"),
        other_id=of("two apart"),
        kind="apart",
        sealed=b"s",
        actor_id="11",
    )
    with evening.within() as session:
        known(session, "moved", mark="moved", source="dasawisma")
        session.execute(apart)
        session.execute(
            insert(Question).values(application_id=of("newer"), asked_by="1", question=b"s")
        )
    evening.frozen()
    drawn = {line.application_id: line for line in agenda(evening)}
    assert [(line.number, line.part) for line in drawn.values()] == [
        (1, Part.LIST),
        (2, Part.LIST),
        (3, Part.LIST),
        *((number, Part.EACH) for number in range(4, 10)),
    ]
    told = {label: drawn[of(label)].why for label in ("on list", "unknown", "car", "moved")}
    # One source says moved, another one known: that is to be talked about, and is no fact.
    assert told == {
        "on list": (),
        "unknown": ("not_known",),
        "car": ("criteria",),
        "moved": ("discuss",),
    }
    assert drawn[of("copied")].why == ("rivals",)
    assert drawn[of("two apart")].rw == 8
    assert drawn[of("newer")].why == ("unanswered",)
    assert not {of("correcting"), of("elsewhere"), of("replaced")} & drawn.keys()


def test_what_was_not_reached_comes_first_the_next_time(evening: Evening) -> None:
    evening.registered(with_car("a", 1, score=1), with_car("b", 2, score=9), with_car("c", 3))
    evening.opened(each=2)
    evening.said(1, Verdict.PROPOSED)
    evening.ended()
    evening.closed(1, 0, 0, 0)
    later = Evening(evening.owner, evening.portal)
    later.frozen()
    assert [line.application_id for line in agenda(later)] == [of("c"), of("a")]
    assert [line.application_id for line in agenda(evening)] == [of("b"), of("c")]


def test_who_objected_is_heard_before_the_others(evening: Evening) -> None:
    evening.registered(with_car("a", 1, score=9), with_car("b", 2, score=1))
    with evening.within() as session:
        for before, after in (
            (State.QUEUED, State.PROPOSED),
            (State.PROPOSED, State.OBJECTED),
            (State.OBJECTED, State.QUEUED),
        ):
            carry_out(session, [Ordered(of("b"), before, after, "keberatan")], OFFICER)
    evening.frozen()
    assert [(line.application_id, line.why) for line in agenda(evening)] == [
        (of("b"), ("criteria", "objected", "not_known")),
        (of("a"), ("criteria", "not_known")),
    ]


def test_an_empty_queue_freezes_nothing(evening: Evening) -> None:
    with pytest.raises(Refused, match="agenda_empty"):
        evening.frozen()
    assert evening.now().stage == "planned"


def test_one_session_is_under_way_at_a_time(evening: Evening) -> None:
    evening.registered(plain("a", 1))
    evening.frozen()
    later = Evening(evening.owner, evening.portal)
    with pytest.raises(Refused, match="under_way"):
        later.frozen()
    assert later.now().stage == "planned"


def test_a_stale_page_changes_no_session(evening: Evening) -> None:
    evening.registered(plain("a", 1))
    evening.planned()
    with evening.within() as session:
        meetings.change_plan(session, evening.id, 1, NOW.date(), DEFAULT)
    with evening.within() as session, pytest.raises(Refused, match="stale"):
        meetings.freeze(session, evening.id, 1, OFFICER)
    with evening.within() as session, pytest.raises(Refused, match="stage_planned"):
        meetings.open_(session, evening.id, 2, OFFICER)
    assert (evening.now().stage, evening.now().version) == ("planned", 2)


def test_a_session_of_another_kelurahan_is_not_there(evening: Evening) -> None:
    evening.registered(plain("a", 1))
    evening.planned()
    with evening.within(ELSEWHERE) as session, pytest.raises(NoSuchSession):
        meetings.freeze(session, evening.id, 1, ELSEWHERE)
    with evening.within(ELSEWHERE) as session, pytest.raises(NoSuchSession):
        meetings.find(session, GAMBIR, PERIOD, 1)
    assert evening.now().stage == "planned"


@pytest.mark.parametrize("quorate", [True, False])
def test_ending_keeps_whether_there_was_a_quorum_and_how_many_were_not_reached(
    evening: Evening, quorate: bool
) -> None:
    evening.registered(with_car("a", 1), with_car("b", 2))
    evening.opened(quorate=quorate)
    evening.said(1, Verdict.PROPOSED)
    assert evening.ended().quorate is quorate
    assert evening.now().quorate is quorate
    with evening.within() as session:
        told = session.scalars(select(Event).filter_by(kind="session_ended")).one()
    assert told.details == {"session": 1, "quorate": quorate, "open": 1}


def test_a_meeting_that_was_ended_can_go_on_until_it_is_closed(evening: Evening) -> None:
    evening.registered(with_car("a", 1))
    evening.opened()
    ended = evening.ended()
    with evening.within() as session:
        meetings.reopen(session, evening.id, ended.version, OFFICER)
    evening.said(1, Verdict.PROPOSED)
    evening.ended()
    evening.closed(1, 0, 0, 0)
    with evening.within() as session, pytest.raises(Refused, match="stage_closed"):
        meetings.reopen(session, evening.id, evening.now().version, OFFICER)


def test_who_is_there_counts_by_element_until_taken_off(evening: Evening) -> None:
    evening.registered(plain("a", 1))
    evening.opened(quorate=False)
    for element in (Element.LURAH, Element.RT_RW, Element.PENINJAU):
        evening.attended(element, name="Budi Santoso")
    with evening.within() as session:
        meetings.withdraw_attendee(session, evening.id, 2)
        meetings.withdraw_attendee(session, evening.id, 2)
        assert meetings.present(session, evening.id) == {Element.LURAH: 1, Element.PENINJAU: 1}
    assert evening.attended(Element.RT_RW) == 4
    with evening.within() as session, pytest.raises(Refused, match="attendee_unknown"):
        meetings.withdraw_attendee(session, evening.id, 9)


def test_the_screen_follows_what_was_opened_last_while_the_meeting_sits(evening: Evening) -> None:
    evening.registered(plain("a", 1))
    evening.frozen()
    with evening.within() as session:
        meetings.show(session, evening.id, "item:1")
    assert evening.now().on_screen is None
    with evening.within() as session:
        meetings.open_(session, evening.id, 2, OFFICER)
        meetings.show(session, evening.id, "rw:7")
    assert evening.now().on_screen == "rw:7"
    assert evening.ended().on_screen is None


def test_freezing_takes_few_statements_whatever_the_number_of_cases(evening: Evening) -> None:
    evening.registered(*(plain(f"n{n}", n, rw=n % 9 + 1) for n in range(1, 121)))
    evening.planned()
    with evening.within() as session, counted(evening.portal) as sent:
        drawn = meetings.freeze(session, evening.id, 1, OFFICER)
    assert len(drawn) == 120
    assert len(sent) == 15
