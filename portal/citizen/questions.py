"""The household answers what its kelurahan asks: once, with its NIK and receipt, and no account."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from flask import Blueprint, request
from sqlalchemy.exc import SQLAlchemyError

from portal.citizen import status
from portal.citizen.reading import UnreadableForm, first, read_form
from portal.citizen.status import Given
from portal.language import gettext as _
from portal.services import services
from registry.opening import seal_words
from registry.rules.errors import Invalid
from registry.rules.names import clean_text
from registry.store.questions import answer, by_receipt

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

blueprint = Blueprint("questions", __name__)
_log = logging.getLogger(__name__)

LONGEST: Final = 300
"""Characters of an answer."""


@blueprint.post("/cek/jawab")
def send() -> ResponseReturnValue:
    """Keep the answer, and show the status again. Sent twice it is kept once."""
    fields = read_form(request)
    asked = status.read(fields)
    if not isinstance(asked, status.Asked) or asked.receipt is None:
        problems = asked if isinstance(asked, dict) else {}
        return status.form_again(fields, problems), 422
    nik_index = services().keys.index.nik(asked.nik)
    question, typed = _number(first(fields, "pertanyaan")), first(fields, "jawaban")
    text = _cleaned(typed)
    if not text:
        problem = _("Tulis jawaban Anda, paling banyak 300 huruf.")
        return status.page(asked, nik_index, Given(question, typed, problem), 422)
    try:
        _keep(nik_index, asked.receipt, question, text)
    except SQLAlchemyError as error:
        _log.error("an answer was not kept: %s", type(error).__name__)
        problem = _("Jawaban belum tersimpan. Coba lagi beberapa menit lagi.")
        return status.page(asked, nik_index, Given(question, typed, problem), 503)
    return status.page(asked, nik_index, Given(question))


@blueprint.errorhandler(UnreadableForm)
def unreadable(error: UnreadableForm) -> ResponseReturnValue:
    """Show the empty form of the status."""
    return status.unreadable(error)


def _keep(nik_index: bytes, receipt: str, question: int, text: str) -> None:
    with services().sessions.begin() as session:
        for put in by_receipt(session, nik_index, receipt):
            if put.id == question:
                ring = services().keys.ring
                sealed = seal_words(ring, put.application_id, {"answer": text})
                answer(session, nik_index, receipt, question, sealed)


def _cleaned(typed: str) -> str:
    try:
        return clean_text(typed, LONGEST)
    except Invalid:
        return ""


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
