"""What dinas asks of meetings: a quorum for the round, and exceptions for single kelurahan.

Nothing here commits. Rows are only ever added, so who set what, and when, stays known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import distinct_on, insert

from registry.rules.quorum import DEFAULT, Quorum
from registry.store.bulk import table_of
from registry.store.models import QuorumRule

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from registry.rules.lifecycle import Actor


class RuleChanged(Exception):  # noqa: N818 - named after what happened
    """Somebody else has set this quorum since the page was shown."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A quorum that holds: set by somebody of dinas, or the default of ours (version 0)."""

    quorum: Quorum
    version: int = 0
    kelurahan: str | None = None
    """None for the round."""
    set_by: str | None = None
    set_at: datetime | None = None

    @property
    def is_ours(self) -> bool:
        """Whether dinas has set nothing yet."""
        return self.version == 0


def of_round(session: Session, period: str) -> tuple[Rule, dict[str, Rule]]:
    """Return the quorum of a round, and the exceptions by kelurahan. One query."""
    rules = {
        row.kelurahan_code: _rule(row)
        for row in session.scalars(_latest(period))
        if row.quorum is not None
    }
    default = rules.pop(None, Rule(DEFAULT))
    return default, {code: rules[code] for code in sorted(filter(None, rules))}


def least(session: Session, period: str, kelurahan: str) -> Rule:
    """Return what a session of a kelurahan needs at least. One query."""
    here = or_(QuorumRule.kelurahan_code.is_(None), QuorumRule.kelurahan_code == kelurahan)
    rules = {
        row.kelurahan_code: _rule(row)
        for row in session.scalars(_latest(period).where(here))
        if row.quorum is not None
    }
    return rules.get(kelurahan) or rules.get(None) or Rule(DEFAULT)


def set_(  # noqa: PLR0913 - one parameter for each thing that dinas enters
    session: Session,
    period: str,
    kelurahan: str | None,
    quorum: Quorum | None,
    *,
    seen: int,
    actor: Actor,
) -> None:
    """Set the quorum of a round, or of one kelurahan; None ends its exception.

    ``seen`` is the version that the page showed, 0 where it showed none. What holds already is not
    set again, so a form sent twice is one. Raises RuleChanged.
    """
    asked = QuorumRule.kelurahan_code.is_not_distinct_from(kelurahan)
    last = session.scalars(_latest(period).where(asked)).one_or_none()
    stands = last.quorum if last else None
    if stands == (quorum.as_json() if quorum else None):
        return
    if seen != (last.version if last and stands else 0):
        raise RuleChanged
    table = table_of(QuorumRule)
    adding = insert(table).values(
        period_id=period,
        kelurahan_code=kelurahan,
        version=(last.version if last else 0) + 1,
        quorum=quorum.as_json() if quorum else None,
        set_by=str(actor.id),
    )
    done = session.execute(adding.on_conflict_do_nothing().returning(table.c.id)).scalar()
    if done is None:
        raise RuleChanged


def _latest(period: str) -> Select[QuorumRule]:
    return (
        select(QuorumRule)
        .where(QuorumRule.period_id == period)
        .ext(distinct_on(QuorumRule.kelurahan_code))
        .order_by(QuorumRule.kelurahan_code, QuorumRule.version.desc())
    )


def _rule(row: QuorumRule) -> Rule:
    quorum = Quorum.from_json(row.quorum or {})
    return Rule(quorum, row.version, row.kelurahan_code, row.set_by, row.set_at)
