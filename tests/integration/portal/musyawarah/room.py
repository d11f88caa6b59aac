"""A meeting room in Gambir: real households in the queue, officers and a lurah who sign in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.services import services
from registry.intake import Keys
from registry.rules.application import Application
from registry.rules.lifecycle import Role
from registry.rules.marks import Mark
from registry.rules.quorum import Quorum
from registry.store import models
from registry.store.models import Sheet, SheetLine
from registry.store.session import sessions
from tests.integration.portal.accounts.people import Office, Person, token_of
from tests.integration.portal.support import PERIOD, now
from tests.integration.registration import GAMBIR, answers, at, register

SIDANG = f"/musyawarah/{GAMBIR}/sidang"
SENTENCE = "Keluarga ini memiliki mobil sendiri."
_numbers = count(1)


@dataclass
class Room:
    """What a test of a meeting needs; each step goes through the pages, as people do."""

    app: Flask
    office: Office
    database: Engine
    households: list[Application] = field(default_factory=list)
    ids: list[bytes] = field(default_factory=list)

    def registered(self, many: int, **changed: str) -> None:
        """Let made-up households of RW 7 register, by the way that real ones take."""
        with self.app.app_context():
            keys = Keys.of(services().settings)
        plain = {"ada_mobil": "2", "ktp_dki": "1", **at(7, 3), **changed}
        raws = [answers(next(_numbers), **plain) for _ in range(many)]
        with sessions(self.database).begin() as session:
            homes = register(session, keys, raws)
        self.households += [home.parsed for home in homes]
        self.ids += [home.id for home in homes]

    def known(self, *places: int) -> None:
        """Let the RT know these households (by their order of coming)."""
        with sessions(self.database).begin() as session:
            number = next(_numbers)
            sheet = number.to_bytes(16, "big")
            session.add(
                Sheet(
                    id=sheet,
                    period_id=PERIOD,
                    kelurahan_code=GAMBIR,
                    rw=7,
                    rt=number,
                    source="rt",
                    number=number,
                    token_hash=sheet * 2,
                    expires_at=now() + timedelta(days=9),
                    made_by="1",
                )
            )
            session.flush()
            session.add_all(
                SheetLine(
                    sheet_id=sheet,
                    line=line,
                    application_id=self.ids[place],
                    mark=Mark.KNOWN.value,
                    via="link",
                    marked_at=now(),
                )
                for line, place in enumerate(places, 1)
            )

    def officer(self, kelurahan: str = GAMBIR) -> Desk:
        return Desk(self.office.signed_in(Role.REVIEWER, kelurahan))

    def lurah(self, kelurahan: str = GAMBIR) -> Lurah:
        client = self.app.test_client()
        return Lurah(client, self.office, self.signed_in_as(client, Role.CHAIR, kelurahan))

    def signed_in_as(self, client: FlaskClient, role: Role, kelurahan: str = GAMBIR) -> Person:
        """Sign somebody in on a device, and keep who it is, for their codes."""
        person = self.office.invite(role, kelurahan)
        self.office.let_in(client, person)
        return person

    def state(self, place: int) -> str:
        with Session(self.database) as session:
            asked = select(models.Application.state).filter_by(id=self.ids[place])
            return session.scalars(asked).one()

    def rows(self) -> dict[str, int]:
        """Count the rows of what a session writes, to see that nothing changed."""
        with Session(self.database) as session:
            return {
                model.__tablename__: len(session.scalars(select(model)).all())
                for model in (models.Musyawarah, models.Verdict, models.AgendaItem, models.Minutes)
            }


@pytest.fixture
def room(office_app: Flask, office: Office, database: Engine, period: str) -> Room:
    """Give the room while a round is open, in which dinas asks for one person."""
    anybody = Quorum(1, 1, frozenset()).as_json()
    with database.begin() as connection:
        connection.execute(
            insert(models.QuorumRule).values(
                period_id=period, version=1, quorum=anybody, set_by="1"
            )
        )
    return Room(office_app, office, database)


@dataclass
class Desk:
    """A device of somebody who is signed in."""

    client: FlaskClient

    def get(self, path: str = "") -> TestResponse:
        return self.client.get(SIDANG + path)

    def post(self, path: str, **fields: str | list[str]) -> TestResponse:
        """Send a form with the token of a page that everybody has."""
        return self._send(path, fields, {})

    def fetch(self, path: str, **fields: str | list[str]) -> TestResponse:
        """Send it as the script does."""
        return self._send(path, fields, {"Accept": "application/json"})

    def _send(
        self, path: str, fields: Mapping[str, str | list[str]], headers: dict[str, str]
    ) -> TestResponse:
        data = {"csrf_token": token_of(self.client, "/akun"), **fields}
        return self.client.post(SIDANG + path, data=data, headers=headers)

    def hidden(self, path: str, name: str) -> str:
        """Give a hidden field of a page: `kunci`, `versi`."""
        found = re.search(f'name="{name}" value="([^"]*)"', self.get(path).text)
        assert found, path
        return found[1]

    def step(self, name: str, **fields: str) -> TestResponse:
        """Press a button of the session's own page."""
        return self.post(f"/1/{name}", versi=self.hidden("/1", "versi"), **fields)

    def planned(self, people: str = "1") -> None:
        done = self.post(
            "",
            kunci=self.hidden("", "kunci"),
            tanggal=now().date().isoformat(),
            orang=people,
            unsur="1",
        )
        assert done.status_code == 303, done.text

    def opened(self, *, quorate: bool = True) -> None:
        self.planned()
        assert self.step("bekukan", banyak="175").status_code == 303
        assert self.step("buka").status_code == 303
        if quorate:
            self.attended()

    def attended(self, name: str = "Siti Aminah", unsur: str = "lurah") -> TestResponse:
        return self.post("/1/hadir", unsur=unsur, nama=name, jabatan="Lurah Gambir")

    def said(self, item: int, putusan: str, **more: str) -> TestResponse:
        """Record a verdict as the page of the item would send it."""
        return self.post(f"/1/bahas/{item}", **self._verdict(item, putusan, more))

    def fetched(self, item: int, putusan: str, **more: str) -> TestResponse:
        """Record a verdict as the script of that page does."""
        return self.fetch(f"/1/bahas/{item}", **self._verdict(item, putusan, more))

    def _verdict(self, item: int, putusan: str, more: Mapping[str, str]) -> dict[str, str]:
        why = {"alasan": "owns_car", "kalimat": SENTENCE} if putusan == "not_proposed" else {}
        page = f"/1/bahas/{item}"
        hidden = {name: self.hidden(page, name) for name in ("kunci", "versi")}
        return {"putusan": putusan, **hidden, **why, **more}


@dataclass
class Lurah(Desk):
    """The lurah's own device."""

    office: Office
    person: Person

    def closes(self, *paper: int, code: str | None = None, versi: str = "") -> TestResponse:
        names = ("proposed", "not_proposed", "field_check", "postponed")
        self.office.forget_last_code(self.person)
        fields = {name: str(number) for name, number in zip(names, paper, strict=True)}
        return self.post(
            "/1/tutup",
            versi=versi or self.hidden("/1/tutup", "versi"),
            kode=code or self.office.code(self.person),
            **fields,
        )
