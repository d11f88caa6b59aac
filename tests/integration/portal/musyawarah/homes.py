"""Made-up households of one RT, as the drain would have put them into the queue."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, func, select

from fmotm.households import household
from registry.inbox import Entry
from registry.intake import Keys, examine, submission
from registry.rules.answers import parse
from registry.rules.application import Application
from registry.rules.periods import civil_date
from registry.store import models
from registry.store.intake import record
from registry.store.session import sessions
from tests.integration.portal.support import PERIOD

GAMBIR = "31.71.01.1001"
ELSEWHERE = "31.71.01.1002"
SEED = 7


def registered(
    bind: Engine,
    keys: Keys,
    numbers: range,
    *,
    rw: int | None = 7,
    rt: int | None = 3,
    kelurahan: str = GAMBIR,
) -> list[Application]:
    """Register these made-up households; those whose RT nobody knows have None for it."""
    _open_period(bind)
    now = datetime.now(UTC)
    found = []
    with sessions(bind).begin() as session:
        last = session.scalar(select(func.max(models.Intake.entry))) or 0
        for entry, number in enumerate(numbers, last + 1):
            raw = {**household(SEED, number), "kelurahan": kelurahan}
            for field, value in (("rt", rt), ("rw", rw)):
                raw[field] = f"{value:03}" if value else ""
            raw.pop("tanpa_rt_rw", None)
            if rt is None or rw is None:
                raw["tanpa_rt_rw"] = "1"
            application = parse(raw, today=civil_date(now))
            assert isinstance(application, Application), application
            sent = submission(application, PERIOD, keys, now)
            record(session, [examine(Entry(entry, sent, 1), keys)])
            found.append(application)
    return found


def _open_period(bind: Engine) -> None:
    a_day, now = timedelta(days=1), datetime.now(UTC)
    with sessions(bind).begin() as session:
        if session.get(models.Period, PERIOD) is None:
            session.add(
                models.Period(
                    id=PERIOD, title="Putaran 1", opens_at=now - a_day, closes_at=now + a_day
                )
            )
