"""Anybody checks minutes: by the code on paper, or by their file; and learns nobody's data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, insert, update
from sqlalchemy.engine import make_url

from fmotm.embedded import Postgres
from registry.intake import Keys
from registry.store.bulk import table_of
from registry.store.grants import PORTAL
from registry.store.models import Minutes
from tests.integration.evenings import Evening, evening
from tests.integration.portal.conftest import NewApp
from tests.integration.registration import GAMBIR, PERIOD

CONTENT, FILE = sha256(b"content").digest(), sha256(b"file").digest()
MADE_AT = datetime(2026, 11, 19, 2, 20, tzinfo=UTC)


@pytest.fixture
def office_url(database_url: str, postgres_server: Postgres) -> str:
    name = make_url(database_url).database
    assert name
    return postgres_server.url(PORTAL, name)


@pytest.fixture
def app(new_app: NewApp, database: Engine, office_url: str) -> Flask:
    return new_app(DATABASE_URL=office_url)


@pytest.fixture
def held(database: Engine, keys: Keys) -> Evening:
    """Give an evening whose minutes are made."""
    found = evening(database, keys)
    made(database, found.minutes_id, CONTENT, FILE)
    return found


def made(bind: Engine, minutes_id: bytes, content: bytes, file: bytes) -> None:
    papers = dict.fromkeys(("content", "pdf", "xlsx"), b"sealed")
    values = {"made_at": MADE_AT, "digest": content, "file_digest": file, **papers}
    with bind.begin() as connection:
        here = update(table_of(Minutes)).where(Minutes.id == minutes_id)
        connection.execute(here.values(**values))


@pytest.mark.parametrize(
    ("code", "what"), [(CONTENT, "cocok dengan isi"), (FILE, "cocok dengan berkas PDF")]
)
def test_either_code_tells_which_session_it_is(
    client: FlaskClient, held: Evening, code: bytes, what: str
) -> None:
    page = client.get(f"/berita-acara/{code.hex()}")
    assert page.status_code == 200
    for said in (what, "BA-001/31.71.01.1001/2026-1", "Gambir", "18 November 2026",
                 "19 November 2026 pukul 09.20 WIB", "<dd>1</dd>"):  # fmt: skip
        assert said in page.text
    assert "Set-Cookie" not in page.headers


def test_nobody_is_named(client: FlaskClient, held: Evening) -> None:
    page = client.get(f"/berita-acara/{CONTENT.hex()}").text
    for word in (*held.names, *held.niks, "Rahmat", "Joko"):
        assert word not in page


@pytest.mark.parametrize(
    "write",
    [
        bytes.hex,
        lambda code: code.hex().upper(),
        lambda code: " ".join(code.hex()[n : n + 8] for n in range(0, 64, 8)),
        lambda code: f"  {code.hex()}\n",
    ],
    ids=["plain", "capitals", "grouped as printed", "copied with its ends"],
)
def test_code_is_read_however_it_is_typed(
    client: FlaskClient, held: Evening, write: Callable[[bytes], str]
) -> None:
    sent = client.get("/berita-acara", query_string={"kode": write(CONTENT)})
    assert sent.status_code == 303
    assert sent.location == f"/berita-acara/{CONTENT.hex()}"
    assert client.get(f"/berita-acara/{write(CONTENT)}").status_code == 200


@pytest.mark.parametrize(
    "code",
    [
        "0" * 64,
        "g" * 64,
        "0" * 63,
        "0" * 65,
        "a" * 10_00,
        "٠" * 64,
        "%00" * 8,
        "<script>alert(1)</script>",
        "'; DROP TABLE minutes; --",
        "-" * 64,
        "NULL",
    ],
)
def test_what_is_not_registered_gets_one_page(
    client: FlaskClient, held: Evening, code: str
) -> None:
    page = client.get(f"/berita-acara/{code}")
    assert page.status_code == 404
    assert "<script>alert" not in page.text
    if "/" not in code:
        assert "Tidak ada berita acara dengan kode ini." in page.text
        assert "Berkasnya sudah berubah" in page.text


@pytest.mark.parametrize("typed", ["abc", "z" * 64, "0" * 65, "1" * 2_000])
def test_a_code_that_is_none_stays_to_be_mended(client: FlaskClient, typed: str) -> None:
    page = client.get("/berita-acara", query_string={"kode": typed})
    assert page.status_code == 422
    assert f'value="{typed[:200]}"' in page.text


def test_minutes_that_are_not_made_are_not_registered(
    client: FlaskClient, database: Engine, keys: Keys
) -> None:
    evening(database, keys)
    assert client.get(f"/berita-acara/{CONTENT.hex()}").status_code == 404


def test_old_and_new_of_a_correction_name_each_other(
    client: FlaskClient, database: Engine, held: Evening
) -> None:
    newer = b"2" * 16
    row: dict[str, object] = {"id": newer, "musyawarah_id": held.musyawarah_id}
    row |= {"period_id": PERIOD, "reason": b"sealed", "asked_by": "2"}
    row |= {"kelurahan_code": GAMBIR, "number": 2, "corrects": held.minutes_id}
    with database.begin() as connection:
        adding = insert(table_of(Minutes)).values(**row)
        connection.execute(adding)
    made(database, newer, sha256(b"2").digest(), sha256(b"3").digest())
    old = client.get(f"/berita-acara/{CONTENT.hex()}").text
    assert "diganti oleh nomor BA-002/31.71.01.1001/2026-1" in old
    new = client.get(f"/berita-acara/{sha256(b'3').hexdigest()}").text
    assert "BA-001/31.71.01.1001/2026-1" in new
    assert "Sudah diperbaiki" not in new


def test_in_english_too(client: FlaskClient, held: Evening) -> None:
    page = client.get(f"/en/berita-acara/{CONTENT.hex()}")
    assert "These minutes are registered" in page.text
    assert "These minutes were replaced" not in page.text
    assert 'data-alamat="/en/berita-acara"' in page.text


def test_while_the_database_is_down_it_says_to_come_back(new_app: NewApp) -> None:
    page = new_app().test_client().get(f"/berita-acara/{CONTENT.hex()}")
    assert page.status_code == 503
    assert page.headers["Retry-After"]
