"""The queue of a kelurahan: by RW and RT, filtered, fifty cases a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request

from portal.accounts import for_roles, signed_in_session
from portal.musyawarah import tabs
from portal.musyawarah.cases import filters, lines, words
from portal.musyawarah.place import place
from portal.musyawarah.sight import sees_all
from registry.rules.lifecycle import Role
from registry.store.queue import Area, Number, Page, how_many, numbers, page

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from portal.musyawarah.cases.filters import Chosen
    from registry.store.queue import Asked

blueprint = Blueprint("queue", __name__, url_prefix="/musyawarah/<code>/antrean")

READERS = (Role.REVIEWER, Role.CHAIR, Role.DINAS, Role.AUDITOR)
"""Who looks at the queue; dinas and auditors see no names."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases there are: in each tab, and of this tab in each RW and RT."""

    tabs: dict[str, int]
    rw: dict[int, int]
    rt: dict[int, int]
    """Of the RW that is chosen."""
    unplaced: int
    shown: int
    """What the filter lets through."""


@blueprint.get("")
@for_roles(*READERS)
def index(code: str) -> ResponseReturnValue:
    """Show a page of the queue."""
    here = place(code)
    chosen = filters.chosen(request.args)
    full = sees_all(here)
    with signed_in_session() as session:
        area = Area(here.period, here.code)
        asked = filters.asked(session, area, chosen)
        found = _page(session, asked)
        counts = _counts(session, asked, chosen)
        shown = lines.lines(session, found.rows, full=full)
        helpers = filters.helpers() | filters.organisations(session, area)
    return render_template(
        "musyawarah/kasus/antrean.html",
        here=here,
        chosen=chosen,
        page=found,
        lines=shown,
        counts=counts,
        full=full,
        groups=filters.TABS,
        criteria=filters.criteria(),
        helpers=helpers,
        number=words.number,
    )


def init_app(app: Flask) -> None:
    """Put it among the tabs of a kelurahan."""
    tabs.add(app, "queue.index", "Antrean", *READERS)


def _page(session: Session, asked: Asked) -> Page:
    after, before = (filters.turn(request.args.get(name)) for name in ("sesudah", "sebelum"))
    found = page(session, asked, after=after, before=before)
    # Back at the very beginning: whole again, from the first case on.
    if before is not None and not found.earlier:
        return page(session, asked)
    return found


def _counts(session: Session, asked: Asked, chosen: Chosen) -> Counts:
    every = numbers(session, asked)
    groups = filters.by_tab(every)
    here = [each for each in every if each.state in chosen.filter.states]
    rw: dict[int, int] = {}
    rt: dict[int, int] = {}
    for each in here:
        if each.rw is not None:
            rw[each.rw] = rw.get(each.rw, 0) + each.cases
        if each.rt is not None and each.rw is not None and each.rw == chosen.filter.rw:
            rt[each.rt] = rt.get(each.rt, 0) + each.cases
    unplaced = sum(each.cases for each in here if each.rt is None or each.rw is None)
    shown = how_many(session, asked) if chosen.narrows else _in_place(here, chosen)
    return Counts(groups, rw, rt, unplaced, shown)


def _in_place(here: list[Number], chosen: Chosen) -> int:
    wanted = chosen.filter
    return sum(
        each.cases
        for each in here
        if wanted.rw in {None, each.rw}
        and wanted.rt in {None, each.rt}
        and not (wanted.unplaced and each.rt is not None and each.rw is not None)
    )
