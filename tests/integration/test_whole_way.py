"""From the phone to the review queue, with everything that `fmotm up` runs, as promised."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, LiteralString

import pytest
import redis

from fmotm.embedded import find_binaries
from fmotm.embedded.folder import DataFolder
from fmotm.households import household
from tests.database import all_rows
from tests.stack import STOPPED_WITHIN, Stack

# One stack at a time is enough for two cores.
pytestmark = pytest.mark.timeout(400)

SEED = "7"
MANY = 1000


@pytest.fixture(scope="module")
def sent(stack: Stack) -> list[str]:
    """Send a thousand households once; give their receipts, in the order of the households."""
    return send(stack)


def send(stack: Stack) -> list[str]:
    ledger = stack.folder.with_name("ledger")
    ledger.unlink(missing_ok=True)
    done = stack.fmotm(
        "households", "--count", str(MANY), "--seed", SEED, "--send", stack.url,
        "--ledger", str(ledger),
    )  # fmt: skip
    assert f"receipts {MANY} ({MANY} different), refused 0, failed 0" in done.stderr + done.stdout
    return ledger.read_text().split()


def rows(stack: Stack, query: LiteralString) -> list[tuple[Any, ...]]:
    with all_rows(stack.settings()["DATABASE_URL"]) as connection:
        return connection.execute(query).fetchall()


def test_a_thousand_households_stand_each_in_its_kelurahan(stack: Stack, sent: list[str]) -> None:
    assert stack.drained() | {"missing": []} == {
        "entries": MANY, "waiting": 0, "inserted": MANY, "repeated": 0, "quarantined": 0,
        "lost": 0, "missing": [], "balanced": True,
    }  # fmt: skip
    assert "It adds up." in stack.fmotm("balance").stdout
    expected = {
        receipt: household(int(SEED), number)["kelurahan"] for number, receipt in enumerate(sent)
    }
    assert dict(rows(stack, "SELECT receipt, kelurahan_code FROM application")) == {
        receipt.replace("-", ""): kelurahan for receipt, kelurahan in expected.items()
    }
    assert rows(stack, "SELECT DISTINCT state FROM application") == [("queued",)]


def test_the_queue_command_lists_a_kelurahan_in_order(stack: Stack, sent: list[str]) -> None:
    stack.drained()
    counts = Counter(str(household(int(SEED), number)["kelurahan"]) for number in range(len(sent)))
    kelurahan, expected = counts.most_common(1)[0]
    listed = stack.json("queue", kelurahan)
    assert len(listed) == expected
    order = [(not row["priority"], -row["score"]) for row in listed]
    assert order == sorted(order)


def test_sent_again_the_same_receipts_and_no_other_application(
    stack: Stack, sent: list[str]
) -> None:
    stack.drained()
    assert send(stack) == sent
    figures = stack.drained()
    assert (figures["entries"], figures["inserted"], figures["repeated"]) == (2 * MANY, MANY, MANY)
    assert rows(stack, "SELECT count(*) FROM application") == [(MANY,)]


def test_a_worker_killed_in_the_middle_five_times_loses_and_doubles_nothing(
    stack: Stack, sent: list[str]
) -> None:
    before = stack.drained()
    killed: set[int] = set()
    for seconds in (0.02, 0.1, 0.2, 0.3, 0.5):
        worker = stack.pid("worker", besides=killed)
        os.kill(worker, signal.SIGSTOP)
        stack.fmotm(
            "households", "--count", "300", "--seed", SEED, "--send", stack.url,
            "--no-receipt-page",
        )  # fmt: skip
        assert stack.balance()["waiting"] > 0
        os.kill(worker, signal.SIGCONT)
        time.sleep(seconds)  # into the drain: what it is at differs each time
        os.kill(worker, signal.SIGKILL)
        killed.add(worker)
        stack.balance()
    figures = stack.drained()
    assert len(killed) == 5
    assert figures["inserted"] == MANY
    assert figures["quarantined"] == 0
    assert figures["entries"] == before["entries"] + 5 * 300
    assert rows(stack, "SELECT count(*) FROM application") == [(MANY,)]


def test_no_personal_data_lies_anywhere_in_clear(stack: Stack, sent: list[str]) -> None:
    stack.drained()
    answers = household(int(SEED), 0)
    phone = next(a["telepon"] for a in households() if a.get("telepon"))
    canaries = {
        str(value).encode()
        for value in (answers["nik"], answers["nama"], answers["alamat"], phone, answers["kk"])
    }
    canaries |= {str(answers["nama"]).upper().encode(), str(answers["alamat"]).upper().encode()}
    for name, content in everything_kept(stack):
        found = [canary for canary in canaries if canary in content]
        assert found == [], name


def households() -> Iterator[dict[str, str | list[str]]]:
    return (household(int(SEED), number) for number in range(MANY))


def everything_kept(stack: Stack) -> Iterator[tuple[str, bytes]]:
    """Give what an intruder could read: dump, files of the servers, logs, RQ's keys and values."""
    settings = stack.settings()
    dump = find_binaries(DataFolder(stack.folder, None)).postgres.with_name("pg_dump")
    dumped = subprocess.run(
        [dump, "--enable-row-security", settings["DATABASE_URL"]],
        env={**os.environ, "PGOPTIONS": "-c fmotm.scope=all"},
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert b"COPY public.application" in dumped.stdout
    yield "database dump", dumped.stdout
    for path in stack.folder.rglob("*"):
        if path.is_file() and "bin" not in path.parts:
            yield str(path), path.read_bytes()
    for variable in ("REDIS_URL", "INBOX_REDIS_URL"):
        with redis.Redis.from_url(settings[variable]) as client:
            for key in client.scan_iter():
                yield variable, bytes(key)
                yield f"{variable} {key!r}", bytes(client.dump(key) or b"")


def test_killed_and_started_again_it_goes_on_with_the_same_data(
    stack: Stack, sent: list[str]
) -> None:
    before = stack.drained()
    stack.kill()
    stack.start()
    assert stack.balance() == before
    assert send(stack) == sent
    assert stack.drained()["inserted"] == MANY


def test_it_stops_within_ten_seconds_and_leaves_no_process(stack: Stack) -> None:
    assert stack.stop() <= STOPPED_WITHIN
    assert processes_of(stack.folder) == []
    stack.start()


def processes_of(folder: Path) -> list[str]:
    wanted = str(folder).encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            about = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        except OSError:
            continue
        if wanted in about and process.name != str(os.getpid()):
            found.append((process / "cmdline").read_text())
    return found
