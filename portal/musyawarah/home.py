"""The first page of a kelurahan: which it is, and what can be done there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, render_template, url_for

from portal.accounts import current_actor, for_roles, menu, signed_in_session
from portal.musyawarah import tabs
from portal.musyawarah.cases.filters import TABS, by_tab
from portal.musyawarah.place import place
from registry.rules import practice
from registry.rules.lifecycle import Role
from registry.rules.regions import kelurahan
from registry.store.queue import Area, Asked, numbers, superseded

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue

blueprint = Blueprint("musyawarah", __name__, url_prefix="/musyawarah")

OFFICERS: Final = (Role.REVIEWER, Role.CHAIR)


@blueprint.get("/")
@for_roles(*OFFICERS)
def index() -> ResponseReturnValue:
    """Go to one's kelurahan, or choose among several."""
    codes = sorted(current_actor().scope.kelurahan - {practice.CODE})
    if len(codes) == 1:
        return redirect(url_for("musyawarah.home", code=codes[0]))
    return render_template("musyawarah/pilih.html", theirs=[kelurahan(each) for each in codes])


@blueprint.get("/latihan")
@for_roles(*OFFICERS)
def practise() -> ResponseReturnValue:
    """Go to the kelurahan with made-up cases."""
    return redirect(url_for("musyawarah.home", code=practice.CODE))


@blueprint.get("/<code>/")
@for_roles(*OFFICERS, Role.DINAS, Role.AUDITOR)
def home(code: str) -> ResponseReturnValue:
    """Show what there is to do in a kelurahan."""
    here = place(code)
    with signed_in_session() as session:
        area = Area(here.period, here.code)
        cases = by_tab(numbers(session, Asked(area, superseded(session, area))))
    return render_template("musyawarah/beranda.html", here=here, groups=TABS, cases=cases)


def init_app(app: Flask) -> None:
    """Put it into the menu, and before the other tabs."""
    menu.add(app, "musyawarah.index", "Musyawarah", *OFFICERS)
    menu.add(app, "musyawarah.practise", "Latihan", *OFFICERS)
    tabs.add(app, "musyawarah.home", "Ringkasan", *OFFICERS, Role.DINAS, Role.AUDITOR)
