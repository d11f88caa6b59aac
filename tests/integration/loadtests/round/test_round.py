"""A round of 300 on real servers; and that its books notice what is wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from fmotm.embedded.credentials import ADMIN
from loadtests.bench.measure import CheckFailed
from loadtests.bench.servers import Servers
from loadtests.ledger import RECORD, Ledger, read
from loadtests.round.playing import Round, check, look_up, play
from loadtests.round.result import as_text, figures

REGISTRATIONS = 300


@pytest.fixture(scope="module")
def played(servers: Servers) -> Round:
    return play(servers, REGISTRATIONS, lambda _: None)


def test_every_receipt_leads_to_exactly_one_application(servers: Servers, played: Round) -> None:
    check(servers, played)

    found = figures(played)
    assert found["ledger"] == {
        "receipts": REGISTRATIONS,
        "households": REGISTRATIONS,
        "applications": REGISTRATIONS,
        "lost": 0,
        "shared": 0,
        "unheard": 0,
    }
    assert found["balance"]["balanced"]
    assert found["receipts_opened"] >= 1
    assert sum(each["accepted"] for each in found["minutes"]) <= REGISTRATIONS
    assert f"{REGISTRATIONS:,}" in as_text(found)


def test_a_forged_receipt_is_noticed(servers: Servers, played: Round, tmp_path: Path) -> None:
    """One that no application stands behind, and one of another household's."""
    ((number, application_id), *_) = read(played.ledgers)

    with pytest.raises(CheckFailed, match="1 receipts lead to no application"):
        look_up(servers, with_more(played, tmp_path / "a", number, bytes(16)))
    with pytest.raises(CheckFailed, match="1 receipts lead to no application"):
        look_up(servers, with_more(played, tmp_path / "b", number + 1, application_id))


def test_a_household_without_a_receipt_is_noticed(servers: Servers, played: Round) -> None:
    with pytest.raises(CheckFailed, match="300 of 301 hold a receipt"):
        look_up(servers, replace(played, registrations=REGISTRATIONS + 1))


def test_a_receipt_that_was_not_kept_is_noticed(
    servers: Servers, played: Round, tmp_path: Path
) -> None:
    (first, *others) = played.ledgers
    shorter = tmp_path / "shorter"
    shorter.write_bytes(first.read_bytes()[RECORD.size :])

    with pytest.raises(CheckFailed, match="1 applications are there whose receipt nobody"):
        look_up(servers, with_ledgers(played, [shorter, *others]))


def test_an_application_deleted_behind_its_back_is_noticed(servers: Servers, played: Round) -> None:
    """The last of all: the books of these servers never add up again."""
    ((_, application_id), *_) = read(played.ledgers)
    superuser = servers.postgres.url(ADMIN)
    with psycopg.connect(superuser) as connection:
        connection.execute("SET session_replication_role = replica")
        deleted = connection.execute("DELETE FROM application WHERE id = %s", (application_id,))
        assert deleted.rowcount == 1

    with pytest.raises(CheckFailed, match="1 receipts lead to no application"):
        look_up(servers, played)


def with_more(played: Round, path: Path, number: int, application_id: bytes) -> Round:
    forged = Ledger(path)
    forged.add(number, application_id)
    forged.close()
    return with_ledgers(played, [*played.ledgers, path])


def with_ledgers(played: Round, ledgers: list[Path]) -> Round:
    return replace(played, watch=replace(played.watch, ledgers=ledgers))
