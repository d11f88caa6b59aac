"""A kelurahan full of made-up households, put into the inbox as the portal does, but in bulk."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from fmotm.households import Options, household
from registry.inbox import Inbox, Submission
from registry.intake import Keys, submission
from registry.rules.answers import parse
from registry.rules.application import Application
from registry.rules.lifecycle import State
from registry.rules.periods import civil_date
from registry.rules.receipts import receipt_code
from registry.store import models
from tests.stack import Stack, until

CODE = "31.71.01.1001"
SEED = 44
MADE = Options(flags=0.15, rivals=0.02, kelurahan=(CODE,))
AT_ONCE = 8
"""Appends at a time: the inbox server then syncs several to its disk at once."""


@dataclass(frozen=True, slots=True)
class Home:
    """A household as it knows itself: its NIK, and the code on its receipt."""

    nik: str = field(repr=False)
    receipt: str = field(repr=False)


def fill(stack: Stack, inbox: Inbox, keys: Keys, many: int) -> dict[bytes, Home]:
    """Let so many households register and wait until all stand in the queue: id → household.

    Two that happen to be the same household with the same answers are one application.
    """
    period = inbox.periods()[0].id
    homes: dict[bytes, Home] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        sending = []
        for sent, home in _submissions(period, keys, many):
            homes[sent.application_id] = home
            sending.append(pool.submit(inbox.append, sent))
        for each in sending:
            each.result()
    until(lambda: inbox.depth() == 0, 120)
    figures = stack.drained()
    assert (figures["entries"], figures["quarantined"]) == (many, 0)
    assert figures["inserted"] == len(homes)
    return homes


def _submissions(period: str, keys: Keys, many: int) -> Iterator[tuple[Submission, Home]]:
    now = datetime.now(UTC)
    for number in range(many):
        application = parse(household(SEED, number, MADE), today=civil_date(now))
        assert isinstance(application, Application), application
        sent = submission(application, period, keys, now)
        yield sent, Home(application.nik.value, receipt_code(sent.application_id))


def states(database: Engine) -> dict[str, int]:
    """Count the applications of the kelurahan by state."""
    with Session(database) as session:
        counted = select(models.Application.state, func.count()).filter_by(kelurahan_code=CODE)
        rows = session.execute(counted.group_by(models.Application.state))
        return dict(rows.all())


def stand_at(database: Engine, state: State) -> set[bytes]:
    """Give the ids of the applications of the kelurahan in a state."""
    with Session(database) as session:
        at = {"kelurahan_code": CODE, "state": state.value}
        return set(session.scalars(select(models.Application.id).filter_by(**at)))


def neighbourhoods(database: Engine) -> int:
    """Count the RT in which somebody of the kelurahan lives."""
    named = select(models.Application.rw, models.Application.rt).where(
        models.Application.kelurahan_code == CODE, models.Application.rt.is_not(None)
    )
    with Session(database) as session:
        return session.scalar(select(func.count()).select_from(named.distinct().subquery())) or 0
