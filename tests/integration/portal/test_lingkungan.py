"""The sheet by its link: who holds it marks one RT, until it is handed in."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.engine import make_url
from werkzeug.test import TestResponse

from fmotm.embedded import Postgres
from registry.intake import Keys
from registry.rules.application import Application
from registry.rules.marks import Mark, Source
from registry.store.grants import PORTAL
from registry.store.models import SheetLine
from registry.store.session import sessions
from registry.store.sheet_keying import Hand, Read, key, keying
from registry.store.sheet_making import Made, Wanted, make, renew, withdraw
from tests.integration.portal.conftest import NewApp
from tests.integration.portal.musyawarah.homes import registered
from tests.integration.portal.support import PERIOD
from tests.integration.registration import GAMBIR

DEAD = "Tautan ini tidak berlaku"
JSON = {"Accept": "application/json"}


def at(sheet: Made) -> str:
    return f"/lembar/{sheet.token}"


def marked(bind: Engine) -> dict[int, str]:
    with sessions(bind)() as session:
        rows = session.execute(select(SheetLine.line, SheetLine.mark).order_by(SheetLine.line))
        return {line: mark for line, mark in rows if mark}


def made(bind: Engine, **changed: datetime) -> Made:
    asked = Wanted(
        PERIOD,
        GAMBIR,
        None,
        (Source.RT,),
        changed.get("expires_at") or datetime.now(UTC) + timedelta(days=14),
    )
    with sessions(bind).begin() as session:
        return make(session, asked, "1")[0]


@pytest.fixture
def homes(database: Engine, keys: Keys) -> list[Application]:
    return registered(database, keys, range(1, 4))


@pytest.fixture
def sheet(database: Engine, homes: list[Application]) -> Made:
    assert homes
    return made(database)


@pytest.fixture
def client(new_app: NewApp, postgres_server: Postgres, database: Engine) -> FlaskClient:
    """Give a portal with its own rights in the database."""
    name = make_url(str(database.url)).database
    assert name
    return new_app(PORTAL_DATABASE_URL=postgres_server.url(PORTAL, name)).test_client()


def send(client: FlaskClient, sheet: Made, **fields: str) -> TestResponse:
    return client.post(at(sheet), data={key.replace("_", "-"): x for key, x in fields.items()})


def test_the_page_shows_name_and_address_and_nothing_else_of_them(
    client: FlaskClient, sheet: Made, homes: list[Application]
) -> None:
    page = client.get(at(sheet))
    assert page.status_code == 200
    for home in homes:
        assert home.applicant.name in page.text
        assert home.answer("alamat") in page.text
        for hidden in (home.nik.value, home.answer("telepon"), home.answer("patokan"), home.kk):
            assert not hidden or str(hidden) not in page.text
    assert "Tanda ini bahan musyawarah, bukan keputusan." in page.text
    assert "0 dari 3 rumah tangga" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert "Set-Cookie" not in page.headers


def test_it_is_saved_as_it_goes_and_can_be_changed(
    client: FlaskClient, sheet: Made, database: Engine
) -> None:
    sent = send(client, sheet, b_1="known", b_2="moved", aksi="simpan")
    assert (sent.status_code, sent.headers["Location"]) == (303, at(sheet))
    send(client, sheet, b_2="discuss", aksi="simpan")
    assert marked(database) == {1: "known", 2: "discuss"}
    page = client.get(at(sheet)).text
    assert "2 dari 3 rumah tangga" in page
    assert re.findall(r'name="(b-\d)" value="(\w+)" checked', page) == [
        ("b-1", "known"),
        ("b-2", "discuss"),
    ]


def test_a_script_saves_one_line_and_is_told_how_many(
    client: FlaskClient, sheet: Made, database: Engine
) -> None:
    answer = client.post(at(sheet), data={"b-3": "died", "aksi": "simpan"}, headers=JSON)
    assert (answer.status_code, answer.json) == (200, {"ditandai": 1, "dari": 3})
    refused = client.post(at(sheet), data={"b-3": "ghost"}, headers=JSON)
    assert (refused.status_code, list(refused.json or ())) == (422, ["galat"])
    assert marked(database) == {3: "died"}


def test_handed_in_it_is_only_read(client: FlaskClient, sheet: Made, database: Engine) -> None:
    whole = {f"b_{line}": "known" for line in (1, 2, 3)}
    assert send(client, sheet, **whole, aksi="kirim").status_code == 303
    page = client.get(at(sheet)).text
    assert "Terima kasih" in page
    assert "<button" not in page
    assert "<input" not in page
    again = send(client, sheet, b_1="died", aksi="kirim")
    assert again.status_code == 409
    assert "sudah dikirim" in again.text
    assert marked(database) == {1: "known", 2: "known", 3: "known"}


def test_an_incomplete_sheet_is_handed_in_only_when_asked_again(
    client: FlaskClient, sheet: Made, database: Engine
) -> None:
    page = send(client, sheet, b_2="known", aksi="kirim")
    assert page.status_code == 422
    assert "2 rumah tangga belum ditandai" in page.text
    assert 'href="#baris-1"' in page.text
    assert marked(database) == {2: "known"}
    assert send(client, sheet, b_2="known", aksi="kirim-saja").status_code == 303
    assert "Terima kasih" in client.get(at(sheet)).text


@pytest.mark.parametrize(
    "body",
    [
        {"b-1": "known", "b-4": "died"},
        {"b-1": "known", "b-0": "died"},
        {"b-1": "known", "b-2": "rich"},
        {"b-1": ["known", "died"]},
        {"b-1": "known", "b-x": "died"},
        {"b-1": "known", "b-99999999999999999999": "died"},
    ],
)
def test_a_forged_form_changes_nothing(
    client: FlaskClient, sheet: Made, database: Engine, body: dict[str, str]
) -> None:
    page = client.post(at(sheet), data={**body, "aksi": "kirim-saja"})
    assert page.status_code == 422
    assert "Tidak ada yang diubah" in page.text
    assert marked(database) == {}


def test_two_megabytes_are_too_much(client: FlaskClient, sheet: Made, database: Engine) -> None:
    page = client.post(at(sheet), data={"b-1": "known", "x": "y" * 2_000_000})
    assert page.status_code == 413
    assert marked(database) == {}


def test_dead_links_get_one_page_that_says_what_to_do(
    client: FlaskClient, sheet: Made, database: Engine
) -> None:
    with sessions(database).begin() as session:
        (new,) = renew(session, PERIOD, GAMBIR, [1], datetime.now(UTC) + timedelta(days=1))
    pages = [client.get(at(sheet))]
    with sessions(database).begin() as session:
        withdraw(session, PERIOD, GAMBIR, 1, "1")
    pages.append(client.get(at(new)))
    expired = made(database, expires_at=datetime.now(UTC) - timedelta(seconds=1))
    pages += [client.get(at(expired)), send(client, expired, b_1="died", aksi="kirim")]
    pages += [client.get(f"/lembar/{'A' * 43}"), client.get("/lembar/%00"), client.get("/lembar/é")]
    assert {page.status_code for page in pages} == {404}
    assert len({page.text for page in pages}) == 1
    assert DEAD in pages[0].text
    assert "minta tautan baru" in pages[0].text
    assert client.post(at(expired), data={"b-1": "died"}, headers=JSON).status_code == 404
    assert marked(database) == {}


def test_what_is_keyed_from_paper_is_not_marked_by_link(
    client: FlaskClient, sheet: Made, database: Engine
) -> None:
    with sessions(database).begin() as session:
        found = keying(session, PERIOD, GAMBIR, 1, lock=True)
        key(session, found, Read(Hand.FIRST, {1: Mark.MOVED}, "5"))
    page = send(client, sheet, b_1="known", b_2="known", aksi="simpan")
    assert page.status_code == 409
    assert "diketik dari kertas" in page.text
    assert marked(database) == {1: "moved", 2: "known"}


def test_without_postgresql_it_can_be_tried_again(new_app: NewApp) -> None:
    page = new_app().test_client().get(f"/lembar/{'A' * 43}")
    assert (page.status_code, "Retry-After" in page.headers) == (503, True)
