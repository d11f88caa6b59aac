"""Rows of pages: the form, the form that a phone has already, and the status."""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING, Final

from loadtests.bench.accepting import clean, note
from loadtests.bench.bodies import looked_up
from loadtests.bench.citizens import STATUS, Citizens
from loadtests.bench.filling import fill
from loadtests.bench.measure import CheckFailed, Goal, Pair, Row, alternately
from loadtests.bench.wrk import Answers, Load, hammer

if TYPE_CHECKING:
    from loadtests.bench.bench import Bench
    from loadtests.bench.measure import Sample

FORM: Final = Goal(name="form", what="GET /daftar ÷ no-op GETs", unit="/s", goal=0.8)
REVALIDATED: Final = Goal(
    name="form-revalidated",
    what="GET /daftar of who has it already (304) ÷ no-op GETs",
    unit="/s",
    goal=0.8,
)
STATUSES: Final = Goal(name="status", what="status look-ups ÷ no-op POSTs", unit="/s", goal=0.15)
_PAGE: Final = "/daftar"
_BROWSER: Final = {"Accept-Encoding": "gzip, deflate, br"}
_LEAST_FORM: Final = 5_000
"""Bytes that the compressed form has at least."""


def form(bench: Bench) -> tuple[Row, ...]:
    """Ask for the form as a first visit does, and as a phone that has it already."""
    known = {**_BROWSER, "If-None-Match": _etag(bench)}
    notes: list[str] = []
    first, again = [], []
    for _ in range(bench.scale.runs):
        with bench.noop.running() as url:
            noop = clean(_get(bench, url, _BROWSER), "the no-op").sample
        whole = _get(bench, bench.servers.url + _PAGE, _BROWSER)
        if whole.bytes_read < whole.answered * _LEAST_FORM:
            msg = f"{_PAGE} was not all of the form: {whole}"
            raise CheckFailed(msg)
        unchanged = _get(bench, bench.servers.url + _PAGE, known)
        if unchanged.bytes_read > unchanged.answered * _LEAST_FORM:
            msg = f"{_PAGE} was sent again to who has it: {unchanged}"
            raise CheckFailed(msg)
        for answers in (whole, unchanged):
            note(notes, answers)
        first.append(Pair(whole.sample, noop))
        again.append(Pair(unchanged.sample, noop))
    return Row(FORM, tuple(first), notes=tuple(notes)), Row(REVALIDATED, tuple(again))


def _get(bench: Bench, url: str, headers: dict[str, str]) -> Answers:
    lines = "".join(f"{name}: {value}\n" for name, value in headers.items())
    file = bench.servers.file("headers", lines)
    return hammer(url, Load(bench.scale.peak, bench.scale.connections), "get", file)


def _etag(bench: Bench) -> str:
    """Return the form's ETag, after making sure that it is a form, and not sent to who has it."""
    connection = http.client.HTTPConnection(bench.servers.url.partition("//")[2], timeout=20)
    try:
        connection.request("GET", _PAGE, headers=_BROWSER)
        answer = connection.getresponse()
        body, etag = answer.read(), answer.headers["ETag"]
        if answer.status != http.HTTPStatus.OK or len(body) < _LEAST_FORM or not etag:
            msg = f"{_PAGE} is no form: {answer.status}, {len(body)} bytes"
            raise CheckFailed(msg)
        connection.request("GET", _PAGE, headers={**_BROWSER, "If-None-Match": etag})
        answer = connection.getresponse()
        if answer.status != http.HTTPStatus.NOT_MODIFIED or answer.read():
            msg = f"{_PAGE} is sent again to who has it: {answer.status}"
            raise CheckFailed(msg)
    finally:
        connection.close()
    return etag


def status(bench: Bench) -> tuple[Row, ...]:
    """Look-ups by NIK and receipt, one half recorded and one half still waiting.

    Each comes from an address of its own, as through a proxy: no limit is raised for it.
    """
    scale, servers = bench.scale, bench.servers
    recorded = fill(servers, scale.looked_up // 2)
    servers.drain()
    waiting = fill(servers, scale.looked_up // 2)
    receipts = {number: code for pair in zip(recorded.items(), waiting.items(), strict=True)
                for number, code in pair}  # fmt: skip
    bodies = [looked_up(servers.template.nik(each), receipt=receipts[each]) for each in receipts]
    file = servers.file("look-ups", "\n".join(bodies) + "\n")
    notes: list[str] = []

    def noop(_: int) -> Sample:
        with bench.noop.running() as url:
            load = Load(scale.peak, scale.connections)
            return clean(hammer(url, load, "list", file), "the no-op").sample

    def portal(_: int) -> Sample:
        picked = dict(list(receipts.items())[: scale.samples])
        with Citizens(servers, 0, picked).looking_up():
            load = Load(scale.peak, scale.connections)
            answers = hammer(servers.url + STATUS, load, "list", file)
        note(notes, answers)
        return answers.sample

    pairs = alternately(scale.runs, noop, portal)
    for filled in (recorded, waiting):
        bench.books.note_filled(filled)
    servers.drain()
    bench.books.close()
    return (Row(STATUSES, pairs, notes=tuple(notes)),)
