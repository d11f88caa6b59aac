"""Visits in the database: whose they are, and when an address is established as not found."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from registry.rules.lifecycle import Actor, Role
from registry.rules.scope import Scope
from registry.rules.visits import Call, Outcome
from registry.store import models
from registry.store.bulk import table_of
from registry.store.moves import Happened, note
from registry.store.session import sessions
from registry.store.visits import NOT_FOUND, not_found, visits_of
from tests.integration.registry.store.factories import (
    GAMBIR,
    LONG_AGO,
    checked,
    counted,
    index,
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
        note(session, Happened(NOT_FOUND, of(label)), OFFICER)


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
