"""The board of all kelurahan: how far each has come in a round, and what is left undone.

A handful of statements whatever the number of applications. Practice never stands in it: its
round is not asked for, and its kelurahan is none of the 267.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select, text

from registry.rules.lifecycle import State
from registry.rules.periods import civil_date
from registry.rules.progress import Facts, Step, age_in_days, is_overdue, step
from registry.rules.regions import all_kelurahan
from registry.rules.working_days import days_off
from registry.store.board_counts import WAITING, counted
from registry.store.models import Minutes, Musyawarah, Sheet, Stage

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from registry.rules.regions import Kelurahan

STATEMENT_TIMEOUT: Final = "15s"
"""For a page that a few people look at, over all applications of a round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A kelurahan on the board. `oldest_days` is the age of what has waited longest."""

    kelurahan: Kelurahan
    facts: Facts
    proposed: int = 0
    not_proposed: int = 0
    finalised: int = 0
    oldest_days: int | None = None
    unclosed: int = 0
    """Sessions that ended or were to be held, and are not closed."""
    overdue: int = 0
    """Of those, the ones past the two working days in which a lurah closes."""
    next_session: date | None = None
    minutes_number: int | None = None
    """Number of the last minutes that were made."""
    minutes_at: datetime | None = None

    @property
    def step(self) -> Step:
        """Where the kelurahan stands."""
        return step(self.facts)

    @property
    def none_held(self) -> bool:
        """Whether households wait and no session was ever held to its end."""
        waits = self.facts.waiting + self.facts.field_check
        return bool(waits) and not self.facts.held


@dataclass(slots=True)
class _Sessions:
    """What is told of a kelurahan's sessions while they are read."""

    stages: Counter[str] = field(default_factory=Counter)
    unclosed: int = 0
    overdue: int = 0
    next_session: date | None = None
    minutes_waiting: int = 0
    minutes_number: int | None = None
    minutes_at: datetime | None = None


def board(session: Session, period: str, now: datetime) -> list[Row]:
    """Return a row for each of the 267 kelurahan, in order of code. Six statements at most.

    The session must see everything: dinas, an auditor, an operator.
    """
    session.execute(text(f"SET LOCAL statement_timeout = '{STATEMENT_TIMEOUT}'"))
    cases = counted(session, period)
    sheets = _sheets(session, period)
    sessions = _sessions(session, period, civil_date(now))
    return [
        _row(
            each,
            cases[each.code].states,
            age_in_days(cases[each.code].oldest, now),
            sheets.get(each.code, (0, 0)),
            sessions[each.code],
        )
        for each in all_kelurahan()
    ]


def _row(
    place: Kelurahan,
    states: Counter[str],
    oldest_days: int | None,
    sheets: tuple[int, int],
    sessions: _Sessions,
) -> Row:
    proposed = states[State.PROPOSED] + states[State.FORWARDED]
    not_proposed, finalised = states[State.NOT_PROPOSED], states[State.FINALISED]
    facts = Facts(
        waiting=sum(states[state] for state in WAITING),
        field_check=states[State.FIELD_CHECK],
        decided=proposed + not_proposed + finalised,
        sheets=sheets[0],
        sheets_out=sheets[1],
        planned=sessions.stages[Stage.PLANNED],
        under_way=sessions.stages[Stage.FROZEN] + sessions.stages[Stage.OPEN],
        ended=sessions.stages[Stage.ENDED],
        closed=sessions.stages[Stage.CLOSED],
        minutes_waiting=sessions.minutes_waiting,
    )
    return Row(
        kelurahan=place,
        facts=facts,
        proposed=proposed,
        not_proposed=not_proposed,
        finalised=finalised,
        oldest_days=oldest_days,
        unclosed=sessions.unclosed,
        overdue=sessions.overdue,
        next_session=sessions.next_session,
        minutes_number=sessions.minutes_number,
        minutes_at=sessions.minutes_at,
    )


def _sheets(session: Session, period: str) -> dict[str, tuple[int, int]]:
    """Return kelurahan → its sheets, and how many of them are out."""
    out = func.count().filter(Sheet.handed_in_at.is_(None))
    rows = session.execute(
        select(Sheet.kelurahan_code, func.count(), out)
        .where(Sheet.period_id == period, Sheet.withdrawn_at.is_(None))
        .group_by(Sheet.kelurahan_code)
    )
    return {code: (all_of_them, out_now) for code, all_of_them, out_now in rows}


def _sessions(session: Session, period: str, today: date) -> defaultdict[str, _Sessions]:
    """Return what is to be told of each kelurahan's sessions and their minutes."""
    made = (
        select(
            Minutes.musyawarah_id,
            func.max(Minutes.number).label("number"),
            func.max(Minutes.made_at).label("at"),
        )
        .where(Minutes.period_id == period, Minutes.made_at.is_not(None))
        .group_by(Minutes.musyawarah_id)
        .subquery()
    )
    rows = session.execute(
        select(
            Musyawarah.kelurahan_code,
            Musyawarah.stage,
            Musyawarah.held_on,
            Musyawarah.ended_at,
            made.c.number,
            made.c.at,
        )
        .outerjoin(made, made.c.musyawarah_id == Musyawarah.id)
        .where(Musyawarah.period_id == period)
        .order_by(Musyawarah.kelurahan_code, Musyawarah.number)
    )
    found: defaultdict[str, _Sessions] = defaultdict(_Sessions)
    for code, stage, held_on, ended_at, number, at in rows:
        told = found[code]
        _tell(told, stage, held_on, ended_at, today)
        if number is not None and number > (told.minutes_number or 0):
            told.minutes_number, told.minutes_at = number, at
        told.minutes_waiting += stage == Stage.CLOSED and number is None
    return found


def _tell(
    told: _Sessions, stage: str, held_on: date, ended_at: datetime | None, today: date
) -> None:
    told.stages[stage] += 1
    if stage == Stage.CLOSED:
        return
    since = civil_date(ended_at) if ended_at else held_on
    if stage == Stage.PLANNED and held_on >= today:
        told.next_session = min(told.next_session or held_on, held_on)
        return
    if stage == Stage.ENDED or held_on < today:
        told.unclosed += 1
        told.overdue += is_overdue(since, today, days_off(since))


@dataclass(frozen=True, slots=True)
class Totals:
    """The province in figures."""

    kelurahan: int
    waiting: int
    field_check: int
    proposed: int
    not_proposed: int
    finalised: int
    empty: int
    """Kelurahan in which nobody has registered."""
    done: int
    """Kelurahan that have nothing left to do."""
    none_held: int
    unclosed: int
    overdue: int
    minutes_waiting: int


def totals(rows: Iterable[Row]) -> Totals:
    """Return the sums of a board."""
    every = list(rows)
    return Totals(
        kelurahan=len(every),
        waiting=sum(row.facts.waiting for row in every),
        field_check=sum(row.facts.field_check for row in every),
        proposed=sum(row.proposed for row in every),
        not_proposed=sum(row.not_proposed for row in every),
        finalised=sum(row.finalised for row in every),
        empty=sum(row.step is Step.EMPTY for row in every),
        done=sum(row.step is Step.DONE for row in every),
        none_held=sum(row.none_held for row in every),
        unclosed=sum(row.unclosed for row in every),
        overdue=sum(row.overdue for row in every),
        minutes_waiting=sum(row.facts.minutes_waiting for row in every),
    )
