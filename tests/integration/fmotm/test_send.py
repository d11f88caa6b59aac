"""`fmotm households --send`: over HTTP, against a counter that can misbehave."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import islice
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fmotm.commands.households import households as command
from fmotm.households import household
from fmotm.households.send import send_all
from tests.integration.fmotm.counter import (
    CLOSED,
    Counter,
    break_off,
    counter_open,
    refuse,
    say_nothing,
)


@pytest.fixture
def counter() -> Iterator[Counter]:
    with counter_open() as server:
        yield server


def send(url: str, *arguments: str, count: int = 1) -> Result:
    return CliRunner().invoke(
        command, ["--count", str(count), "--seed", "7", "--send", url, *arguments]
    )


def summary(result: Result) -> dict[str, object]:
    found: dict[str, object] = json.loads(result.stdout)
    return found


def test_every_household_gets_a_receipt(counter: Counter) -> None:
    result = send(counter.url, count=40)
    assert result.exit_code == 0
    assert result.stdout.startswith("sent 40, receipts 40 (40 different), refused 0, failed 0")
    assert {form["nik"][0] for form in counter.forms} == {
        str(household(7, index)["nik"]) for index in range(40)
    }


def test_forms_carry_period_version_and_button(counter: Counter) -> None:
    send(counter.url)
    form = counter.forms[0]
    assert (form["periode"], form["versi"], form["aksi"]) == (["2026-1"], ["2026-1"], ["kirim"])


def test_ticks_are_sent_one_by_one(counter: Counter) -> None:
    send(counter.url, count=4)
    several = max((form["bekerja"] for form in counter.forms), key=len)
    assert several == ["0", "1", "2"]


def test_same_seed_sent_again_gets_the_same_receipts(counter: Counter, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    send(counter.url, "--ledger", str(first), count=30)
    send(counter.url, "--ledger", str(second), count=30)
    assert first.read_text() == second.read_text()
    assert len(set(first.read_text().splitlines())) == 30


def test_ledger_is_in_the_order_of_the_households(counter: Counter, tmp_path: Path) -> None:
    one_by_one, at_once = tmp_path / "one", tmp_path / "many"
    send(counter.url, "--ledger", str(one_by_one), "--concurrency", "1", count=30)
    counter.refusals += [refuse(503, Retry_After="0")] * 5
    send(counter.url, "--ledger", str(at_once), "--concurrency", "8", count=30)
    assert at_once.read_text() == one_by_one.read_text()


def test_receipt_pages_are_left_unread_when_asked(counter: Counter) -> None:
    result = send(counter.url, "--no-receipt-page", count=5)
    assert (result.exit_code, counter.pages_read) == (0, 0)
    assert result.stdout.startswith("sent 5, receipts 5, refused 0")


def test_connections_are_kept_open(counter: Counter) -> None:
    send(counter.url, "--concurrency", "4", count=60)
    assert counter.connections <= 5  # one of them to read the form


def test_mistakes_are_counted_by_field_and_are_no_failure(counter: Counter) -> None:
    result = send(counter.url, "--mistakes", "1", "--json", count=60)
    tally = summary(result)
    assert (result.exit_code, tally["refused"], tally["receipts"]) == (0, 60, 0)
    problems = tally["problems"]
    assert isinstance(problems, dict)
    assert "alamat" in problems
    assert not {"isi", "atas", "?"} & set(problems)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_refused_household_comes_again(counter: Counter, status: int) -> None:
    counter.refusals += [refuse(status, Retry_After="0")] * 3
    assert send(counter.url).exit_code == 0
    assert len(counter.forms) == 4


def test_ticket_goes_along_and_answers_stay(counter: Counter) -> None:
    counter.refusals.append(refuse(429, ticket="abc.def", Retry_After="0"))
    send(counter.url)
    before, after = counter.forms
    assert after == before | {"tiket": ["abc.def"]}


def test_retry_after_is_waited_out(counter: Counter) -> None:
    counter.refusals.append(refuse(503, Retry_After="1"))
    started = time.monotonic()
    assert send(counter.url).exit_code == 0
    assert time.monotonic() - started >= 1.0


@pytest.mark.parametrize(
    "retry_after",
    [format_datetime(datetime(2026, 1, 1, tzinfo=UTC), usegmt=True), "soon", "-1", ""],
)
def test_odd_retry_after_does_no_harm(counter: Counter, retry_after: str) -> None:
    counter.refusals.append(refuse(503, Retry_After=retry_after))
    assert send(counter.url).exit_code == 0


def test_refused_for_good_is_a_failure(counter: Counter) -> None:
    counter.refusals += [refuse(503, Retry_After="0")] * 8
    result = send(counter.url)
    assert result.exit_code == 1
    assert "failed HTTP 503, 8 times: 1" in result.stdout


@pytest.mark.parametrize("fault", [break_off, say_nothing])
def test_broken_connection_is_made_anew(counter: Counter, fault: object) -> None:
    counter.refusals += [fault] * 2  # type: ignore[list-item]
    assert send(counter.url).exit_code == 0


def test_server_that_hangs_up_while_idle_costs_nothing(counter: Counter) -> None:
    counter.hang_up = True
    started = time.monotonic()
    assert send(counter.url, "--concurrency", "1", count=20).exit_code == 0
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(("status", "words"), [(410, "closed"), (413, "too large"), (500, "500")])
def test_other_answers_are_failures_at_once(counter: Counter, status: int, words: str) -> None:
    counter.refusals.append(refuse(status))
    result = send(counter.url, count=2)
    assert result.exit_code == 1
    assert f"HTTP {status}" in result.stdout
    assert words in result.stdout
    assert "sent 2, receipts 1" in result.stdout


def test_receipt_page_without_a_code_is_a_failure(counter: Counter) -> None:
    counter.no_code = True
    result = send(counter.url)
    assert result.exit_code == 1
    assert "no code on the receipt's page" in result.stdout


@pytest.mark.parametrize("location", ["https://example.org/bukti/{token}", "//example.org/x"])
def test_location_elsewhere_is_not_followed(counter: Counter, location: str) -> None:
    counter.location = location
    result = send(counter.url)
    assert result.exit_code == 1
    assert "leading away" in result.stdout


def test_whole_address_of_the_portal_is_followed(counter: Counter) -> None:
    counter.location = counter.url + "/bukti/{token}"
    assert send(counter.url + "/").exit_code == 0


@pytest.mark.parametrize("form", [CLOSED, "", "<input type=hidden name=versi value=1>"])
def test_no_form_is_one_clear_line(counter: Counter, form: str) -> None:
    counter.form = form
    result = send(counter.url)
    assert result.exit_code == 1
    assert "is a period open?" in result.stderr
    assert not counter.forms


def test_portal_that_is_gone_is_not_tried_for_each_household(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fmotm.households.client._guess", lambda attempt: 0.0)
    counter.refusals += [break_off] * 20_000
    result = send(counter.url, "--concurrency", "4", count=1_000)
    assert result.exit_code == 1
    assert "sent 8, receipts 0" in result.stdout
    assert "no longer answers: 992 were not sent" in result.stderr


def test_nobody_there_is_one_clear_line() -> None:
    with counter_open() as server:
        url = server.url
    result = send(url)
    assert result.exit_code == 1
    assert "does not answer: no answer (ConnectionRefusedError)" in result.stderr


@pytest.mark.parametrize(
    "url", ["127.0.0.1:8000", "ftp://127.0.0.1", "http://", "http://[", "http://a:b", ""]
)
def test_what_is_no_address_is_one_clear_line(url: str) -> None:
    result = send(url)
    assert result.exit_code == 1
    assert "is no address of a portal" in result.stderr


def test_ledger_that_cannot_be_written_is_refused_before_sending(
    counter: Counter, tmp_path: Path
) -> None:
    result = send(counter.url, "--ledger", str(tmp_path / "none" / "ledger"))
    assert result.exit_code == 1
    assert not counter.forms


def test_portal_that_stops_half_way_leaves_the_ledger_of_what_was_granted(
    counter: Counter, tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger"
    households = 12
    counter.refusals += [refuse(500)] * 4
    result = send(counter.url, "--ledger", str(ledger), count=households)
    assert result.exit_code == 1
    assert len(ledger.read_text().splitlines()) == households - 4


def test_closing_the_iterator_ends_waits(counter: Counter) -> None:
    made = [household(7, index) for index in range(40)]
    counter.refusals.append(refuse(503, Retry_After="100"))
    outcomes = send_all(counter.url, made, concurrency=2)
    assert all(outcome.accepted for _, outcome in islice(outcomes, 3))
    started = time.monotonic()
    outcomes.close()
    assert time.monotonic() - started < 5


def test_nothing_to_send_is_fine(counter: Counter) -> None:
    result = send(counter.url, "--json", count=0)
    assert (result.exit_code, summary(result)["sent"]) == (0, 0)
