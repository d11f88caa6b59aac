"""`fmotm households --send` against the real portal, served by gunicorn, on a real inbox."""

import json
import os
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import redis
from click.testing import CliRunner, Result

from fmotm.commands.households import households as command
from fmotm.embedded import Program, free_port, make_secrets
from fmotm.households import household
from portal.door import PERIODS_REMEMBERED
from registry.inbox import Inbox, connect
from registry.intake import Keys, submission
from registry.rules.answers import parse
from registry.rules.application import Application
from registry.rules.periods import Period
from registry.rules.receipts import format_receipt, receipt_code
from registry.settings import Settings
from tests.conftest import running

ROOT = Path(__file__).resolve().parents[3]
PERIOD = "2026-1"


@pytest.fixture(scope="module")
def environ(valkey_url: str, redis_url: str) -> dict[str, str]:
    return {
        **os.environ,
        **make_secrets(),
        # Nothing here needs PostgreSQL: an application is accepted while it is down.
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none",
        "INBOX_REDIS_URL": valkey_url,
        "REDIS_URL": redis_url,
        "PORT": str(free_port()),
        "WEB_CONCURRENCY": "1",
    }


@pytest.fixture(scope="module")
def portal(environ: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run gunicorn, as `fmotm up` does."""
    folder = tmp_path_factory.mktemp("portal")
    url = f"http://127.0.0.1:{environ['PORT']}"
    gunicorn = Program(
        name="portal",
        argv=(
            sys.executable,
            "-m",
            "gunicorn",
            "-c",
            "python:portal.gunicorn_conf",
            "portal.wsgi:app",
        ),
        environ=environ,
        cwd=ROOT,
        log=folder / "log",
        lock=folder / "lock",
        ready=lambda: answers(url + "/healthz"),
    )
    with running(gunicorn):
        yield url


def answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=2).close()
    except OSError:
        return False
    return True


@pytest.fixture
def inbox(inbox_client: redis.Redis, queue_client: redis.Redis, valkey_url: str) -> Inbox:
    """Give an inbox with an open period."""
    inbox = Inbox(connect(valkey_url))
    now = datetime.now(UTC)
    inbox.publish_periods([Period(PERIOD, "Uji", now - timedelta(days=1), now + timedelta(days=9))])
    wait_until_noticed()
    return inbox


def wait_until_noticed() -> None:
    """Let the portal look again: it keeps what it knows of periods for a moment."""
    time.sleep(PERIODS_REMEMBERED + 0.3)


def send(url: str, *arguments: str, count: int = 30) -> Result:
    return CliRunner().invoke(
        command, ["--count", str(count), "--seed", "7", "--send", url, "--json", *arguments]
    )


def expected_receipt(index: int, environ: dict[str, str]) -> str:
    """Return the code that the keys give household ``index``, worked out without the portal."""
    application = parse(household(7, index), today=datetime.now(UTC).date())
    assert isinstance(application, Application)
    keys = Keys.of(Settings.from_env(environ))
    sent = submission(application, PERIOD, keys, datetime.now(UTC))
    return format_receipt(receipt_code(sent.application_id))


def test_receipts_stand_for_what_the_inbox_holds(
    portal: str, inbox: Inbox, environ: dict[str, str], tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger"
    result = send(portal, "--ledger", str(ledger))
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["receipts"] == 30
    assert ledger.read_text().splitlines() == [
        expected_receipt(index, environ) for index in range(30)
    ]
    assert inbox.last_number() == 30
    # Sent again: the same receipts, and every entry accounted for.
    again = tmp_path / "again"
    assert send(portal, "--ledger", str(again)).exit_code == 0
    assert again.read_text() == ledger.read_text()
    assert inbox.last_number() == 60


def test_mistakes_are_refused_by_field_and_leave_no_trace(portal: str, inbox: Inbox) -> None:
    result = send(portal, "--mistakes", "1", count=60)
    tally = json.loads(result.stdout)
    assert (result.exit_code, tally["refused"], tally["receipts"]) == (0, 60, 0)
    assert "alamat" in tally["problems"]
    assert "?" not in tally["problems"]
    assert inbox.last_number() == 0


def test_flags_and_rivals_are_accepted(portal: str, inbox: Inbox) -> None:
    result = send(portal, "--flags", "0.5", "--rivals", "0.5", count=40)
    assert json.loads(result.stdout)["receipts"] == 40


def test_closed_period_is_one_clear_line(portal: str, inbox: Inbox) -> None:
    inbox.publish_periods([])
    wait_until_noticed()
    result = send(portal, count=1)
    assert result.exit_code == 1
    assert "is a period open?" in result.stderr
