"""The review queue of a kelurahan: its cases page by page, their number, and who is like whom.

What supersedes, rivals or duplicates what is derived here, when it is read, and stored nowhere:
it cannot be out of date, and does not depend on the order in which drains reached the entries.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    ARRAY,
    LargeBinary,
    func,
    literal,
    or_,
    select,
)

from registry.rules.lifecycle import State
from registry.store.bulk import among
from registry.store.models import Application

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

PAGE: Final = 50
"""Cases on a page."""

DECIDED: Final = (
    State.PROPOSED, State.NOT_PROPOSED, State.FINALISED,
    State.FORWARDED, State.WITHDRAWN, State.OBJECTED,
)  # fmt: skip
"""States that a meeting or a person has brought an application to, beyond the review."""


@dataclass(frozen=True, slots=True)
class Area:
    """A kelurahan (its code) in a period."""

    period: str
    kelurahan: str


@dataclass(frozen=True, slots=True)
class Filter:
    """Which cases are asked for; each condition that is given must hold.

    ``flags`` are ids of criteria, any of which will do. ``unplaced``: the RT or the RW is unknown.
    ``before``: received before that.
    """

    states: tuple[State, ...] = (State.QUEUED,)
    rw: int | None = None
    rt: int | None = None
    unplaced: bool = False
    flags: tuple[str, ...] = ()
    score: int | None = None
    before: datetime | None = None
    helped_by: str | None = None
    organisation: str | None = None
    """The id of the one that registered them."""

    @property
    def narrows(self) -> bool:
        """Whether it asks for more than a state and a place, which `numbers` count."""
        given = (self.flags, self.before, self.helped_by, self.organisation)
        return any(given) or self.score is not None


@dataclass(frozen=True, slots=True)
class Asked:
    """Which cases of which kelurahan; ``gone`` are those that `superseded` returns.

    ``among``, where it is not None, are the only ones to be listed: such as `alike` returns.
    """

    area: Area
    gone: Collection[bytes] = ()
    filter: Filter = Filter()
    among: Collection[bytes] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One application of the queue, with what the meeting is told before opening it."""

    application_id: bytes
    turn: int
    """Its place in the order of the meeting: what a page begins after. Leads to nobody."""
    receipt: str
    entry: int
    received_at: datetime
    state: State
    rt: int | None
    rw: int | None
    household_size: int
    score: int
    priority: bool
    screening: dict[str, Any]
    helped_by: str | None
    flooded: bool
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Page:
    """Cases in the order of the meeting, and whether there are more on either side."""

    rows: tuple[Row, ...]
    earlier: bool
    later: bool


@dataclass(frozen=True, slots=True)
class Related:
    """An application, of any kelurahan, that shares a NIK or the KK with another one."""

    application_id: bytes
    kelurahan: str
    state: State
    entry: int
    rival: bool
    """Of the same applicant's NIK, and replaces nothing; otherwise a duplicate."""
    same_kk: bool


@dataclass(frozen=True, slots=True)
class Number:
    """How many cases of a state an RT has."""

    state: State
    rw: int | None
    rt: int | None
    cases: int


_COLUMNS: Final = tuple(getattr(Application, name) for name in tuple(Row.__slots__)[1:])


def superseded(session: Session, area: Area) -> frozenset[bytes]:
    """Return the applications of a kelurahan that a later one of their NIK replaces. One query."""
    return frozenset(session.scalars(select(func.superseded_in(area.period, area.kelurahan))))


def page(
    session: Session,
    asked: Asked,
    *,
    after: int | None = None,
    before: int | None = None,
    limit: int | None = PAGE,
) -> Page:
    """Return cases in the order of the meeting: the first, or those after or before a turn.

    Priority first, then the higher pre-score, then the earlier entry. Superseded applications are
    left out, rivals are all in. One query, as fast at the end as at the beginning.
    """
    conditions = _conditions(asked)
    if after is not None:
        conditions.append(Application.turn > after)
    elif before is not None:
        conditions.append(Application.turn < before)
    backwards = after is None and before is not None
    more = None if limit is None else limit + 1
    rows = _rows(session, conditions, more, backwards=backwards)
    kept, cut = rows[:limit], limit is not None and len(rows) > limit
    if backwards:
        return Page(tuple(reversed(kept)), earlier=cut, later=True)
    return Page(tuple(kept), earlier=after is not None, later=cut)


def numbers(session: Session, asked: Asked) -> list[Number]:
    """Return how many cases each RT has in each state, whatever the filter. One query."""
    place = (Application.state, Application.rw, Application.rt)
    rows = session.execute(
        select(*place, func.count())
        .where(*_of(asked))
        .group_by(*place)
        .order_by(Application.rw, Application.rt, Application.state)
    )
    return [Number(State(state), rw, rt, cases) for state, rw, rt, cases in rows]


def how_many(session: Session, asked: Asked) -> int:
    """Return how many cases a filter lets through. One query."""
    found = select(func.count()).select_from(Application)
    return session.scalar(found.where(*_conditions(asked))) or 0


def kin(session: Session, ids: Iterable[bytes]) -> dict[bytes, tuple[Related, ...]]:
    """Return the rivals and duplicates of applications, by entry; who has none is not in it.

    Those of other kelurahan too, and none of whom a person said that they are two households.
    One query.
    """
    like = func.kin(literal(list(ids), ARRAY(LargeBinary))).table_valued(
        "application_id", "other_id", "kelurahan_code", "state", "entry", "rival", "same_kk"
    )
    found: defaultdict[bytes, list[Related]] = defaultdict(list)
    for row in session.execute(select(like).order_by(like.c.entry)):
        other = Related(
            row.other_id,
            row.kelurahan_code,
            State(row.state),
            row.entry,
            rival=row.rival,
            same_kk=row.same_kk,
        )
        found[row.application_id].append(other)
    return {each: tuple(others) for each, others in found.items()}


def rows_of(session: Session, ids: Collection[bytes]) -> list[Row]:
    """Return these cases, of whatever state, in the order of the meeting. One query."""
    return _rows(session, [among(Application.id, ids)], None, backwards=False)


def by_receipt(session: Session, kelurahan: str, receipt: str) -> bytes | None:
    """Return the application with this receipt code in a kelurahan, of whatever round."""
    found = select(Application.id).where(
        Application.receipt == receipt, Application.kelurahan_code == kelurahan
    )
    return session.scalar(found.order_by(Application.entry.desc()).limit(1))


def alike(session: Session, asked: Asked) -> frozenset[bytes]:
    """Return the cases of these states of whom there is another with a NIK or KK of theirs.

    One query, which looks for the kin of each of them: a quarter of a second for 10,000.
    """
    ids = select(Application.id).where(*_of(asked), _in_state(asked.filter))
    like = func.kin(func.array(ids.scalar_subquery(), type_=ARRAY(LargeBinary)))
    found = like.table_valued("application_id").c.application_id
    return frozenset(session.scalars(select(found).distinct()))


def sealed_in(session: Session, asked: Asked) -> list[tuple[bytes, bytes]]:
    """Return (id, what is sealed) of all cases that are asked for: to search in it. One query."""
    found = select(Application.id, Application.sealed).where(*_conditions(asked))
    return [(each.id, each.sealed) for each in session.execute(found)]


def _rows(
    session: Session, conditions: list[ColumnElement[bool]], limit: int | None, *, backwards: bool
) -> list[Row]:
    order = Application.turn.desc() if backwards else Application.turn
    chosen = select(Application.id, *_COLUMNS).where(*conditions)
    return [_row(*row) for row in session.execute(chosen.order_by(order).limit(limit))]


def _row(application_id: bytes, *values: Any) -> Row:
    given = dict(zip(Row.__slots__[1:], values, strict=True))
    return Row(application_id, **{**given, "state": State(given["state"])})


def _of(asked: Asked) -> list[ColumnElement[bool]]:
    conditions = [
        Application.period_id == asked.area.period,
        Application.kelurahan_code == asked.area.kelurahan,
    ]
    return [*conditions, ~among(Application.id, asked.gone)] if asked.gone else conditions


def _conditions(asked: Asked) -> list[ColumnElement[bool]]:
    wanted = asked.filter
    found = [*_of(asked), _in_state(wanted)]
    if wanted.unplaced:
        found.append(or_(Application.rt.is_(None), Application.rw.is_(None)))
    if wanted.rw is not None:
        found.append(Application.rw == wanted.rw)
    if wanted.rt is not None:
        found.append(Application.rt == wanted.rt)
    return [*found, *_narrower(asked)]


def _in_state(wanted: Filter) -> ColumnElement[bool]:
    states = [state.value for state in wanted.states]
    # One state by itself: then the index gives the order too.
    return Application.state == states[0] if len(states) == 1 else Application.state.in_(states)


def _narrower(asked: Asked) -> Iterator[ColumnElement[bool]]:
    wanted = asked.filter
    if wanted.flags:
        met = [Application.screening.contains({"flags": [{"id": each}]}) for each in wanted.flags]
        yield or_(*met)
    if wanted.score is not None:
        yield or_(Application.score >= wanted.score, Application.priority)
    if wanted.before is not None:
        yield Application.received_at < wanted.before
    if wanted.helped_by is not None:
        yield Application.helped_by == wanted.helped_by
    if wanted.organisation is not None:
        yield Application.organisation == wanted.organisation
    if asked.among is not None:
        yield among(Application.id, asked.among)
