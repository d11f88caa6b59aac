"""Requests that are answered before they were read: only what is plain, and all there."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.admission import admission
from portal.admission.early import Answer, Early
from portal.admission.load import FEW, IN_A_ROW
from portal.app import create_app
from registry.rules.admission import Kind
from registry.settings import Settings, new_secrets

HOST = b"Host: x\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
GET = b"GET /bantuan HTTP/1.1\r\n" + HOST + b"\r\n"
POST = b"POST /daftar HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: 7\r\n\r\nnama=Si"
MANY = 10_000


@pytest.fixture(scope="module")
def app() -> Flask:
    nowhere = {
        "DATABASE_URL": "postgresql://127.0.0.1:1/none",
        "INBOX_REDIS_URL": "redis://127.0.0.1:1/0",
        "REDIS_URL": "redis://127.0.0.1:1/1",
    }
    return create_app(Settings.from_env({**new_secrets(), **nowhere}))


@pytest.fixture
def early(app: Flask) -> Early:
    """Give what answers in a crowd, of which one is served a second."""
    load = admission(app).load
    for _ in range(IN_A_ROW):
        load.refusal(Kind.OTHER, 1.0)
    load._pace = 1.0
    return admission(app).early


def parts(answer: Answer | None) -> tuple[bytes, dict[bytes, bytes], bytes]:
    assert answer is not None
    head, _, body = answer.response.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    headers = dict(line.split(b": ", 1) for line in lines)
    assert int(headers[b"Content-Length"]) == len(body)
    return first, headers, body


@pytest.mark.parametrize("came", [GET, POST])
def test_a_plain_request_is_answered_and_no_more_is_read(early: Early, came: bytes) -> None:
    answer = early(came + b"GET / HTTP/1.1\r\n", MANY)
    first, headers, body = parts(answer)
    assert answer is not None
    assert answer.read == len(came)
    assert first == b"HTTP/1.1 503 Service Unavailable"
    assert int(headers[b"Retry-After"]) > 0
    assert headers[b"Cache-Control"] == b"no-store"
    assert b"default-src 'none'" in headers[b"Content-Security-Policy"]
    assert (b'name="nama" value="Si"' in body) is (came == POST)


def test_a_script_is_told_in_words(early: Early) -> None:
    asked = POST.replace(HOST, HOST + b"Accept: application/json\r\nConnection: Keep-Alive\r\n")
    _, headers, body = parts(early(asked, MANY))
    assert headers[b"Content-Type"] == b"application/json"
    assert body == b'{"tunggu": ' + headers[b"Retry-After"] + b"}"


def test_each_language_has_its_own(early: Early) -> None:
    body = parts(early(POST.replace(b"/daftar", b"/en/daftar"), MANY))[2]
    assert b"Not sent yet" in body
    assert b'action="/en/daftar"' in body


@pytest.mark.parametrize(
    "came",
    [
        b"",
        b"\x16\x03\x01\x02\x00\x01\x00",
        GET[:-1],
        POST[:-1],
        b"GET /bantuan HTTP/1.0\r\n\r\n",
        b"GET /bantuan\r\n\r\n",
        b"GET  /bantuan HTTP/1.1\r\n\r\n",
        b"GET http://x/bantuan HTTP/1.1\r\n\r\n",
        b"GET /%62antuan HTTP/1.1\r\n\r\n",
        b"GET /b\xc3\xa1ntuan HTTP/1.1\r\n\r\n",
        b"HEAD /bantuan HTTP/1.1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        GET.replace(HOST, b"Host : x\r\n"),
        GET.replace(HOST, HOST + b" folded: x\r\n"),
        GET.replace(HOST, HOST + b"nothing\r\n"),
        GET.replace(HOST, HOST + HOST),
        GET.replace(HOST, HOST + b"Content-Length: 3\r\n"),
        GET.replace(HOST, HOST + b"Transfer-Encoding: chunked\r\n"),
        GET.replace(HOST, HOST + b"Connection: close\r\n"),
        GET.replace(HOST, HOST + b"Upgrade: h2c\r\n"),
        POST.replace(HOST, HOST + b"Expect: 100-continue\r\n"),
        POST.replace(HOST, HOST + b"Transfer-Encoding: chunked\r\n"),
        POST.replace(HOST, HOST + b"Content-Length: 7\r\n"),
        POST.replace(b"Length: 7", b"Length: +7"),
        POST.replace(FORM, b"Content-Type: multipart/form-data\r\n"),
        POST.replace(b"/daftar", b"/masuk"),
        POST.replace(b"/daftar", b"/loket/keberatan"),
        GET.replace(b"/bantuan", b"/healthz"),
        GET.replace(b"/bantuan", b"/dinas/pintu"),
        GET.replace(b"/bantuan", b"/static/abc/portal.js"),
    ],
)
def test_everything_else_takes_the_ordinary_way(early: Early, came: bytes) -> None:
    assert early(came, MANY) is None


def test_few_who_wait_hold_nobody_off(early: Early) -> None:
    assert early(GET, FEW) is None
