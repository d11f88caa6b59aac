"""A phone that goes out of reach while it sends holds nobody's place for good."""

from __future__ import annotations

import socket

import pytest
from flask.testing import FlaskClient

from portal import patience
from registry.inbox import Inbox
from tests.integration.portal.support import FORM, answers, body, form


def test_a_phone_that_falls_silent_is_given_up(
    client: FlaskClient, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "SILENCE", 0.2)
    whole = body(form(answers()))
    portal, phone = socket.socketpair()
    with portal, phone, portal.makefile("rb") as sent:
        phone.sendall(whole[: len(whole) // 2])
        page = client.post(
            "/daftar",
            content_type=FORM,
            environ_overrides={
                "gunicorn.socket": portal,
                "wsgi.input": sent,
                "CONTENT_LENGTH": str(len(whole)),
            },
        )

    assert page.status_code == 400
    assert "Kiriman tidak terbaca" in page.text
    assert inbox.last_number() == 0
