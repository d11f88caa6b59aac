"""What the counter finds by a NIK, and objections."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from registry.rules.lifecycle import Actor, IllegalMove, Role, State
from registry.rules.scope import Scope
from registry.store.counter import applications_of, objections_of, take_objection
from registry.store.models import Event
from registry.store.moves import MovedMeanwhile
from registry.store.session import sessions
from tests.integration.registry.store.factories import (
    GAMBIR,
    OTHER_KELURAHAN,
    application,
    checked,
    counted,
    index,
    kinds,
    record_now,
)

COUNTER = Actor("7", Role.COUNTER, Scope.of_kelurahan([GAMBIR]))
A = index("application a")


def object_to(bind: Engine, decided: State = State.NOT_PROPOSED) -> None:
    with sessions(bind).begin() as session:
        take_objection(session, A, decided, b"sealed words", COUNTER)


def test_all_of_a_nik_latest_first_and_which_was_replaced(bind: Engine, session: Session) -> None:
    record_now(bind, checked("a", 1), checked("b", 2, nik="a", replaces="a"), checked("c", 3))
    with counted(bind) as sent:
        found = applications_of(session, index("nik a"))
    assert [(each.application_id, each.superseded) for each in found] == [
        (index("application b"), False),
        (A, True),
    ]
    assert len([each for each in sent if "SELECT" in each]) == 1


def test_what_replaced_it_may_be_of_another_kelurahan(bind: Engine, session: Session) -> None:
    record_now(
        bind, checked("a", 1), checked("b", 2, nik="a", replaces="a", kelurahan=OTHER_KELURAHAN)
    )
    found = applications_of(session, index("nik a"))
    assert [each.superseded for each in found] == [False, True]


@pytest.mark.parametrize("decided", [State.PROPOSED, State.NOT_PROPOSED, State.FINALISED])
def test_an_objection_brings_the_household_back_into_the_queue(
    bind: Engine, session: Session, decided: State
) -> None:
    record_now(bind, checked("a", 1, state=decided.value))
    object_to(bind, decided)
    assert application(session, "a").state == "queued"
    assert kinds(session, "a")[-2:] == ["objected", "queued"]
    last = session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert last
    assert (last.from_state, last.reason, last.actor_id) == ("objected", "objection", "7")
    (taken,) = objections_of(session, A)
    assert (taken.taken_by, taken.sealed) == ("7", b"sealed words")


def test_taken_in_twice_it_is_there_once(bind: Engine, session: Session) -> None:
    record_now(bind, checked("a", 1, state="not_proposed"))
    object_to(bind)
    with pytest.raises(MovedMeanwhile):
        object_to(bind)
    assert len(objections_of(session, A)) == 1


@pytest.mark.parametrize("state", [State.QUEUED, State.FORWARDED, State.WITHDRAWN])
def test_what_is_not_decided_has_no_objection(bind: Engine, session: Session, state: State) -> None:
    record_now(bind, checked("a", 1, state=state.value))
    with pytest.raises(IllegalMove):
        object_to(bind, state)
    assert objections_of(session, A) == []
