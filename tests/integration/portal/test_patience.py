"""A phone that goes out of reach while it sends holds nobody's place for good."""

from __future__ import annotations

import socket

from flask.testing import FlaskClient

from portal.connections import SILENCE
from portal.patience import LONG, SILENCE_OF_LONG
from registry.inbox import Inbox
from tests.integration.portal.support import FORM, answers, body, form


def test_a_phone_that_falls_silent_is_given_up(client: FlaskClient, inbox: Inbox) -> None:
    whole = body(form(answers()))
    portal, phone = socket.socketpair()
    portal.settimeout(0.2)
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


def test_a_long_body_is_waited_for_longer_and_the_next_request_is_not(client: FlaskClient) -> None:
    portal, phone = socket.socketpair()
    with portal, phone:
        portal.settimeout(SILENCE)
        for length, bound in ((LONG + 1, SILENCE_OF_LONG), (LONG, SILENCE)):
            client.get(
                "/bantuan",
                environ_overrides={"gunicorn.socket": portal, "CONTENT_LENGTH": str(length)},
            )
            assert portal.gettimeout() == bound
