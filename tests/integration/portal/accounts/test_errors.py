"""Errors among the pages of the signed-in: the desk stays, and nothing is given away."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import Forbidden

from portal.accounts.models import OF_KELURAHAN, ROLES
from registry.rules.lifecycle import Role
from tests.integration.portal.accounts.people import Office, post, sign_in, without_tokens
from tests.integration.portal.conftest import NewApp, without_database
from tests.integration.registration import CIDENG, GAMBIR

ABSENT = (
    "/musyawarah/tidak-ada/x",
    "/musyawarah/31.71.01.1001/tidak-ada",
    "/loket/tidak-ada",
    "/dinas/tidak-ada",
    "/akun/tidak-ada",
    "/akun/\udcff".encode("utf-8", "surrogateescape").decode("latin"),
)
FRAME = ("Meja petugas", "Keluar", 'aria-label="Menu"', "Ke halaman awal Anda")


def is_at_the_desk(page: str) -> bool:
    return all(each in page for each in FRAME)


@pytest.mark.parametrize("role", ROLES)
def test_every_role_keeps_its_menu_and_a_way_back(office: Office, role: Role) -> None:
    client = office.signed_in(role)
    way_back = sign_in_path(client)
    for path in ABSENT:
        answer = client.get(path)
        assert answer.status_code == 404, path
        assert is_at_the_desk(answer.text), path
        assert "Halaman ini tidak ada, atau bukan untuk Anda." in answer.text
        assert f'<a class="tombol" href="{way_back}">' in answer.text


def sign_in_path(client: FlaskClient) -> str:
    """Give where somebody who is signed in already is sent by the door: where their work begins."""
    return client.get("/masuk").location


@pytest.mark.parametrize("role", sorted(OF_KELURAHAN))
def test_what_is_somebody_elses_and_what_is_not_there_read_the_same(
    office: Office, role: Role
) -> None:
    client = office.signed_in(role, CIDENG)
    absent = without_tokens(client.get("/musyawarah/x/y/z"))
    for path in (
        f"/musyawarah/{GAMBIR}/",
        f"/musyawarah/{GAMBIR}/sidang/1",
        f"/musyawarah/{GAMBIR}/sidang/9",
        "/musyawarah/31.71.99.1001/sidang/1",
        "/dinas/akun/1",
        "/dinas/akun/999",
        "/dinas/kuorum",
        "/dinas/tidak-ada",
    ):
        answer = client.get(path)
        assert (answer.status_code, without_tokens(answer)) == (404, absent), path


def test_who_is_not_signed_in_sees_the_citizens_page(office_app: Flask) -> None:
    client = office_app.test_client()
    for path in ("/musyawarah/x/y/z", "/dinas/tidak-ada", "/tidak-ada"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "Meja petugas" not in answer.text
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("cookie", ["", "x", "eyJ4IjoxfQ.aaaa.bbbb", "a" * 4_000])
def test_a_cookie_that_is_not_ours_opens_no_desk(office_app: Flask, cookie: str) -> None:
    client = office_app.test_client()
    client.set_cookie("meja", cookie)
    answer = client.get("/dinas/tidak-ada")
    assert (answer.status_code, "Meja petugas" in answer.text) == (404, False)


def test_on_citizens_addresses_the_signed_in_are_citizens(office: Office) -> None:
    client = office.signed_in(Role.DINAS)
    for path in ("/tidak-ada", "/bukti/x", "/lembar/x", "/", "/en/dinas/tidak-ada"):
        assert "Meja petugas" not in client.get(path).text


def test_a_session_that_was_ended_opens_no_desk(office: Office) -> None:
    client = office.signed_in(Role.COUNTER)
    assert post(client, "/keluar", page="/akun").status_code in {302, 303}
    assert "Meja petugas" not in client.get("/loket/tidak-ada").text


def test_a_method_that_a_page_does_not_know(office: Office) -> None:
    client = office.signed_in(Role.DINAS)
    answer = client.delete("/dinas/kuorum")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert is_at_the_desk(answer.text)


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (Forbidden(), 403, "Ini tidak diizinkan"),
        (ZeroDivisionError(), 500, "Ada kesalahan pada sistem kami"),
    ],
)
def test_what_goes_wrong_inside_a_page(
    office: Office, monkeypatch: pytest.MonkeyPatch, error: Exception, code: int, says: str
) -> None:
    client = office.signed_in(Role.DINAS)

    def broken(*_given: object, **_named: object) -> None:
        raise error

    monkeypatch.setattr("portal.accounts.people.accounts", broken)
    answer = client.get("/dinas/akun")
    assert answer.status_code == code
    assert says in answer.text
    assert is_at_the_desk(answer.text)


def test_without_the_database_what_is_not_there_is_still_told(
    office: Office, new_app: NewApp, client: FlaskClient
) -> None:
    sign_in(client, office.member().email)
    down = without_database(new_app, client)
    answer = down.get("/loket/tidak-ada")
    assert (answer.status_code, "Meja petugas" in answer.text) == (404, False)
    assert client.get("/loket/tidak-ada").status_code == 404


def test_the_buttons_of_an_error_page_work(office: Office) -> None:
    client = office.signed_in(Role.COUNTER)
    answer = post(client, "/keluar", page="/loket/tidak-ada")
    assert answer.status_code in {302, 303}
    assert client.get("/loket").status_code == 302
