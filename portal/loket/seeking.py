"""Finding the application of the person at the counter, by what they show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from flask import render_template, request

from portal.accounts import current_actor
from portal.citizen.reading import Fields, first
from portal.limits import kk_tries
from portal.services import services
from registry.opening import CannotOpen, household
from registry.rules.errors import Invalid
from registry.rules.kk import NomorKK
from registry.rules.lifecycle import State, step
from registry.rules.names import clean_name
from registry.rules.nik import Nik
from registry.rules.problems import MESSAGES
from registry.rules.receipts import parse_receipt
from registry.rules.regions import kelurahan
from registry.store.accesses import note_access
from registry.store.counter import Found, applications_of
from registry.store.queries import status_by_kk, status_by_receipt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

_T = TypeVar("_T")

NOT_HERE = (
    "Tidak ada pendaftaran yang cocok di kelurahan ini. Periksa lagi angkanya."
    " Baru saja mendaftar? Tunggu satu menit, lalu coba lagi."
)
"""The same for every reason: nobody learns here whether a NIK is registered elsewhere."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What an application is sought by: the applicant's NIK, and one thing more."""

    nik: Nik
    receipt: str | None = None
    kk: NomorKK | None = None
    name: str | None = None


def read_sought(fields: Fields, *by: str) -> Sought | dict[str, str]:
    """Return what was typed, or field → what is wrong with it.

    ``by`` are the fields of which one is needed beside the NIK: `bukti`, `kk`, `nama`.
    """
    wrong: dict[str, str] = {}

    def value(name: str, read: Callable[[str], _T]) -> _T | None:
        text = first(fields, name)
        if name not in ("nik", *by) or not text:
            return None
        try:
            return read(text)
        except Invalid as invalid:
            wrong[name] = MESSAGES.get(invalid.code, MESSAGES["empty"])
            return None

    nik = value("nik", Nik.parse)
    sought = (value("bukti", parse_receipt), value("kk", NomorKK.parse), value("nama", clean_name))
    if not first(fields, "nik"):
        wrong = {"nik": "Tulis NIK orang yang mendaftar. Ada 16 angka di KTP."} | wrong
    if not any(first(fields, name) for name in by):
        wrong[by[0]] = _NEEDED[by]
    return wrong if wrong or nik is None else Sought(nik, *sought)


_NEEDED = {
    ("bukti",): "Tulis kode bukti. Ada 12 huruf dan angka.",
    ("kk", "nama"): "Tulis nomor KK, atau nama seperti di KTP.",
    ("bukti", "kk"): "Tulis kode bukti, atau nomor KK.",
}


def seek(session: Session, sought: Sought, *, replaced: bool = False) -> list[Found]:
    """Return the applications in scope that fit, latest first: those that stand, or were replaced.

    Notes whose name was looked at.
    """
    keys = services().keys
    found = applications_of(session, keys.index.nik(sought.nik))
    if sought.receipt is not None:
        found = [each for each in found if each.receipt == sought.receipt]
    if sought.kk is not None:
        kk_index = keys.index.kk(sought.kk)
        found = [each for each in found if each.kk_index == kk_index]
    if sought.name is not None:
        note_access(session, current_actor(), "name", [each.application_id for each in found])
        found = [each for each in found if _is_named(each, sought.name)]
    return [each for each in found if each.superseded is replaced]


def where_to_go(session: Session, sought: Sought) -> str:
    """Return what to say to somebody whom nothing was found of in scope.

    Whoever holds the receipt, or NIK and KK, is told in which kelurahan their application is. As
    on the public page, tries by KK are counted against the NIK, found or not.
    """
    nik_index = services().keys.index.nik(sought.nik)
    if sought.receipt is not None:
        stands: Sequence[str | None] = [
            each.kelurahan for each in status_by_receipt(session, nik_index, sought.receipt)
        ]
    elif sought.kk is not None and kk_tries().allow(nik_index):
        kk_index = services().keys.index.kk(sought.kk)
        stands = [
            each.kelurahan
            for each in status_by_kk(session, nik_index, kk_index)
            if not each.superseded
        ]
    else:
        stands = ()
    scope = current_actor().scope
    names = {kelurahan(code).name for code in stands if code and not scope.covers(code)}
    if not names:
        return NOT_HERE
    where = " atau ".join(sorted(names))
    return f"Pendaftaran ini di Kelurahan {where}. Minta orangnya datang ke loket di sana."


def _is_named(found: Found, name: str) -> bool:
    ring = services().keys.ring
    try:
        opened = household(ring, found.application_id, found.sealed, found.received_at)
    except CannotOpen:
        return False
    return opened.applicant.name.casefold() == name.casefold()


def chosen(found: list[Found], fields: Fields) -> Found | None:
    """Return the one that was chosen, or the only one there is; None while there is a choice."""
    wanted = first(fields, "pilih")
    if wanted:
        return next((each for each in found if each.application_id.hex() == wanted), None)
    return found[0] if len(found) == 1 else None


def ask_which(
    found: Sequence[Found], fields: Fields, names: Sequence[str], *, title: str, label: str
) -> str:
    """Show those that were found, each with a button that sends the same form once more.

    ``names`` are the fields that are sent again as they were typed.
    """
    return render_template(
        "loket/pilih.html",
        title=title,
        action=request.path,
        label=label,
        found=[(each, step(State(each.state)).title) for each in found],
        hidden={name: first(fields, name) for name in names if first(fields, name)},
    )
