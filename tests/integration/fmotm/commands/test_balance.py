"""`fmotm balance`, on real servers."""

from __future__ import annotations

import json
import time

import redis
from sqlalchemy import Engine

from registry.inbox import Inbox
from tests.integration.fmotm.commands.conftest import Fmotm
from tests.integration.worker.support import (
    drain,
    outcomes,
    poison,
    sent,
)


def test_balance_adds_up(fmotm: Fmotm, inbox: Inbox, database: Engine) -> None:
    assert "It adds up." in fmotm("balance").output
    inbox.append(sent(1))
    inbox.append(poison(2))
    drain(inbox, database).run()
    inbox.append(sent(1))
    drain(inbox, database).run()
    inbox.append(sent(3))
    figures = json.loads(fmotm("balance", "--json").output)
    expected = {"entries": 4, "waiting": 1, "inserted": 1, "repeated": 1, "quarantined": 1}
    assert expected.items() <= figures.items()
    assert figures["balanced"] is True


def test_balance_that_does_not_add_up(fmotm: Fmotm, inbox: Inbox, client: redis.Redis) -> None:
    for number in range(5):
        inbox.append(sent(number))
    client.xdel("fmotm:inbox", "0-2", "0-3")
    assert "missing: 2 to 3" in fmotm("balance", code=1).output
    figures = json.loads(fmotm("balance", "--json", code=1).output)
    assert (figures["balanced"], figures["missing"]) == (False, [[2, 3]])


def test_balance_while_a_drain_runs(fmotm: Fmotm, inbox: Inbox, database: Engine) -> None:
    for number in range(300):
        inbox.append(sent(number))
    began = time.monotonic()
    while inbox.depth():
        drain(inbox, database, seconds=0.001).run()
        fmotm("balance")
        assert time.monotonic() - began < 60
    assert outcomes(database) == {"inserted": 300}
