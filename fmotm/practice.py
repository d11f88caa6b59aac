"""Made-up cases to practise with, by the code that real ones go through."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from fmotm.households import Options, household
from registry.inbox import Entry
from registry.intake import examine, submission
from registry.rules.answers import parse
from registry.rules.application import Application
from registry.rules.periods import civil_date
from registry.rules.practice import CODE
from registry.store.intake import record_practice
from registry.store.practice import begin, lowest_entry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

    from registry.intake import Keys
    from registry.store.intake import Checked

OPTIONS: Final = Options(flags=0.25, rivals=0.1, kelurahan=("31.71.01.1001",))
"""As in a real queue: some with criteria of exclusion, some registered twice. A form has to name
a real kelurahan, so the answers do; where the case belongs is practice."""

_EACH: Final = timedelta(hours=7)


def fill(session: Session, keys: Keys, cases: int, now: datetime) -> str:
    """Begin a new round of practice with so many cases; return its id. Does not commit.

    Their entries are negative and the inbox never had them: neither balance nor board sees them.
    """
    period = begin(session, now)
    first = lowest_entry(session) - cases
    # Far from the seeds that are typed for `fmotm households`: nobody real is here made up again.
    seed = 1_000_000 + int(period.rpartition("-")[2])
    record_practice(session, list(_cases(keys, period, seed, first, cases, now)))
    return period


def _cases(  # noqa: PLR0913, PLR0917 - what a batch is made of
    keys: Keys, period: str, seed: int, first: int, cases: int, now: datetime
) -> Iterator[Checked]:
    for number in range(cases):
        came = now - _EACH * ((cases - number) % 90 + 1)
        raw = household(seed, number, OPTIONS)
        application = parse(raw, today=civil_date(came))
        if not isinstance(application, Application):  # pragma: no cover - none has mistakes
            raise TypeError("a made-up household was refused")
        sent = submission(application, period, keys, came)
        checked = examine(Entry(first + number, sent, deliveries=1), keys)
        yield replace(checked, kelurahan=CODE)
