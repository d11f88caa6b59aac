"""Dinas' board of all kelurahan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from flask import Blueprint, render_template, request

from portal import rounds
from portal.accounts import for_roles, signed_in_session
from portal.dates import now
from portal.dinas.standing import SORTS, Lack, Line, arranged, lines, meetings_began
from registry.rules.lifecycle import Role
from registry.rules.progress import STEPS
from registry.store.board import totals

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask.typing import ResponseReturnValue

blueprint = Blueprint("dinas", __name__, url_prefix="/dinas")

HEADS: Final = (
    ("langkah", "Langkah"),
    ("menunggu", "Menunggu"),
    ("kunjungan", "Dikunjungi"),
    ("diusulkan", "Diusulkan"),
    ("tidak", "Tidak"),
    ("terlama", "Terlama"),
    ("sidang", "Sidang"),
    ("lurah", "Penanggung jawab"),
    ("berita", "Berita acara"),
)
"""Sort code → head of the column, after that of the kelurahan."""


class Sentence(NamedTuple):
    """Something that is unfinished, and which lines show it."""

    only: Lack
    many: int
    words: str


@blueprint.get("")
@for_roles(Role.DINAS, Role.AUDITOR)
def board() -> ResponseReturnValue:
    """Show how far every kelurahan is, and say aloud what is left undone."""
    known = rounds.begun()
    period, at = rounds.asked(known), now()
    with signed_in_session() as session:
        every = lines(session, period, at)
    only, order = request.args.get("hanya", ""), request.args.get("urut", "")
    return render_template(
        "dinas/papan.html",
        period=period,
        rounds=known,
        begun=meetings_began(period, at),
        totals=totals(line.row for line in every),
        sentences=sentences(every),
        shown=arranged(every, only, order),
        only=only,
        order=order if order in SORTS else "",
        heads=HEADS,
        steps=STEPS,
    )


def sentences(every: Iterable[Line]) -> list[Sentence]:
    """Return what is unfinished, as dinas reads it; nothing where there is nothing."""
    seen = list(every)

    def lacking(lack: Lack) -> int:
        return sum(lack in line.lacks for line in seen)

    figures = totals(line.row for line in seen)
    said = (
        Sentence(Lack.NONE_HELD, lacking(Lack.NONE_HELD), "kelurahan belum mengadakan musyawarah"),
        Sentence(Lack.OVERDUE, figures.overdue, "sidang lewat batas tutup (2 hari kerja)"),
        Sentence(Lack.UNCLOSED, figures.unclosed - figures.overdue, "sidang menunggu ditutup"),
        Sentence(Lack.MINUTES, figures.minutes_waiting, "berita acara belum jadi"),
        Sentence(Lack.NOBODY, lacking(Lack.NOBODY), "kelurahan tanpa lurah atau Plh yang aktif"),
    )
    return [each for each in said if each.many]
