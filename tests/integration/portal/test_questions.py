"""The kelurahan asks, and who holds the receipt answers: once, without an account."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from werkzeug.test import TestResponse

from fmotm.embedded import Postgres
from registry.inbox import Inbox
from registry.intake import Keys
from registry.opening import seal_words, words
from registry.rules.lifecycle import Actor, Role, State
from registry.rules.nik import Nik
from registry.rules.receipts import receipt_code
from registry.rules.scope import Scope
from registry.store.grants import PORTAL
from registry.store.moves import Ordered, carry_out
from registry.store.questions import ask, questions_of
from registry.store.session import sessions
from tests.integration.portal.conftest import NewApp
from tests.integration.portal.support import Page, answers, drain, form, post

MINE = answers(1)
OFFICER = Actor("7", Role.REVIEWER, Scope.EVERYTHING)
QUESTION = "Sejak kapan Ibu tinggal di RT ini?"


@pytest.fixture
def client(
    new_app: NewApp, inbox: Inbox, database_url: str, database: Engine, postgres_server: Postgres
) -> FlaskClient:
    """Give a portal that has no more than its own rights."""
    name = make_url(database_url).database
    assert name
    return new_app(DATABASE_URL=postgres_server.url(PORTAL, name)).test_client()


@dataclass(frozen=True)
class Mine:
    """A household that has registered, and been seen by a worker."""

    id: bytes
    client: FlaskClient
    database: Engine
    keys: Keys

    def status(self, to: str = "/cek", **changed: str) -> TestResponse:
        fields = {"nik": MINE["nik"][0], "bukti": receipt_code(self.id), **changed}
        return post(self.client, {name: [each] for name, each in fields.items() if each}, to)

    def is_asked(self) -> int:
        """Ask it something; give the question's number."""
        sealed = seal_words(self.keys.ring, self.id, {"question": QUESTION})
        with sessions(self.database).begin() as session:
            ask(session, self.id, sealed, OFFICER)
            (question,) = questions_of(session, self.id)
        return question.id

    def answered(self) -> list[str]:
        with sessions(self.database)() as session:
            found = questions_of(session, self.id)
        return [words(self.keys.ring, self.id, each.answer).get("answer", "") for each in found]

    def send(self, page: str, typed: str) -> TestResponse:
        """Send the form of a status page as a browser would."""
        return post(self.client, {**Page(page).values, "jawaban": [typed]}, "/cek/jawab")


@pytest.fixture
def mine(client: FlaskClient, inbox: Inbox, keys: Keys, database: Engine) -> Mine:
    assert post(client, form(MINE)).status_code == 303
    [(application_id, _)] = inbox.pending(keys.index.nik(Nik.parse(MINE["nik"][0])))
    drain(inbox, keys, database)
    return Mine(application_id, client, database, keys)


def test_who_holds_the_receipt_is_asked_and_answers(mine: Mine) -> None:
    mine.is_asked()
    page = mine.status()
    assert QUESTION in page.text

    done = mine.send(page.text, "  Sejak 2019,\r\nikut anak saya. ")

    assert done.status_code == 200
    assert "Jawaban Anda sudah diterima" in done.text
    assert "<textarea" not in done.text
    assert mine.answered() == ["Sejak 2019, ikut anak saya."]


def test_sent_twice_the_first_answer_stays(mine: Mine) -> None:
    mine.is_asked()
    page = mine.status().text
    mine.send(page, "Sejak 2019")

    assert "Jawaban Anda sudah diterima" in mine.send(page, "Sejak 2020").text
    assert mine.answered() == ["Sejak 2019"]


@pytest.mark.parametrize("typed", ["", "   ", "x" * 301])
def test_an_answer_that_cannot_be_taken_stays_in_the_form(mine: Mine, typed: str) -> None:
    mine.is_asked()
    done = mine.send(mine.status().text, typed)

    assert done.status_code == 422
    assert "paling banyak 300 huruf" in done.text
    assert Page(done.text).values["jawaban"] == [typed.strip()]
    assert mine.answered() == [""]


def test_without_the_receipt_nobody_is_asked_or_answers(mine: Mine) -> None:
    asked = mine.is_asked()
    assert QUESTION not in mine.status(bukti="", kk=MINE["kk"][0]).text

    for forged in (
        {"nik": answers(2)["nik"][0]},
        {"bukti": receipt_code(bytes(16))},
        {"bukti": "", "kk": MINE["kk"][0]},
        {"pertanyaan": "99"},
        {"pertanyaan": "x"},
    ):
        fields = {"pertanyaan": str(asked), "jawaban": "Bukan saya", **forged}
        assert mine.status("/cek/jawab", **fields).status_code in {200, 422}
    assert mine.answered() == [""]


def test_in_english_the_words_around_the_question_are_english(mine: Mine) -> None:
    mine.is_asked()
    page = mine.status("/en/cek").text
    assert 'action="/en/cek/jawab"' in page
    assert "Pertanyaan dari kelurahan" not in page
    # The way back to Indonesian leads to the form: the answer itself has no page to look at.
    assert 'href="/cek/jawab"' not in mine.status("/en/cek/jawab", jawaban="").text


def test_without_the_database_it_says_so_and_keeps_what_was_typed(
    new_app: NewApp, mine: Mine
) -> None:
    asked = mine.is_asked()
    down = new_app(DATABASE_URL="postgresql://nobody:nothing@127.0.0.1:1/none").test_client()
    fields = {"nik": MINE["nik"], "bukti": [receipt_code(mine.id)], "pertanyaan": [str(asked)]}

    assert post(down, {**fields, "jawaban": ["Sejak 2019"]}, "/cek/jawab").status_code == 503


@pytest.mark.parametrize(
    ("after", "reason", "said"),
    [
        (State.NOT_PROPOSED, "owns_car", "Memiliki mobil"),
        (State.WITHDRAWN, "merged", "Digabung dengan pendaftaran lain dari keluarga yang sama"),
        (State.FIELD_CHECK, None, "Petugas akan datang"),
    ],
)
def test_the_receipt_tells_why(mine: Mine, after: State, reason: str | None, said: str) -> None:
    with sessions(mine.database).begin() as session:
        carry_out(session, [Ordered(mine.id, State.QUEUED, after, reason)], OFFICER)

    assert said in mine.status().text
    assert ("Alasan:" in mine.status().text) is (reason is not None)
    if reason:
        assert said not in mine.status(bukti="", kk=MINE["kk"][0]).text
