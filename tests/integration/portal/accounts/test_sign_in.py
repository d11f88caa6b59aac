"""At the door: who comes in, who does not, and that neither tells who has an account."""

from __future__ import annotations

import re
from threading import Barrier, Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from portal.services import services
from registry.rules.lifecycle import Role
from tests.integration.portal.accounts.conftest import NewClient
from tests.integration.portal.accounts.people import (
    PASSWORD,
    Office,
    enter_code,
    is_in,
    post,
    sign_in,
    token_of,
)


def told(answer: TestResponse) -> tuple[int, str, list[str]]:
    """Give all that an answer says, but for what was typed and the token."""
    text = re.sub(r'(csrf[-_]token"[^>]*?(?:content|value)=")[^"]+', r"\1", answer.text)
    names = [name for name, _ in answer.headers if name != "Content-Length"]
    return answer.status_code, re.sub(r'(id="email"[^>]*value=")[^"]*', r"\1", text), names


def test_the_right_password_signs_in(client: FlaskClient, office: Office) -> None:
    person = office.member(Role.COUNTER)

    answer = sign_in(client, person.email)

    assert (answer.status_code, answer.location) == (302, "/loket")
    assert person.email in client.get("/akun").text
    assert office.events(person)[-1] == "signed_in"


def test_the_user_name_knows_no_capitals_nor_spaces(client: FlaskClient, office: Office) -> None:
    person = office.member()

    assert sign_in(client, f" {person.email.upper()} ").location == "/loket"


def test_wrong_unknown_disabled_invited_and_locked_are_answered_alike(
    client: FlaskClient, office: Office
) -> None:
    known, disabled, locked = office.member(), office.member(), office.member()
    invited = office.invite()
    office.change(disabled, active=False)
    office.run(f"UPDATE account SET locked_until = now() + '1 h' WHERE id = {locked.id}")

    wrong = sign_in(client, known.email, "salah salah salah")
    assert wrong.status_code == 422
    assert "salah" in wrong.text
    for email, password in (
        ("tidak.ada@contoh.example", PASSWORD),
        (disabled.email, PASSWORD),
        (invited.email, PASSWORD),
        (locked.email, PASSWORD),
        (locked.email, "salah salah salah"),
        ("", ""),
        ("bukan e-mail", PASSWORD),
    ):
        assert told(sign_in(client, email, password)) == told(wrong)
    assert not is_in(client)


def test_they_cost_the_database_the_same(client: FlaskClient, office: Office) -> None:
    """And one hash each, so that the time tells no more than the words."""
    known, locked = office.member(), office.member()
    office.run(f"UPDATE account SET locked_until = now() + '1 h' WHERE id = {locked.id}")
    asked: list[str] = []
    with office.app.app_context():
        database = services().database

    def cost(email: str) -> list[str]:
        token = token_of(client)
        asked.clear()
        client.post("/masuk", data={"email": email, "password": "salah" * 4, "csrf_token": token})
        return asked[:]

    event.listen(database, "before_cursor_execute", lambda *given: asked.append(given[2]))
    wrong = cost(known.email)
    assert wrong
    assert cost("tidak.ada@contoh.example") == cost(locked.email) == cost("") == wrong


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(4, 60), (5, 120), (6, 240), (9, 1920), (10, 3600), (11, 3600), (5000, 3600)],
)
def test_each_wrong_one_past_the_fourth_locks_for_longer(
    client: FlaskClient, office: Office, failures: int, seconds: int
) -> None:
    person = office.member()
    office.change(person, failures=failures)

    sign_in(client, person.email, "salah salah salah")

    office.run(
        "DO $$ BEGIN ASSERT (SELECT locked_until BETWEEN now() + make_interval(secs =>"
        f" {seconds - 60}) AND now() + make_interval(secs => {seconds}) FROM account WHERE"
        f" id = {person.id}); END $$"
    )
    assert office.events(person)[-2:] == ["wrong_password", "locked"]


def test_a_lock_is_the_accounts_and_goes_with_time(
    client: FlaskClient, new_client: NewClient, office: Office
) -> None:
    person, other = office.member(), office.member()
    for _ in range(5):
        sign_in(client, person.email, "salah salah salah")

    assert sign_in(new_client(), person.email).status_code == 422
    assert sign_in(client, other.email).status_code == 302
    office.run("UPDATE account SET locked_until = now() - interval '1 s'")
    assert sign_in(new_client(), person.email).status_code == 302
    assert office.account(person).failures == 0


def test_tries_while_locked_do_not_lock_for_longer(client: FlaskClient, office: Office) -> None:
    person = office.member()
    for _ in range(5):
        sign_in(client, person.email, "salah salah salah")
    before = office.account(person)
    sign_in(client, person.email, "salah salah salah")

    after = office.account(person)
    assert (after.failures, after.locked_until) == (5, before.locked_until)


def test_many_tries_at_once_are_no_more_than_one_by_one(office: Office, office_app: Flask) -> None:
    """Counted before they are judged: no two threads are both the fifth."""
    person = office.member()
    together = Barrier(12)

    def attempt() -> None:
        device = office_app.test_client()
        token = token_of(device)
        together.wait()
        device.post(
            "/masuk", data={"email": person.email, "password": "salah" * 4, "csrf_token": token}
        )

    threads = [Thread(target=attempt) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert office.account(person).failures == 5
    assert office.events(person).count("wrong_password") == 5


def test_with_a_second_factor_the_password_is_only_half(
    client: FlaskClient, office: Office
) -> None:
    person = office.member(Role.REVIEWER)
    device = office.app.test_client()
    sign_in(device, person.email)
    office.set_up_totp(device, person)

    answer = sign_in(client, person.email)
    assert answer.location == "/masuk/kode"
    assert not is_in(client)
    assert enter_code(client, office.code(person)).location == "/musyawarah/"
    assert is_in(client)


@pytest.fixture
def half(client: FlaskClient, office: Office) -> FlaskClient:
    """Give a device on which a counter's password has been given, but not the code."""
    device = office.app.test_client()
    person = office.member()
    sign_in(device, person.email)
    client.recovery = office.set_up_totp(device, person)  # type: ignore[attr-defined]
    client.person = person  # type: ignore[attr-defined]
    assert sign_in(client, person.email).location == "/masuk/kode"
    return client


def test_a_code_is_accepted_once(half: FlaskClient, new_client: NewClient, office: Office) -> None:
    person, other = half.person, new_client()  # type: ignore[attr-defined]
    sign_in(other, person.email)
    code = office.code(person)

    assert enter_code(half, code).status_code == 302
    again = enter_code(other, code)
    assert again.status_code == 422
    assert "sudah dipakai" in again.text
    assert not is_in(other)


def test_a_recovery_code_is_accepted_once(
    half: FlaskClient, new_client: NewClient, office: Office
) -> None:
    person, codes, other = half.person, half.recovery, new_client()  # type: ignore[attr-defined]
    assert len(set(codes)) == 10
    sign_in(other, person.email)

    written = codes[0].replace("-", " ").upper()
    assert enter_code(half, written).status_code == 302
    assert enter_code(other, codes[0]).status_code == 422
    assert enter_code(other, codes[1]).status_code == 302
    assert office.events(person).count("recovery_used") == 2
    assert "<dd>8</dd>" in half.get("/akun").text


@pytest.mark.parametrize("code", ["", "000000", "12345", "1234567", "abcdef", "٣٤٥٦٧٨", "x" * 5000])
def test_other_codes_are_not(half: FlaskClient, code: str) -> None:
    assert enter_code(half, code).status_code == 422
    assert not is_in(half)


def test_the_right_password_again_buys_no_more_codes(half: FlaskClient, office: Office) -> None:
    """Whoever has only the password gets five codes, however often they give it."""
    person = half.person  # type: ignore[attr-defined]
    for _ in range(3):
        assert enter_code(half, "000000").status_code == 422
        sign_in(half, person.email)
    for _ in range(2):
        assert enter_code(half, "000000").status_code == 422

    answer = enter_code(half, office.code(person))
    assert answer.status_code == 422
    assert "Tunggu sampai pukul" in answer.text
    assert sign_in(half, person.email).status_code == 422


def test_half_a_sign_in_does_not_wait_for_ever(half: FlaskClient, office: Office) -> None:
    person = half.person  # type: ignore[attr-defined]
    office.change(person, fs_uniquifier="another")

    assert half.get("/masuk/kode").location == "/masuk"
    assert enter_code_without_page(half, office.code(person)).location == "/masuk"


def enter_code_without_page(client: FlaskClient, code: str) -> TestResponse:
    return post(client, "/masuk/kode", code=code)


@pytest.mark.parametrize(
    "path", ["/akun", "/akun?a=1", "/dinas/akun?kelurahan=31.71.01.1001", "/tidak-ada"]
)
def test_going_on_to_an_own_page(client: FlaskClient, office: Office, path: str) -> None:
    person = office.member()

    assert sign_in(client, person.email, next=path).location == path


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "///evil.example",
        "javascript:alert(1)",
        "akun",
        "/akun\r\nSet-Cookie: a=b",
        "/\tevil",
        " /akun",
        "/" + "a" * 600,
    ],
)
def test_never_to_anybody_elses(client: FlaskClient, office: Office, path: str) -> None:
    person = office.member()

    assert sign_in(client, person.email, next=path).location == "/loket"


def test_a_page_asks_to_sign_in_and_is_there_afterwards(
    client: FlaskClient, office: Office
) -> None:
    person = office.member()

    answer = client.get("/akun?a=1")
    assert answer.location == "/masuk?next=/akun?a%3D1"
    assert 'value="/akun?a=1"' in client.get(answer.location).text
    assert sign_in(client, person.email, next="/akun?a=1").location == "/akun?a=1"
    assert client.get("/masuk").location == "/loket"


def test_a_script_is_told_and_not_sent_elsewhere(client: FlaskClient) -> None:
    answer = client.get("/akun", headers={"Accept": "application/json"})

    assert answer.status_code == 401
    assert answer.json is not None
    assert answer.json["masuk"] == "/masuk"
