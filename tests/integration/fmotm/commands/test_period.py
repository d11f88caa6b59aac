"""`fmotm period`, on real servers."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from fmotm.commands.period import ensure_open
from registry.inbox import Inbox
from registry.settings import Settings
from registry.store import models
from tests.integration.fmotm.commands.conftest import Fmotm
from tests.integration.worker.support import (
    PERIOD,
    now,
    sent,
    sessions_of,
)


def listed(fmotm: Fmotm) -> dict[str, dict[str, str]]:
    return {each["id"]: each for each in json.loads(fmotm("period", "list", "--json").output)}


def test_period_is_opened_extended_and_closed_at_once_at_the_door(
    fmotm: Fmotm, bare_inbox: Inbox, database: Engine
) -> None:
    fmotm("period", "open", PERIOD)
    assert listed(fmotm)[PERIOD]["state"] == "open"
    assert [each.id for each in bare_inbox.periods()] == [PERIOD]
    bare_inbox.append(sent(1))
    day = f"{now() + timedelta(days=40):%Y-%m-%d}"
    said = fmotm("period", "extend", PERIOD, "--closes", day, "--reason", "servers were slow")
    assert f"closes {day} 23:59." in said.output
    assert listed(fmotm)[PERIOD]["closes_at"] == f"{day}T16:59:00+00:00"
    fmotm("period", "close", PERIOD, "--reason", "flood")
    assert listed(fmotm)[PERIOD]["state"] == "closing"
    assert not bare_inbox.periods()[0].is_open(now())
    with sessions_of(database)() as session:
        changes = list(
            session.scalars(select(models.PeriodChange).order_by(models.PeriodChange.id))
        )
    assert [(each.kind, each.reason) for each in changes] == [
        ("opened", "opened as planned"),
        ("extended", "servers were slow"),
        ("closed", "flood"),
    ]
    assert all((each.actor_id or "").startswith("os:") for each in changes)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["open", "2026"], 1, "year and number"),
        (
            ["open", "2026-2", "--opens", "2026-03-02", "--closes", "2026-03-01"],
            1,
            "after it opens",
        ),
        (["open", "2026-2", "--opens", "yesterday"], 2, "it looks like 2026-08-17"),
        (["open", "2026-2", "--opens", "2026-02-30"], 2, "it looks like 2026-08-17"),
        (["open", PERIOD], 1, "already"),
        (["open", "2026-9"], 1, "overlap the period 2026-1"),
        (["extend", PERIOD, "--closes", "2999-01-01"], 2, "--reason"),
        (["extend", PERIOD, "--closes", "2999-01-01", "--reason", " "], 1, "needs a reason"),
        (
            ["extend", PERIOD, "--closes", "2020-01-01", "--reason", "x"],
            1,
            "later than now planned",
        ),
        (["extend", "2020-1", "--closes", "2999-01-01", "--reason", "x"], 1, "no period 2020-1"),
        (["close", PERIOD, "--reason", ""], 1, "needs a reason"),
        (["close", "2020-1", "--reason", "x"], 1, "there is no period 2020-1"),
    ],
    ids=str,
)
def test_wrong_period_is_refused(fmotm: Fmotm, words: list[str], code: int, said: str) -> None:
    fmotm("period", "open", PERIOD)
    before = listed(fmotm)
    assert said in fmotm("period", *words, code=code).output
    assert listed(fmotm) == before


def test_period_is_recorded_while_the_inbox_is_down(fmotm: Fmotm) -> None:
    result = fmotm("period", "open", PERIOD, INBOX_REDIS_URL="redis://127.0.0.1:1/0")
    assert "Recorded. the inbox is down" in result.output
    assert listed(fmotm)[PERIOD]["state"] == "open"


def test_up_opens_a_period_once(
    environ: dict[str, str], database: Engine, bare_inbox: Inbox, fmotm: Fmotm
) -> None:
    given = Settings.from_env(environ)
    for _ in range(2):
        ensure_open(given)
    (only,) = listed(fmotm).values()
    assert only["state"] == "open"
    assert [each.id for each in bare_inbox.periods()] == [only["id"]]
    fmotm("period", "close", only["id"], "--reason", "x")
    ensure_open(given)
    assert sorted(each["state"] for each in listed(fmotm).values()) == ["closing", "open"]
