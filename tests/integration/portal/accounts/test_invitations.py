"""Taking an account over by a link that works once, and the second factor that follows."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.accounts import people
from portal.accounts.models import Account
from registry.rules.lifecycle import Role
from tests.integration.portal.accounts.conftest import NewClient
from tests.integration.portal.accounts.people import (
    PASSWORD,
    Office,
    Person,
    accept,
    enter_code,
    is_in,
    post,
    sign_in,
    token_of,
)

DEAD = "Tautan ini tidak berlaku"


def again(office: Office, person: Person) -> Person:
    """Make a new link."""
    with Session(office.database) as db, db.begin():
        account = db.get_one(Account, person.id)
        return Person(person.id, person.email, people.new_link(db, account, "os:test"))


def test_a_link_asks_for_a_password_and_signs_in(client: FlaskClient, office: Office) -> None:
    person = office.invite()

    assert person.email in client.get(f"/undangan/{person.token}").text
    assert accept(client, person.token).location == "/akun"
    assert is_in(client)
    assert office.account(person).password not in {None, PASSWORD}


def test_a_link_works_once(client: FlaskClient, new_client: NewClient, office: Office) -> None:
    person = office.invite()
    accept(client, person.token)

    late = new_client()
    assert late.get(f"/undangan/{person.token}").status_code == 404
    answer = post(late, f"/undangan/{person.token}", password="x" * 20, again="x" * 20)
    assert (answer.status_code, DEAD in answer.text) == (404, True)
    assert sign_in(late, person.email).status_code == 302


def test_of_two_who_use_a_link_at_once_one_is_late(office: Office, office_app: Flask) -> None:
    person = office.invite()
    together, answers = Barrier(2), list[int]()
    passwords = ["perahu bocor di atap", "kopi tubruk di jendela"]

    def use(password: str) -> None:
        device = office_app.test_client()
        path = f"/undangan/{person.token}"
        token = token_of(device, path)
        together.wait()
        fields = {"password": password, "again": password, "csrf_token": token}
        answers.append(device.post(path, data=fields).status_code)

    threads = [Thread(target=use, args=(password,)) for password in passwords]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [302, 404]
    assert office.events(person).count("password_set") == 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE invitation SET expires_at = now() - interval '1 s'",
        "UPDATE invitation SET withdrawn_at = now()",
        "UPDATE account SET active = false",
    ],
)
def test_a_link_that_does_not_hold_is_answered_like_one_that_never_was(
    client: FlaskClient, office: Office, change: str
) -> None:
    person = office.invite()
    assert client.get(f"/undangan/{person.token}").status_code == 200
    office.run(change)

    never = client.get("/undangan/" + "x" * 43)
    now = client.get(f"/undangan/{person.token}")
    assert (now.status_code, now.text) == (404, never.text)
    assert post(client, f"/undangan/{person.token}", password=PASSWORD).status_code == 404


def test_a_link_holds_for_a_week(office: Office) -> None:
    office.invite()
    office.run(
        "DO $$ BEGIN ASSERT (SELECT bool_and(expires_at = made_at + interval '7 d')"
        " FROM invitation); END $$"
    )


def test_only_the_digest_of_a_link_is_kept(office: Office) -> None:
    person = office.invite()
    office.run(
        "DO $$ BEGIN ASSERT (SELECT digest = sha256(convert_to("
        f"'{person.token}', 'UTF8')) FROM invitation); END $$"
    )


@pytest.mark.parametrize("password", ["", "pendek", "rahasia12345", "a" * 40, "x1y2z3" * 50])
def test_a_bad_password_uses_no_link_up(client: FlaskClient, office: Office, password: str) -> None:
    person = office.invite()

    assert accept(client, person.token, password).status_code == 422
    assert accept(client, person.token).status_code == 302


def test_a_new_link_ends_the_old_one(client: FlaskClient, office: Office) -> None:
    first = office.invite()
    second = again(office, first)

    assert client.get(f"/undangan/{first.token}").status_code == 404
    assert accept(client, second.token).status_code == 302


def test_a_new_link_changes_nothing_until_it_is_used(
    client: FlaskClient, new_client: NewClient, office: Office
) -> None:
    person = office.member(Role.REVIEWER)
    sign_in(client, person.email)
    [code, *_] = office.set_up_totp(client, person)
    renewed = again(office, person)

    assert is_in(client)
    other = new_client()
    assert sign_in(other, person.email).location == "/masuk/kode"

    fresh = new_client()
    assert accept(fresh, renewed.token, "perahu bocor di atap").location == "/akun/kode"
    assert not is_in(client)
    assert not office.account(person).has_totp
    assert post(other, "/masuk/kode", code=code).location == "/masuk"


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.CHAIR, Role.DINAS])
def test_these_reach_nothing_before_the_second_factor(
    client: FlaskClient, office: Office, role: Role
) -> None:
    person = office.invite(role)
    assert accept(client, person.token).location == "/akun/kode"

    for path in ("/akun", "/dinas/akun") if role is Role.DINAS else ("/akun",):
        assert client.get(path).location == "/akun/kode"
    assert client.get("/akun/kode").status_code == 200
    office.set_up_totp(client, person)
    assert client.get("/akun").status_code == 200


@pytest.mark.parametrize("role", [Role.COUNTER, Role.PENDAMPING, Role.AUDITOR])
def test_others_may_do_without(client: FlaskClient, office: Office, role: Role) -> None:
    person = office.invite(role)

    assert accept(client, person.token).location == "/akun"
    assert client.get("/akun").status_code == 200


def test_the_secret_is_shown_until_it_is_confirmed_and_sealed(
    client: FlaskClient, office: Office
) -> None:
    person = office.invite(Role.REVIEWER)
    accept(client, person.token)

    first, second = client.get("/akun/kode").text, client.get("/akun/kode").text
    [key] = {page.split('class="kunci">')[1].split("<")[0] for page in (first, second)}
    assert all(len(group) == 4 for group in key.split())
    sealed = office.account(person).totp_pending
    assert sealed
    assert key.replace(" ", "").encode() not in sealed
    wrong = post(client, "/akun/kode", page="/akun/kode", code="000000")
    assert wrong.status_code == 422
    assert not office.account(person).has_totp


def test_the_second_factor_is_only_changed_with_the_first(
    client: FlaskClient, office: Office
) -> None:
    """A laptop left open must not be enough to move the code to another phone."""
    person = office.member()
    sign_in(client, person.email)
    codes = office.set_up_totp(client, person)
    before = office.account(person).totp_sealed
    client.get("/akun/kode")
    office.change(person, totp_sealed=office.account(person).totp_pending)
    new = office.code(person)
    office.change(person, totp_sealed=before)

    assert post(client, "/akun/kode", page="/akun/kode", code=new).status_code == 422
    assert office.account(person).totp_sealed == before
    done = post(client, "/akun/kode", page="/akun/kode", code=new, old=codes[0])
    assert done.status_code == 200
    assert office.account(person).totp_sealed != before


def test_new_recovery_codes_end_the_old_ones(client: FlaskClient, office: Office) -> None:
    person = office.member()
    sign_in(client, person.email)
    old = office.set_up_totp(client, person)

    assert post(client, "/akun/pemulihan", page="/akun", code="000000").status_code == 422
    done = post(client, "/akun/pemulihan", page="/akun", code=office.code(person))
    assert done.status_code == 200
    sign_in(other := office.app.test_client(), person.email)
    assert enter_code(other, old[0]).status_code == 422
