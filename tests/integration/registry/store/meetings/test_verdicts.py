"""Recording what the meeting says: retries, two officers at once, lists, undo."""

from __future__ import annotations

import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from registry.opening import words
from registry.rules.quorum import Element
from registry.rules.verdicts import SteppedAside, Tie, Totals, Verdict, decide
from registry.store import meetings
from registry.store.meetings import Conflict, NoSuchItem, NoSuchSession, Refused
from registry.store.models import Verdict as Row
from tests.integration.registry.store.factories import counted
from tests.integration.registry.store.meetings.evening import (
    ELSEWHERE,
    OFFICER,
    OTHER_OFFICER,
    RING,
    Evening,
    key,
    of,
    plain,
    with_car,
)

CAR = decide(
    Verdict.NOT_PROPOSED, reason="owns_car", sentence="Keluarga memiliki mobil sejak tahun lalu."
)


@pytest.fixture
def sitting(evening: Evening) -> Evening:
    """Give a meeting with two cases to discuss."""
    evening.registered(with_car("a", 1), with_car("b", 2))
    evening.opened()
    return evening


@pytest.fixture
def listed(evening: Evening) -> Evening:
    """Give a meeting with three households on the list of RW 7, one on that of RW 8."""
    labels = ("a", "b", "c", "d")
    evening.registered(
        *(plain(label, at, rw=8 if label == "d" else 7) for at, label in enumerate(labels, 1)),
        known_to_rt=labels,
    )
    evening.opened()
    return evening


@pytest.fixture
def mixed(evening: Evening) -> Evening:
    """Give a meeting with three households on the list of RW 7 and two to discuss."""
    evening.registered(
        *(plain(label, at) for at, label in enumerate("abc", 1)),
        *(with_car(label, at) for at, label in enumerate("de", 4)),
        known_to_rt=("a", "b", "c", "d", "e"),
    )
    evening.opened()
    return evening


def rows(evening: Evening) -> int:
    with evening.within() as session:
        return session.scalar(select(func.count()).select_from(Row)) or 0


def totals(evening: Evening) -> Totals:
    with evening.within() as session:
        return meetings.totals_of(meetings.items(session, evening.id))


def test_a_verdict_stands_with_all_that_belongs_to_it(sitting: Evening) -> None:
    aside = SteppedAside(2, Tie.KIN)
    decision = decide(
        Verdict.NOT_PROPOSED,
        reason="owns_car",
        sentence="Keluarga memiliki mobil sejak tahun lalu.",
        stepped_aside=[aside],
        dissent=[Element.RT_RW],
    )
    made = sitting.said(1, decision)
    assert (made.version, made.verdict, made.reason) == (1, Verdict.NOT_PROPOSED, "owns_car")
    assert (made.stepped_aside, made.dissent, made.by) == ((aside,), (Element.RT_RW,), "11")
    assert words(RING, of("a"), made.sealed) == {
        "sentence": "Keluarga memiliki mobil sejak tahun lalu."
    }
    assert totals(sitting) == Totals(0, 1, 0, 0, 1)


def test_a_retry_with_the_same_key_is_the_same_verdict(sitting: Evening) -> None:
    given = key()
    first = sitting.said(1, CAR, given=given)
    assert sitting.said(1, CAR, given=given) == first
    assert rows(sitting) == 1
    # A late retry of something that was changed meanwhile puts nothing back.
    changed = sitting.said(1, Verdict.PROPOSED, version=1, actor=OTHER_OFFICER)
    assert sitting.said(1, CAR, given=given) == changed
    assert rows(sitting) == 2


def test_a_stale_page_is_told_what_the_other_officer_recorded(sitting: Evening) -> None:
    sitting.said(1, CAR, actor=OTHER_OFFICER)
    with pytest.raises(Conflict) as told:
        sitting.said(1, Verdict.PROPOSED)
    other = told.value.other
    assert (other.verdict, other.reason, other.by, other.version) == (
        Verdict.NOT_PROPOSED,
        "owns_car",
        "12",
        1,
    )
    assert rows(sitting) == 1


def test_of_two_officers_at_the_same_moment_one_records_and_one_is_told(sitting: Evening) -> None:
    together, done = threading.Barrier(2), list[str]()

    def say(verdict: Verdict) -> None:
        together.wait(10)
        try:
            sitting.said(1, verdict)
            done.append("recorded")
        except Conflict:
            done.append("told")

    threads = [
        threading.Thread(target=say, args=(each,))
        for each in (Verdict.PROPOSED, Verdict.FIELD_CHECK)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join(20)
    assert sorted(done) == ["recorded", "told"]
    assert rows(sitting) == 1


def test_undo_takes_it_back_and_leaves_what_was_said(sitting: Evening) -> None:
    sitting.said(1, CAR)
    undone = sitting.said(1, None, version=1)
    assert (undone.version, undone.verdict, undone.reason) == (2, None, None)
    assert totals(sitting) == Totals(0, 0, 0, 0, 2)
    with pytest.raises(Refused, match="nothing_to_undo"):
        sitting.said(1, None, version=2)
    assert sitting.said(1, Verdict.PROPOSED, version=2).version == 3
    assert rows(sitting) == 3


def test_a_number_that_is_not_on_the_agenda_is_refused(sitting: Evening) -> None:
    with pytest.raises(NoSuchItem):
        sitting.said(99, Verdict.PROPOSED)
    with pytest.raises(NoSuchSession):
        sitting.said(1, Verdict.PROPOSED, actor=ELSEWHERE)
    assert rows(sitting) == 0


def test_only_who_is_on_the_attendance_list_can_step_aside(sitting: Evening) -> None:
    decision = decide(Verdict.PROPOSED, stepped_aside=[SteppedAside(9, Tie.LANDLORD)])
    with pytest.raises(Refused, match="attendee_unknown"):
        sitting.said(1, decision)
    assert rows(sitting) == 0


@pytest.mark.parametrize("closed", [False, True])
def test_nothing_is_recorded_once_the_meeting_has_ended(sitting: Evening, closed: bool) -> None:
    sitting.ended()
    if closed:
        sitting.closed(0, 0, 0, 0)
    stage = "stage_closed" if closed else "stage_ended"
    with pytest.raises(Refused, match=stage):
        sitting.said(1, Verdict.PROPOSED)
    with sitting.within() as session, pytest.raises(Refused, match=stage):
        meetings.ratify(session, sitting.id, 7, OFFICER, key())
    assert rows(sitting) == 0


def test_a_list_is_ratified_at_once_but_for_who_was_pulled_out(listed: Evening) -> None:
    with listed.within() as session:
        assert meetings.pull(session, listed.id, 2, key(), OFFICER).pulled
    given = key()
    with listed.within() as session, counted(listed.portal) as sent:
        assert meetings.ratify(session, listed.id, 7, OFFICER, given) == 2
    assert len(sent) == 2
    assert totals(listed) == Totals(2, 0, 0, 0, 2)
    with listed.within() as session:
        assert meetings.ratify(session, listed.id, 7, OFFICER, given) == 2
        assert [line.number for line in meetings.discussed(session, listed.id)] == [2]
    assert rows(listed) == 2


def test_a_list_is_not_ratified_twice(listed: Evening) -> None:
    with listed.within() as session:
        assert meetings.ratify(session, listed.id, 7, OFFICER, key()) == 3
    with listed.within() as session, pytest.raises(Refused, match="list_ratified"):
        meetings.ratify(session, listed.id, 7, OTHER_OFFICER, key())
    assert rows(listed) == 3


def test_ratifying_can_be_taken_back_until_it_is_closed(listed: Evening) -> None:
    with listed.within() as session:
        meetings.ratify(session, listed.id, 7, OFFICER, key())
        assert meetings.take_back(session, listed.id, 7, OFFICER, key()) == 3
    assert totals(listed) == Totals(0, 0, 0, 0, 4)
    with listed.within() as session, pytest.raises(Refused, match="list_not_ratified"):
        meetings.take_back(session, listed.id, 7, OFFICER, key())
    with listed.within() as session:
        assert meetings.ratify(session, listed.id, 7, OFFICER, key()) == 3


def test_anyone_may_be_pulled_out_after_the_list_was_ratified(listed: Evening) -> None:
    with listed.within() as session:
        meetings.ratify(session, listed.id, 7, OFFICER, key())
        pulled = meetings.pull(session, listed.id, 1, key(), OFFICER)
        assert (pulled.pulled, pulled.verdict, pulled.version) == (True, None, 2)
        assert meetings.pull(session, listed.id, 1, key(), OFFICER) == pulled
    assert totals(listed) == Totals(2, 0, 0, 0, 2)
    assert listed.said(1, CAR, version=2).version == 3


def test_who_is_decided_alone_is_on_a_list_no_more(listed: Evening) -> None:
    listed.said(3, CAR)
    with listed.within() as session:
        assert meetings.ratify(session, listed.id, 7, OFFICER, key()) == 2
    assert totals(listed) == Totals(2, 1, 0, 0, 1)


def test_what_is_talked_about_cannot_be_pulled_from_a_list(sitting: Evening) -> None:
    with sitting.within() as session, pytest.raises(Refused, match="not_on_a_list"):
        meetings.pull(session, sitting.id, 1, key(), OFFICER)
    with sitting.within() as session, pytest.raises(NoSuchItem):
        meetings.pull(session, sitting.id, 99, key(), OFFICER)


STEPS = st.lists(
    st.tuples(
        st.integers(1, 5),
        st.sampled_from([*Verdict, None, "pull", "ratify", "take back"]),
        st.booleans(),
    ),
    max_size=12,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_officers_do_the_record_is_what_they_did_and_nothing_goes(
    mixed: Evening, steps: list[tuple[int, Verdict | str | None, bool]]
) -> None:
    """Play any steps, some from a stale page; a dictionary beside tells what must stand."""
    with mixed.within() as session:
        lines = {line.number: line for line in meetings.items(session, mixed.id)}
    stands = {number: line.verdict for number, line in lines.items()}
    pulled = {number for number, line in lines.items() if not line.listed}
    versions = {number: line.version for number, line in lines.items()}
    for number, what, stale in steps:
        listed = [each for each in stands if each not in pulled]
        written = _play(mixed, number, what, versions[number] - stale)
        changed: dict[int, Verdict | None] = {}
        if what in {"ratify", "take back"}:
            given = Verdict.PROPOSED if what == "ratify" else None
            changed = {each: given for each in listed if bool(stands[each]) is (given is None)}
        elif written and what == "pull":
            pulled.add(number)
            changed = {number: None} if stands[number] else {}
        elif written:
            assert what is None or isinstance(what, Verdict)
            pulled |= {number} if what else set()
            changed = {number: what}
        for each, after in changed.items():
            stands[each] = after
            versions[each] += 1
    with mixed.within() as session:
        found = {line.number: line for line in meetings.items(session, mixed.id)}
    assert {number: line.verdict for number, line in found.items()} == stands
    assert {number: line.version for number, line in found.items()} == versions
    assert rows(mixed) == sum(versions.values())


def _play(evening: Evening, number: int, what: Verdict | str | None, version: int) -> bool:
    """Do one step; tell whether something was written."""
    try:
        if what == "pull":
            with evening.within() as session:
                before = meetings.item(session, evening.id, number).pulled
                meetings.pull(session, evening.id, number, key(), OFFICER)
                return not before
        if what in {"ratify", "take back"}:
            do = meetings.ratify if what == "ratify" else meetings.take_back
            with evening.within() as session:
                do(session, evening.id, 7, OFFICER, key())
        else:
            assert what is None or isinstance(what, Verdict)
            decision = CAR if what is Verdict.NOT_PROPOSED else what
            evening.said(number, decision, version=version)
    except (Conflict, Refused):
        return False
    return True
