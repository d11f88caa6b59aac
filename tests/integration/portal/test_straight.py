"""What is taken before Flask is asked, and that Flask would have answered the same."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.citizen import MAX_BODY
from registry.inbox import Inbox, InboxUnavailable
from registry.inbox.stream import BURST
from tests.integration.portal.support import FORM, Fields, answers, body, form

Send = Callable[..., TestResponse]

BY_FLASK = f"{FORM}; charset=utf-8"
"""Means the same, and is no way in which a browser says it."""


@pytest.fixture
def seen(app: Flask) -> Iterator[list[str]]:
    """Give the paths that Flask was asked for, without the language."""
    asked: list[str] = []
    app.before_request_funcs[None].insert(0, lambda: asked.append(request.path))
    yield asked
    del app.before_request_funcs[None][0]


def send(
    client: FlaskClient,
    fields: Fields,
    *,
    to: str = "/daftar",
    kind: str = FORM,
    accept: str = "text/html",
    **more: str,
) -> TestResponse:
    return client.post(
        to, data=body(fields), content_type=kind, headers={"Accept": accept}, environ_overrides=more
    )


@pytest.mark.parametrize("accept", ["text/html", "application/json", "*/*", ""])
@pytest.mark.parametrize(("to", "scheme"), [("/daftar", "https"), ("/en/daftar", "http")])
def test_flask_would_have_answered_the_same(
    client: FlaskClient, seen: list[str], accept: str, to: str, scheme: str
) -> None:
    how = {"accept": accept, "to": to, "wsgi.url_scheme": scheme}
    straight = send(client, form(answers()), **how)
    assert not seen
    by_flask = send(client, form(answers()), kind=BY_FLASK, **how)
    assert seen == ["/daftar"]

    assert straight.status == by_flask.status
    ours, theirs = dict(straight.headers), dict(by_flask.headers)
    for each in (ours, theirs):
        del each["Content-Length"]
    if straight.status_code == 303:
        del theirs["Content-Type"]  # Flask adds a page that no browser shows
        start, _, signed = ours.pop("Location").rpartition("/")
        assert theirs.pop("Location").rpartition("/")[0] == start
        assert client.get(f"{start}/{signed}").status_code == 200
    else:
        assert list(straight.json or {}) == list(by_flask.json or {}) == ["bukti"]
        assert client.get(straight.json["bukti"]).status_code == 200  # type: ignore[index]
    assert ours == theirs


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        (form(answers(nik="1")), 422),
        (form(answers(), versi="0"), 409),
        (form(answers(), periode="2020-1"), 409),
        (form(answers(), periode="x" * 41), 409),
        (form(answers(), aksi="anggota"), 200),
        (form(answers(), aksi="bahasa"), 200),
        ({}, 409),
    ],
    ids=["answers", "version", "period", "no-period", "not-sent", "language", "empty"],
)
def test_what_is_not_in_order_goes_to_flask_once(
    client: FlaskClient, inbox: Inbox, seen: list[str], fields: Fields, status: int
) -> None:
    assert send(client, fields).status_code == status
    assert seen == ["/daftar"]
    assert inbox.last_number() == 0


@pytest.mark.parametrize(
    "more",
    [
        {"CONTENT_LENGTH": ""},
        {"CONTENT_LENGTH": "-1"},
        {"CONTENT_LENGTH": "²"},
        {"CONTENT_LENGTH": str(MAX_BODY + 1)},
        {"CONTENT_TYPE": "multipart/form-data"},
        {"REQUEST_METHOD": "PUT"},
    ],
    ids=["no-length", "negative", "no-digit", "long", "other-form", "method"],
)
def test_what_is_not_plain_goes_to_flask(
    client: FlaskClient, inbox: Inbox, more: dict[str, str]
) -> None:
    assert send(client, form(answers()), **more).status_code >= 400
    assert inbox.last_number() == 0


def test_a_form_that_was_cut_off_is_given_back(
    client: FlaskClient, inbox: Inbox, seen: list[str]
) -> None:
    whole = body(form(answers()))
    page = client.post(
        "/daftar",
        content_type=FORM,
        environ_overrides={
            "wsgi.input": io.BytesIO(whole[:-40]),
            "wsgi.input_terminated": True,
            "CONTENT_LENGTH": str(len(whole)),
        },
    )
    assert page.status_code == 400
    assert 'name="nik"' in page.text
    assert seen == ["/daftar"]
    assert inbox.last_number() == 0


def test_too_many_of_one_nik_are_told_by_flask_what_the_inbox_said(
    client: FlaskClient, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(BURST):
        name = f"Siti {'abcdefghijklmnopqrst'[number]}"
        assert send(client, form(answers(nama=name))).status_code == 303
    asked = count(monkeypatch)
    page = send(client, form(answers(nama="Siti Z")))
    assert (page.status_code, asked()) == (429, 1)
    assert 'name="tiket"' in page.text


def test_an_inbox_that_is_gone_is_waited_for_once(
    client: FlaskClient, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = count(monkeypatch, fails=True)
    page = send(client, form(answers()))
    assert (page.status_code, asked()) == (503, 1)
    assert page.headers["Retry-After"]


def count(monkeypatch: pytest.MonkeyPatch, *, fails: bool = False) -> Callable[[], int]:
    """Count how often the inbox is asked to keep something."""
    times: list[int] = []
    append = Inbox.append

    def counted(*given, **named):  # type: ignore[no-untyped-def]
        times.append(1)
        if fails:
            raise InboxUnavailable("down", "made to fail by a test")
        return append(*given, **named)

    monkeypatch.setattr(Inbox, "append", counted)
    return lambda: len(times)
