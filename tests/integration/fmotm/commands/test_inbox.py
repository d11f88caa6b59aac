"""`fmotm inbox`, on real servers."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import redis
from sqlalchemy import Engine

from registry.inbox import Halted, Inbox
from registry.intake import Keys
from registry.sealing import BlindIndex, KeyRing
from tests.integration.fmotm.commands.conftest import Fmotm
from tests.integration.worker.support import (
    ID_KEY,
    INDEX_KEY,
    OTHER_KEY,
    PERIOD,
    RING_KEY,
    balanced,
    count,
    drain,
    now,
    sent,
)
from worker.blame import KEY_AWAITED


def test_status_of_the_inbox(fmotm: Fmotm, inbox: Inbox) -> None:
    inbox.append(sent(1))
    assert fmotm("inbox").output == fmotm("inbox", "status").output
    figures = json.loads(fmotm("inbox", "status", "--json").output)
    assert (figures["waiting"], figures["open_periods"], figures["complaints"]) == (1, [PERIOD], [])
    fmotm("inbox", "halt", "moving house")
    with pytest.raises(Halted, match="moving house"):
        inbox.append(sent(2))
    assert "HALTED: moving house (by " in fmotm("inbox", code=1).output
    fmotm("inbox", "resume")
    inbox.append(sent(2))


def test_put_back_when_the_cause_is_mended(
    fmotm: Fmotm, inbox: Inbox, database: Engine, client: redis.Redis
) -> None:
    assert "Nothing is set aside" in fmotm("inbox", "quarantine").output
    newer = Keys(KeyRing({1: RING_KEY, 2: OTHER_KEY}), BlindIndex(INDEX_KEY), ID_KEY)
    missing = replace(sent(1, keys=newer), received_at=now() - KEY_AWAITED)
    inbox.append(missing)
    client.xadd("fmotm:inbox", {"e": b"damaged"}, id="0-*")
    drain(inbox, database).run()
    said = fmotm("inbox", "quarantine").output
    assert "unknown_key" in said
    assert "0000-0000-0000" not in said  # what is damaged has no receipt to show
    fmotm("period", "close", PERIOD, "--reason", "over")
    fmotm("inbox", "put-back", "1")
    assert inbox.pending(missing.nik_index) != []
    assert "1 is not set aside" in fmotm("inbox", "put-back", "1", code=1).output
    assert drain(inbox, database, keys=newer).run().inserted == 1
    assert "2 is back in the inbox as 4" in fmotm("inbox", "put-back", "--all").output
    assert drain(inbox, database, keys=newer).run().quarantined == 1
    aside = json.loads(fmotm("inbox", "quarantine", "--json", "--all").output)
    assert [each["entry"] for each in aside] == [1, 2, 4]
    assert [each["receipt"] is None for each in aside] == [False, True, True]
    balanced(database, inbox)
    fmotm("inbox", "put-back", code=2)
    fmotm("inbox", "halt", "x")
    assert "halted" in fmotm("inbox", "put-back", "4", code=1).output
    assert [e["entry"] for e in json.loads(fmotm("inbox", "quarantine", "--json").output)] == [4]


def test_repair_after_a_loss(
    fmotm: Fmotm, inbox: Inbox, database: Engine, client: redis.Redis
) -> None:
    for number in range(10):
        inbox.append(sent(number))
    drain(inbox, database).run()
    inbox.append(sent(10))  # accepted, not yet drained: this one will be lost
    client.delete("fmotm:inbox")
    for number in (20, 21, 22, 3):  # numbers 1 to 4 again; 4 for the application that had it
        inbox.append(sent(number))
    inbox.claim("dead")
    inbox.attempt_alone(1)
    assert "The inbox has lost its last 6 numbers" in fmotm("balance", code=1).output
    assert "fmotm inbox repair" in fmotm("inbox", "resume", code=1).output
    said = fmotm("inbox", "repair", "--yes").output
    assert "3 waiting entries have new numbers: 11 to 13" in said
    assert "waiting entries" not in fmotm("inbox", "repair", "--yes").output
    fmotm("inbox", "resume")
    done = drain(inbox, database).run()
    assert (done.inserted, done.already) == (3, 1)
    assert inbox.append(sent(30)).number == 14
    drain(inbox, database).run()
    assert count(database) == 14
    # What was lost before it was drained had the number 11, which is in use again.
    balanced(database, inbox)


def test_repair_of_an_inbox_that_is_gone_altogether(
    fmotm: Fmotm, inbox: Inbox, database: Engine, client: redis.Redis
) -> None:
    for number in range(3):
        inbox.append(sent(number))
    drain(inbox, database).run()
    client.flushall()
    fmotm("inbox", "repair", "--yes")
    fmotm("inbox", "resume")
    fmotm("period", "extend", PERIOD, "--closes", "2999-01-01", "--reason", "x")
    assert inbox.append(sent(4)).number == 4
    assert drain(inbox, database).run().inserted == 1
    balanced(database, inbox)
