"""The links of sheets, shown once, and their paper: a PDF for an RW, with the links as QR codes.

What is shown once is printed from the page that shows it: the page sends the links along.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from itertools import groupby
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import segno
from flask import Blueprint, abort, make_response, render_template, request, send_file, url_for

from portal.accounts import current_actor, for_roles, signed_in_session
from portal.dates import now, until
from portal.marks import home
from portal.musyawarah.place import place
from portal.musyawarah.sheets import words
from portal.musyawarah.sheets.paths import to
from registry.documents import content
from registry.documents.sheets import sheets_pdf
from registry.rules import practice
from registry.rules.lifecycle import Role
from registry.store.accesses import note_access
from registry.store.models import Period
from registry.store.sheet_making import by_tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

    from portal.musyawarah.place import Place
    from registry.store.sheet_making import Made
    from registry.store.sheets import Line

blueprint = Blueprint("sheet_paper", __name__, url_prefix="/musyawarah/<code>/lembar")

PRINTED_AT_ONCE: Final = 100
"""Sheets of one PDF: more than an RW has. A hundred take some five seconds."""

DRAWN: Final = 40
"""Sheets whose QR codes the page still shows; of more, they are on the paper alone."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One sheet with its link."""

    made: Made
    asked: str
    address: str
    whatsapp: str
    qr: str
    """A data URI, or nothing."""


def links_page(here: Place, made: Sequence[Made], *, renewed: bool = False) -> ResponseReturnValue:
    """Show the links of these sheets by RW: the only time that they are there to be shown."""
    drawn = len(made) <= DRAWN
    shown = [_shown(here, each, drawn=drawn) for each in made]
    by_rw = [(rw, list(group)) for rw, group in groupby(shown, lambda each: each.made.rw)]
    page = render_template(
        "musyawarah/lembar/tautan.html",
        here=here,
        by_rw=by_rw,
        count=len(made),
        renewed=renewed,
        ends=made[0].expires_at if made else None,
        to=to,
    )
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/cetak")
@for_roles(Role.REVIEWER, Role.CHAIR)
def print_sheets(code: str) -> ResponseReturnValue:
    """Print the sheets of these links as one PDF."""
    here = place(code)
    tokens = request.form.getlist("tautan")
    if not 1 <= len(tokens) <= PRINTED_AT_ONCE:
        abort(404)
    with signed_in_session() as session:
        found = by_tokens(session, here.period, here.code, tokens)
        ids = {line.application_id for _, lines in found for line in lines}
        note_access(session, current_actor(), "name", sorted(ids))
        period = session.get_one(Period, here.period).title
    if not found:
        abort(404)
    # No transaction is open meanwhile: typesetting takes seconds.
    pdf = sheets_pdf([_paper(here, period, *each) for each in found])
    name = f"lembar-{here.code}-{found[0][0].number}-{found[-1][0].number}.pdf"
    response = send_file(BytesIO(pdf), "application/pdf", as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "no-store"
    return response


def _shown(here: Place, made: Made, *, drawn: bool) -> Shown:
    address = _address(made)
    asked = words.ASKED[made.source]
    lines = (
        f"{asked} RT {made.rt:03} / RW {made.rw:03}, Kelurahan {here.kelurahan.name}:",
        "mohon tandai warga yang Anda kenal di lembar pra-musyawarah ini.",
        address,
        f"Berlaku sampai {until(made.expires_at)}. Jangan teruskan tautan ini.",
        "Tanda ini bahan musyawarah, bukan keputusan.",
    )
    qr = segno.make_qr(address, error="m").svg_data_uri(scale=4, border=4) if drawn else ""
    whatsapp = f"https://wa.me/?text={quote(chr(10).join(lines), safe='')}"
    return Shown(made, asked, address, whatsapp, qr)


def _address(made: Made) -> str:
    return url_for("neighbours.show", token=made.token, _external=True)


def _paper(here: Place, period: str, made: Made, lines: Sequence[Line]) -> content.Sheet:
    homes = [(line.line, home(line.application_id, line.sealed)) for line in lines]
    return content.Sheet(
        number=str(made.number),
        place=content.Place(
            province="DKI Jakarta",
            kota=here.kelurahan.kota,
            kecamatan=here.kelurahan.kecamatan,
            kelurahan=here.kelurahan.name,
            code=here.code,
        ),
        period_title=period,
        practice=practice.is_practice(here.period),
        rt=f"{made.rt:03}",
        rw=f"{made.rw:03}",
        source_label=words.ASKED[made.source],
        prepared_at=now(),
        until=made.expires_at,
        url=_address(made),
        lines=tuple(
            content.SheetLine(number=number, name=each.name, address=each.address)
            for number, each in homes
        ),
    )
