"""Rounds of practice in the database: apart from real ones, and answered for to nobody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fmotm.practice import fill
from registry.rules import practice
from registry.rules.lifecycle import SYSTEM
from registry.rules.periods import Period
from registry.store import models
from registry.store.board import board, totals
from registry.store.models import Base
from registry.store.periods import UnknownPeriod, close_period, find_periods, open_period, snapshots
from registry.store.photos import of_application
from registry.store.practice import newest
from registry.store.queries import status_by_kk, status_by_receipt
from registry.store.queue import Area, Asked, Row, kin, page
from tests.integration.registry.store.factories import (
    GAMBIR,
    LONG_AGO,
    PERIOD,
    checked,
    index,
    record_now,
)
from tests.integration.worker.support import KEYS

NOW = LONG_AGO + timedelta(days=40)


def queue(session: Session, period: str) -> list[Row]:
    return list(page(session, Asked(Area(period, practice.CODE)), limit=None).rows)


@pytest.fixture
def filled(session: Session) -> str:
    period = fill(session, KEYS, 40, NOW)
    session.commit()
    return period


def test_cases_come_as_real_ones_do_but_for_the_inbox(session: Session, filled: str) -> None:
    rows = queue(session, filled)
    assert len(rows) == 40
    # In the meeting's order, although their entries are negative.
    assert rows == sorted(rows, key=lambda row: (not row.priority, -row.score, row.entry))
    assert {row.entry for row in rows} == set(range(-40, 0))
    assert any(each.rival for found in kin(session, [row.application_id for row in rows]).values()
               for each in found)  # fmt: skip
    assert any(row.screening["flags"] for row in rows)
    assert session.scalar(select(func.count()).select_from(models.Intake)) == 0
    kinds = session.scalars(select(models.Event.kind).distinct().order_by(models.Event.kind)).all()
    assert kinds == ["queued", "received"]


def test_a_new_filling_takes_the_place_of_the_one_before(session: Session, filled: str) -> None:
    assert newest(session) == filled == "latihan-1"
    again = fill(session, KEYS, 5, NOW)
    assert newest(session) == again == "latihan-2"
    assert {row.entry for row in queue(session, again)} == set(range(-45, -40))
    # Nothing was removed.
    assert len(queue(session, filled)) == 40


def test_no_round_of_practice_is_a_round(bind: Engine, session: Session, filled: str) -> None:
    rounds = [PERIOD, "2026-2"]
    assert [each.id for each in find_periods(session)] == rounds
    assert filled not in {each.id for each in snapshots(session)}
    with pytest.raises(UnknownPeriod):
        close_period(session, filled, NOW, SYSTEM, "why")
    # Nor does one stand in the way of a real one.
    begins = NOW - timedelta(days=10)
    open_period(session, Period("2026-3", "x", begins, NOW), SYSTEM, "why")


def test_what_is_public_does_not_know_it(session: Session, filled: str) -> None:
    rows = session.scalars(select(models.Application)).all()
    for row in rows:
        assert status_by_receipt(session, row.nik_index, row.receipt) == []
        assert not row.kk_index or status_by_kk(session, row.nik_index, row.kk_index) == []
        assert of_application(session, row.id) == {}


def test_the_board_does_not_count_it(session: Session, filled: str) -> None:
    figures = totals(board(session, PERIOD, NOW))
    assert (figures.waiting, figures.kelurahan) == (0, 267)


def test_a_real_household_with_the_same_nik_is_no_rival(bind: Engine, session: Session) -> None:
    record_now(bind, checked("a", 1))
    fill(session, KEYS, 1, NOW)
    (case,) = session.scalars(select(models.Application).where(models.Application.entry < 0))
    assert kin(session, [case.id]) == {}


def row_of(table: str, period: str, kelurahan: str) -> dict[str, Any]:
    place = {"period_id": period, "kelurahan_code": kelurahan}
    rows: dict[str, dict[str, Any]] = {
        "musyawarah": {"number": 1, "held_on": NOW.date(), "quorum": {}, "planned_by": "1"},
        "paper_form": {"sealed": b"s", "keyed_by": "1", "complete": False},
        "sheet": {"rw": 1, "rt": 1, "source": "rt", "number": 1, "token_hash": bytes(32),
                  "expires_at": NOW, "made_by": "1"},
    }  # fmt: skip
    return {**place, "id": index(table), **rows[table]}


@pytest.mark.parametrize("table", ["musyawarah", "paper_form", "sheet"])
@pytest.mark.parametrize("mixed", ["round", "kelurahan"])
def test_the_database_keeps_them_apart(
    session: Session, filled: str, table: str, mixed: str
) -> None:
    place = (filled, GAMBIR) if mixed == "round" else (PERIOD, practice.CODE)
    adding = insert(Base.metadata.tables[table])
    with pytest.raises(IntegrityError, match=f"ck_{table}_practice"), session.begin_nested():
        session.execute(adding.values(row_of(table, *place)))
    session.execute(adding.values(row_of(table, filled, practice.CODE)))


def test_the_database_keeps_applications_apart(bind: Engine, session: Session, filled: str) -> None:
    for place in ({"period": filled}, {"kelurahan": practice.CODE}):
        with pytest.raises(IntegrityError, match="ck_application_practice"):
            record_now(bind, checked("a", 1, **place))
