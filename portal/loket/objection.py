"""Taking in the objection of a household to what the musyawarah decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, render_template, url_for

from portal.accounts import current_actor, for_roles, signed_in_session
from portal.citizen.reading import Fields, first
from portal.dates import day
from portal.loket.desk import AT_THE_COUNTER, typed
from portal.loket.reprint import KTP_FIRST
from portal.loket.seeking import Sought, ask_which, chosen, read_sought, seek, where_to_go
from portal.services import services
from registry.opening import seal_words
from registry.rules.errors import Invalid
from registry.rules.lifecycle import State, step
from registry.rules.names import clean_text
from registry.store.counter import DECIDED, objections_of, take_objection
from registry.store.moves import MovedMeanwhile

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from registry.store.counter import Found

blueprint = Blueprint("loket_keberatan", __name__, url_prefix="/loket/keberatan")

MOST_WORDS: Final = 1000
"""Characters of an objection: what a page of A5 holds by hand."""

_TYPED: Final = ("ktp", "nik", "bukti", "kk", "kata")
"""In the order of the page."""
_ADVICE: Final = {
    State.FORWARDED: "Keberatan tidak bisa dicatat di sini lagi. Hubungi Dinas Sosial.",
    State.WITHDRAWN: "Belum ada keputusan. Mau ikut lagi? Kirim formulir selama masih dibuka.",
}
_UNDECIDED: Final = "Belum ada keputusan. Keberatan dicatat sesudah musyawarah selesai."


@blueprint.get("")
@for_roles(*AT_THE_COUNTER)
def form() -> ResponseReturnValue:
    """Ask who it is, and what they say."""
    return _page({}, {})


@blueprint.post("")
@for_roles(*AT_THE_COUNTER)
def take() -> ResponseReturnValue:
    """Take the objection in: the household is heard again."""
    fields = typed()
    sought = read_sought(fields, "bukti", "kk")
    words, wrong = _read_words(fields)
    problems = (sought if isinstance(sought, dict) else {}) | wrong
    if problems or isinstance(sought, dict):
        return _page(fields, problems), 422
    try:
        with signed_in_session() as session:
            answer = _take(session, sought, words, fields)
    except MovedMeanwhile:
        message = "Keadaan pendaftaran ini baru saja berubah. Coba sekali lagi."
        return _page(fields, {"": message}), 409
    return answer


def _take(session: Session, sought: Sought, words: str, fields: Fields) -> ResponseReturnValue:
    found = seek(session, sought)
    decided = [each for each in found if State(each.state) in DECIDED]
    if not decided:
        why = _why_not(session, found[0]) if found else where_to_go(session, sought)
        return _page(fields, {"": why}), 422
    one = chosen(decided, fields)
    if one is None:
        title, label = "Catat keberatan", "Catat keberatan untuk ini"
        return ask_which(decided, fields, _TYPED, title=title, label=label)
    sealed = seal_words(services().keys.ring, one.application_id, {"keberatan": words})
    take_objection(session, one.application_id, State(one.state), sealed, current_actor())
    return redirect(url_for("loket.index", kabar="keberatan"), 303)


def _why_not(session: Session, one: Found) -> str:
    taken = objections_of(session, one.application_id)
    if taken and State(one.state) in {State.QUEUED, State.FIELD_CHECK}:
        return (
            f"Keberatan keluarga ini sudah dicatat {day(taken[0].at)}."
            " Musyawarah berikutnya membahasnya lagi."
        )
    state = State(one.state)
    return f"{step(state).title}. {_ADVICE.get(state, _UNDECIDED)}"


def _read_words(fields: Fields) -> tuple[str, dict[str, str]]:
    """Return the household's words, and what is wrong with them or missing beside them."""
    wrong = {} if first(fields, "ktp") == "1" else {"ktp": KTP_FIRST}
    try:
        words = clean_text(first(fields, "kata"), MOST_WORDS)
    except Invalid:
        return "", {"kata": f"Terlalu panjang. Paling banyak {MOST_WORDS} huruf."} | wrong
    if not any(map(str.isalnum, words)):
        return "", {"kata": "Tulis alasan keluarga, dengan kata-kata mereka."} | wrong
    return words, wrong


def _page(fields: Fields, problems: dict[str, str]) -> str:
    values = {name: first(fields, name) for name in _TYPED}
    problems = {name: problems[name] for name in ("", *_TYPED) if name in problems}
    return render_template(
        "loket/keberatan.html", values=values, problems=problems, most=MOST_WORDS
    )
