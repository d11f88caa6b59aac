"""Paper forms: keyed by one, checked by another. What was keyed is kept sealed, and never changed.

Two who check at once meet at the row: `lock` lets one of them through at a time, and the other then
finds it checked.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from registry.opening import CannotOpen
from registry.sealing import UnsealError
from registry.store.bulk import table_of
from registry.store.models import PaperForm

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from registry.rules.lifecycle import Actor
    from registry.sealing import KeyRing

Typed = dict[str, list[str]]
"""Field → what was typed into it, as `registry.rules.answers.parse` takes it."""

PURPOSE: Final = "paper_form"
"""What a keyed form is bound to, besides its own id."""


class NotInSight(Exception):  # noqa: N818 - named after what is so
    """There is no such paper form, or not within the scope of who asks."""


class NotWaiting(Exception):  # noqa: N818
    """This paper form waits no more: it was sent, completed or withdrawn meanwhile."""


class OwnKeying(Exception):  # noqa: N818
    """Whoever keyed a paper form does not check it as well."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper form that waits: half of one, or a complete one that nobody has checked."""

    id: bytes
    period: str
    kelurahan: str
    keyed_by: str
    keyed_at: datetime
    complete: bool


def keep_paper(  # noqa: PLR0913 - what a row consists of
    session: Session,
    ring: KeyRing,
    paper_id: bytes,
    typed: Mapping[str, list[str]],
    *,
    period: str,
    kelurahan: str,
    complete: bool,
    actor: Actor,
) -> None:
    """Keep what somebody keyed, sealed. Does not commit.

    ``paper_id`` is made with the page that it is keyed into, so kept twice it is the same row.
    """
    plain = json.dumps(dict(typed), ensure_ascii=False, sort_keys=True).encode()
    session.execute(
        insert(table_of(PaperForm))
        .values(
            id=paper_id,
            period_id=period,
            kelurahan_code=kelurahan,
            sealed=ring.seal(PURPOSE, paper_id, plain),
            keyed_by=actor.id,
            complete=complete,
        )
        .on_conflict_do_nothing(index_elements=[PaperForm.id])
    )


def waiting_papers(session: Session) -> list[Paper]:
    """Return the paper forms in scope that wait, the oldest first. One query."""
    rows = session.execute(_waiting().order_by(PaperForm.keyed_at, PaperForm.id))
    return [Paper(*row) for row in rows]


def lock_paper(session: Session, paper_id: bytes) -> Paper:
    """Return a paper form that waits, and hold it until the transaction ends.

    Raises NotInSight, NotWaiting.
    """
    row = session.execute(
        _waiting().where(PaperForm.id == paper_id).with_for_update()
    ).one_or_none()
    if row is None:
        _explain(session, paper_id)
        raise NotWaiting
    return Paper(*row)


def is_ones_own(paper: Paper, actor: Actor) -> bool:
    """Tell whether this actor keyed it."""
    return paper.keyed_by == actor.id


def typed_on(session: Session, ring: KeyRing, paper_id: bytes) -> Typed:
    """Return what was keyed; raise CannotOpen, NotInSight."""
    sealed = session.scalar(select(PaperForm.sealed).where(PaperForm.id == paper_id))
    if sealed is None:
        raise NotInSight
    try:
        typed: Typed = json.loads(ring.unseal(PURPOSE, paper_id, sealed))
    except (UnsealError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise CannotOpen(type(error).__name__) from None
    return typed


def note_checked(session: Session, paper: Paper, application_id: bytes, actor: Actor) -> None:
    """Note that a locked paper form was checked and sent. Does not commit. Raises OwnKeying."""
    if is_ones_own(paper, actor):
        raise OwnKeying
    session.execute(
        update(table_of(PaperForm))
        .where(PaperForm.id == paper.id)
        .values(checked_by=actor.id, checked_at=func.now(), application_id=application_id)
    )


def withdraw_papers(session: Session, ids: Iterable[bytes], actor: Actor) -> None:
    """Withdraw locked paper forms: keyed anew, or not to be sent. Does not commit."""
    session.execute(
        update(table_of(PaperForm))
        .where(PaperForm.id.in_(list(ids)))
        .values(withdrawn_by=actor.id, withdrawn_at=func.now())
    )


def _explain(session: Session, paper_id: bytes) -> None:
    if session.scalar(select(PaperForm.id).where(PaperForm.id == paper_id)) is None:
        raise NotInSight


def _waiting() -> Select[*tuple[Any, ...]]:
    # The fields of Paper, in its order.
    return select(
        PaperForm.id,
        PaperForm.period_id,
        PaperForm.kelurahan_code,
        PaperForm.keyed_by,
        PaperForm.keyed_at,
        PaperForm.complete,
    ).where(PaperForm.checked_by.is_(None), PaperForm.withdrawn_by.is_(None))
