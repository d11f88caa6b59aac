"""Headers, static files, limits by address, and what a template must not contain."""

from __future__ import annotations

import gzip
import re
import time
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from portal.headers import HEADERS
from tests.conftest import NewValkey
from tests.integration.portal.conftest import NewApp
from tests.integration.portal.support import answers, form, post

PORTAL = Path(__file__).parents[3] / "portal"
TEMPLATES = sorted((PORTAL / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", ["/", "/daftar", "/cek", "/bantuan", "/readyz", "/tidak-ada"])
def test_every_answer_carries_the_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers

    assert {name: headers[name] for name in HEADERS} == HEADERS
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "geolocation=(self)" in headers["Permissions-Policy"]
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in headers
    assert "X-RateLimit-Limit" not in headers


def test_errors_of_a_form_carry_the_headers(client: FlaskClient) -> None:
    for page in (post(client, form(answers(nik="1"))), post(client, form({}, versi="0"))):
        assert {name: page.headers[name] for name in HEADERS} == HEADERS


def test_hsts_behind_tls(new_app: NewApp, inbox: object) -> None:
    client = new_app(TRUSTED_PROXIES="1").test_client()

    secure = client.get("/", headers={"X-Forwarded-Proto": "https"})

    assert "max-age=31536000" in secure.headers["Strict-Transport-Security"]


def test_forwarded_headers_are_not_believed_unasked(client: FlaskClient) -> None:
    said = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}

    assert "Strict-Transport-Security" not in client.get("/", headers=said).headers
    sent = client.post("/daftar", headers=said, data=form(answers()))
    assert "evil.example" not in sent.headers.get("Location", "")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_template_has_no_inline_script_or_style(template: Path) -> None:
    text = template.read_text()

    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert "|safe" not in text


def test_static_files_are_kept_for_good_under_the_name_of_their_content(
    client: FlaskClient,
) -> None:
    address = re.findall(r'href="(/static/portal\.[0-9a-f]{12}\.css)"', client.get("/").text)[0]

    with client.get(address) as style:
        assert style.status_code == 200
        assert "immutable" in style.headers["Cache-Control"]
        assert style.headers["X-Content-Type-Options"] == "nosniff"
        assert "Access-Control-Allow-Origin" not in style.headers
    assert client.get("/static/portal.css").status_code == 404
    assert client.get(f"{address}/../../app.py").status_code == 404


def test_static_files_are_sent_compressed(client: FlaskClient) -> None:
    address = re.findall(r'href="(/static/portal\.[0-9a-f]{12}\.css)"', client.get("/").text)[0]
    with client.get(address) as plain:
        style = plain.data
    with client.get(address, headers={"Accept-Encoding": "gzip"}) as zipped:
        assert zipped.headers["Content-Encoding"] == "gzip"
        assert zipped.headers["Vary"] == "Accept-Encoding"
        assert gzip.decompress(zipped.data) == style


def test_static_files_are_small() -> None:
    sizes = {file.name: file.stat().st_size for file in (PORTAL / "static").iterdir()}

    assert sizes["portal.css"] <= 12_000
    assert sizes["portal.js"] <= 3_000


def test_ceiling_does_not_hang_on_a_redis_that_hangs(
    new_app: NewApp, new_valkey: NewValkey
) -> None:
    server = new_valkey()
    server.freeze()
    client = new_app(REDIS_URL=server.url).test_client()

    begun = time.monotonic()
    assert client.get("/bantuan").status_code == 200
    assert time.monotonic() - begun < 10
