"""The frozen agenda: on the screen, and as a paper for a meeting without network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, make_response, render_template

from portal.accounts import current_actor, for_roles
from portal.musyawarah.sessions.sitting import LOOK, SIT, sitting, told_of
from registry.documents import content
from registry.documents.agenda import agenda_pdf
from registry.rules import practice
from registry.rules.agenda import LABELS, PART_LABELS, Part
from registry.rules.verdicts import LABELS as VERDICTS
from registry.store import meetings
from registry.store.models import Period

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flask.typing import ResponseReturnValue

    from portal.musyawarah.sessions.sitting import Seat
    from registry.rules.told import Told
    from registry.store.meetings import Line

blueprint = Blueprint(
    "agenda", __name__, url_prefix="/musyawarah/<code>/sidang/<int:number>/agenda"
)


@blueprint.get("")
@for_roles(*LOOK)
def show(code: str, number: int) -> ResponseReturnValue:
    """Show what is talked about one by one; names for those who lead the session alone."""
    with sitting(code, number) as (session, at):
        lines = meetings.items(session, at.found.id)
        each = [line for line in lines if not line.listed]
        names = told_of(session, each) if current_actor().role in SIT else {}
    return render_template(
        "musyawarah/sidang/agenda.html",
        here=at.place,
        at=at,
        parts=[(part, [line for line in each if line.part is part]) for part in Part],
        part_labels=PART_LABELS,
        names=names,
        why=LABELS,
        verdicts=VERDICTS,
        ledgers=meetings.by_rw(lines),
    )


@blueprint.get("/cetak.pdf")
@for_roles(*SIT)
def paper(code: str, number: int) -> ResponseReturnValue:
    """Give the agenda to be printed, with boxes for every verdict."""
    with sitting(code, number) as (session, at):
        lines = meetings.items(session, at.found.id)
        if not lines:
            abort(404)
        told = told_of(session, lines)
        period = session.get_one(Period, at.found.period_id)
    response = make_response(agenda_pdf(_agenda(at, lines, told, period.title)))
    response.mimetype = "application/pdf"
    name = f"agenda-{at.place.kelurahan.code}-{at.found.number}.pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def _agenda(
    at: Seat, lines: Iterable[Line], told: Mapping[int, Told], period_title: str
) -> content.Agenda:
    if at.found.frozen_at is None:
        abort(404)
    region = at.place.kelurahan
    made = [(line, _item(line, told[line.number])) for line in lines]
    by_rw: dict[str, list[content.AgendaItem]] = {}
    for line, item in made:
        if line.part is Part.LIST:
            by_rw.setdefault(item.rw, []).append(item)
    return content.Agenda(
        number=f"AG-{at.found.number:03}/{region.code}/{at.found.period_id}",
        place=content.Place(
            province="DKI Jakarta",
            kota=region.kota,
            kecamatan=region.kecamatan,
            kelurahan=region.name,
            code=region.code,
        ),
        period_title=period_title,
        session_number=at.found.number,
        held_on=at.found.held_on,
        frozen_at=at.found.frozen_at,
        lists=tuple((rw, tuple(items)) for rw, items in by_rw.items()),
        against=tuple(item for line, item in made if line.part is Part.FACTS),
        one_by_one=tuple(item for line, item in made if line.part is Part.EACH),
        practice=practice.is_practice(at.found.period_id),
    )


def _item(line: Line, told: Told) -> content.AgendaItem:
    return content.AgendaItem(
        number=line.number,
        name=told.name,
        rt=f"{line.rt:03}" if line.rt else "",
        rw=f"{line.rw:03}" if line.rw else "",
        size=told.size,
        facts=told.facts,
        note="; ".join(LABELS[code] for code in line.why),
    )
