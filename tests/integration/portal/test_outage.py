"""The inbox down, hanging, full or halted: no receipt, the answers kept, sent again later."""

from __future__ import annotations

import time

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from registry.inbox import Inbox, connect
from tests.conftest import NewValkey, ValkeyServer
from tests.integration.portal.conftest import NOWHERE, NewApp
from tests.integration.portal.support import Page, answered, answers, form, post, snapshot

WITHIN = 10.0
"""Seconds that a citizen waits at most for the page that keeps the answers."""


@pytest.fixture
def server(new_valkey: NewValkey) -> ValkeyServer:
    """Give an inbox server of one's own, with an open period."""
    started = new_valkey()
    with connect(started.url) as client:
        Inbox(client).publish_periods([snapshot()])
    return started


@pytest.fixture
def client(new_app: NewApp, server: ValkeyServer) -> FlaskClient:
    """Give a client of a portal that has served the form once."""
    opened = new_app(INBOX_REDIS_URL=server.url).test_client()
    assert opened.get("/daftar").status_code == 200
    return opened


def assert_kept(page: TestResponse) -> None:
    """Check that the page holds the whole form, ready to be sent again."""
    assert page.status_code == 503
    assert int(page.headers["Retry-After"]) > 0
    assert page.headers["Cache-Control"] == "no-store"
    assert "Semua jawaban Anda masih ada" in page.text
    assert Page(page.text).answered() == answered(answers())


def test_stopped_inbox_keeps_the_answers_until_it_is_back(
    client: FlaskClient, server: ValkeyServer
) -> None:
    server.stop()
    begun = time.monotonic()
    page = post(client, form(answers()))
    assert time.monotonic() - begun < WITHIN
    assert_kept(page)

    server.start()
    assert post(client, Page(page.text).values).status_code == 303


def test_hanging_inbox_is_given_up_soon(client: FlaskClient, server: ValkeyServer) -> None:
    server.freeze()
    begun = time.monotonic()
    page = post(client, form(answers()))
    took = time.monotonic() - begun
    server.thaw()

    assert_kept(page)
    assert took < WITHIN


def test_answer_that_was_lost_changes_nothing_when_sent_again(
    client: FlaskClient, server: ValkeyServer
) -> None:
    server.freeze()
    page = post(client, form(answers()))
    server.thaw()

    assert post(client, Page(page.text).values).status_code == 303


def test_full_inbox_keeps_the_answers(client: FlaskClient, server: ValkeyServer) -> None:
    with connect(server.url) as redis:
        redis.config_set("maxmemory", "1mb")

    assert_kept(post(client, form(answers())))


def test_halted_inbox_keeps_the_answers(client: FlaskClient, server: ValkeyServer) -> None:
    with connect(server.url) as redis:
        Inbox(redis).halt("entries were lost")

    page = post(client, form(answers()))

    assert_kept(page)
    assert "entries were lost" not in page.text


def test_form_and_home_are_shown_while_the_inbox_is_down(
    client: FlaskClient, server: ValkeyServer
) -> None:
    server.stop()
    time.sleep(2.1)  # what the door knew is old by now

    assert client.get("/daftar").status_code == 200
    assert "dibuka sampai" in client.get("/").text


def test_portal_that_never_heard_of_a_period_says_come_back(new_app: NewApp) -> None:
    client = new_app(INBOX_REDIS_URL=NOWHERE, REDIS_URL=NOWHERE).test_client()

    form_page = client.get("/daftar")

    assert form_page.status_code == 503
    assert "Retry-After" in form_page.headers
    assert client.get("/").status_code == 200
    assert_kept(post(client, form(answers())))
