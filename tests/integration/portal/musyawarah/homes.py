"""Made-up households of one RT, as the drain would have put them into the queue."""

from __future__ import annotations

from sqlalchemy import Engine

from registry.intake import Keys
from registry.rules.application import Application
from registry.store.session import sessions
from tests.integration.registration import GAMBIR, answers, at, open_period, register


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
    with sessions(bind).begin() as session:
        open_period(session)
        raws = [answers(number, kelurahan, **at(rw, rt)) for number in numbers]
        return [home.parsed for home in register(session, keys, raws)]
