"""Keying in what was decided on paper: many numbers on one page, by keyboard."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, render_template, request
from werkzeug.datastructures import MultiDict

from portal.accounts import current_actor, for_roles
from portal.musyawarah import officers
from portal.musyawarah.sessions.entering import decision_of
from portal.musyawarah.sessions.sitting import key_of, sitting, whole
from portal.musyawarah.sessions.words import CHOICES, SENTENCES, problem
from portal.services import services
from registry.documents.agenda import REASON_NUMBERS
from registry.rules.errors import Invalid
from registry.rules.lifecycle import REASONS, Role
from registry.rules.verdicts import LABELS
from registry.store import meetings
from registry.store.meetings import Conflict, Entry, NoSuchItem, Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from portal.musyawarah.sessions.sitting import Seat

blueprint = Blueprint("ketik", __name__, url_prefix="/musyawarah/<code>/sidang/<int:number>/ketik")

ROWS: Final = 15
"""Rows on the page: about what stands on one page of the paper."""

_VERDICTS: Final = {key: verdict.value for key, verdict, _words in CHOICES}
_FIELDS: Final = ("nomor", "putusan", "alasan", "kalimat")


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it was typed, and what is wrong with it."""

    number: str = ""
    verdict: str = ""
    reason: str = ""
    sentence: str = ""
    wrong: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was typed."""
        return not (self.number or self.verdict or self.reason or self.sentence)


@blueprint.get("")
@for_roles(Role.REVIEWER)
def show(code: str, number: int) -> ResponseReturnValue:
    """Show empty rows, and how many are still to be keyed in."""
    return _page(code, number, [])


@blueprint.post("")
@for_roles(Role.REVIEWER)
def key_in(code: str, number: int) -> ResponseReturnValue:
    """Record each row that is right; the others stay on the page, with what is wrong."""
    key = key_of(request.form.get("kunci"))
    typed = [row for row in _typed() if not row.empty]
    left: list[Row] = []
    with sitting(code, number) as (session, at):
        numbers = [row.number for row in typed]
        for place, row in enumerate(typed):
            twice = row.number in numbers[:place]
            wrong = "number_twice" if twice else ""
            said = problem(Invalid(wrong)) if wrong else _record(session, at, row, key)
            if said:
                left.append(replace(row, wrong=said))
    if left:
        return _page(code, number, left, saved=len(typed) - len(left)), 422
    return redirect(at.to(".show", tersimpan=len(typed)), 303)


def _record(session: Session, at: Seat, row: Row, key: bytes) -> str:
    """Record one row; return what is wrong with it, or nothing."""
    try:
        item = _item(row)
        line = meetings.item(session, at.found.id, item)
        decision, _proof = decision_of(session, line, _as_form(row))
        entry = Entry(at.found.id, item, decision, 0, key, via="paper")
        with session.begin_nested():
            meetings.record(session, services().settings.seal_keys, entry, current_actor())
    except NoSuchItem:
        return f"Nomor {row.number} tidak ada di agenda sidang ini."
    except Conflict as error:
        return _recorded_already(session, error)
    except (Invalid, Refused) as error:
        return problem(error)
    return ""


def _item(row: Row) -> int:
    item = whole(row.number)
    if item is None:
        raise Invalid("number_missing")
    return item


def _recorded_already(session: Session, error: Conflict) -> str:
    other = error.other
    said = LABELS[other.verdict] if other.verdict else "pernah dicabut"
    by = officers.names(session, [other.by]).get(other.by, "petugas lain")
    return f"Nomor {error.number} sudah tercatat: {said}, oleh {by}. Ubah di halaman nomor itu."


def _as_form(row: Row) -> MultiDict[str, str]:
    """Return a row as the page of one case would send it; a blank sentence is the usual one."""
    reason = REASON_NUMBERS.get(row.reason.zfill(2), row.reason and "unknown")
    usual = SENTENCES.get(reason, "")
    return MultiDict(
        {
            "putusan": _VERDICTS.get(row.verdict, ""),
            "alasan": reason,
            "kalimat": row.sentence or (usual if usual.endswith(".") else ""),
        }
    )


def _typed() -> list[Row]:
    columns = [[text.strip() for text in request.form.getlist(name)] for name in _FIELDS]
    return [Row(*values) for values in zip(*columns, strict=False)][: 4 * ROWS]


def _page(code: str, number: int, left: Sequence[Row], saved: int | None = None) -> str:
    with sitting(code, number) as (session, at):
        lines = meetings.items(session, at.found.id)
    if saved is None:
        saved = whole(request.args.get("tersimpan"))
    return render_template(
        "musyawarah/sidang/ketik.html",
        here=at.place,
        at=at,
        rows=[*left, *([Row()] * (ROWS - len(left)))],
        saved=saved,
        left=left,
        totals=meetings.totals_of(lines),
        ledgers=meetings.by_rw(lines),
        choices=CHOICES,
        reasons=[(number, REASONS[code]) for number, code in REASON_NUMBERS.items()],
        sentences={number: SENTENCES.get(code, "") for number, code in REASON_NUMBERS.items()},
        key=meetings.new_key().hex(),
        may_record=at.found.stage == "open",
    )
