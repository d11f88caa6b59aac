"""Moves by people: all of an order or none of it, each with its event."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from registry.rules.events import Happening
from registry.rules.lifecycle import Actor, IllegalMove, Role, State
from registry.rules.scope import Scope
from registry.store.models import Event
from registry.store.moves import Happened, MovedMeanwhile, Ordered, carry_out, note
from registry.store.session import sessions
from tests.integration.registry.store.factories import (
    GAMBIR,
    application,
    checked,
    counted,
    index,
    kinds,
    record_now,
)

OFFICER = Actor("7", Role.REVIEWER, Scope.of_kelurahan([GAMBIR]))


def order(label: str, after: State, reason: str | None = None) -> Ordered:
    return Ordered(index(f"application {label}"), State.QUEUED, after, reason)


def states(session: Session, *labels: str) -> list[str]:
    session.rollback()
    return [application(session, label).state for label in labels]


def test_moves_change_the_state_and_say_who_and_why(bind: Engine, session: Session) -> None:
    record_now(bind, checked("a", 1), checked("b", 2))
    since = application(session, "a").state_since
    session.rollback()
    with sessions(bind).begin() as moving:
        orders = [
            order("a", State.NOT_PROPOSED, reason="owns_car"),
            order("b", State.FIELD_CHECK),
        ]
        carry_out(moving, orders, OFFICER)
    assert states(session, "a", "b") == ["not_proposed", "field_check"]
    assert application(session, "a").state_since > since
    told = session.scalars(select(Event).filter_by(kind="not_proposed")).one()
    assert (told.actor_id, told.actor_role) == ("7", "reviewer")
    assert (told.from_state, told.to_state, told.reason) == ("queued", "not_proposed", "owns_car")


def test_one_that_moved_meanwhile_stops_the_whole_order(bind: Engine, session: Session) -> None:
    record_now(bind, checked("a", 1), checked("b", 2, state="needs_correction"))
    with sessions(bind)() as moving, pytest.raises(MovedMeanwhile) as stopped:
        carry_out(moving, [order("a", State.FIELD_CHECK), order("b", State.FIELD_CHECK)], OFFICER)
    assert stopped.value.ids == (index("application b"),)
    assert states(session, "a", "b") == ["queued", "needs_correction"]


def test_an_illegal_move_touches_nothing(bind: Engine, session: Session) -> None:
    record_now(bind, checked("a", 1))
    with sessions(bind)() as moving, pytest.raises(IllegalMove):
        carry_out(moving, [order("a", State.FORWARDED)], OFFICER)
    assert states(session, "a") == ["queued"]


def test_of_two_who_move_it_at_once_one_is_told(bind: Engine, session: Session) -> None:
    record_now(bind, checked("a", 1))
    together, done = threading.Barrier(2), list[str]()

    def try_to(after: State) -> None:
        with sessions(bind)() as moving:
            together.wait(10)
            try:
                carry_out(moving, [order("a", after)], OFFICER)
                moving.commit()
                done.append("moved")
            except MovedMeanwhile:
                done.append("told")

    threads = [
        threading.Thread(target=try_to, args=(State.FIELD_CHECK,)),
        threading.Thread(target=try_to, args=(State.WITHDRAWN,)),
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join(20)
    assert sorted(done) == ["moved", "told"]
    assert len(kinds(session, "a")) == 3


def test_many_moves_are_a_handful_of_statements(bind: Engine) -> None:
    labels = [f"n{number}" for number in range(60)]
    record_now(bind, *(checked(label, at) for at, label in enumerate(labels, start=1)))
    with sessions(bind).begin() as moving, counted(bind) as sent:
        carry_out(moving, [order(label, State.FIELD_CHECK) for label in labels], OFFICER)
    assert len(sent) == 3


def test_an_event_may_move_nothing(bind: Engine, session: Session) -> None:
    record_now(bind, checked("a", 1))
    with sessions(bind).begin() as noting:
        note(noting, Happened(Happening.QUESTION_ASKED, index("application a")), OFFICER)
    assert kinds(session, "a")[-1] == "question_asked"
