"""How long a sign-in lasts, what its cookie is, and that citizens' pages know nothing of it."""

from __future__ import annotations

import time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner

from portal.accounts.cookie import DeskSessions
from portal.accounts.models import Account
from portal.accounts.sign_in import begin_session
from registry.inbox import Inbox
from registry.rules.lifecycle import Role
from tests.integration.portal.accounts.conftest import NewClient
from tests.integration.portal.accounts.people import (
    PASSWORD,
    Office,
    Person,
    is_in,
    post,
    sign_in,
    token_of,
)
from tests.integration.portal.conftest import NewApp
from tests.integration.portal.support import answers, form
from tests.integration.portal.support import post as send

FOR_CITIZENS = ("/", "/daftar", "/cek", "/bantuan", "/luring", "/healthz", "/readyz", "/tidak-ada")
NEW = "perahu bocor di atap"


@pytest.fixture
def person(office: Office) -> Person:
    return office.member()


@pytest.fixture
def inside(client: FlaskClient, person: Person) -> FlaskClient:
    """Give a device that is signed in."""
    sign_in(client, person.email)
    assert is_in(client)
    return client


def test_signing_out_ends_the_session_also_for_who_kept_the_cookie(
    inside: FlaskClient, new_client: NewClient
) -> None:
    kept = inside.get_cookie("meja")
    assert kept

    assert post(inside, "/keluar", page="/akun").location == "/masuk"

    assert not is_in(inside)
    thief = new_client()
    thief.set_cookie("meja", kept.value)
    assert not is_in(thief)


@pytest.mark.parametrize(
    ("ahead", "stays"),
    [(2, True), (50, True), (90, False), (-3_600, True), (-40_000_000, False)],
)
def test_clocks_of_two_portals_may_differ_a_little(
    inside: FlaskClient, monkeypatch: pytest.MonkeyPatch, ahead: int, *, stays: bool
) -> None:
    """What one portal signed seconds ahead of the other's clock is a session there as well."""
    kept = inside.get_cookie("meja")
    serializer = DeskSessions().get_signing_serializer(inside.application)
    assert kept
    assert serializer
    signed_at = int(time.time()) + ahead
    session = serializer.loads(kept.value)
    with monkeypatch.context() as other:
        other.setattr(TimestampSigner, "get_timestamp", lambda _: signed_at)
        inside.set_cookie("meja", str(serializer.dumps(session)))

    assert is_in(inside) is stays


def test_signing_out_on_one_device_leaves_the_other(
    inside: FlaskClient, new_client: NewClient, person: Person
) -> None:
    other = new_client()
    sign_in(other, person.email)
    post(inside, "/keluar", page="/akun")

    assert is_in(other)


def test_signing_out_everywhere_ends_them_all(
    inside: FlaskClient, new_client: NewClient, person: Person, office: Office
) -> None:
    other = new_client()
    sign_in(other, person.email)

    assert post(other, "/akun/keluar-semua", page="/akun").location == "/masuk"

    assert not is_in(inside)
    assert not is_in(other)
    assert office.events(person)[-1] == "signed_out_everywhere"
    assert sign_in(other, person.email).status_code == 302


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(
    inside: FlaskClient, new_client: NewClient, person: Person
) -> None:
    other = new_client()
    sign_in(other, person.email)

    done = post(inside, "/akun/kata-sandi", page="/akun", old=PASSWORD, password=NEW, again=NEW)

    assert done.location == "/akun"
    assert is_in(inside)
    assert not is_in(other)
    assert sign_in(other, person.email).status_code == 422
    assert sign_in(other, person.email, NEW).status_code == 302


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (("salah salah salah", NEW, NEW), "Kata sandi sekarang salah"),
        ((PASSWORD, NEW, NEW + "!"), "tidak sama"),
        ((PASSWORD, "pendek", "pendek"), "paling sedikit 12"),
        ((PASSWORD, "password123456", "password123456"), "mudah ditebak"),
        ((PASSWORD, "orang bocor di atap", "orang bocor di atap"), "nama"),
    ],
)
def test_a_password_is_not_changed_when(
    inside: FlaskClient, person: Person, typed: tuple[str, str, str], why: str
) -> None:
    fields = dict(zip(("old", "password", "again"), typed, strict=True))
    answer = post(inside, "/akun/kata-sandi", page="/akun", **fields)

    assert answer.status_code == 422
    assert why in answer.text
    assert sign_in(inside.application.test_client(), person.email).status_code == 302


def test_an_open_session_is_no_way_to_try_passwords(inside: FlaskClient, person: Person) -> None:
    for _ in range(5):
        wrong = "salah salah salah"
        post(inside, "/akun/kata-sandi", page="/akun", old=wrong, password=NEW, again=NEW)

    answer = post(inside, "/akun/kata-sandi", page="/akun", old=PASSWORD, password=NEW, again=NEW)
    assert "Tunggu sebentar" in answer.text
    assert sign_in(inside.application.test_client(), person.email, NEW).status_code == 422


@pytest.mark.parametrize(
    ("column", "ago", "still"),
    [
        ("seen_at", "29 min", True),
        ("seen_at", "31 min", False),
        ("began_at", "11 h 59 min", True),
        ("began_at", "12 h 1 min", False),
    ],
)
def test_a_session_ends_when_idle_and_at_the_end_of_a_day(
    inside: FlaskClient, office: Office, column: str, ago: str, still: bool
) -> None:
    office.run(f"UPDATE account_session SET {column} = now() - interval '{ago}'")

    assert is_in(inside) is still


def test_use_keeps_a_session(inside: FlaskClient, office: Office) -> None:
    for _ in range(3):
        office.run("UPDATE account_session SET seen_at = now() - interval '20 min'")
        assert is_in(inside)


def test_a_disabled_account_is_out_at_once(
    inside: FlaskClient, office: Office, person: Person
) -> None:
    office.change(person, active=False)

    assert not is_in(inside)


@pytest.mark.parametrize("value", ["", "x", "e30.aaaa.bbbb", "é", "." * 3000])
def test_a_cookie_that_we_did_not_sign_is_none(client: FlaskClient, value: str) -> None:
    client.set_cookie("meja", value)

    assert client.get("/masuk").status_code == 200
    assert not is_in(client)


def test_the_cookie_over_http(inside: FlaskClient) -> None:
    cookie = inside.get_cookie("meja")
    assert cookie
    assert (cookie.http_only, cookie.same_site, cookie.secure) == (True, "Lax", False)
    assert (cookie.path, cookie.domain, cookie.max_age) == ("/", "localhost", None)


def test_the_cookie_over_https_is_bound_to_the_host(new_app: NewApp, office_url: str) -> None:
    client = new_app(DATABASE_URL=office_url, TRUSTED_PROXIES="1").test_client()

    answer = client.get("/masuk", headers={"X-Forwarded-Proto": "https"})

    [set_cookie] = answer.headers.getlist("Set-Cookie")
    assert set_cookie.startswith("__Host-meja=")
    words = {part.strip() for part in set_cookie.split(";")[1:]}
    assert words == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}


def test_pages_of_the_signed_in_are_kept_nowhere(inside: FlaskClient) -> None:
    for path in ("/akun", "/akun/kode"):
        headers = inside.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Vary"] == "Cookie"


def test_citizens_pages_are_the_same_for_who_is_signed_in(
    inside: FlaskClient, new_client: NewClient, inbox: Inbox
) -> None:
    nobody = new_client()
    for path in FOR_CITIZENS:
        theirs, anybodys = inside.get(path), nobody.get(path)
        for page in (theirs, anybodys):
            assert "Set-Cookie" not in page.headers
            assert "Cookie" not in page.headers.get("Vary", "")
        assert theirs.data == anybodys.data
        assert theirs.headers.get("ETag") == anybodys.headers.get("ETag")


def test_applying_while_signed_in_sets_no_cookie(inside: FlaskClient, inbox: Inbox) -> None:
    sent = send(inside, form(answers()))

    assert sent.status_code == 303
    assert "Set-Cookie" not in sent.headers


def test_a_citizens_page_asks_the_database_for_nobody(
    inside: FlaskClient, office: Office, inbox: Inbox
) -> None:
    """However many hooks there are, none of them looks for an account."""
    office.run("ALTER TABLE account_session RENAME TO hidden")
    try:
        for path in FOR_CITIZENS[:5]:
            assert inside.get(path).status_code == 200
        assert inside.get("/akun").status_code == 500
    finally:
        office.run("ALTER TABLE hidden RENAME TO account_session")


def test_a_session_on_a_citizens_page_is_a_fault(office_app: Flask, office: Office) -> None:
    """Whoever writes one by mistake is told, instead of a page that varies by cookie."""
    account: Account = office.account(office.member(Role.COUNTER))
    interface = office_app.session_interface
    with office_app.test_request_context("/cek") as context:
        begin_session(account)
        session = context.session
        assert session is not None
        with pytest.raises(RuntimeError, match="signed-in"):
            interface.save_session(office_app, session, office_app.make_response(""))


@pytest.mark.parametrize("token", [None, "", "forged", "other"])
@pytest.mark.parametrize("path", ["/keluar", "/akun/keluar-semua", "/akun/kata-sandi"])
def test_without_its_token_nothing_is_done(
    inside: FlaskClient, new_client: NewClient, path: str, token: str | None
) -> None:
    sent = token_of(new_client()) if token == "other" else token
    fields = {"old": PASSWORD, "password": NEW, "again": NEW}
    answer = inside.post(path, data=fields | ({} if sent is None else {"csrf_token": sent}))

    assert answer.status_code == 400
    assert "Tidak ada yang diubah" in answer.text
    assert is_in(inside)


def test_signing_in_needs_the_token_of_this_browser(
    client: FlaskClient, new_client: NewClient, person: Person
) -> None:
    """Or a stranger could sign somebody in as themselves."""
    fields = {"email": person.email, "password": PASSWORD, "csrf_token": token_of(new_client())}

    assert client.post("/masuk", data=fields).status_code == 400
    assert not is_in(client)


def test_scripts_send_the_token_as_a_header(inside: FlaskClient) -> None:
    token = token_of(inside, "/akun")

    refused = inside.post("/akun/kata-sandi", json={})
    assert refused.status_code == 400
    assert refused.json is not None
    assert "galat" in refused.json
    taken = inside.post("/akun/kata-sandi", json={}, headers={"X-CSRFToken": token})
    assert taken.status_code == 422


def test_a_token_of_before_signing_in_is_of_no_use(client: FlaskClient, person: Person) -> None:
    before = token_of(client)
    sign_in(client, person.email)

    assert client.post("/akun/keluar-semua", data={"csrf_token": before}).status_code == 400
