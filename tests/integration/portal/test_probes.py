"""Probes: alive, and ready to accept what will not be lost."""

from __future__ import annotations

import logging
import time

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.probes import warn_of_loss
from registry.inbox import Inbox
from tests.conftest import NewValkey
from tests.integration.portal.conftest import NOWHERE, NewApp


def test_healthy_and_ready(client: FlaskClient) -> None:
    assert client.get("/healthz").status_code == 200
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json == {"ready": True, "accepting": True, "durable": True, "reasons": []}


def test_halted_is_not_ready_and_says_why(client: FlaskClient, inbox: Inbox) -> None:
    inbox.halt("entries were lost")

    ready = client.get("/readyz")

    assert ready.status_code == 503
    assert ready.json
    assert ready.json["reasons"] == ["accepting is halted: entries were lost"]


def test_inbox_that_could_lose_applications_is_not_ready(
    new_app: NewApp, new_valkey: NewValkey, caplog: pytest.LogCaptureFixture
) -> None:
    app = new_app(INBOX_REDIS_URL=new_valkey({"appendfsync": "everysec"}).url)

    ready = app.test_client().get("/readyz")
    warn_of_loss(app)

    assert ready.status_code == 503
    assert ready.json
    assert (ready.json["accepting"], ready.json["durable"]) == (True, False)
    assert "appendfsync" in ready.json["reasons"][0]
    [record] = caplog.records
    assert record.levelno == logging.CRITICAL
    assert "appendfsync" in record.getMessage()


def test_down_inbox_is_not_ready_soon(new_app: NewApp, new_valkey: NewValkey) -> None:
    server = new_valkey()
    client = new_app(INBOX_REDIS_URL=server.url).test_client()
    server.freeze()

    begun = time.monotonic()
    assert client.get("/readyz").status_code == 503
    assert time.monotonic() - begun < 10
    assert client.get("/healthz").status_code == 200
    server.thaw()


def test_portal_starts_while_the_inbox_is_down(
    new_app: NewApp, caplog: pytest.LogCaptureFixture
) -> None:
    app: Flask = new_app(INBOX_REDIS_URL=NOWHERE)
    warn_of_loss(app)

    assert "down" in caplog.text
    assert app.test_client().get("/readyz").status_code == 503
