"""`fmotm board`, on real servers."""

from __future__ import annotations

import json

from sqlalchemy import Engine

from registry.inbox import Inbox
from tests.integration.fmotm.commands.conftest import Fmotm
from tests.integration.worker.support import application, drain, sent


def test_board_lists_all_kelurahan_with_their_figures(
    fmotm: Fmotm, inbox: Inbox, database: Engine
) -> None:
    inbox.append(sent(1))
    drain(inbox, database).run()
    said = fmotm("board").output
    assert len(said.splitlines()) == 1 + 267 + 1 + 12
    assert "NOBODY" in said
    told = json.loads(fmotm("board", "--json").output)
    assert (told["totals"]["kelurahan"], told["totals"]["waiting"]) == (267, 1)
    [busy] = [each for each in told["kelurahan"] if each["waiting"]]
    assert (busy["code"], busy["step"]) == (application(1).kelurahan, "no_sheets")


def test_board_of_some_in_an_order(fmotm: Fmotm, inbox: Inbox, database: Engine) -> None:
    inbox.append(sent(1))
    drain(inbox, database).run()
    first = fmotm("board", "--sort", "waiting").output.splitlines()[1]
    assert first.startswith(application(1).kelurahan)
    told = json.loads(fmotm("board", "--only", "overdue", "--json").output)
    assert told["kelurahan"] == []


def test_board_of_no_round(fmotm: Fmotm) -> None:
    assert "no period has begun" in fmotm("board", code=1).output
    assert "there is no period 1999-1" in fmotm("board", "--period", "1999-1", code=1).output
