"""`fmotm practice`, on real servers."""

from __future__ import annotations

import json

from sqlalchemy import Engine, text

from registry.inbox import Inbox
from tests.integration.fmotm.commands.conftest import Fmotm


def test_filling_begins_anew_and_no_figure_sees_it(
    fmotm: Fmotm, inbox: Inbox, database: Engine
) -> None:
    before = fmotm("balance").output
    assert "latihan-1: 8 made-up cases" in fmotm("practice", "fill", "--cases", "8").output
    assert "latihan-2: 60 made-up cases" in fmotm("practice", "fill").output
    assert fmotm("balance").output == before
    assert "latihan" not in fmotm("period", "list").output
    with database.connect() as connection:
        counts = connection.execute(
            text("SELECT period_id, count(*) FROM application GROUP BY 1 ORDER BY 1")
        ).all()
    assert [tuple(row) for row in counts] == [("latihan-1", 8), ("latihan-2", 60)]


def test_practice_is_no_kelurahan_to_other_commands(fmotm: Fmotm) -> None:
    assert "no such kelurahan" in fmotm("queue", "00.00.00.0000", code=2).output
    made = ("households", "--kelurahan", "00.00.00.0000")
    assert "no such kelurahan" in fmotm(*made, code=2).output


def test_the_history_of_practice_is_sealed_like_any(fmotm: Fmotm, inbox: Inbox) -> None:
    fmotm("practice", "fill", "--cases", "3")
    assert json.loads(fmotm("audit", "verify", "--json").output)
