"""Visits in the database: whose they are, and when an address is established as not found."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session

from registry.rules.events import Happening
from registry.rules.lifecycle import Actor, Role, State
from registry.rules.scope import Scope
from registry.rules.visits import Call, Outcome
from registry.rules.visits import Visit as Made
from registry.store import models
from registry.store.bulk import table_of
from registry.store.moves import Happened, Ordered, carry_out, note
from registry.store.session import sessions
from registry.store.visits import (
    Effect,
    Sent,
    VisitTaken,
    found_outside,
    not_found,
    record,
    visits_of,
)
from tests.integration.registry.store.factories import (
    GAMBIR,
    LONG_AGO,
    OTHER_KELURAHAN,
    application,
    checked,
    counted,
    index,
    kinds,
    record_now,
)

OFFICER = Actor("7", Role.REVIEWER, Scope.of_kelurahan([GAMBIR]))


def of(label: str) -> bytes:
    return index(f"application {label}")


def visited(
    bind: Engine, label: str, hours: float, outcome: Outcome, call: Call | None = None
) -> None:
    """Keep a visit of ten minutes, so many hours after LONG_AGO."""
    began = LONG_AGO + timedelta(hours=hours)
    with bind.begin() as connection:
        connection.execute(
            insert(table_of(models.Visit)).values(
                id=index(f"visit {label} {hours}"),
                application_id=of(label),
                kelurahan_code=GAMBIR,
                officer_id="7",
                started_at=began,
                ended_at=began + timedelta(minutes=10),
                outcome=outcome.value,
                call=call and call.value,
                sealed=b"s",
            )
        )


def established(bind: Engine, label: str) -> None:
    with sessions(bind).begin() as session:
        note(session, Happened(Happening.ADDRESS_NOT_FOUND, of(label)), OFFICER)


def test_visits_come_earliest_first_by_household(bind: Engine, session: Session) -> None:
    record_now(bind, checked("a", 1), checked("b", 2), checked("c", 3))
    visited(bind, "a", 5, Outcome.MET, Call.ANSWERED)
    visited(bind, "a", 1, Outcome.NOBODY_HOME)
    visited(bind, "b", 2, Outcome.ADDRESS_NOT_FOUND)
    found = visits_of(session, [of("a"), of("c")])
    assert list(found) == [of("a")]
    assert [(each.outcome, each.call) for each in found[of("a")]] == [
        (Outcome.NOBODY_HOME, None),
        (Outcome.MET, Call.ANSWERED),
    ]
    assert found[of("a")][0].length == timedelta(minutes=10)


def test_an_address_is_not_found_once_that_is_established(bind: Engine, session: Session) -> None:
    record_now(bind, *(checked(label, at) for at, label in enumerate("abcd", start=1)))
    for label in "abcd":
        visited(bind, label, 1, Outcome.ADDRESS_NOT_FOUND)
    for label in "abc":
        established(bind, label)
    visited(bind, "b", 9, Outcome.NOBODY_HOME)
    visited(bind, "c", 9, Outcome.ADDRESS_NOT_FOUND, Call.ANSWERED)
    assert not_found(session, [of(label) for label in "abcd"]) == {of("a")}


def test_each_is_one_query_for_any_number(bind: Engine, session: Session) -> None:
    labels = [f"n{number}" for number in range(30)]
    record_now(bind, *(checked(label, at) for at, label in enumerate(labels, start=1)))
    for label in labels:
        visited(bind, label, 1, Outcome.ADDRESS_NOT_FOUND, Call.UNANSWERED)
        established(bind, label)
    ids = [of(label) for label in labels]
    with counted(bind) as sent:
        assert len(visits_of(session, ids)) == 30
        assert not_found(session, ids) == set(ids)
    assert len(sent) == 2


def to_be_visited(bind: Engine, *labels: str) -> None:
    """Record households, and order a visit to each."""
    record_now(bind, *(checked(label, at) for at, label in enumerate(labels, start=1)))
    orders = [Ordered(of(label), State.QUEUED, State.FIELD_CHECK) for label in labels]
    with sessions(bind).begin() as session:
        carry_out(session, orders, OFFICER)


def sent(
    label: str,
    hours: float,
    outcome: Outcome,
    call: Call | None = None,
    *,
    visit: str = "",
    kelurahan: str = GAMBIR,
    **more: bool,
) -> Sent:
    began = LONG_AGO + timedelta(hours=hours)
    made = Made("7", began, began + timedelta(minutes=10), outcome, call)
    ktp = "same" if outcome is Outcome.MET else None
    visit_id = index(visit or f"visit {label} {hours}")
    return Sent(visit_id, of(label), kelurahan, made, ktp, b"s", **more)  # type: ignore[arg-type]


def recorded(
    bind: Engine, visit: Sent, *, has_phone: bool = True, actor: Actor = OFFICER
) -> Effect:
    with sessions(bind).begin() as session:
        return record(session, visit, actor, has_phone=has_phone)


def state(session: Session, label: str) -> str:
    session.rollback()
    return application(session, label).state


def test_who_was_met_goes_back_to_the_queue(bind: Engine, session: Session) -> None:
    to_be_visited(bind, "a")
    assert recorded(bind, sent("a", 1, Outcome.MET)) is Effect.BACK
    assert state(session, "a") == "queued"
    assert kinds(session, "a")[-2:] == ["visited", "queued"]
    told = session.scalars(
        select(models.Event).filter_by(
            application_id=of("a"), kind="queued", from_state="field_check"
        )
    ).one()
    assert told.details == {"visit": index("visit a 1").hex(), "outcome": "met"}
    assert told.actor_id == "7"


def test_nobody_home_changes_nothing_however_often(bind: Engine, session: Session) -> None:
    to_be_visited(bind, "a")
    for hours in (1, 5, 9):
        visit = sent("a", hours, Outcome.NOBODY_HOME, Call.UNANSWERED)
        assert recorded(bind, visit) is Effect.STAYS
    assert state(session, "a") == "field_check"
    assert not_found(session, [of("a")]) == set()


@pytest.mark.parametrize(
    ("has_phone", "visits", "established"),
    [
        (False, [(1, None)], False),
        (False, [(1, None), (1.5, None)], False),
        (False, [(1, None), (9, None)], True),
        (True, [(1, None), (9, None)], False),
        (True, [(1, Call.UNANSWERED), (9, None)], True),
        (True, [(1, Call.ANSWERED), (9, None)], False),
        (True, [(1, None), (9, Call.WRONG_NUMBER)], True),
    ],
)
def test_an_address_is_not_found_when_nothing_is_missing(
    bind: Engine,
    session: Session,
    has_phone: bool,
    visits: list[tuple[float, Call | None]],
    established: bool,
) -> None:
    to_be_visited(bind, "a")
    for hours, call in visits:
        visit = sent("a", hours, Outcome.ADDRESS_NOT_FOUND, call)
        effect = recorded(bind, visit, has_phone=has_phone)
    assert (effect is Effect.NOT_FOUND) is established
    assert state(session, "a") == ("queued" if established else "field_check")
    assert not_found(session, [of("a")]) == ({of("a")} if established else set())


def test_sent_twice_it_is_one_visit(bind: Engine, session: Session) -> None:
    to_be_visited(bind, "a")
    visit = sent("a", 1, Outcome.MET)
    assert [recorded(bind, visit) for _ in range(2)] == [Effect.BACK, Effect.KNOWN]
    assert len(visits_of(session, [of("a")])[of("a")]) == 1
    assert kinds(session, "a").count("visited") == 1


def test_the_id_of_another_visit_is_refused(bind: Engine, session: Session) -> None:
    to_be_visited(bind, "a", "b")
    recorded(bind, sent("a", 1, Outcome.MET, visit="one"))
    with pytest.raises(VisitTaken):
        recorded(bind, sent("b", 1, Outcome.MET, visit="one"))
    other = Actor("8", Role.REVIEWER, Scope.of_kelurahan([GAMBIR]))
    with pytest.raises(VisitTaken):
        recorded(bind, sent("a", 1, Outcome.MET, visit="one"), actor=other)
    assert state(session, "b") == "field_check"


def test_a_case_that_moved_on_keeps_the_visit_and_its_state(bind: Engine, session: Session) -> None:
    to_be_visited(bind, "a")
    recorded(bind, sent("a", 1, Outcome.MET))
    assert recorded(bind, sent("a", 2, Outcome.MET)) is Effect.TOO_LATE
    assert state(session, "a") == "queued"
    assert len(visits_of(session, [of("a")])[of("a")]) == 2


def test_a_house_of_another_kelurahan_is_not_there(bind: Engine, session: Session) -> None:
    to_be_visited(bind, "a")
    with pytest.raises(LookupError):
        recorded(bind, sent("a", 1, Outcome.MET, kelurahan=OTHER_KELURAHAN))
    assert state(session, "a") == "field_check"


def test_two_failed_visits_that_come_at_once_see_each_other(bind: Engine, session: Session) -> None:
    to_be_visited(bind, "a")
    together = threading.Barrier(2)

    def send(hours: float) -> None:
        together.wait(10)
        recorded(bind, sent("a", hours, Outcome.ADDRESS_NOT_FOUND), has_phone=False)

    threads = [threading.Thread(target=send, args=(hours,)) for hours in (1, 9)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(20)
    assert state(session, "a") == "queued"
    assert not_found(session, [of("a")]) == {of("a")}


def test_the_last_visit_that_met_them_says_where_they_live(bind: Engine, session: Session) -> None:
    to_be_visited(bind, "a", "b", "c")
    recorded(bind, sent("a", 1, Outcome.MET, outside_dki=True))
    recorded(bind, sent("b", 1, Outcome.MET, outside_dki=True))
    recorded(bind, sent("b", 2, Outcome.MET))
    recorded(bind, sent("c", 1, Outcome.MET))
    assert found_outside(session, [of(label) for label in "abc"]) == {of("a")}
