"""Small factories for the tests of worker and ticker."""

from __future__ import annotations

import base64
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from fmotm.households import household
from registry.inbox import Inbox, Submission
from registry.intake import Keys, submission
from registry.rules.answers import parse
from registry.rules.application import Application
from registry.rules.periods import Period
from registry.sealing import BlindIndex, KeyRing
from registry.store import models
from registry.store.balance import Balance, balance
from worker.drain import Drain

PERIOD = "2026-1"
RING_KEY, INDEX_KEY, ID_KEY, OTHER_KEY = (bytes([each]) * 32 for each in b"RIXO")


def as_text(key: bytes) -> str:
    return base64.b64encode(key).decode()


KEYS = Keys(KeyRing({1: RING_KEY}), BlindIndex(INDEX_KEY), ID_KEY)

SECRETS = {
    "SEAL_KEYS": f"1:{as_text(RING_KEY)}",
    "INDEX_KEY": as_text(INDEX_KEY),
    "ID_KEY": as_text(ID_KEY),
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz",
}


def now() -> datetime:
    return datetime.now(UTC)


@cache
def application(number: int, seed: int = 7) -> Application:
    """Give a made-up household's application; to make one up takes longer than to register it."""
    parsed = parse(household(seed, number), today=now().date())
    assert isinstance(parsed, Application), parsed
    return parsed


def sent(number: int, *, keys: Keys = KEYS, seed: int = 7) -> Submission:
    return submission(application(number, seed), PERIOD, keys, now())


def poison(number: int, sealed: bytes = b"\x01\x01" + b"garbage" * 10) -> Submission:
    """Give an entry whose sealed bytes no key opens."""
    return replace(sent(number), sealed=sealed)


def open_period(bind: Engine, inbox: Inbox) -> Period:
    """Open the period in PostgreSQL, and at the door."""
    opens, closes = now() - timedelta(days=1), now() + timedelta(days=1)
    with sessions_of(bind).begin() as session:
        session.add(models.Period(id=PERIOD, title="Tahap 1", opens_at=opens, closes_at=closes))
    snapshot = Period(PERIOD, "Tahap 1", opens, closes)
    inbox.publish_periods([snapshot])
    return snapshot


def sessions_of(bind: Engine) -> sessionmaker[Session]:
    return sessionmaker(bind, expire_on_commit=False)


def drain(inbox: Inbox, bind: Engine, consumer: str = "one", **options: Any) -> Drain:
    keys = options.pop("keys", KEYS)
    # A slow machine is no reason to leave the rest for the next job.
    return Drain(inbox, sessions_of(bind), keys, consumer, **{"seconds": 60.0, **options})


def count(bind: Engine, model: type[models.Base] = models.Application) -> int:
    with sessions_of(bind)() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def outcomes(bind: Engine) -> dict[str, int]:
    with sessions_of(bind)() as session:
        return Counter(session.scalars(select(models.Intake.outcome)))


def balanced(bind: Engine, inbox: Inbox) -> Balance:
    """Give the balance, which adds up."""
    with sessions_of(bind)() as session:
        figures = balance(session, inbox)
    assert figures.balanced, figures
    return figures
