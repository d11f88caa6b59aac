"""What a supervisor asks of visits: how long, how far from the house, and whose KTP differs.

The numbers point at something to ask about; they prove nothing, and the page says so.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, render_template
from sqlalchemy import select

from portal.accounts import current_actor, for_roles, signed_in_session
from portal.accounts.models import Account
from portal.musyawarah import tabs
from portal.musyawarah.place import place
from portal.musyawarah.visits.houses import id_from, people_of, text_of
from portal.musyawarah.visits.photos import LABELS as PHOTO_LABELS
from portal.services import services
from registry import opening, visiting
from registry.opening import CannotOpen
from registry.photos import Kind
from registry.rules import findings
from registry.rules.lifecycle import Role
from registry.rules.position import metres_between
from registry.rules.reports import KTP_LABELS
from registry.rules.visits import LABELS, Outcome, comparable, outliers, too_short
from registry.store.accesses import note_access
from registry.store.houses import Checked, visit_made, visits_made
from registry.store.photos import newest_ready

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flask import Flask
    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from registry.rules.visits import Outlier

blueprint = Blueprint("supervision", __name__, url_prefix="/musyawarah/<code>/kunjungan/pengawas")
_log = logging.getLogger(__name__)

SUPERVISORS: Final = (Role.CHAIR, Role.DINAS)
FAR: Final = 300
"""Metres between an officer and the house beyond which somebody should ask."""

AT_MOST: Final = 5_000
"""Visits that are compared: more than a kelurahan makes in a round."""


@dataclass(frozen=True, slots=True)
class Line:
    """An officer's visits; ``median`` of those that met a household, ``bar`` of 100."""

    officer: str
    visits: int
    met: int
    median: timedelta | None
    bar: int
    enough: bool
    """Whether there are enough visits to compare."""
    outlier: Outlier | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A visit that somebody should ask about."""

    visit: Checked
    name: str = field(repr=False)
    officer: str
    metres: int | None = None


@blueprint.get("")
@for_roles(*SUPERVISORS, Role.AUDITOR)
def index(code: str) -> ResponseReturnValue:
    """Compare the visits of a kelurahan; an auditor gives a reason before names are shown."""
    here = place(code)
    with signed_in_session() as session:
        made = visits_made(session, here.period, code, limit=AT_MOST)
        names = _names(session, {each.made.officer for each in made})
    short = set(map(id, too_short(each.made for each in made)))
    return render_template(
        "musyawarah/kunjungan/pengawas.html", here=here, total=len(made), far_from=FAR,
        nameless=current_actor().role is Role.AUDITOR,
        lines=_lines(made, names),
        short=_asked((each for each in made if id(each.made) in short), names),
        differs=_asked((each for each in made if each.ktp == "differs"), names),
        far=_far(made, names),
    )  # fmt: skip


@blueprint.get("/<visit>")
@for_roles(*SUPERVISORS)
def one(code: str, visit: str) -> ResponseReturnValue:
    """Show one visit beside what the household sent; it is noted that it was opened."""
    here, ring = place(code), services().settings.seal_keys
    with signed_in_session() as session:
        made = visit_made(session, code, id_from(visit))
        if made is None:
            abort(404)
        names = _names(session, {made.made.officer})
        note_access(session, current_actor(), "case", [made.application_id])
        theirs = [
            kind for kind in (Kind.KTP, Kind.RUMAH_DEPAN)
            if newest_ready(session, made.application_id, kind)
        ]  # fmt: skip
        taken = [
            kind for kind in PHOTO_LABELS
            if newest_ready(session, made.application_id, kind, visit_id=made.id)
        ]  # fmt: skip
    try:
        said = opening.answers(ring, made.application_id, made.answers)
        told = visiting.told(ring, made.id, made.sealed)
    except CannotOpen as error:
        _log.error("a visit cannot be opened: %s", error)
        abort(500)
    people = people_of(said)
    return render_template(
        "musyawarah/kunjungan/pengawas_satu.html", here=here, visit=made,
        officer=names[made.made.officer], name=people[0], nik=text_of(said, "nik"), people=people,
        told=told, labels=LABELS,
        ktp=made.ktp and KTP_LABELS[made.ktp], found=findings.told(told.found, len(people)),
        theirs=theirs, taken=taken, photo_labels=PHOTO_LABELS,
        metres=_metres(text_of(said, "lokasi"), told.position),
    )  # fmt: skip


def _lines(made: Sequence[Checked], names: dict[str, str]) -> list[Line]:
    """Return the officers, the one with the most visits first."""
    lengths: dict[str, list[timedelta]] = defaultdict(list)
    visits: dict[str, int] = defaultdict(int)
    for each in made:
        visits[each.made.officer] += 1
        if each.made.outcome is Outcome.MET:
            lengths[each.made.officer].append(each.made.length)
    odd = {each.officer: each for each in outliers(lengths)}
    medians = {
        who: timedelta(seconds=median(each.total_seconds() for each in all_of_them))
        for who, all_of_them in lengths.items()
    }
    met = sum(map(len, lengths.values()))
    longest = max(medians.values(), default=timedelta(0)) or timedelta(1)
    return [
        Line(
            names[who],
            visits[who],
            len(lengths.get(who, ())),
            medians.get(who),
            round(100 * (medians.get(who, timedelta(0)) / longest)),
            comparable(len(lengths.get(who, ())), met - len(lengths.get(who, ()))),
            odd.get(who),
        )
        for who in sorted(visits, key=lambda who: (-visits[who], who))
    ]


def _asked(visits: Iterable[Checked], names: dict[str, str]) -> list[Asked]:
    return [Asked(each, _name(each), names[each.made.officer]) for each in visits]


def _far(made: Sequence[Checked], names: dict[str, str]) -> list[Asked]:
    """Return the visits that were made elsewhere, the farthest first.

    What the phone itself was not sure of is taken off: a coarse position says nothing.
    """
    ring = services().settings.seal_keys
    found = []
    for each in made:
        if each.made.outcome is Outcome.ADDRESS_NOT_FOUND:
            continue
        try:
            told = visiting.told(ring, each.id, each.sealed)
            if told.position is None:
                continue
            said = opening.answers(ring, each.application_id, each.answers)
        except CannotOpen:
            continue
        metres = _metres(text_of(said, "lokasi"), told.position)
        if metres is not None and metres - (told.accuracy or 0) > FAR:
            found.append(Asked(each, text_of(said, "nama"), names[each.made.officer], metres))
    return sorted(found, key=lambda asked: -(asked.metres or 0))


def _metres(theirs: str, officers: str | None) -> int | None:
    return metres_between(theirs, officers) if theirs and officers else None


def _name(visit: Checked) -> str:
    try:
        ring = services().settings.seal_keys
        return text_of(opening.answers(ring, visit.application_id, visit.answers), "nama")
    except CannotOpen:
        return "?"


def _names(session: Session, officers: set[str]) -> dict[str, str]:
    """Return the officers' names by the id of their account."""
    ids = [int(each) for each in officers if each.isdecimal()]
    rows = session.execute(select(Account.id, Account.full_name).where(Account.id.in_(ids)))
    known = {str(row.id): row.full_name for row in rows}
    return {each: known.get(each, f"Akun {each}") for each in officers}


def _lasted(length: timedelta) -> str:
    """Write how long something took: `45 detik`, `2 menit 5 detik`, `12 menit`, `1 jam 5 menit`.

    Seconds below ten minutes: there they matter.
    """
    seconds = round(length.total_seconds())
    if seconds < 600:
        minutes, seconds = divmod(seconds, 60)
        parts = [f"{minutes} menit"] * bool(minutes) + [f"{seconds} detik"] * bool(seconds)
        return " ".join(parts) or "0 detik"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} jam {minutes} menit" if hours else f"{minutes} menit"


def init_app(app: Flask) -> None:
    """Put it among the tabs, and let the templates write lengths."""
    app.jinja_env.filters["lama"] = _lasted
    tabs.add(app, "supervision.index", "Pengawasan", *SUPERVISORS, Role.AUDITOR)
