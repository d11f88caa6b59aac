"""No log names a citizen: not when all goes well, not when something breaks."""

from __future__ import annotations

import io
import logging
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from portal.citizen import apply
from portal.logs import MaskingFormatter, masked
from registry.inbox import Inbox
from tests.integration.portal.conftest import Served
from tests.integration.portal.support import answers, body, form, post

CANARY = answers(1)["nik"][0]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Collect what would be written, as it would be written."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(MaskingFormatter())
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (f"NIK {CANARY} is wrong", "NIK ••• is wrong"),
        ("3171 0101 0101 0001", "•••"),
        ("317101.010101.0001", "•••"),
        ("+62 812-3456-7890", "+•••"),
        ("entry 1234567 of 2026", "entry 1234567 of 2026"),
        ("GET /bukti/abc.DEF-123 HTTP", "GET /bukti/… HTTP"),
        ("POST /foto/abc.DEF-123/ktp HTTP", "POST /foto/… HTTP"),
        (
            "POST http://127.0.0.1:8000/lembar/abc_-9 HTTP",
            "POST http://127.0.0.1:8000/lembar/… HTTP",
        ),
        ("GET /undangan/abc-DEF_123 HTTP", "GET /undangan/… HTTP"),
        ("'/bukti/abc' and \"/bukti/def\"", "'/bukti/…' and \"/bukti/…\""),
    ],
)
def test_numbers_and_receipts_are_masked(text: str, written: str) -> None:
    assert masked(text) == written


def test_unexpected_error_shows_a_page_and_logs_where_but_not_who(
    client: FlaskClient, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        try:
            int(f"{CANARY} SITI AMINAH")
        except ValueError as error:
            message = f"SITI AMINAH {CANARY}"
            raise RuntimeError(message) from error

    monkeypatch.setattr(apply, "parse", broken)
    page = post(client, form(answers()))

    assert page.status_code == 500
    assert "Ini bukan salah Anda" in page.text
    assert "Traceback" not in page.text
    written = log.getvalue()
    assert "builtins.RuntimeError" in written
    assert "builtins.ValueError" in written
    assert "test_logs.py" in written
    for secret in (CANARY, "SITI", "AMINAH"):
        assert secret not in written + page.text


def test_whole_journey_leaves_no_trace_of_a_person_in_the_log(served: Served, inbox: Inbox) -> None:
    fields = answers(1)
    receipt = send(served, "/daftar", form(fields))
    send(served, "/daftar", form({**fields, "nama": ["12345678"]}))
    send(served, "/cek", {"nik": [CANARY], "bukti": ["7KQ2-9FMA-X4TD"]})
    send(served, "/cek", {"nik": [CANARY], "kk": fields["kk"]})  # PostgreSQL is down
    send(served, f"/cek?nik={CANARY}")
    send(served, f"/{CANARY}/bukti/{CANARY}")
    send(served, receipt.removeprefix(served.url))

    written = served.log.read_text()
    assert "status without PostgreSQL" in written
    token = receipt.rpartition("/")[2]
    assert len(token) > 40
    for secret in (CANARY, fields["nama"][0], fields["kk"][0], token, token[:16]):
        assert secret not in written


def send(served: Served, path: str, fields: dict[str, list[str]] | None = None) -> str:
    """Ask as a browser does; returns the address that it ends at."""
    data = body(fields) if fields else None
    try:
        with urllib.request.urlopen(served.url + path, data, timeout=10) as answer:
            return str(answer.url)
    except urllib.error.HTTPError as error:
        with error:
            return str(error.url)
