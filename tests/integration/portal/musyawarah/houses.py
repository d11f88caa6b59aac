"""Made-up households that wait for a visit, registered by the same path as any other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from portal.services import services
from registry import visiting
from registry.intake import Keys
from registry.rules.application import Application as Parsed
from registry.rules.lifecycle import Actor, Role, State
from registry.rules.reports import read_report
from registry.rules.scope import Scope
from registry.store import models
from registry.store.moves import Ordered, carry_out
from registry.store.session import sessions
from registry.store.visits import Sent
from registry.store.visits import record as record_visit
from tests.integration.portal.support import now
from tests.integration.registration import CIDENG, GAMBIR, answers, open_period, register

OFFICER = Actor("1", Role.REVIEWER, Scope.of_kelurahan([GAMBIR, CIDENG]))
HOME = "-6.17540,106.82720"
FAR_AWAY = "-6.17940,106.82720"  # 445 m


class Houses:
    """Registers households, and orders visits to them; `of` their answers as they were parsed."""

    def __init__(self, app: Flask, database: Engine) -> None:
        with app.app_context():
            self.keys = services().keys
        self.database = database
        self.answers: dict[bytes, Parsed] = {}
        with self.session() as session:
            open_period(session)

    @contextmanager
    def session(self) -> Iterator[Session]:
        with sessions(self.database).begin() as session:
            yield session

    def register(self, number: int, kelurahan: str = GAMBIR, **changed: str) -> bytes:
        """Register a household; give its id."""
        given = {name: value or None for name, value in changed.items()}
        with self.session() as session:
            (home,) = register(session, self.keys, [answers(number, kelurahan, **given)])
        self.answers[home.id] = home.parsed
        return home.id

    def to_visit(self, number: int, kelurahan: str = GAMBIR, **changed: str) -> bytes:
        """Register a household, and order a visit to it; give its id."""
        application_id = self.register(number, kelurahan, **changed)
        order = Ordered(application_id, State.QUEUED, State.FIELD_CHECK)
        with self.session() as session:
            carry_out(session, [order], OFFICER)
        return application_id

    def state(self, application_id: bytes) -> str:
        with self.session() as session:
            found = select(models.Application.state).filter_by(id=application_id)
            return session.scalars(found).one()

    def visits(self) -> list[models.Visit]:
        with self.session() as session:
            return list(session.scalars(select(models.Visit).order_by(models.Visit.started_at)))

    def photos(self) -> list[models.Photo]:
        with self.session() as session:
            return list(session.scalars(select(models.Photo).order_by(models.Photo.number)))

    def opened(self, application_id: bytes) -> list[str]:
        """Give what was noted of who opened what of a household."""
        with self.session() as session:
            found = select(models.Access.opened).filter_by(application_id=application_id)
            return list(session.scalars(found.order_by(models.Access.id)))


class Visits:
    """Keeps visits as if officers had sent them."""

    def __init__(self, keys: Keys, database: Engine, kelurahan: str = GAMBIR) -> None:
        self.keys, self.database, self.kelurahan = keys, database, kelurahan
        self.number = 0

    def make(self, officer: int, house: bytes, minutes: float = 12, **changed: str) -> bytes:
        self.number += 1
        ended = now() - timedelta(hours=self.number)
        given = {
            "id": f"{self.number:032x}",
            "hasil": "met",
            "ktp": "same",
            "mulai": (ended - timedelta(minutes=minutes)).isoformat(),
            "selesai": ended.isoformat(),
            "titik": HOME,
            "akurasi": "12",
        } | changed
        fields = {name: [value] for name, value in given.items()}
        report = read_report(fields, officer=str(officer), now=now(), people=9)
        sealed = visiting.seal(self.keys.ring, report)
        sent = Sent(report.id, house, self.kelurahan, report.visit, report.ktp, sealed)
        actor = Actor(str(officer), Role.REVIEWER, Scope.of_kelurahan([self.kelurahan]))
        with sessions(self.database).begin() as session:
            record_visit(session, sent, actor, has_phone=True)
        return report.id
