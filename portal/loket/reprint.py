"""Printing a lost receipt again, for who shows their KTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, render_template, url_for

from portal.accounts import current_actor, for_roles, signed_in_session
from portal.citizen import receipt
from portal.citizen.reading import Fields, first
from portal.loket.desk import AT_THE_COUNTER, typed
from portal.loket.seeking import ask_which, chosen, read_sought, seek, where_to_go
from portal.services import services
from registry.rules.events import Happening
from registry.store.accesses import note_access
from registry.store.moves import Happened, note

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from registry.store.counter import Found

blueprint = Blueprint("loket_bukti", __name__, url_prefix="/loket/bukti")

KTP_FIRST: Final = "Lihat dulu KTP aslinya, lalu beri tanda."
_TYPED: Final = ("ktp", "nik", "kk", "nama")
"""In the order of the page."""


@blueprint.get("")
@for_roles(*AT_THE_COUNTER)
def form() -> ResponseReturnValue:
    """Ask who it is."""
    return _page({}, {})


@blueprint.post("")
@for_roles(*AT_THE_COUNTER)
def reprint() -> ResponseReturnValue:
    """Go to the receipt, or show several to choose among; noted either way."""
    fields = typed()
    sought = read_sought(fields, "kk", "nama")
    problems = sought if isinstance(sought, dict) else {}
    if first(fields, "ktp") != "1":
        problems = problems | {"ktp": KTP_FIRST}
    if problems or isinstance(sought, dict):
        return _page(fields, problems), 422
    with signed_in_session() as session:
        found = seek(session, sought)
        if not found:
            return _page(fields, {"": where_to_go(session, sought)}), 422
        one = chosen(found, fields)
        if one is None:
            title, label = "Cetak ulang bukti", "Cetak bukti ini"
            return ask_which(found, fields, _TYPED, title=title, label=label)
        return _to_receipt(session, one)


def _to_receipt(session: Session, one: Found) -> ResponseReturnValue:
    actor = current_actor()
    note_access(session, actor, "receipt", [one.application_id], reason="KTP asli dilihat")
    note(session, Happened(Happening.RECEIPT_REPRINTED, one.application_id), actor)
    shown = receipt.Receipt(one.application_id, one.received_at)
    token = receipt.write(shown, services().settings.secret_key)
    return redirect(url_for("receipt.show", token=token), 303)


def _page(fields: Fields, problems: dict[str, str]) -> str:
    values = {name: first(fields, name) for name in _TYPED}
    problems = {name: problems[name] for name in ("", *_TYPED) if name in problems}
    return render_template("loket/bukti.html", values=values, problems=problems)
