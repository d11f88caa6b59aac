"""The sheets of a kelurahan: what there is and what is missing, and making, renewing, withdrawing.

A link is shown once, on the page that answers to its making; so that page is no redirect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, make_response, redirect, render_template, request

from portal.accounts import current_actor, for_roles, has_role, signed_in_session
from portal.dates import now
from portal.marks import home
from portal.musyawarah import tabs
from portal.musyawarah.place import place
from portal.musyawarah.sheets import words
from portal.musyawarah.sheets.paths import no_sheet, to
from portal.musyawarah.sheets.shown import links_page
from registry.rules.lifecycle import Role
from registry.rules.marks import LABELS, SOURCE_LABELS, Source
from registry.store.accesses import note_access
from registry.store.sheet_keying import keying
from registry.store.sheet_making import Wanted, make, renew, withdraw
from registry.store.sheet_overview import overview

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue

    from portal.musyawarah.place import Place

blueprint = Blueprint("sheets", __name__, url_prefix="/musyawarah/<code>/lembar")
no_sheet(blueprint)

READERS: Final = (Role.REVIEWER, Role.CHAIR, Role.COUNTER, Role.DINAS, Role.AUDITOR)
MAKERS: Final = (Role.REVIEWER, Role.CHAIR)
NAMES_FOR: Final = (Role.REVIEWER, Role.CHAIR, Role.COUNTER)
"""Who sees the names on a sheet; dinas and auditors see how far it is."""

BAD_DAYS: Final = f"Tulis lama berlaku: 1 sampai {words.MOST_DAYS} hari."
NO_SOURCE: Final = "Pilih siapa yang ditanya, paling sedikit satu."
NO_RW: Final = "Pilih satu RW, atau semua RW."
UNSURE: Final = "Centang dulu bahwa lembar ini memang dicabut. Tidak ada yang diubah."


@blueprint.get("")
@for_roles(*READERS)
def index(code: str) -> ResponseReturnValue:
    """Show how far each RW is."""
    return _index(place(code))


@blueprint.post("")
@for_roles(*MAKERS)
def make_sheets(code: str) -> ResponseReturnValue:
    """Make the sheets that are missing, and show their links this once."""
    here = place(code)
    wanted = _wanted(here)
    if isinstance(wanted, str):
        return _index(here, wanted), 422
    with signed_in_session() as session:
        made = make(session, wanted, current_actor().id or "")
    return links_page(here, made)


@blueprint.get("/rw/<int:rw>")
@for_roles(*READERS)
def of_rw(code: str, rw: int) -> ResponseReturnValue:
    """Show the RT of an RW and their sheets."""
    here = place(code)
    with signed_in_session() as session:
        found = overview(session, here.period, here.code, rw)
    page = render_template(
        "musyawarah/lembar/rw.html", here=here, rw=rw, found=found, **_shared(), now=now()
    )
    return make_response(page, 200 if found.rts else 404)


@blueprint.get("/nomor")
@for_roles(*READERS)
def by_number(code: str) -> ResponseReturnValue:
    """Go to the sheet whose number somebody read off a paper."""
    here = place(code)
    number = request.args.get("n", "").strip()
    if not (number.isascii() and number.isdigit() and len(number) <= 5):
        return _index(here, "Tulis nomor lembar seperti di kertasnya, misalnya 12."), 422
    return redirect(to("sheets.one", here, number=int(number)), 303)


@blueprint.get("/<int:number>")
@for_roles(*READERS)
def one(code: str, number: int) -> ResponseReturnValue:
    """Show a sheet: how far it is, and what counts so far."""
    return _one(place(code), number)


@blueprint.post("/tautan")
@for_roles(*MAKERS)
def new_links(code: str) -> ResponseReturnValue:
    """Give sheets new links, and show them this once."""
    here = place(code)
    days = words.days_from(request.form.get("hari", ""))
    numbers = [int(n) for n in request.form.getlist("nomor") if n.isascii() and n.isdigit()][:200]
    if days is None or not numbers:
        return _index(here, BAD_DAYS if numbers else "Tidak ada lembar yang dipilih."), 422
    with signed_in_session() as session:
        made = renew(session, here.period, here.code, numbers, words.link_ends(days))
    return links_page(here, made, renewed=True)


@blueprint.post("/<int:number>/cabut")
@for_roles(*MAKERS)
def take_back(code: str, number: int) -> ResponseReturnValue:
    """Withdraw a sheet, when that was ticked too."""
    here = place(code)
    if request.form.get("yakin") != "1":
        return _one(here, number, UNSURE), 422
    with signed_in_session() as session:
        withdraw(session, here.period, here.code, number, current_actor().id or "")
    return redirect(to("sheets.index", here), 303)


def _wanted(here: Place) -> Wanted | str:
    days = words.days_from(request.form.get("hari", ""))
    if days is None:
        return BAD_DAYS
    sources = tuple(each for each in Source if each.value in request.form.getlist("sumber"))
    if not sources:
        return NO_SOURCE
    rw = request.form.get("rw", "")
    if rw != "semua" and not (rw.isascii() and rw.isdigit() and len(rw) <= 3):
        return NO_RW
    wanted_rw = None if rw == "semua" else int(rw)
    return Wanted(here.period, here.code, wanted_rw, sources, words.link_ends(days))


def _index(here: Place, problem: str = "") -> str:
    with signed_in_session() as session:
        found = overview(session, here.period, here.code)
    return render_template(
        "musyawarah/lembar/daftar.html",
        here=here,
        found=found,
        problem=problem,
        chosen=request.form,
        sources=SOURCE_LABELS,
        **_shared(),
    )


def _one(here: Place, number: int, problem: str = "") -> str:
    with signed_in_session() as session:
        found = keying(session, here.period, here.code, number)
        lines = found.lines if has_role(*NAMES_FOR) else ()
        note_access(session, current_actor(), "name", [line.application_id for line in lines])
    return render_template(
        "musyawarah/lembar/satu.html",
        here=here,
        found=found,
        sheet=found.sheet,
        rows=[(line, home(line.application_id, line.sealed)) for line in lines],
        marks=LABELS,
        problem=problem,
        now=now(),
        **_shared(),
    )


def _shared() -> dict[str, object]:
    return {
        "to": to,
        "far": words.far,
        "lacks": words.lacks,
        "asked": words.ASKED,
        "days": words.USUAL_DAYS,
        "may_make": has_role(*MAKERS),
        "may_key": has_role(*NAMES_FOR),
    }


def init_app(app: Flask) -> None:
    """Put the overview among the tabs."""
    tabs.add(app, "sheets.index", "Lembar", *READERS)
