"""What is answered before gunicorn reads it, gunicorn would have read as the same request."""

from __future__ import annotations

import runpy
from unittest.mock import patch

import pytest
from gunicorn.config import Config
from gunicorn.http import RequestParser
from hypothesis import example, given
from hypothesis import strategies as st

from portal.admission.early import Answer, _read
from tests.unit.portal.admission.test_early import GET, MANY, POST, Ask, crowded, portal

# What counts is not to be put into files here.
with patch("portal.metrics_folder.prepare"):
    CONF = runpy.run_module("portal.gunicorn_conf")

NEXT = b"GET /next HTTP/1.1\r\nHost: x\r\n\r\n"
BYTES = [b"\r", b"\n", b"\r\n", b"\t", b" ", b"\0", b"\x0b", b"\x7f", b"\xa0", b"\xc3\xa1"]
SIGNS = [b":", b",", b";", b"%", b"%2f", b"?", b"#", b"/", b"//", b"\\", b"..", b"_", b"+", b"-"]
WORDS = [b"0", b"7", b"Content-Length: 3\r\n", b"Transfer-Encoding: chunked\r\n", b"Host: y\r\n"]

pieces = st.sampled_from(BYTES + SIGNS + WORDS)


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    """Give a request that somebody has put something into, or taken something out of."""
    made = draw(st.sampled_from([GET, POST]))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(made)))
        gone = draw(st.integers(0, 3))
        made = made[:at] + draw(pieces) + made[at + gone :]
    return made


@pytest.fixture(scope="module")
def early() -> Ask:
    return crowded(portal())


def read_by_gunicorn(came: bytes) -> tuple[str, str, str, bytes, bytes]:
    """Return method, path, query and body of the first request, and what follows."""
    settings = Config()
    for name in ("limit_request_line", "limit_request_fields", "limit_request_field_size"):
        settings.set(name, CONF[name])
    parser = RequestParser(settings, iter([came]), ("10.0.0.1", 1))
    first = next(parser)
    body = first.body.read()
    return first.method, first.path, first.query, body, parser.unreader.take_buffered()


@given(requests())
@example(GET)
@example(POST)
def test_both_read_the_same(early: Ask, came: bytes) -> None:
    answer: Answer | None = early(came + NEXT, MANY)
    if answer is None:
        return
    here = _read(came)
    method, path, query, body, following = read_by_gunicorn(came + NEXT)
    assert here is not None
    assert (here.method, here.path, here.query) == (method, path, query)
    assert (came + NEXT)[here.begins : answer.read] == body
    assert (came + NEXT)[answer.read :] == following
