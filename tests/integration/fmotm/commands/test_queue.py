"""`fmotm queue`, on real servers."""

from __future__ import annotations

import json

from sqlalchemy import Engine

from registry.inbox import Inbox
from registry.rules.receipts import format_receipt, receipt_code
from tests.integration.fmotm.commands.conftest import Fmotm
from tests.integration.worker.support import (
    OTHER_KEY,
    application,
    as_text,
    drain,
    sent,
)


def test_queue_lists_in_order_without_names(fmotm: Fmotm, inbox: Inbox, database: Engine) -> None:
    place = application(1).kelurahan
    inbox.append(sent(1))
    assert "Nobody is waiting" in fmotm("queue", place).output
    drain(inbox, database).run()
    name, code = str(application(1).answers["nama"]), receipt_code(sent(1).application_id)
    said = fmotm("queue", place).output
    assert format_receipt(code) in said
    assert name not in said
    assert "•" in said
    assert name in fmotm("queue", place, "--names").output
    (row,) = json.loads(fmotm("queue", place, "--json").output)
    assert (row["receipt"], row["entry"], row["rivals"], row["duplicates"]) == (code, 1, 0, 0)
    assert row["applicant"] != name


def test_queue_of_nowhere(fmotm: Fmotm) -> None:
    assert "no such kelurahan" in fmotm("queue", "99.99", code=2).output
    assert "no period has begun" in fmotm("queue", "31.71.01.1001", code=1).output
    wrong = fmotm("queue", "31.71.01.1001", "--period", "1999-1", code=1)
    assert "there is no period 1999-1" in wrong.output


def test_name_in_place_of_a_code_is_told_its_code(fmotm: Fmotm) -> None:
    assert "Gambir is 31.71.01.1001" in fmotm("queue", "gambir", code=2).output


def test_queue_that_cannot_be_opened_is_listed_all_the_same(
    fmotm: Fmotm, inbox: Inbox, database: Engine
) -> None:
    inbox.append(sent(1))
    drain(inbox, database).run()
    other = f"2:{as_text(OTHER_KEY)}"
    assert "(cannot be opened)" in fmotm("queue", application(1).kelurahan, SEAL_KEYS=other).output
