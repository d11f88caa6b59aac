"""The frozen agenda on paper: how a meeting goes on without network, to be keyed in afterwards."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from registry.documents.typesetting import typeset
from registry.documents.words import long_date, long_time, thousands
from registry.rules.lifecycle import REASONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from registry.documents.content import Agenda, AgendaItem
    from registry.documents.typesetting import Data

REASON_NUMBERS: Final[Mapping[str, str]] = MappingProxyType(
    {f"{number:02}": code for number, code in enumerate(REASONS, start=1)}
)
"""The number that stands for a reason on paper → its code in REASONS: what is keyed in by."""


def agenda_pdf(agenda: Agenda) -> bytes:
    """Return the agenda as PDF on A4, with boxes for every verdict and for the paper totals.

    The same agenda gives the same bytes. Its number and the time it was frozen stand on each page.
    """
    place = agenda.place
    listed = sum(len(items) for _, items in agenda.lists)
    return typeset(
        "agenda",
        {
            "kelurahan": place.kelurahan,
            "where": f"Kelurahan {place.kelurahan}, Kecamatan {place.kecamatan}, {place.kota}",
            "period_title": agenda.period_title,
            "session_number": str(agenda.session_number),
            "held_on": long_date(agenda.held_on),
            "frozen_at": long_time(agenda.frozen_at),
            "lists": [
                {"rw": rw, "count": thousands(len(items)), "items": [_item(item) for item in items]}
                for rw, items in agenda.lists
            ],
            "against": [_item(item) for item in agenda.against],
            "one_by_one": [_item(item) for item in agenda.one_by_one],
            "counts": [
                ["a", "Daftar menurut RW", thousands(listed)],
                ["b", "Keterangan dari dua sumber", thousands(len(agenda.against))],
                ["c", "Satu per satu", thousands(len(agenda.one_by_one))],
            ],
            "total": thousands(listed + len(agenda.against) + len(agenda.one_by_one)),
            "reasons": [[number, REASONS[code]] for number, code in REASON_NUMBERS.items()],
            "practice": agenda.practice,
        },
        verbatim={"number": agenda.number},
        at=agenda.frozen_at,
    )


def _item(item: AgendaItem) -> dict[str, Data]:
    return {
        "number": str(item.number),
        "name": item.name,
        "where": f"{item.rt or '–'}/{item.rw or '–'}",
        "rt": item.rt or "–",
        "size": str(item.size),
        "facts": [[label, answer] for label, answer in item.facts],
        "short": ", ".join(answer for _, answer in item.facts),
        "note": item.note,
    }
