"""The board of all kelurahan: what is counted, and that it takes no more for more households."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import Engine, insert, text, update
from sqlalchemy.orm import Session

from registry.rules.progress import Step
from registry.rules.regions import all_kelurahan
from registry.store import models
from registry.store.board import Row, board, totals
from registry.store.bulk import table_of
from registry.store.models import Base
from tests.integration.registry.store.factories import (
    GAMBIR,
    LONG_AGO,
    OTHER_KELURAHAN,
    OTHER_PERIOD,
    PERIOD,
    checked,
    counted,
    index,
    record_now,
)

NOW = datetime(2026, 3, 10, 5, tzinfo=UTC)
"""A Tuesday noon in Jakarta."""


def of(session: Session, code: str = GAMBIR, period: str = PERIOD) -> Row:
    [row] = [row for row in board(session, period, NOW) if row.kelurahan.code == code]
    return row


def state(bind: Engine, label: str, state: str) -> None:
    with bind.begin() as connection:
        table = table_of(models.Application)
        changed = update(table).where(table.c.id == index(f"application {label}"))
        connection.execute(changed.values(state=state))


def add(bind: Engine, table: str, **row: Any) -> None:
    with bind.begin() as connection:
        connection.execute(insert(Base.metadata.tables[table]).values(**row))


def evening(bind: Engine, number: int, stage: str, held_on: date, **more: Any) -> bytes:
    new = index(f"session {number} {more.get('kelurahan_code', GAMBIR)}")
    row = {"period_id": PERIOD, "kelurahan_code": GAMBIR, "quorum": {}, "planned_by": "1", **more}
    if stage in {"ended", "closed"}:
        row.setdefault("ended_at", datetime(2026, held_on.month, held_on.day, 14, tzinfo=UTC))
    if stage == "closed":
        row["closed_at"] = row["ended_at"]
    add(bind, "musyawarah", id=new, number=number, stage=stage, held_on=held_on, **row)
    return new


def sheet(bind: Engine, rt: int, **more: Any) -> None:
    label = f"sheet {rt} {more}"
    row = {"period_id": PERIOD, "kelurahan_code": GAMBIR, "rw": 1, "source": "rt", "made_by": "1"}
    row |= {"id": index(label), "token_hash": sha256(label.encode()).digest(), "expires_at": NOW}
    add(bind, "sheet", **row, number=rt + 10 * len(more), rt=rt, **more)


def minutes(bind: Engine, session: bytes, number: int, made_at: datetime | None) -> None:
    digest = sha256(f"{number}".encode()).digest()
    done = {"digest": digest, "file_digest": digest, "content": b"s", "pdf": b"s", "xlsx": b"s"}
    row = {"musyawarah_id": session, "period_id": PERIOD, "kelurahan_code": GAMBIR}
    row |= done if made_at else {}
    add(bind, "minutes", id=index(f"minutes {number}"), number=number, asked_by="1",
        made_at=made_at, **row)  # fmt: skip


def test_every_kelurahan_stands_on_it_also_without_applicants(session: Session) -> None:
    rows = board(session, PERIOD, NOW)
    assert [row.kelurahan for row in rows] == list(all_kelurahan())
    assert {row.step for row in rows} == {Step.EMPTY}
    assert (totals(rows).empty, totals(rows).done, totals(rows).none_held) == (267, 0, 0)


def test_households_are_counted_by_what_is_still_to_be_done(bind: Engine, session: Session) -> None:
    states = ("queued", "needs_correction", "objected", "field_check", "proposed", "forwarded",
              "not_proposed", "finalised", "withdrawn")  # fmt: skip
    record_now(bind, *(checked(each, n) for n, each in enumerate(states, 1)))
    record_now(bind, checked("elsewhere", 20, kelurahan=OTHER_KELURAHAN))
    record_now(bind, checked("earlier round", 21, period=OTHER_PERIOD))
    for each in states:
        state(bind, each, each)
    row = of(session)
    assert (row.facts.waiting, row.facts.field_check, row.facts.decided) == (3, 1, 4)
    assert (row.proposed, row.not_proposed, row.finalised) == (2, 1, 1)
    assert of(session, OTHER_KELURAHAN).facts.waiting == 1
    figures = totals(board(session, PERIOD, NOW))
    assert (figures.waiting, figures.proposed, figures.not_proposed) == (4, 2, 1)
    assert (figures.field_check, figures.finalised, figures.none_held) == (1, 1, 2)


def test_what_a_later_application_replaces_does_not_wait(bind: Engine, session: Session) -> None:
    record_now(bind, checked("a", 1), checked("b", 2))
    record_now(bind, checked("a2", 3, nik="a", replaces="a"))
    row = of(session)
    assert row.facts.waiting == 2
    state(bind, "b", "proposed")
    assert of(session).facts.waiting == 1


def test_the_oldest_is_the_one_that_waits_longest_in_a_field_check_too(
    bind: Engine, session: Session
) -> None:
    days = {"gone": 90, "replaced": 60, "visited": 40, "queued": 10, "again": 1}
    for n, (label, age) in enumerate(days.items(), 1):
        more = {"nik": "replaced", "replaces": "replaced"} if label == "again" else {}
        record_now(bind, checked(label, n, **more))
        with bind.begin() as connection:
            connection.execute(
                text("UPDATE application SET received_at = :at WHERE id = :id"),
                {"at": NOW - timedelta(days=age), "id": index(f"application {label}")},
            )
    state(bind, "gone", "withdrawn")
    state(bind, "visited", "field_check")
    assert of(session).oldest_days == 40
    state(bind, "visited", "proposed")
    assert of(session).oldest_days == 10


def test_sheets_that_are_out_show_until_all_are_back(bind: Engine, session: Session) -> None:
    record_now(bind, checked("a", 1))
    assert of(session).step is Step.NO_SHEETS
    sheet(bind, 1, handed_in_at=NOW)
    sheet(bind, 2)
    sheet(bind, 3, withdrawn_at=NOW, withdrawn_by="1")
    session.rollback()
    assert (of(session).facts.sheets, of(session).facts.sheets_out) == (2, 1)
    assert of(session).step is Step.SORTING


@pytest.mark.parametrize(
    ("stage", "held_on", "expected"),
    [
        ("planned", date(2026, 3, 10), (0, 0)),  # tonight
        ("planned", date(2026, 3, 9), (1, 0)),
        ("planned", date(2026, 3, 5), (1, 1)),
        ("frozen", date(2026, 3, 10), (0, 0)),
        ("open", date(2026, 3, 5), (1, 1)),
        ("ended", date(2026, 3, 9), (1, 0)),
        ("ended", date(2026, 3, 6), (1, 0)),  # Friday: the lurah has until today
        ("ended", date(2026, 3, 5), (1, 1)),
        ("closed", date(2026, 3, 5), (0, 0)),
    ],
)
def test_sessions_that_should_be_closed(
    bind: Engine, session: Session, stage: str, held_on: date, expected: tuple[int, int]
) -> None:
    evening(bind, 1, stage, held_on)
    assert (of(session).unclosed, of(session).overdue) == expected


def test_the_next_session_is_the_nearest_one_that_is_planned(
    bind: Engine, session: Session
) -> None:
    record_now(bind, checked("a", 1))
    evening(bind, 1, "closed", date(2026, 3, 2))
    assert (of(session).step, of(session).none_held) == (Step.BETWEEN, False)
    evening(bind, 2, "planned", date(2026, 3, 20))
    evening(bind, 3, "planned", date(2026, 3, 14))
    session.rollback()
    assert of(session).next_session == date(2026, 3, 14)
    assert of(session).step is Step.PLANNED
    assert of(session, OTHER_KELURAHAN).next_session is None


def test_minutes_wait_until_each_closed_session_has_some(bind: Engine, session: Session) -> None:
    record_now(bind, checked("a", 1))
    state(bind, "a", "proposed")
    first = evening(bind, 1, "closed", date(2026, 3, 2))
    second = evening(bind, 2, "closed", date(2026, 3, 4))
    minutes(bind, first, 1, LONG_AGO)
    minutes(bind, second, 2, None)
    row = of(session)
    assert (row.step, row.facts.minutes_waiting) == (Step.MINUTES, 1)
    assert (row.minutes_number, row.minutes_at) == (1, LONG_AGO)
    minutes(bind, second, 3, NOW)
    session.rollback()
    row = of(session)
    assert (row.step, row.minutes_number, row.minutes_at) == (Step.DONE, 3, NOW)


def test_it_takes_as_many_statements_for_many_as_for_none(bind: Engine, session: Session) -> None:
    with counted(bind) as none:
        board(session, PERIOD, NOW)
    record_now(bind, *(checked(f"{n}", n, kelurahan=all_kelurahan()[n % 267].code)
                       for n in range(1, 541)))  # fmt: skip
    session.rollback()
    with counted(bind) as many:
        assert totals(board(session, PERIOD, NOW)).waiting == 540
    assert len(many) == len(none) == 5
