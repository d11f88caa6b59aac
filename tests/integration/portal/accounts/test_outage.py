"""The desk while PostgreSQL is down: it says so, and keeps nobody waiting."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.integration.portal.accounts.people import PASSWORD, Office, sign_in
from tests.integration.portal.conftest import NewApp, without_database


def test_without_the_database_nobody_signs_in_and_the_page_says_to_wait(new_app: NewApp) -> None:
    client = new_app().test_client()
    answer = sign_in(client, "siapa@contoh.example", PASSWORD)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "Layanan sedang sibuk" in answer.text


def test_who_is_signed_in_is_told_and_stays_signed_in(
    office: Office, new_app: NewApp, client: FlaskClient
) -> None:
    sign_in(client, office.member().email)
    down = without_database(new_app, client)
    assert down.get("/akun").status_code == 503
    assert client.get("/akun").status_code == 200
