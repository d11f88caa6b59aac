"""Correcting an application of this kelurahan, with the person and their receipt at the counter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, render_template

from portal.accounts import current_actor, for_roles, signed_in_session
from portal.citizen.reading import Fields, first
from portal.dates import now
from portal.loket.desk import AT_THE_COUNTER, as_typed, typed
from portal.loket.seeking import read_sought, seek, where_to_go
from portal.loket.walk_in import BY_OFFICER, walk_in_page
from portal.services import services
from registry.inbox import InboxUnavailable
from registry.opening import CannotOpen, answers
from registry.rules.lifecycle import State, step
from registry.rules.receipts import format_receipt
from registry.store.accesses import note_access
from registry.store.counter import DECIDED

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from portal.loket.seeking import Sought
    from registry.store.counter import Found

blueprint = Blueprint("loket_perbaiki", __name__, url_prefix="/loket/perbaiki")

_OBJECT: Final = "Ini sudah diputuskan, jadi tidak bisa diperbaiki lagi. Catat keberatan saja."
_ROUND_OVER: Final = "Pendaftaran putaran ini sudah ditutup. Jawaban tidak bisa diubah lagi."
_CANNOT_OPEN: Final = "Jawabannya tidak bisa dibuka. Laporkan ke Dinas Sosial."
_SENT: Final = frozenset({*DECIDED, State.OBJECTED, State.FORWARDED})
# Asked again of the person who is here, or not theirs to keep.
_AGAIN: Final = ("persetujuan", "nama_pembantu")


@blueprint.get("")
@for_roles(*AT_THE_COUNTER)
def form() -> ResponseReturnValue:
    """Ask for NIK and receipt."""
    return _page({}, {})


@blueprint.post("")
@for_roles(*AT_THE_COUNTER)
def show() -> ResponseReturnValue:
    """Show the answers in the form, to be sent again in place of the earlier ones."""
    fields = typed()
    sought = read_sought(fields, "bukti")
    if isinstance(sought, dict):
        return _page(fields, sought), 422
    with signed_in_session() as session:
        found = _correctable(session, sought)
        if isinstance(found, str):
            return _page(fields, {"": found}), 422
        try:
            kept = answers(services().keys.ring, found.application_id, found.sealed)
        except CannotOpen:
            return _page(fields, {"": _CANNOT_OPEN}), 422
        reason = "Perbaikan di loket"
        note_access(session, current_actor(), "case", [found.application_id], reason=reason)
    own = {"bukti_lama": [format_receipt(found.receipt)], **BY_OFFICER}
    known = {name: value for name, value in kept.items() if name not in _AGAIN}
    return walk_in_page(as_typed(known) | own, found.period)


def _correctable(session: Session, sought: Sought) -> Found | str:
    """Return the application, or why there is none to correct."""
    found = seek(session, sought)
    if not found:
        return _replaced(session, sought) or where_to_go(session, sought)
    if State(found[0].state) in _SENT:
        return f"{step(State(found[0].state)).title}. {_OBJECT}"
    try:
        takes = services().door.rounds(now()).takes(found[0].period, now())
    except InboxUnavailable:
        return "Layanan sedang sibuk. Tunggu sebentar, lalu coba lagi."
    return found[0] if takes else _ROUND_OVER


def _replaced(session: Session, sought: Sought) -> str:
    replaced = seek(session, sought, replaced=True)
    return "Pendaftaran ini sudah diganti yang lebih baru. Pakai kode buktinya." if replaced else ""


def _page(fields: Fields, problems: dict[str, str]) -> str:
    values = {name: first(fields, name) for name in ("nik", "bukti")}
    return render_template("loket/perbaiki.html", values=values, problems=problems)
