"""`fmotm audit`, on real servers."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import redis
from sqlalchemy import Engine, text

from registry.inbox import Inbox
from registry.inbox.heads import keep_head
from registry.rules.chain import GENESIS, Head
from registry.store import chain
from tests.integration.fmotm.commands.conftest import Fmotm
from tests.integration.worker.support import drain, sent, sessions_of
from tests.integration.worker.test_sealing import unguarded

NOWHERE = "redis://:geheim@127.0.0.1:1/0"


@pytest.fixture
def sealed(inbox: Inbox, database: Engine) -> Head:
    """Give the head of a chain of four events; the database has two more."""
    for number in range(3):
        inbox.append(sent(number))
        drain(inbox, database).run()
        with sessions_of(database).begin() as session:
            if number < 2:
                chain.seal(session, 10)
    with sessions_of(database)() as session:
        return chain.head(session)


def change(database: Engine, statement: str) -> None:
    with unguarded(database) as connection:
        connection.execute(text(statement))


def test_history_that_is_in_order(fmotm: Fmotm, inbox: Inbox, sealed: Head) -> None:
    assert fmotm("audit", "verify").output == (
        f"sealed               4\nunsealed             2\nhead      {sealed}\n"
        "Nothing was changed, as far as the chain tells.\n"
    )
    keep_head(inbox, sealed)
    assert fmotm("audit", "verify").output.endswith(f"compared  {sealed}\nNothing was changed.\n")
    assert json.loads(fmotm("audit", "verify", "--json", "--head", str(sealed)).output) == {
        "intact": True,
        "sealed": 4,
        "unsealed": 2,
        "head": str(sealed),
        "compared": [str(sealed)] * 2,
        "fault": None,
    }


def test_head_is_printed_with_the_time(fmotm: Fmotm, database: Engine) -> None:
    printed = fmotm("audit", "head").output
    assert re.fullmatch(rf"0:{GENESIS.hex()} \d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\dZ\n", printed)
    assert fmotm("audit", "verify", "--head", printed.split()[0]).output.endswith(
        "Nothing was changed.\n"
    )


def test_event_that_was_changed_is_named(fmotm: Fmotm, database: Engine, sealed: Head) -> None:
    change(database, "UPDATE event SET reason = 'x' WHERE id = 3")
    assert fmotm("audit", "verify", code=1).output == (
        "FIRST BAD: event 3, number 3: changed: it, or its link, is not as it was sealed\n"
        "in order             2\n"
    )
    found = json.loads(fmotm("audit", "verify", "--json", code=1).output)
    assert found["intact"] is False
    assert found["fault"] == {"wrong": "changed", "event": 3, "number": 3, "since": 3}


def test_end_that_was_cut_off_is_found_by_the_head_on_the_inbox_server(
    fmotm: Fmotm, inbox: Inbox, database: Engine, sealed: Head
) -> None:
    keep_head(inbox, sealed)
    change(database, "DELETE FROM event WHERE id >= 3")
    change(database, "DELETE FROM event_chain WHERE number >= 3")
    said = fmotm("audit", "verify", code=1).output
    assert said.startswith("FIRST BAD: event unknown, number 3: truncated: from here to the noted")


def test_chain_calculated_anew_is_found_by_a_head_in_a_file(
    fmotm: Fmotm, database: Engine, sealed: Head, tmp_path: Path
) -> None:
    with sessions_of(database)() as session:
        early = Head(
            2, session.scalars(text("SELECT hash FROM event_chain WHERE number = 2")).one()
        )
    log = tmp_path / "ticker.log"
    log.write_text(f"INFO: the chain of events ends at {early}\nINFO: it ends at {sealed}\n")
    assert "Nothing was changed." in fmotm("audit", "verify", "--head-file", str(log)).output
    change(database, "UPDATE event SET reason = 'x' WHERE id = 3")
    change(database, "DELETE FROM event_chain WHERE number >= 3")
    with sessions_of(database).begin() as session:
        chain.seal(session, 10)
    assert fmotm("audit", "verify").exit_code == 0
    said = fmotm("audit", "verify", "--head-file", str(log), code=1).output
    assert said.startswith("FIRST BAD: event 4, number 4: rewritten: the chain was calculated anew")
    assert "What was changed lies in the numbers 3 to 4." in said


def test_inbox_server_that_cannot_be_asked_is_told(fmotm: Fmotm, sealed: Head) -> None:
    said = fmotm("audit", "verify", INBOX_REDIS_URL=NOWHERE)
    assert "Not compared with the head on the inbox server: the inbox is down" in said.stderr
    assert "Nothing was changed" in said.stdout
    assert "Not compared" in fmotm("audit", "verify", INBOX_REDIS_URL="").stderr


def test_what_is_no_head(
    fmotm: Fmotm, client: redis.Redis, tmp_path: Path, database: Engine
) -> None:
    assert "a head is NUMBER:HASH" in fmotm("audit", "verify", "--head", "5", code=2).output
    empty = tmp_path / "empty"
    empty.write_text("nothing\n")
    said = fmotm("audit", "verify", "--head-file", str(empty), code=1).output
    assert "there is no head in" in said
    client.set("fmotm:chain:head", "forged")
    assert "what the inbox server keeps as head is none" in fmotm("audit", "verify", code=1).output
