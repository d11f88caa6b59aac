"""What a sender reads of an answer, whole or in pieces, good or not."""

from __future__ import annotations

import pytest

from loadtests.round.wire import NotHTTP, form, page, read

ACCEPTED = (
    b"HTTP/1.1 303 SEE OTHER\r\nServer: gunicorn\r\nConnection: keep-alive\r\n"
    b"Content-Type: text/html\r\nContent-Length: 5\r\nLocation: /bukti/abc.def\r\n\r\nhello"
)


def test_a_receipt_is_read() -> None:
    answer = read(ACCEPTED)

    assert answer is not None
    assert (answer.status, answer.location, answer.retry_after) == (303, "/bukti/abc.def", None)
    assert (answer.closes, answer.body) == (False, b"hello")


@pytest.mark.parametrize("came", range(len(ACCEPTED)))
def test_what_is_still_under_way_is_waited_for(came: int) -> None:
    assert read(ACCEPTED[:came]) is None


@pytest.mark.parametrize(
    ("head", "seconds", "closes"),
    [
        (b"Retry-After: 7\r\n", 7, False),
        (b"retry-after:60\r\nConnection: close\r\n", 60, True),
        (b"Retry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\n", None, False),
        (b"X-Retry-After: 9\r\nconnection: Close\r\n", None, True),
    ],
)
def test_a_refusal_says_how_long_to_wait(head: bytes, seconds: int | None, closes: bool) -> None:
    answer = read(b"HTTP/1.1 503 BUSY\r\nContent-Length: 0\r\n" + head + b"\r\n")

    assert answer is not None
    assert (answer.status, answer.retry_after, answer.closes) == (503, seconds, closes)


@pytest.mark.parametrize(
    "received",
    [
        b"SSH-2.0-OpenSSH_9\r\n\r\n",
        b"HTTP/2 200\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\nContent-Length: 3\r\n\r\nabc",
        b"x" * 20_000,
    ],
)
def test_what_is_no_answer_is_refused(received: bytes) -> None:
    with pytest.raises(NotHTTP):
        read(received)


def test_a_form_is_sent_whole_from_an_address_of_its_own() -> None:
    head, _, body = form("127.0.0.1:8000", b"a=1&b=2", 66_051).partition(b"\r\n\r\n")

    assert head.startswith(b"POST /daftar HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n")
    assert b"X-Forwarded-For: 10.1.2.3\r\n" in head
    assert head.endswith(b"Content-Length: 7")
    assert body == b"a=1&b=2"


def test_a_page_is_asked_for() -> None:
    assert page("127.0.0.1:1", "/bukti/x") == b"GET /bukti/x HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n"
