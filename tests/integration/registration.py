"""Made-up households in the database, by the way that real ones take."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fmotm.households import Options, household
from fmotm.households.home import Raw
from registry.inbox import Entry
from registry.intake import Keys, examine, submission
from registry.rules.answers import parse
from registry.rules.application import Application
from registry.rules.periods import civil_date
from registry.rules.receipts import format_receipt, receipt_code
from registry.store import models
from registry.store.intake import record

PERIOD = "2026-1"
GAMBIR, CIDENG = "31.71.01.1001", "31.71.01.1002"
SEED = 7


@dataclass(frozen=True)
class Home:
    """A household that is registered."""

    id: bytes
    answers: Raw
    parsed: Application

    @property
    def name(self) -> str:
        """As it was understood: in capitals, as on a KTP."""
        return self.parsed.applicant.name

    @property
    def receipt(self) -> str:
        return format_receipt(receipt_code(self.id))

    @property
    def hex(self) -> str:
        return self.id.hex()


def answers(number: int, kelurahan: str = GAMBIR, /, **changed: str | list[str] | None) -> Raw:
    """Give what household `number` would type; None leaves a field out."""
    made = household(SEED, number, Options(kelurahan=(kelurahan,)))
    return {name: each for name, each in (made | changed).items() if each is not None}


def at(rw: int | None, rt: int | None) -> dict[str, str | None]:
    """Give the fields of where somebody lives; None for what nobody knows."""
    known = rw is not None and rt is not None
    return {
        "rw": f"{rw:03}" if rw is not None else "",
        "rt": f"{rt:03}" if rt is not None else "",
        "tanpa_rt_rw": None if known else "1",
    }


def register(
    session: Session,
    keys: Keys,
    homes: Iterable[Raw],
    *,
    period: str = PERIOD,
    received: datetime | None = None,
) -> list[Home]:
    """Register households in this order, now or when it is said, in a period that is there."""
    received = received or datetime.now(UTC)
    entry = session.scalar(select(func.max(models.Intake.entry))) or 0
    found, checked = [], []
    for raw in homes:
        entry += 1
        parsed = parse(raw, today=civil_date(received))
        assert isinstance(parsed, Application), parsed
        sent = submission(parsed, period, keys, received)
        checked.append(examine(Entry(entry, sent, 1), keys))
        found.append(Home(sent.application_id, raw, parsed))
    record(session, checked)
    return found


def open_period(session: Session) -> None:
    """Open the round, unless it is."""
    a_day, now = timedelta(days=1), datetime.now(UTC)
    if session.get(models.Period, PERIOD) is None:
        session.add(
            models.Period(id=PERIOD, title="Putaran 1", opens_at=now - a_day, closes_at=now + a_day)
        )
        session.flush()
