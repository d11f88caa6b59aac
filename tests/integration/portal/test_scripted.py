"""What a script that sends the form is told: the receipt, how long to wait, or to show a page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.citizen import MAX_BODY, apply
from portal.headers import HEADERS
from registry.inbox import Inbox
from registry.inbox.stream import BURST, RETRY_AFTER
from tests.integration.portal.conftest import NOWHERE, NewApp
from tests.integration.portal.support import FORM, answers, body, form, now, post, snapshot


def ask(
    client: FlaskClient,
    fields: Mapping[str, list[str]],
    *,
    accept: str = "application/json",
    kind: str = FORM,
) -> TestResponse:
    """Send a form as our script does, unless told otherwise."""
    return client.post("/daftar", data=body(fields), content_type=kind, headers={"Accept": accept})


def test_accepted_answers_are_told_the_receipt_of_a_form_that_was_posted(
    client: FlaskClient, inbox: Inbox
) -> None:
    told, shown = ask(client, form(answers())), post(client, form(answers()))

    assert (told.status_code, shown.status_code) == (201, 303)
    assert told.json is not None
    assert list(told.json) == ["bukti"]
    pages = [client.get(address).text for address in (told.json["bukti"], shown.location)]
    code = pages[1].split('class="kode"')[1].split("</p>")[0]
    assert all(code in page for page in pages)
    assert inbox.last_number() == 2


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        (form(answers(nik="1")), 422),
        (form(answers(), versi="0"), 409),
        (form(answers(), periode="2020-1"), 409),
        (form(answers(), aksi="anggota"), 200),
    ],
    ids=["answers", "version", "period", "not-sent"],
)
def test_what_somebody_must_look_at_is_told_without_an_answer_in_it(
    client: FlaskClient, inbox: Inbox, fields: Mapping[str, list[str]], status: int
) -> None:
    told = ask(client, fields)

    assert (told.status_code, told.json) == (status, {"perbaiki": True})
    assert inbox.depth() == 0


def test_unreadable_and_too_large_forms_are_to_be_looked_at(client: FlaskClient) -> None:
    cut = ask(client, form(answers()), kind="text/plain")
    large = ask(client, form(answers(alamat="x" * MAX_BODY)))

    assert (cut.status_code, cut.json) == (400, {"perbaiki": True})
    assert (large.status_code, large.json) == (413, {"perbaiki": True})


def test_closed_round_is_to_be_looked_at(client: FlaskClient, inbox: Inbox) -> None:
    inbox.publish_periods([snapshot(closes=timedelta(seconds=-1))])

    told = ask(client, form(answers()))

    assert (told.status_code, told.json) == (410, {"perbaiki": True})


def test_busy_service_says_when_to_send_again(new_app: NewApp) -> None:
    client = new_app(INBOX_REDIS_URL=NOWHERE).test_client()

    told = ask(client, form(answers()))

    assert (told.status_code, told.json) == (503, {"tunggu": apply.RETRY_AFTER})
    assert told.headers["Retry-After"] == str(apply.RETRY_AFTER)


def test_failure_of_ours_is_no_fault_of_the_answers(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise RuntimeError("made to fail")

    monkeypatch.setattr(apply, "submission", fail)

    told = ask(client, form(answers()))

    assert told.status_code == 500
    assert told.json == {"tunggu": int(told.headers["Retry-After"])}


def test_too_many_of_one_nik_get_a_ticket_that_lets_one_through_later(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(BURST):
        assert ask(client, form(answers(alamat=f"Gang {number}"))).status_code == 201
    last = answers(alamat="Gang Melati")
    told = ask(client, form(last))
    assert told.status_code == 429
    assert told.json is not None
    assert 0 < told.json["tunggu"] <= RETRY_AFTER
    monkeypatch.setattr(apply, "now", lambda: now() + timedelta(seconds=RETRY_AFTER + 1))

    assert ask(client, form(last, tiket=told.json["tiket"])).status_code == 201


@pytest.mark.parametrize("fields", [form(answers()), form(answers(nik="1"))])
def test_every_such_answer_is_kept_nowhere_and_carries_the_headers(
    client: FlaskClient, fields: Mapping[str, list[str]]
) -> None:
    headers = ask(client, fields).headers

    assert headers["Cache-Control"] == "no-store"
    assert {name: headers[name] for name in HEADERS} == HEADERS


@pytest.mark.parametrize("accept", ["*/*", "text/html,application/xhtml+xml,*/*;q=0.8", ""])
def test_a_browser_gets_pages(client: FlaskClient, accept: str) -> None:
    assert ask(client, form(answers(nik="1")), accept=accept).mimetype == "text/html"
