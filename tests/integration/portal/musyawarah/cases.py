"""Made-up households in the database, by the way that real ones take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Engine, select

from fmotm.households.home import Raw
from registry.intake import Keys
from registry.store import models
from registry.store.session import sessions
from tests.integration.portal.support import now
from tests.integration.registration import GAMBIR, PERIOD, Home, answers, register


@dataclass(frozen=True)
class Homes:
    """Registers households."""

    database: Engine
    keys: Keys

    def raw(self, number: int, kelurahan: str = GAMBIR, **changed: str | list[str] | None) -> Raw:
        """Give the answers of household `number`; None leaves a field out."""
        return answers(number, kelurahan, **changed)

    def register(
        self, number: int, kelurahan: str = GAMBIR, **changed: str | list[str] | None
    ) -> Home:
        """Register household `number` with some answers changed."""
        (home,) = self.record([self.raw(number, kelurahan, **changed)])
        return home

    def record(self, raws: list[Raw], period: str = PERIOD, days_ago: int = 1) -> list[Home]:
        """Register households in this order."""
        received = now() - timedelta(days=days_ago)
        with sessions(self.database).begin() as session:
            return register(session, self.keys, raws, period=period, received=received)

    def state(self, home: Home) -> str:
        with sessions(self.database)() as session:
            found = select(models.Application.state).where(models.Application.id == home.id)
            return session.execute(found).scalar_one()

    def kinds(self, home: Home) -> list[str]:
        """Give the kinds of its events, oldest first."""
        with sessions(self.database)() as session:
            found = select(models.Event.kind).where(models.Event.application_id == home.id)
            return list(session.scalars(found.order_by(models.Event.id)))

    def opened(self, home: Home) -> list[tuple[str, str | None]]:
        """Give what was opened of it, and why, oldest first."""
        with sessions(self.database)() as session:
            found = (
                select(models.Access.opened, models.Access.reason)
                .where(models.Access.application_id == home.id)
                .order_by(models.Access.id)
            )
            return [(row.opened, row.reason) for row in session.execute(found)]
