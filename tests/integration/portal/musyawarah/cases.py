"""Made-up households in the database, by the way that real ones take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import count

from sqlalchemy import Engine, select

from fmotm.households import household
from fmotm.households.home import Raw
from registry.inbox import Entry
from registry.intake import Keys, examine, submission
from registry.rules.answers import parse
from registry.rules.application import Application
from registry.rules.receipts import format_receipt, receipt_code
from registry.store import models
from registry.store.intake import record
from registry.store.session import sessions
from tests.integration.portal.accounts.people import GAMBIR
from tests.integration.portal.support import PERIOD, now

_entries = count(1)
SEED = 7


@dataclass(frozen=True)
class Home:
    """A household that is registered."""

    id: bytes
    answers: Raw
    name: str
    """As it was understood: in capitals, as on a KTP."""

    @property
    def receipt(self) -> str:
        return format_receipt(receipt_code(self.id))

    @property
    def hex(self) -> str:
        return self.id.hex()


@dataclass(frozen=True)
class Homes:
    """Registers households."""

    database: Engine
    keys: Keys

    def raw(self, number: int, kelurahan: str = GAMBIR, **changed: str | list[str] | None) -> Raw:
        """Give the answers of household `number`; None leaves a field out."""
        given = {**household(SEED, number), "kelurahan": kelurahan, **changed}
        return {name: each for name, each in given.items() if each is not None}

    def register(
        self, number: int, kelurahan: str = GAMBIR, **changed: str | list[str] | None
    ) -> Home:
        """Register household `number` with some answers changed."""
        (home,) = self.record([self.raw(number, kelurahan, **changed)])
        return home

    def record(self, raws: list[Raw], period: str = PERIOD, days_ago: int = 1) -> list[Home]:
        """Register households in this order."""
        received, homes, checked = now() - timedelta(days=days_ago), [], []
        for raw in raws:
            parsed = parse(raw, today=received.date())
            assert isinstance(parsed, Application), parsed
            sent = submission(parsed, period, self.keys, received)
            checked.append(examine(Entry(next(_entries), sent, 1), self.keys))
            homes.append(Home(sent.application_id, raw, parsed.applicant.name))
        with sessions(self.database).begin() as session:
            record(session, checked)
        return homes

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
