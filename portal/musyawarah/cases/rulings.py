"""What an officer does from the page of a case: rule, ask, note an answer, send somebody there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from flask import Blueprint, request

from portal.accounts import current_actor, for_roles, signed_in_session
from portal.musyawarah.cases.page import LENGTH, back, case_page, find, short_words
from portal.musyawarah.cases.words import RULINGS
from portal.musyawarah.place import place
from portal.musyawarah.sight import case_id, require_own
from portal.services import services
from registry.opening import seal_words
from registry.rules.lifecycle import Role, State
from registry.store.moves import MovedMeanwhile, Ordered, carry_out
from registry.store.questions import ask, note_answer
from registry.store.rulings import AlreadyDecided, NotAlike, Order, rule

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from portal.musyawarah.place import Place
    from registry.store.models.review import RulingKind
    from registry.store.rulings import Done

blueprint = Blueprint("rulings", __name__, url_prefix="/musyawarah/<code>/kasus/<case>")

MEANWHILE: Final = (
    "Kasus ini baru saja diubah petugas lain. Tidak ada yang diubah dari kiriman Anda."
    " Lihat keadaannya sekarang, lalu putuskan lagi."
)
DECIDED: Final = (
    "Pendaftaran yang lain sudah diputuskan musyawarah. Tidak ada yang diubah."
    " Putusan hanya dapat diubah lewat keberatan."
)
NONE_CHOSEN: Final = "Pilih pendaftaran mana yang dimaksud."
NO_KIND: Final = "Pilih salah satu putusan."
ANSWER_LENGTH: Final = "Tulis jawaban keluarga, paling banyak 300 huruf."
ANSWERED: Final = "Pertanyaan ini sudah dijawab. Jawaban yang pertama tetap berlaku."

_DONE: Final = {"merged": "digabung", "apart": "berbeda", "theirs": "milik"}


@blueprint.post("/putusan")
@for_roles(Role.REVIEWER, Role.CHAIR)
def give(code: str, case: str) -> ResponseReturnValue:
    """Rule on this application and others like it."""
    here, application_id = place(code), case_id(case)
    require_own(here)
    kind, reason = request.form.get("putusan", ""), short_words(request.form.get("alasan", ""))
    others = tuple(case_id(each) for each in request.form.getlist("lain"))
    problems = _wrong(kind, reason, others)
    if problems or reason is None:
        return case_page(here, application_id, problems=problems), 422
    sealed = seal_words(services().keys.ring, application_id, {"reason": reason})
    order = Order(application_id, others, cast("RulingKind", kind), sealed)
    try:
        done = _rule(here, order)
    except (MovedMeanwhile, NotAlike):
        return case_page(here, application_id, problems={"": MEANWHILE}), 409
    except AlreadyDecided:
        return case_page(here, application_id, problems={"": DECIDED}), 409
    return back(here, application_id, _DONE[kind], di=list(done.elsewhere))


@blueprint.post("/tanya")
@for_roles(Role.REVIEWER, Role.CHAIR)
def put(code: str, case: str) -> ResponseReturnValue:
    """Ask the household something."""
    here, application_id = place(code), case_id(case)
    require_own(here)
    question = short_words(request.form.get("pertanyaan", ""))
    if question is None:
        return case_page(here, application_id, problems={"pertanyaan": LENGTH}), 422
    sealed = seal_words(services().keys.ring, application_id, {"question": question})
    with signed_in_session() as session:
        find(session, here, application_id)
        ask(session, application_id, sealed, current_actor())
    return back(here, application_id, "ditanyakan")


@blueprint.post("/tanya/<int:question>")
@for_roles(Role.REVIEWER, Role.CHAIR)
def told(code: str, case: str, question: int) -> ResponseReturnValue:
    """Note what the household told an officer."""
    here, application_id = place(code), case_id(case)
    require_own(here)
    field = f"jawaban-{question}"
    answer = short_words(request.form.get(field, ""), shortest=1)
    if answer is None:
        return case_page(here, application_id, problems={field: ANSWER_LENGTH}), 422
    sealed = seal_words(services().keys.ring, application_id, {"answer": answer})
    with signed_in_session() as session:
        find(session, here, application_id)
        noted = note_answer(session, application_id, question, sealed, current_actor())
    if not noted:
        return case_page(here, application_id, problems={"": ANSWERED}), 409
    return back(here, application_id, "dijawab")


@blueprint.post("/kunjungan")
@for_roles(Role.REVIEWER, Role.CHAIR)
def send_somebody(code: str, case: str) -> ResponseReturnValue:
    """Order a visit to the house."""
    here, application_id = place(code), case_id(case)
    require_own(here)
    order = Ordered(application_id, State.QUEUED, State.FIELD_CHECK)
    try:
        with signed_in_session() as session:
            find(session, here, application_id)
            carry_out(session, [order], current_actor())
    except MovedMeanwhile:
        return case_page(here, application_id, problems={"": MEANWHILE}), 409
    return back(here, application_id, "kunjungan")


def _rule(here: Place, order: Order) -> Done:
    with signed_in_session() as session:
        find(session, here, order.application_id)
        return rule(session, order, current_actor())


def _wrong(kind: str, reason: str | None, others: tuple[bytes, ...]) -> dict[str, str]:
    found = {
        "lain": "" if others else NONE_CHOSEN,
        "putusan": "" if kind in RULINGS else NO_KIND,
        "alasan": "" if reason else LENGTH,
    }
    return {field: message for field, message in found.items() if message}
