from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry.store.intake import InboxLostEntries, Recorded, record
from registry.store.models import Application, Event, Intake, PersonIndex
from registry.store.session import sessions
from tests.integration.registry.store.factories import (
    LONG_AGO,
    application,
    checked,
    code,
    counted,
    index,
    kinds,
    outcomes,
    record_now,
)


def count(session: Session, model: type[object]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def withdraw(bind: Engine, label: str, at: datetime) -> None:
    with bind.begin() as connection:
        connection.execute(
            update(Application)
            .where(Application.id == index(f"application {label}"))
            .values(state="withdrawn", state_since=at)
        )


def test_nothing_to_record_asks_nothing(bind: Engine) -> None:
    with counted(bind) as sent:
        assert record_now(bind) == Recorded()
    assert sent == []


def test_application_is_recorded_as_it_was_checked(bind: Engine, session: Session) -> None:
    item = checked("a", 1, members=("b", "c"), kk_index=index("kk"), helped_by="PKK", rt=None)
    assert record_now(bind, item) == Recorded(inserted=(1,))
    row = application(session, "a")
    assert (row.entry, row.receipt, row.state, row.kk_index) == (
        1,
        code("a"),
        "queued",
        index("kk"),
    )
    assert (row.rt, row.rw, row.helped_by, row.household_size) == (None, 7, "PKK", 3)
    assert (row.scoring, row.screening, row.score) == (item.scoring, item.screening, item.score)
    assert row.received_at == item.received_at
    assert row.received_at.tzinfo is UTC or row.received_at.utcoffset() == timedelta(0)
    people = session.scalars(select(PersonIndex).order_by(PersonIndex.position))
    assert [person.nik_index for person in people] == list(item.people)


def test_first_events_say_when_it_came_and_when_it_was_checked(
    bind: Engine, session: Session
) -> None:
    record_now(bind, checked("a", 1, state="needs_correction"))
    came, seen = session.scalars(select(Event).order_by(Event.id))
    assert (came.kind, came.from_state, came.to_state) == ("received", None, "received")
    assert (came.at, came.actor_role, came.actor_id) == (
        LONG_AGO + timedelta(seconds=1),
        "citizen",
        None,
    )
    assert (seen.kind, seen.from_state, seen.to_state) == (
        "needs_correction",
        "received",
        "needs_correction",
    )
    assert seen.at == application(session, "a").state_since
    assert came.details == seen.details == {"entry": 1}


def test_same_batch_twice_changes_nothing(bind: Engine, session: Session) -> None:
    batch = [checked("a", 1), checked("b", 2), checked("a", 3)]
    assert record_now(bind, *batch) == Recorded(inserted=(1, 2), repeated=(3,))
    events = count(session, Event)
    session.rollback()
    assert record_now(bind, *batch) == Recorded(already=(1, 2, 3))
    assert count(session, Event) == events
    assert outcomes(session) == {1: "inserted", 2: "inserted", 3: "repeated"}


def test_redelivered_entries_beside_new_ones(bind: Engine, session: Session) -> None:
    record_now(bind, checked("a", 1), checked("b", 2))
    outcome = record_now(bind, checked("c", 3), checked("b", 2), checked("a", 4))
    assert outcome == Recorded(inserted=(3,), repeated=(4,), already=(2,))
    assert kinds(session, "b") == ["received", "queued"]


def test_one_entry_listed_twice_counts_once(bind: Engine, session: Session) -> None:
    assert record_now(bind, checked("a", 1), checked("a", 1)) == Recorded(inserted=(1,))
    assert kinds(session, "a") == ["received", "queued"]


def test_one_id_twice_in_a_batch_first_entry_wins(bind: Engine, session: Session) -> None:
    assert record_now(bind, checked("a", 8), checked("a", 5), checked("a", 7)) == Recorded(
        inserted=(5,), repeated=(7, 8)
    )
    assert application(session, "a").entry == 5
    assert kinds(session, "a") == ["received", "queued", "resubmitted", "resubmitted"]


def test_lower_entry_recorded_later_becomes_the_applications_own(
    bind: Engine, session: Session
) -> None:
    record_now(bind, checked("a", 9))
    assert record_now(bind, checked("a", 4)) == Recorded(repeated=(4,))
    row = application(session, "a")
    assert (row.entry, row.received_at) == (4, LONG_AGO + timedelta(seconds=4))


def test_nothing_stays_without_a_commit(bind: Engine, session: Session) -> None:
    with sessions(bind)() as other:
        record(other, [checked("a", 1)])
    assert [count(session, model) for model in (Application, Intake, Event)] == [0, 0, 0]
    assert record_now(bind, checked("a", 1)) == Recorded(inserted=(1,))


def test_entry_number_of_another_application_is_an_alarm(bind: Engine, session: Session) -> None:
    record_now(bind, checked("a", 1), checked("b", 2))
    with pytest.raises(InboxLostEntries) as alarm:
        record_now(bind, checked("c", 2), checked("d", 3))
    assert alarm.value.entries == (2,)
    assert outcomes(session) == {1: "inserted", 2: "inserted"}


@pytest.mark.parametrize(
    "fault",
    [
        {"period": "never-opened"},
        {"kelurahan": "31.99.99.9999"},
        {"rt": 0},
        {"receipt": "SHORT"},
        {"nik_index": b"short"},
        {"household_size": 0},
    ],
)
def test_row_that_breaks_the_schema_is_refused_whole(
    bind: Engine, session: Session, fault: dict[str, object]
) -> None:
    item = checked("a", 1)
    broken = type(item)(**{**{f: getattr(item, f) for f in item.__slots__}, **fault})
    with pytest.raises(IntegrityError):
        record_now(bind, checked("b", 2), broken)
    assert outcomes(session) == {}


def test_nik_twice_in_a_household_keeps_its_first_place(bind: Engine, session: Session) -> None:
    record_now(bind, checked("a", 1, members=("a", "b", "b")))
    places = {p.nik_index: p.position for p in session.scalars(select(PersonIndex))}
    assert places == {index("nik a"): 0, index("nik b"): 2}


def test_resubmission_reopens_what_was_withdrawn(bind: Engine, session: Session) -> None:
    record_now(bind, checked("a", 1))
    withdraw(bind, "a", LONG_AGO + timedelta(seconds=2))
    assert record_now(bind, checked("a", 3)) == Recorded(repeated=(3,))
    assert application(session, "a").state == "queued"
    last = session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert last is not None
    assert (last.kind, last.from_state, last.to_state) == ("resubmitted", "withdrawn", "queued")


def test_retry_from_before_the_withdrawal_does_not_undo_it(bind: Engine, session: Session) -> None:
    record_now(bind, checked("a", 1))
    withdraw(bind, "a", LONG_AGO + timedelta(minutes=1))
    record_now(bind, checked("a", 2))
    assert application(session, "a").state == "withdrawn"
    assert kinds(session, "a")[-1] == "resubmitted"


@pytest.mark.parametrize("state", ["field_check", "proposed", "not_proposed", "finalised"])
def test_resubmission_moves_no_other_state(bind: Engine, session: Session, state: str) -> None:
    record_now(bind, checked("a", 1))
    with bind.begin() as connection:
        connection.execute(update(Application).values(state=state))
    record_now(bind, checked("a", 2))
    assert application(session, "a").state == state


def test_resubmission_names_what_it_replaces(bind: Engine, session: Session) -> None:
    record_now(bind, checked("b", 2))
    record_now(bind, checked("b", 3, replaces="a"), checked("b", 4, replaces="z"))
    row = application(session, "b")
    assert (row.replaces, row.replaces_entry, row.entry) == (code("a"), 3, 2)
    details = [event.details for event in session.scalars(select(Event).order_by(Event.id))]
    assert details[2:] == [{"entry": 3, "linked": True}, {"entry": 4, "linked": False}]
    assert code("a") not in str(details)


def test_own_receipt_replaces_nothing(bind: Engine, session: Session) -> None:
    record_now(bind, checked("a", 1, replaces="a"), checked("a", 2, replaces="a"))
    row = application(session, "a")
    assert (row.replaces, row.replaces_entry) == (None, None)


@pytest.mark.parametrize("repeat", [False, True])
def test_statements_do_not_grow_with_the_batch(bind: Engine, *, repeat: bool) -> None:
    counts = []
    entry = 0
    for size in (1, 3, 500):
        batch = []
        for _ in range(size):
            entry += 1
            batch.append(checked(f"household {entry}", entry, members=("m", f"n{entry}")))
        if repeat:
            record_now(bind, *batch)
            batch = [checked(f"household {i.entry}", 10_000 + i.entry) for i in batch]
        with counted(bind) as sent:
            record_now(bind, *batch)
        counts.append(len(sent))
    assert len(set(counts)) == 1, counts
    assert counts[0] <= 6
