"""Search in a kelurahan: by receipt code, or by a part of anybody's name. Never by address bar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, redirect, render_template, request, url_for

from portal.accounts import current_actor, for_roles, signed_in_session
from portal.musyawarah.cases import filters, lines
from portal.musyawarah.place import place
from portal.musyawarah.sight import require_own
from portal.services import services
from registry.opening import CannotOpen, names
from registry.rules.errors import Invalid
from registry.rules.lifecycle import Role, State
from registry.rules.receipts import parse_receipt
from registry.rules.regions import search_key
from registry.store.accesses import note_access
from registry.store.queue import (
    Area,
    Asked,
    Filter,
    by_receipt,
    rows_of,
    sealed_in,
)  # fmt: skip

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from portal.musyawarah.place import Place

blueprint = Blueprint("search", __name__, url_prefix="/musyawarah/<code>/cari")

MOST: Final = 30
"""Cases that a search shows; who finds more writes more letters."""

SHORTEST: Final = 3
"""Letters and digits of a part of a name."""

TOO_SHORT: Final = "Tulis kode bukti, atau paling sedikit 3 huruf dari nama."


@blueprint.get("")
@for_roles(Role.REVIEWER, Role.CHAIR)
def form(code: str) -> ResponseReturnValue:
    """Show the empty form."""
    here = place(code)
    require_own(here)
    return _page(here)


@blueprint.post("")
@for_roles(Role.REVIEWER, Role.CHAIR)
def search(code: str) -> ResponseReturnValue:
    """Find cases: one by its receipt, or all in which somebody has that name."""
    here = place(code)
    require_own(here)
    typed = request.form.get("cari", "")[:100]
    receipt, part = _receipt(typed), search_key(typed)
    if receipt is not None and (found := _by_receipt(here, receipt)) is not None:
        query = filters.chosen(request.args).only("putaran")
        return redirect(url_for("case.show", code=here.code, case=found.hex(), **query), 303)  # type: ignore[arg-type]
    if len(part) < SHORTEST:
        return _page(here, typed=typed, problem=TOO_SHORT), 422
    with signed_in_session() as session:
        ids = _by_name(session, here, part)
        rows = rows_of(session, ids[:MOST])
        note_access(session, current_actor(), "name", [row.application_id for row in rows])
        shown = lines.lines(session, rows, full=True)
    return _page(here, typed=typed, lines=shown, more=len(ids) > MOST)


def _page(here: Place, **what: Any) -> str:
    chosen = filters.chosen(request.args)
    return render_template("musyawarah/kasus/cari.html", here=here, chosen=chosen, **what)


def _receipt(typed: str) -> str | None:
    try:
        return parse_receipt(typed)
    except Invalid:
        return None


def _by_receipt(here: Place, receipt: str) -> bytes | None:
    with signed_in_session() as session:
        found = by_receipt(session, here.code, receipt)
        if found is not None:
            note_access(session, current_actor(), "receipt", [found])
        return found


def _by_name(session: Session, here: Place, part: str) -> list[bytes]:
    """Return the ids of all in which somebody's name has this part, in the meeting's order.

    Names are sealed, so each of the kelurahan is opened; none is kept.
    """
    area = Area(here.period, here.code)
    ring, found = services().keys.ring, []
    for application_id, sealed in sealed_in(session, Asked(area, (), Filter(tuple(State)))):
        try:
            given = names(ring, application_id, sealed)
        except CannotOpen:
            continue
        if any(part in search_key(name) for name in given):
            found.append(application_id)
    return found
