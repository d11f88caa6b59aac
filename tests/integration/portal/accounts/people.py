"""Made-up people, and what they do at the door."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http.cookies import SimpleCookie
from itertools import count
from typing import cast
from weakref import WeakKeyDictionary

from flask import Flask, session
from flask.testing import FlaskClient
from passlib.totp import TOTP
from sqlalchemy import Engine, select, text, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.accounts import own, people
from portal.accounts.cookie import DeskSession, DeskSessions
from portal.accounts.models import Account
from portal.accounts.security import new_password, unsealed
from portal.accounts.sign_in import begin_session
from registry.rules.lifecycle import Role
from tests.integration.registration import GAMBIR

PASSWORD = "tangga hijau melompat jauh"
_numbers = count(1)
_hashes: WeakKeyDictionary[Flask, str] = WeakKeyDictionary()


@dataclass(frozen=True)
class Person:
    """Somebody with an account; `id` as in the database."""

    id: int
    email: str
    token: str


class Office:
    """Makes people without going through pages, and looks into the database."""

    def __init__(self, app: Flask, database: Engine) -> None:
        self.app = app
        self.database = database

    def invite(self, role: Role = Role.COUNTER, kelurahan: str = GAMBIR, **more: str) -> Person:
        """Make an account whose link has not been used."""
        number = next(_numbers)
        of_one = role in {Role.REVIEWER, Role.CHAIR, Role.COUNTER}
        organisation = {"organisation_id": "lsm-melati", "organisation_name": "LSM Melati"}
        new = people.NewAccount(
            email=f"orang{number}@contoh.example",
            full_name=f"Orang Nomor {number}",
            role=role,
            kelurahan=kelurahan.split() if of_one else [],
            **({**organisation, **more} if role is Role.PENDAMPING else more),
        )
        with Session(self.database) as db, db.begin():
            account, token = people.invite(db, new, "os:test")
            return Person(account.id, account.email, token)

    def member(self, role: Role = Role.COUNTER, kelurahan: str = GAMBIR) -> Person:
        """Make an account with PASSWORD."""
        person = self.invite(role, kelurahan)
        accept(self.app.test_client(), person.token)
        return person

    def signed_in(self, role: Role = Role.COUNTER, kelurahan: str = GAMBIR) -> FlaskClient:
        """Give the device of somebody new who is signed in, with a second factor if need be."""
        client = self.app.test_client()
        self.let_in(client, self.invite(role, kelurahan))
        return client

    def let_in(self, client: FlaskClient, person: Person) -> None:
        """Sign somebody in who was invited: what the pages do, which have tests of their own."""
        with self.app.test_request_context("/masuk", environ_base=client.environ_base):
            account = own.accept(person.token, self._hashed(person))
            assert account
            if account.needs_totp:
                own.pending_secret(account)
                assert own.confirm_totp(self.account(person), self.code(person))
                self.forget_last_code(person)
            DeskSessions().read(self.app, cast("DeskSession", session))
            begin_session(account)
            answer = self.app.process_response(self.app.make_response(""))
        (cookie,) = SimpleCookie(answer.headers["Set-Cookie"]).values()
        client.set_cookie(cookie.key, cookie.value)

    def _hashed(self, person: Person) -> str:
        """Hash PASSWORD, which takes long, once."""
        if not _hashes.get(self.app):
            problem, hashed = new_password(self.account(person), PASSWORD)
            assert not problem
            _hashes[self.app] = hashed
        return _hashes[self.app]

    def set_up_totp(self, client: FlaskClient, person: Person) -> list[str]:
        """Set the second factor up on a device that is signed in; give the recovery codes."""
        client.get("/akun/kode")
        done = post(client, "/akun/kode", code=self.code(person), page="/akun/kode")
        assert done.status_code == 200, done.text
        self.forget_last_code(person)
        return re.findall(r"<li>((?:[0-9a-z]{4}-){3}[0-9a-z]{4})</li>", done.text)

    def code(self, person: Person) -> str:
        """Give what the phone shows now: of the secret in use, else of the one being set up."""
        account = self.account(person)
        sealed = account.totp_sealed or account.totp_pending
        assert sealed
        with self.app.app_context():
            return str(TOTP.from_source(unsealed(account, sealed)).generate().token)

    def forget_last_code(self, person: Person) -> None:
        """Let the code of this half minute be used again, so that tests need not wait."""
        self.change(person, totp_counter=None)

    def change(self, person: Person, **values: object) -> None:
        with Session(self.database) as db, db.begin():
            db.execute(update(Account).where(Account.id == person.id).values(**values))

    def account(self, person: Person) -> Account:
        with Session(self.database, expire_on_commit=False) as db:
            return db.scalars(select(Account).where(Account.id == person.id)).one()

    def events(self, person: Person) -> list[str]:
        with Session(self.database) as db:
            return [each.kind for each in reversed(people.last_events(db, person.id, 100))]

    def run(self, statement: str) -> None:
        with self.database.begin() as connection:
            connection.execute(text(statement))


def without_tokens(answer: TestResponse) -> str:
    """Give a page without its CSRF tokens, which carry the time."""
    return re.sub(r'(content|value)="[\w.-]{60,}"', "", answer.text)


def token_of(client: FlaskClient, page: str = "/masuk") -> str:
    """Give the CSRF token of a page."""
    found = re.search(r'name="csrf-token" content="([^"]+)"', client.get(page).text)
    assert found
    return found[1]


def post(client: FlaskClient, path: str, *, page: str = "/masuk", **fields: str) -> TestResponse:
    """Send a form, with the token of a page."""
    token = token_of(client, page)
    return client.post(path, data={**fields, "csrf_token": token})


def sign_in(client: FlaskClient, email: str, password: str = PASSWORD, **more: str) -> TestResponse:
    return post(client, "/masuk", email=email, password=password, **more)


def enter_code(client: FlaskClient, code: str, **more: str) -> TestResponse:
    return post(client, "/masuk/kode", page="/masuk/kode", code=code, **more)


def accept(client: FlaskClient, token: str, password: str = PASSWORD) -> TestResponse:
    path = f"/undangan/{token}"
    return post(client, path, page=path, password=password, again=password)


def is_in(client: FlaskClient) -> bool:
    """Tell whether a device is signed in."""
    answer = client.get("/akun")
    return answer.status_code == 200 or answer.location == "/akun/kode"
