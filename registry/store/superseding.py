"""Which application takes another one's place: the condition, for statements over whole rounds.

It is derived when it is read, and stored nowhere. The functions of migration 0005 say the same for
those who may not see the application that supersedes one of theirs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, false, func
from sqlalchemy.orm import aliased

from registry.store.models import Application

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement


def superseded(app: type[Application]) -> ColumnElement[bool]:
    """Return the condition that a later application of the same NIK carried this one's receipt.

    Later by entry number. Versions may carry each other's receipts in a ring, when the household
    goes back to answers that it gave before: sent again with the receipt of that later one, or of
    one sent after it, this one stands. So at least one of a ring always does: there is a version
    whose receipt was carried the longest ago, and all of the ring is later than that.
    """
    later = aliased(Application)
    return exists(later.id).where(supersedes(later, app))


def supersedes(later: type[Application], app: type[Application]) -> ColumnElement[bool]:
    """Return the condition that one application supersedes another: see :func:`superseded`."""
    carried = aliased(Application)
    went_back = and_(
        app.replaces_entry > later.replaces_entry,
        exists(carried.id)
        .where(
            carried.period_id == app.period_id,
            carried.nik_index == app.nik_index,
            carried.receipt == app.replaces,
            carried.replaces_entry >= later.replaces_entry,
        )
        .correlate(app, later),
    )
    return and_(
        later.period_id == app.period_id,
        later.nik_index == app.nik_index,
        later.replaces == app.receipt,
        later.replaces_entry > app.entry,
        ~func.coalesce(went_back, false()),
    )
