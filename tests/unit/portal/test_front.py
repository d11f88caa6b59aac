"""The empty form from memory: as Flask answered it, for a second, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, run_wsgi_app

from portal.front import KEPT_FOR, PATH, STATUS, WAYS_TO_ASK, Front, same_for_all

Answer = tuple[str, Headers, bytes]
FORM = [
    ("Content-Type", "text/html"),
    ("Content-Length", "4"),
    ("Cache-Control", "public, max-age=60"),
    ("ETag", 'W/"1"'),
    ("Vary", "Accept-Encoding"),
]


class Site:
    """What stands behind the front: counts, and answers as it is told to."""

    def __init__(self) -> None:
        self.asked = 0
        self.closed = 0
        self.now = 0.0
        self.status = "200 OK"
        self.headers = FORM
        self.front = Front(self, lambda: self.now)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.asked += 1
        start_response(self.status, self.headers)
        yield f"{self.asked:4}".encode()
        self.closed += 1

    def get(self, path: str = PATH, **environ: str) -> Answer:
        method = environ.pop("method", "GET")
        asked = EnvironBuilder(path, method=method, environ_overrides=environ).get_environ()
        body, status, headers = run_wsgi_app(self.front, asked, buffered=True)
        return status, headers, b"".join(body)


@pytest.fixture
def site() -> Site:
    return Site()


def test_within_a_second_the_same_answer_is_given_again(site: Site) -> None:
    first = site.get()
    assert first == ("200 OK", Headers(FORM), b"   1")
    site.now = KEPT_FOR - 0.01
    assert site.get() == first
    site.now = KEPT_FOR
    assert site.get()[2] == b"   2"
    assert (site.asked, site.closed) == (2, 2)


def test_who_has_it_is_told_so_without_its_body(site: Site) -> None:
    status, headers, body = site.get(HTTP_IF_NONE_MATCH='W/"1"')
    assert (status, body) == ("304 NOT MODIFIED", b"")
    assert [name for name, _ in headers] == ["Cache-Control", "ETag", "Vary"]
    assert site.get(HTTP_IF_NONE_MATCH='W/"2"')[2] == b"   1"
    assert site.asked == 1


@pytest.mark.parametrize(
    "other",
    [{"SCRIPT_NAME": "/en"}, {"wsgi.url_scheme": "https"}, {"HTTP_ACCEPT_ENCODING": "gzip"}],
    ids=["language", "scheme", "encoding"],
)
def test_whoever_asks_in_another_way_gets_an_answer_of_their_own(
    site: Site, other: dict[str, str]
) -> None:
    assert (site.get()[2], site.get(**other)[2]) == (b"   1", b"   2")
    assert (site.get()[2], site.get(**other)[2]) == (b"   1", b"   2")


@pytest.mark.parametrize(
    ("path", "method"),
    [("/", "GET"), ("/daftar/", "GET"), (PATH, "POST"), (PATH, "HEAD"), (STATUS, "POST")],
)
def test_everything_else_goes_on(site: Site, path: str, method: str) -> None:
    for _ in range(2):
        site.get(path, method=method)
    assert site.asked == 2


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        ("503 SERVICE UNAVAILABLE", FORM),
        ("200 OK", [("Cache-Control", "no-store")]),
        ("200 OK", []),
    ],
)
def test_what_may_not_be_kept_is_made_for_each(
    site: Site, status: str, headers: list[tuple[str, str]]
) -> None:
    site.status, site.headers = status, headers
    assert [site.get() for _ in range(2)] == [
        (status, Headers(headers), f"{time:4}".encode()) for time in (1, 2)
    ]


def test_forms_are_kept_apart(site: Site) -> None:
    assert [site.get(path)[2] for path in (PATH, STATUS) * 2] == [b"   1", b"   2"] * 2


def test_page_that_nobody_may_keep_is_given_again_where_it_is_the_same_for_all() -> None:
    made: list[str] = []
    app = Flask(__name__)
    app.wsgi_app = Front(app.wsgi_app, lambda: 0.0)  # type: ignore[method-assign]

    @app.get(STATUS)
    def page() -> tuple[str, int, dict[str, str]]:
        made.append("")
        if len(made) > 1:
            same_for_all()
        return str(len(made)), 200, {"Cache-Control": "no-store"}

    answers = [app.test_client().get(STATUS) for _ in range(3)]
    assert [answer.text for answer in answers] == ["1", "2", "2"]
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}


def test_strange_ways_to_ask_fill_no_memory_and_keep_nobody_out(site: Site) -> None:
    for number in range(WAYS_TO_ASK + 100):
        assert site.get(HTTP_ACCEPT_ENCODING=f"x{number}")[0] == "200 OK"
    assert len(site.front._kept) == WAYS_TO_ASK
    site.now = KEPT_FOR
    asked = site.asked
    assert [site.get()[2] for _ in range(2)] == [f"{asked + 1:4}".encode()] * 2
