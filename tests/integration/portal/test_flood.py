"""Very many applications of one NIK: slowed down, flagged, and never locked out."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from portal.citizen import apply
from registry.inbox import Inbox
from registry.inbox.stream import BURST, RETRY_AFTER
from tests.integration.portal.support import (
    Fields,
    Page,
    answered,
    answers,
    form,
    now,
    post,
)


def of_one_nik(number: int) -> Fields:
    """Give another household with the same NIK each time."""
    return answers(1, alamat=f"Gang Mawar nomor {number}")


@pytest.fixture
def flooded(client: FlaskClient) -> FlaskClient:
    for number in range(BURST):
        assert post(client, form(of_one_nik(number))).status_code == 303
    return client


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the portal live after the wait is over."""

    def after() -> datetime:
        return now() + timedelta(seconds=RETRY_AFTER + 1)

    monkeypatch.setattr(apply, "now", after)


def test_too_many_of_one_nik_wait_with_their_answers(flooded: FlaskClient, inbox: Inbox) -> None:
    page = post(flooded, form(of_one_nik(99)))

    assert page.status_code == 429
    assert 0 < int(page.headers["Retry-After"]) <= RETRY_AFTER
    assert Page(page.text).answered() == answered(of_one_nik(99))
    assert inbox.last_number() == BURST


def test_same_answers_again_are_not_counted(flooded: FlaskClient) -> None:
    assert post(flooded, form(of_one_nik(0))).status_code == 303


def test_another_nik_is_not_slowed_down(flooded: FlaskClient) -> None:
    assert post(flooded, form(answers(2))).status_code == 303


def test_ticket_does_not_count_before_its_time(flooded: FlaskClient) -> None:
    first = Page(post(flooded, form(of_one_nik(99))).text).values

    again = post(flooded, first)

    assert again.status_code == 429
    assert Page(again.text).values["tiket"] == first["tiket"]


def test_ticket_lets_one_application_through(
    flooded: FlaskClient, inbox: Inbox, request: pytest.FixtureRequest
) -> None:
    waiting = Page(post(flooded, form(of_one_nik(99))).text).values
    request.getfixturevalue("later")

    assert post(flooded, waiting).status_code == 303
    assert inbox.claim("tests")[-1].flooded
    assert post(flooded, waiting).status_code == 303  # the same once more
    other = post(flooded, {**waiting, "alamat": ["Gang Melati nomor 1"]})
    assert other.status_code == 429
    assert Page(other.text).values["tiket"] != waiting["tiket"]


def test_ticket_of_one_nik_is_worthless_for_another(
    flooded: FlaskClient, request: pytest.FixtureRequest
) -> None:
    ticket = Page(post(flooded, form(of_one_nik(99))).text).values["tiket"]
    other = answers(5)
    for number in range(BURST):
        assert post(flooded, form({**other, "alamat": [f"Jalan {number}"]})).status_code == 303
    request.getfixturevalue("later")

    assert post(flooded, form({**other, "tiket": ticket})).status_code == 429


def test_ticket_does_not_hold_the_index_of_the_nik(flooded: FlaskClient, inbox: Inbox) -> None:
    page = Page(post(flooded, form(of_one_nik(99))).text)

    index = inbox.claim("tests")[0].submission.nik_index
    assert index.hex() not in page.html
