"""Closing: all verdicts are carried out by one who recorded none of them, or nothing is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from registry.opening import words
from registry.rules.errors import Invalid
from registry.rules.lifecycle import Actor, Role, State
from registry.rules.scope import Scope
from registry.rules.verdicts import Decision, Verdict, decide
from registry.store import meetings
from registry.store.meetings import NoSuchSession, Order, Paper, Refused, TotalsDiffer
from registry.store.models import Application, Event, Minutes, Musyawarah, Question
from registry.store.moves import Ordered, carry_out
from registry.store.queries import status_by_receipt
from registry.store.session import sessions
from tests.integration.registry.store.factories import (
    OTHER_KELURAHAN,
    code,
    counted,
    index,
    kinds,
    record_now,
)
from tests.integration.registry.store.meetings.evening import (
    HERE,
    LURAH,
    OFFICER,
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
ASK = decide(Verdict.POSTPONED, question="Mobil di depan rumah milik siapa?")
LABELS = ("a", "b", "c", "d", "e")


@pytest.fixture
def decided(evening: Evening) -> Evening:
    """Give a meeting with a verdict of each kind, and one case that was not reached."""
    evening.registered(*(with_car(label, at) for at, label in enumerate(LABELS, 1)))
    evening.opened()
    said: tuple[Verdict | Decision, ...] = (Verdict.PROPOSED, CAR, Verdict.FIELD_CHECK, ASK)
    for number, decision in enumerate(said, 1):
        evening.said(number, decision)
    return evening


def states(evening: Evening) -> list[str]:
    with evening.within() as session:
        found = {row.id: row.state for row in session.scalars(select(Application))}
    return [found[of(label)] for label in LABELS]


QUEUED = ["queued"] * 5


def test_closing_carries_everything_out_at_once(decided: Evening) -> None:
    decided.ended()
    assert states(decided) == QUEUED
    done = decided.closed(1, 1, 1, 1)
    assert (done.quorate, done.left_out, done.late, done.minutes) == (True, (), False, 1)
    assert states(decided) == ["proposed", "not_proposed", "field_check", "queued", "queued"]
    with decided.within() as session:
        moved = session.scalars(select(Event).filter_by(kind="not_proposed")).one()
        assert (moved.reason, moved.actor_id, moved.musyawarah_id) == ("owns_car", "20", decided.id)
        assert moved.details == {"session": 1, "item": 2, "via": "one", "recorded_by": "11"}
        asked = session.scalars(select(Question)).one()
        assert (asked.application_id, asked.musyawarah_id) == (of("d"), decided.id)
        assert words(RING, of("d"), asked.question) == {
            "question": "Mobil di depan rumah milik siapa?"
        }
        assert kinds(session, "d")[-1] == "postponed"
        assert kinds(session, "e")[-1] == "carried_over"
        assert session.scalars(select(Minutes)).one().musyawarah_id == decided.id
        told = session.scalars(select(Event).filter_by(kind="session_closed")).one()
    assert told.details == {
        "session": 1,
        "totals": {"proposed": 1, "not_proposed": 1, "field_check": 1, "postponed": 1, "open": 1},
        "quorate": True,
        "late": False,
        "left_out": [],
    }
    closed = decided.now()
    assert (closed.stage, closed.closed_by, closed.closed_as) == ("closed", "20", "chair")
    assert closed.on_paper == {
        "proposed": 1,
        "not_proposed": 1,
        "field_check": 1,
        "postponed": 1,
    }


def test_a_household_reads_the_verdict_only_once_the_session_is_closed(decided: Evening) -> None:
    def told() -> tuple[str, str | None, dict[str, str]]:
        with sessions(decided.portal).begin() as session:
            (status,) = status_by_receipt(session, index("nik b"), code("b"))
        return status.state, status.reason, words(RING, of("b"), status.verdict)

    decided.ended()
    assert told() == ("queued", None, {})
    decided.closed(1, 1, 1, 1)
    assert told() == ("not_proposed", "owns_car", {"sentence": CAR.sentence})


def test_below_its_quorum_a_meeting_only_recommends(evening: Evening) -> None:
    evening.registered(*(with_car(label, at) for at, label in enumerate(LABELS, 1)))
    evening.opened(quorate=False)
    evening.said(2, CAR)
    evening.said(4, ASK)
    evening.ended()
    done = evening.closed(0, 1, 0, 1)
    assert not done.quorate
    assert states(evening) == QUEUED
    with evening.within() as session:
        assert session.scalars(select(Question)).all() == []
        told = session.scalars(select(Event).filter_by(kind="recommended").order_by(Event.id)).all()
    assert [(each.application_id, each.details["verdict"]) for each in told] == [
        (of("b"), "not_proposed"),
        (of("d"), "postponed"),
    ]
    later = Evening(evening.owner, evening.portal)
    later.frozen()


@pytest.mark.parametrize("paper", [(2, 1, 1, 1), (0, 1, 1, 1), (1, 1, 1, 0)])
def test_totals_that_differ_from_the_paper_close_nothing(
    decided: Evening, paper: tuple[int, ...]
) -> None:
    decided.ended()
    with pytest.raises(TotalsDiffer) as told:
        decided.closed(*paper)
    assert len(told.value.names) == 1
    assert states(decided) == QUEUED
    assert decided.now().stage == "ended"


def test_nobody_closes_what_they_recorded(decided: Evening) -> None:
    decided.ended()
    plh = Actor(OFFICER.id, Role.REVIEWER, HERE, HERE.kelurahan)
    with pytest.raises(Invalid, match="closer_recorded_alone"):
        decided.closed(1, 1, 1, 1, actor=plh)
    assert states(decided) == QUEUED


@pytest.mark.parametrize(
    "actor",
    [
        # A Plh whose dates are over holds the role no more.
        Actor("40", Role.REVIEWER, HERE),
        Actor("41", Role.DINAS, Scope.EVERYTHING),
        Actor("42", Role.AUDITOR, Scope.EVERYTHING),
        Actor("43", Role.CHAIR, Scope.of_kelurahan([OTHER_KELURAHAN])),
    ],
)
def test_only_the_lurah_or_who_stands_in_today_closes(decided: Evening, actor: Actor) -> None:
    decided.ended()
    with pytest.raises(NoSuchSession):
        decided.closed(1, 1, 1, 1, actor=actor)
    assert states(decided) == QUEUED
    acting = Actor("44", Role.REVIEWER, HERE, HERE.kelurahan)
    assert decided.closed(1, 1, 1, 1, actor=acting).minutes == 1


def test_a_session_is_closed_once_and_only_when_it_has_ended(decided: Evening) -> None:
    with pytest.raises(Refused, match="stage_open"):
        decided.closed(1, 1, 1, 1)
    decided.ended()
    stale = Order(decided.id, decided.now().version - 1, Paper(1, 1, 1, 1))
    with decided.within(LURAH) as session, pytest.raises(Refused, match="stale"):
        meetings.close(session, RING, stale, LURAH, datetime.now(UTC))
    decided.closed(1, 1, 1, 1)
    with pytest.raises(Refused, match="stage_closed"):
        decided.closed(1, 1, 1, 1)


def test_who_has_gone_meanwhile_is_left_out_and_named(decided: Evening) -> None:
    decided.ended()
    with decided.within() as session:
        carry_out(
            session, [Ordered(of("a"), State.QUEUED, State.WITHDRAWN, "by_household")], OFFICER
        )
    record_now(decided.owner, plain("b2", 9, nik="b", replaces="b"))
    done = decided.closed(1, 1, 1, 1)
    assert done.left_out == (1, 2)
    with decided.within() as session:
        assert meetings.left_out(session, decided.now()) == [1, 2]
    assert states(decided) == ["withdrawn", "queued", "field_check", "queued", "queued"]


def test_after_two_working_days_it_is_closed_late_and_that_is_noted(decided: Evening) -> None:
    decided.ended()
    with decided.within() as session:
        found = session.get_one(Musyawarah, decided.id)
        last = meetings.last_day(session, found)
    assert last is not None
    after = datetime(last.year, last.month, last.day, 5, tzinfo=UTC) + timedelta(days=1)
    assert decided.closed(1, 1, 1, 1, now=after).late
    with decided.within() as session:
        told = session.scalars(select(Event).filter_by(kind="session_closed")).one()
    assert told.details["late"] is True


def test_the_days_for_closing_are_counted_without_holidays(decided: Evening) -> None:
    at = datetime(2026, 8, 14, 16, tzinfo=UTC)  # Friday, 23.00 in Jakarta; 17 August is a Monday
    with decided.owner.begin() as connection:
        connection.execute(
            insert(Event).values(
                musyawarah_id=decided.id, at=at, actor_role="reviewer", kind="session_ended"
            )
        )
    decided.ended()
    with decided.within() as session:
        found = session.get_one(Musyawarah, decided.id)
        assert meetings.last_day(session, found) == date(2026, 8, 19)
        assert not meetings.is_late(session, found, datetime(2026, 8, 19, 16, tzinfo=UTC))
        assert meetings.is_late(session, found, datetime(2026, 8, 19, 17, tzinfo=UTC))


def test_minutes_are_numbered_within_the_kelurahan(decided: Evening) -> None:
    decided.ended()
    assert decided.closed(1, 1, 1, 1).minutes == 1
    later = Evening(decided.owner, decided.portal)
    later.opened()
    later.ended()
    assert later.closed(0, 0, 0, 0).minutes == 2


def test_closing_takes_few_statements_whatever_the_number_of_verdicts(evening: Evening) -> None:
    labels = [f"n{number}" for number in range(1, 101)]
    evening.registered(
        *(plain(label, at) for at, label in enumerate(labels, 1)), known_to_rt=tuple(labels)
    )
    evening.opened()
    with evening.within() as session:
        meetings.ratify(session, evening.id, 7, OFFICER, key())
    evening.ended()
    with counted(evening.portal) as sent:
        assert evening.closed(100, 0, 0, 0).totals.proposed == 100
    assert len(sent) < 20
