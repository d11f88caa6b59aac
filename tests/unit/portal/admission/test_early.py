"""Requests that are answered before they were read: only what is plain, and all there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from portal.admission import admission
from portal.admission.early import Answer
from portal.admission.load import FEW, IN_A_ROW
from portal.app import create_app
from portal.headers import HSTS
from registry.rules.admission import Kind
from registry.settings import Settings, new_secrets

HOST = b"Host: x\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
GET = b"GET /bantuan HTTP/1.1\r\n" + HOST + b"\r\n"
POST = b"POST /daftar HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: 7\r\n\r\nnama=Si"
MANY = 10_000


PEER = "10.0.0.1"
Ask = Callable[[bytes, int], Answer | None]


def portal(**settings: str) -> Flask:
    nowhere = {
        "DATABASE_URL": "postgresql://127.0.0.1:1/none",
        "INBOX_REDIS_URL": "redis://127.0.0.1:1/0",
        "REDIS_URL": "redis://127.0.0.1:1/1",
    }
    return create_app(Settings.from_env({**new_secrets(), **nowhere, **settings}))


@pytest.fixture(scope="module")
def app() -> Flask:
    return portal()


def crowded(app: Flask) -> Ask:
    """Give what answers in a crowd, of which one is served a second."""
    load = admission(app).load
    for _ in range(IN_A_ROW):
        load.refusal(Kind.OTHER, 1.0)
    load._pace = 1.0
    return lambda came, queued: admission(app).early(came, queued, 0.0, PEER)


@pytest.fixture
def early(app: Flask) -> Ask:
    return crowded(app)


@pytest.fixture(scope="module")
def behind_two() -> Flask:
    """Give a portal behind two proxies."""
    return portal(TRUSTED_PROXIES="2")


def parts(answer: Answer | None) -> tuple[bytes, dict[bytes, bytes], bytes]:
    assert answer is not None
    head, _, body = answer.response.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    headers = dict(line.split(b": ", 1) for line in lines)
    assert int(headers[b"Content-Length"]) == len(body)
    return first, headers, body


@pytest.mark.parametrize("came", [GET, POST])
def test_a_plain_request_is_answered_and_no_more_is_read(early: Ask, came: bytes) -> None:
    answer = early(came + b"GET / HTTP/1.1\r\n", MANY)
    first, headers, body = parts(answer)
    assert answer is not None
    assert answer.read == len(came)
    assert first == b"HTTP/1.1 503 Service Unavailable"
    assert int(headers[b"Retry-After"]) > 0
    assert headers[b"Cache-Control"] == b"no-store"
    assert b"default-src 'none'" in headers[b"Content-Security-Policy"]
    assert (b'name="nama" value="Si"' in body) is (came == POST)
    assert (b"Belum terkirim" in body) is (came == POST)
    assert (b'href="/bantuan"' in body.partition(b"<main")[2]) is (came == GET)


def test_a_script_is_told_in_words(early: Ask) -> None:
    asked = POST.replace(HOST, HOST + b"Accept: application/json\r\nConnection: Keep-Alive\r\n")
    _, headers, body = parts(early(asked, MANY))
    assert headers[b"Content-Type"] == b"application/json"
    assert body == b'{"tunggu": ' + headers[b"Retry-After"] + b"}"


def test_each_language_has_its_own(early: Ask) -> None:
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
        b"GET /bantuan#a HTTP/1.1\r\n\r\n",
        b"GET /bantuan\nA HTTP/1.1\r\n\r\n",
        b"GET /bantuan\0 HTTP/1.1\r\n\r\n",
        b"GET /bantuan\thttp HTTP/1.1\r\n\r\n",
        b"GET\t/bantuan HTTP/1.1\r\n\r\n",
        b"GET /bantuan HTTP/1.1\n\r\n\r\n",
        b"GET bantuan HTTP/1.1\r\n\r\n",
        b"\r\n" + GET,
        GET.replace(b"\r\n", b"\n"),
        b"HEAD /bantuan HTTP/1.1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        GET.replace(HOST, b"Host : x\r\n"),
        GET.replace(HOST, HOST + b" folded: x\r\n"),
        GET.replace(HOST, HOST + b"\tfolded\r\n"),
        GET.replace(HOST, HOST + b"nothing\r\n"),
        GET.replace(HOST, HOST + b": nameless\r\n"),
        GET.replace(HOST, HOST + b"A B: x\r\n"),
        GET.replace(HOST, HOST + b"A\0: x\r\n"),
        GET.replace(HOST, HOST + b"A: x\0\r\n"),
        GET.replace(HOST, HOST + b"A: x\rB: y\r\n"),
        GET.replace(HOST, HOST + b"A: x\nTransfer-Encoding: chunked\r\n"),
        GET.replace(HOST, HOST + b"A: \xc3\xa1\r\n"),
        GET.replace(HOST, HOST + HOST),
        GET.replace(HOST, HOST + b"Content-Length: 3\r\n"),
        GET.replace(HOST, HOST + b"Transfer-Encoding: chunked\r\n"),
        GET.replace(HOST, HOST + b"Connection: close\r\n"),
        GET.replace(HOST, HOST + b"Upgrade: h2c\r\n"),
        POST.replace(HOST, HOST + b"Expect: 100-continue\r\n"),
        POST.replace(HOST, HOST + b"Transfer-Encoding: chunked\r\n"),
        POST.replace(HOST, HOST + b"Content-Length: 7\r\n"),
        POST.replace(b"Length: 7", b"Length: +7"),
        POST.replace(b"Length: 7", b"Length: -7"),
        POST.replace(b"Length: 7", b"Length: 0x7"),
        POST.replace(b"Length: 7", b"Length: 7, 7"),
        POST.replace(b"Length: 7", b"Length: 8"),
        POST.replace(b"Length: 7", b"Length: 99999999999"),
        POST.replace(b"Content-Length: 7\r\n", b""),
        POST.replace(b"Content-Length", b"content-length: 7\r\nContent-Length"),
        POST.replace(b"Content-Length", b"Content_Length"),
        POST.replace(FORM, b"Content-Type: multipart/form-data\r\n"),
        POST.replace(b"/daftar", b"/masuk"),
        POST.replace(b"/daftar", b"/loket/keberatan"),
        GET.replace(b"/bantuan", b"/healthz"),
        GET.replace(b"/bantuan", b"/dinas/pintu"),
        GET.replace(b"/bantuan", b"/static/abc/portal.js"),
    ],
)
def test_everything_else_takes_the_ordinary_way(early: Ask, came: bytes) -> None:
    assert early(came, MANY) is None


def test_few_who_wait_hold_nobody_off(early: Ask) -> None:
    assert early(GET, FEW) is None


def test_an_empty_form_is_not_said_to_be_kept(early: Ask) -> None:
    empty = POST.replace(b"Length: 7", b"Length: 0").removesuffix(b"nama=Si")
    body = parts(early(empty, MANY))[2]
    assert b"Tekan tombol kembali" in body
    assert b"masih ada" not in body


@pytest.mark.parametrize(
    ("target", "link"),
    [
        (b"/bantuan?a=1&b=%22%3E", b"/bantuan?a=1&amp;b=%22%3E"),
        (b'/bantuan?"><b>', b"/bantuan?&quot;&gt;&lt;b&gt;"),
        (b"//elsewhere.example/cek", b"/elsewhere.example/cek"),
        (b"///elsewhere.example", b"/elsewhere.example"),
        (b"/\\elsewhere.example", b"/%5Celsewhere.example"),
        (b"/en//elsewhere.example", b"/en/elsewhere.example"),
        (b"/en", b"/en/"),
    ],
)
def test_the_link_leads_to_what_was_asked_for_and_never_away(
    early: Ask, target: bytes, link: bytes
) -> None:
    body = parts(early(GET.replace(b"/bantuan", target), MANY))[2]
    assert b'href="' + link + b'"' in body.partition(b"<main")[2]


def told(address: str, scheme: str = "https") -> bytes:
    said = f"X-Forwarded-For: {address}\r\nX-Forwarded-Proto: {scheme}\r\n".encode()
    return GET.replace(HOST, HOST + said)


@pytest.mark.parametrize(
    ("said", "counted"),
    [("1.1.1.1, 2.2.2.2, 3.3.3.3", "2.2.2.2"), ("2.2.2.2,3.3.3.3", "2.2.2.2"), ("3.3.3.3", PEER)],
)
def test_an_address_is_counted_as_trusted_proxies_name_it(
    behind_two: Flask, said: str, counted: str
) -> None:
    assert crowded(behind_two)(told(said), MANY)
    seen = admission(behind_two).addresses._seen
    assert seen.pop(counted) == 1
    assert seen == {}


def test_without_trusted_proxies_nobody_names_another_address(early: Ask, app: Flask) -> None:
    admission(app).addresses._seen.clear()
    headers = parts(early(told("1.1.1.1"), MANY))[1]
    assert admission(app).addresses._seen == {PEER: 1}
    assert b"Strict-Transport-Security" not in headers


def test_who_takes_the_ordinary_way_is_not_counted_twice(early: Ask, app: Flask) -> None:
    admission(app).addresses._seen.clear()
    assert early(GET, FEW) is None
    assert admission(app).addresses._seen == {}


@pytest.mark.parametrize(("said", "safe"), [("https, http", True), ("http, https", False)])
def test_behind_tls_browsers_are_told_to_stay_there(
    behind_two: Flask, said: str, safe: bool
) -> None:
    headers = parts(crowded(behind_two)(told("1.1.1.1, 2.2.2.2", said), MANY))[1]
    assert headers.get(b"Strict-Transport-Security") == (HSTS.encode() if safe else None)
