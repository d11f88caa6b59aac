"""Every page that the portal answers with, errors too, as it came out of the portal.

The portals here run in the test's own process, on the servers of the stack. Those that must find
the door closed, or a server gone, are told other addresses.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from typing import Final, NamedTuple

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal import errors
from portal.admission import admission
from portal.admission.load import Load
from portal.app import create_app
from portal.citizen import photo_links
from portal.language import OWN
from portal.services import services
from registry.inbox import Inbox, connect
from registry.rules.admission import Kind, Refusal
from registry.rules.periods import Period
from registry.rules.receipts import format_receipt
from registry.settings import Settings
from tests.images import jpeg
from tests.integration.portal.support import FORM, Fields, answers, body, form, snapshot
from tests.stack import Stack, until

NOWHERE: Final = "redis://127.0.0.1:1/0"
NO_DATABASE: Final = "postgresql://nobody:nothing@127.0.0.1:1/none"
OTHER_DOOR: Final = 7
"""Number of the database, on the server of the queue, that holds other rounds than the stack's."""

DAY: Final = timedelta(days=1)
PAST: Final = snapshot(-9 * DAY, -2 * DAY, period="2025-2")
FUTURE: Final = snapshot(2 * DAY, 9 * DAY, period="2026-2")
NEVER_SENT: Final = "3171010101015001"


class Answer(NamedTuple):
    """A page: what it is, at which address a browser shows it, and all of the answer."""

    name: str
    language: str
    """What addresses begin with in its language."""
    path: str
    status: int
    headers: Mapping[str, str]
    html: str


class Citizen:
    """Someone who uses a portal in one language, and keeps every page that they see."""

    def __init__(self, client: FlaskClient, language: str, seen: list[Answer]) -> None:
        self.client, self.language, self.seen = client, language, seen

    def get(self, name: str, path: str) -> TestResponse:
        return self._keep(name, path, self.client.get(self.language + path))

    def post(self, name: str, path: str, fields: Fields) -> TestResponse:
        sent = self.client.post(
            self.language + path,
            data=body(fields),
            content_type=FORM,
        )
        return self._keep(name, path, sent)

    def _keep(self, name: str, path: str, page: TestResponse) -> TestResponse:
        if page.status_code < 300 or page.status_code >= 400:
            self.keep(name, path, page.status_code, dict(page.headers), page.text)
        return page

    def keep(
        self, name: str, path: str, status: int, headers: Mapping[str, str], html: str
    ) -> None:
        self.seen.append(Answer(name, self.language, path, status, headers, html))


@contextmanager
def _portal(stack: Stack, config: Mapping[str, object] = {}, **settings: str) -> Iterator[Flask]:
    app = create_app(Settings.from_env({**stack.settings(), **settings}), **config)
    try:
        yield app
    finally:
        with app.app_context():
            services().close()


def every_page(stack: Stack, languages: Iterable[str]) -> dict[str, list[Answer]]:
    """Return the pages in each language ('' or '/en'); each name comes once in a language.

    Portals answer in all languages, as they do for people: making one takes longer than its pages.
    """
    seen: dict[str, list[Answer]] = {language: [] for language in languages}

    def citizens(app: Flask) -> list[Citizen]:
        return [Citizen(app.test_client(), language, kept) for language, kept in seen.items()]

    with _portal(stack) as app:
        for citizen in citizens(app):
            _ordinary(citizen)
            _wrong(citizen, app)
            _registered(citizen)
            _photos(citizen, stack)
    with _portal(stack, INBOX_REDIS_URL=NOWHERE, PORTAL_DATABASE_URL=NO_DATABASE) as app:
        for citizen in citizens(app):
            _servers_down(citizen, stack)
    with _portal(stack, {"KK_TRIES": 1}, REDIS_URL=NOWHERE) as app:
        for citizen in citizens(app):
            _asked_too_often(citizen)
    with _portal(stack) as app:
        for citizen in citizens(app):
            _held_off(citizen, admission(app).load)
    with _other_door(stack, [snapshot()]) as app:
        for citizen in citizens(app):
            _sent_too_often(citizen)
    for name, rounds in {"never": [], "not yet": [FUTURE], "no more": [PAST]}.items():
        with _other_door(stack, rounds) as app:
            for citizen in citizens(app):
                _closed(citizen, name)
    return seen


def _ordinary(citizen: Citizen) -> None:
    citizen.get("home", "/")
    citizen.get("help", "/bantuan")
    citizen.get("form", "/daftar")
    citizen.get("status form", "/cek")
    citizen.get("no network", "/luring")
    citizen.get("minutes to check", "/berita-acara")


def _wrong(citizen: Citizen, app: Flask) -> None:
    citizen.post("form, sent empty", "/daftar", form({}))
    wrong = form(answers(nik="1", jumlah_anggota="1") | {"anggota-1-nik": ["1"]})
    citizen.post("form, with mistakes", "/daftar", wrong)
    citizen.post("form, members to fill in", "/daftar", form(answers(), aksi="anggota"))
    citizen.post("form, older", "/daftar", form(answers(), versi="0"))
    citizen.post("status form, sent empty", "/cek", {})
    nobody = {"nik": [NEVER_SENT], "bukti": ["0000-0000-0000"]}
    citizen.post("status form, with mistakes", "/cek", nobody | {"nik": ["1"]})
    citizen.post("status, not found", "/cek", nobody)
    citizen.get("minutes, no code", "/berita-acara?kode=1")
    citizen.get("minutes, unknown", f"/berita-acara/{'0' * 64}")
    citizen.get("no such page", "/tidak-ada")
    spoken = {"portal.language": citizen.language.strip("/") or OWN}
    for status in errors.PAGES:
        with app.test_request_context("/", environ_overrides=spoken):
            page = app.process_response(app.make_response(errors.page(status)))
            html = page.get_data(as_text=True)
            citizen.keep(f"error {status}", "/tidak-ada", status, dict(page.headers), html)


def _registered(citizen: Citizen) -> None:
    mine = answers(1, seed=900 + bool(citizen.language))
    sent = citizen.post("receipt", "/daftar", form(mine)).headers["Location"]
    receipt = citizen.get("receipt", sent.removeprefix(citizen.language))
    code = format_receipt(_code(receipt.text))
    asked = {"nik": mine["nik"], "bukti": [code]}
    address = citizen.language + "/cek"

    def recorded() -> bool:
        return "<dl>" in citizen.client.post(address, data=body(asked), content_type=FORM).text

    until(recorded, 30)
    citizen.post("status", "/cek", asked)
    citizen.post("status, by KK", "/cek", {"nik": mine["nik"], "kk": mine["kk"]})


def _code(html: str) -> str:
    """Return the code of a receipt, which the page shows in groups."""
    groups = html.partition('class="kode"')[2].partition("</p>")[0].split("<span>")[1:]
    return "".join(group[:4] for group in groups)


def _photos(citizen: Citizen, stack: Stack) -> None:
    token = photo_links.write(os.urandom(16), stack.settings()["SECRET_KEY"])
    path = f"/foto/{token}"
    citizen.get("photos", path)

    def send(kind: str, content: bytes) -> TestResponse:
        file = {"foto": (BytesIO(content), "a.jpg")}
        return citizen.client.post(f"{citizen.language}{path}/{kind}", data=file)

    refused = send("kk", b"%PDF-1.7 no photo")
    citizen.keep("photos, one refused", path, 422, dict(refused.headers), refused.text)
    send("ktp", jpeg())
    until(lambda: 'class="keadaan ada"' in citizen.client.get(citizen.language + path).text, 30)
    citizen.get("photos, one there", path)


def _servers_down(citizen: Citizen, stack: Stack) -> None:
    citizen.get("home, door unknown", "/")
    citizen.get("form, door unknown", "/daftar")
    citizen.post("to send again", "/daftar", form(answers()))
    citizen.post("status, unknown", "/cek", {"nik": [NEVER_SENT], "bukti": ["0000-0000-0000"]})
    token = photo_links.write(bytes(16), stack.settings()["SECRET_KEY"])
    citizen.get("photos, later", f"/foto/{token}")


def _asked_too_often(citizen: Citizen) -> None:
    asked = {"nik": [NEVER_SENT], "kk": ["3171010101010009"]}
    citizen.client.post(citizen.language + "/cek", data=body(asked), content_type=FORM)
    citizen.post("status, asked too often", "/cek", asked)


def _held_off(citizen: Citizen, load: Load) -> None:
    """Come when too many do, when nobody knows for how long, and when dinas has closed it."""

    def because(why: Refusal, served: int = 0) -> None:
        load.refusal = lambda _kind, _waited: why  # type: ignore[method-assign,assignment]
        for kind in Kind:
            load._let_in[kind].add(served)

    because(Refusal.BUSY_SUBMISSION)
    citizen.post("held off, nobody knows how long", "/daftar", form(answers()))
    citizen.get("page held off, nobody knows how long", "/cek")
    because(Refusal.BUSY_SUBMISSION, 10)
    citizen.post("held off", "/daftar", form(answers()))
    citizen.post("look-up held off", "/cek", {"nik": [NEVER_SENT]})
    citizen.post("held off and lost", "/foto/x/ktp", {})
    because(Refusal.CLOSED)
    citizen.get("page closed for a while", "/cek")
    because(Refusal.ADDRESS)
    citizen.post("held off by address", "/cek", {"nik": [NEVER_SENT]})


def _sent_too_often(citizen: Citizen) -> None:
    """Send for one NIK until it is told to wait."""
    for number in range(50):
        again = form(answers(nama=f"Siti {'abcdefghij'[number % 10] * (1 + number // 10)}"))
        if citizen.post("sent too often", "/daftar", again).status_code == 429:
            return
    raise AssertionError("nobody was told to wait")


def _closed(citizen: Citizen, when: str) -> None:
    citizen.get(f"home, open {when}", "/")
    citizen.get(f"form, open {when}", "/daftar")
    citizen.post(f"form, sent while open {when}", "/daftar", form(answers()))


@contextmanager
def _other_door(stack: Stack, rounds: list[Period]) -> Iterator[Flask]:
    address = stack.settings()["REDIS_URL"].rpartition("/")[0] + f"/{OTHER_DOOR}"
    with connect(address) as client:
        client.flushdb()
        Inbox(client).publish_periods(rounds)
        with _portal(stack, INBOX_REDIS_URL=address) as app:
            yield app
        client.flushdb()
