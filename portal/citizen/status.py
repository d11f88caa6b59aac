"""Status: where an application stands, for who holds its receipt, or its NIK and KK.

No answer tells a stranger whether a NIK is registered. Whatever does not fit (NIK, code or KK) is
answered by one and the same page, with status 200, after the same questions to the same servers;
and a try by KK is counted against the NIK whether or not there is such an application.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext
from sqlalchemy.exc import SQLAlchemyError
from wtforms import StringField

from portal.citizen.forms import PublicForm
from portal.citizen.reading import Fields, UnreadableForm, first, read_form
from portal.dates import now
from portal.front import same_for_all
from portal.language import gettext as _
from portal.limits import kk_tries
from portal.services import services
from portal.wording import reason, step
from registry.inbox import InboxUnavailable
from registry.opening import CannotOpen, words
from registry.rules.errors import Invalid
from registry.rules.kk import NomorKK
from registry.rules.lifecycle import State
from registry.rules.nik import Nik
from registry.rules.problems import MESSAGES
from registry.rules.receipts import format_receipt, parse_receipt, receipt_code
from registry.store.queries import Status, status_by_kk, status_by_receipt
from registry.store.questions import by_receipt
from registry.store.session import reading

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from flask.typing import ResponseReturnValue

    from registry.rules.lifecycle import Step
    from registry.store.questions import Put

blueprint = Blueprint("status", __name__)
_log = logging.getLogger(__name__)

RETRY_AFTER: Final = 30

_UNDECIDED: Final = frozenset(
    {State.RECEIVED, State.NEEDS_CORRECTION, State.QUEUED, State.FIELD_CHECK}
)


class StatusForm(PublicForm):
    """NIK, and the receipt code or the KK; what was typed stays when something is wrong."""

    nik = StringField(lazy_gettext("NIK"))
    bukti = StringField(lazy_gettext("Kode bukti"))
    kk = StringField(lazy_gettext("Nomor KK"))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a status is asked by: one of receipt (12 characters) and KK is there."""

    nik: Nik
    receipt: str | None
    kk: NomorKK | None


@dataclass(frozen=True, slots=True)
class Found:
    """One application as its household may see it; only a step for who holds no receipt."""

    step: Step
    receipt: str = ""
    received_at: datetime | None = None
    since: datetime | None = None
    superseded: bool = False
    next_date: str = ""
    """The next date that concerns the household, as a sentence; '' when there is none."""
    reason: str = ""
    """Why it stands there, where the meeting or an officer gave a reason."""
    sentence: str = ""
    """What the meeting says to the household, in its own words."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the kelurahan asks this household."""

    id: int
    text: str
    asked_at: datetime
    answered: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found, and whether a server that could know more did not answer."""

    found: tuple[Found, ...]
    incomplete: bool
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that came just now: to which question, and what is wrong with it."""

    question: int = 0
    typed: str = ""
    problem: str = ""


@blueprint.get("/cek")
def form() -> str:
    """Show the empty form. A query is not looked at: no NIK belongs into an address."""
    same_for_all()
    return form_again({}, {})


@blueprint.post("/cek")
def ask() -> ResponseReturnValue:
    """Answer with the status."""
    fields = read_form(request)
    asked = read(fields)
    if not isinstance(asked, Asked):
        return form_again(fields, asked), 422
    nik_index = services().keys.index.nik(asked.nik)
    if asked.kk is not None and not kk_tries().allow(nik_index):
        return render_template("cek_batas.html"), 429
    return page(asked, nik_index)


def page(
    asked: Asked, nik_index: bytes, given: Given | None = None, code: int = 200
) -> ResponseReturnValue:
    """Return the status, with what became of the answer that was ``given`` just now."""
    answer = look_up(asked, nik_index)
    shown = render_template(
        "status.html", answer=answer, asked=asked, given=given or Given(), di="/cek"
    )
    if answer.incomplete and not answer.found:
        return shown, 503, {"Retry-After": str(RETRY_AFTER)}
    return shown, code


@blueprint.errorhandler(UnreadableForm)
def unreadable(_error: UnreadableForm) -> ResponseReturnValue:
    """Show the empty form again."""
    message = _("Kiriman Anda tidak terbaca. Tulis lagi, lalu tekan tombolnya.")
    return form_again({}, {"": message}), 400


def read(fields: Fields) -> Asked | dict[str, str]:
    """Return what is asked for, or what is wrong: field → message."""
    problems: dict[str, str] = {}

    def value(name: str, parse: Callable[[str], Asked | Nik | NomorKK | str]) -> object:
        try:
            return parse(first(fields, name))
        except Invalid as invalid:
            problems[name] = _(MESSAGES.get(invalid.code, MESSAGES["empty"]))
            return None

    nik = value("nik", Nik.parse) if first(fields, "nik") else None
    if not first(fields, "nik"):
        problems["nik"] = _("Tulis NIK Anda. Ada 16 angka di KTP.")
    receipt = value("bukti", parse_receipt) if first(fields, "bukti") else None
    kk = value("kk", NomorKK.parse) if first(fields, "kk") and not first(fields, "bukti") else None
    if not first(fields, "bukti") and not first(fields, "kk"):
        problems["bukti"] = _("Tulis kode bukti Anda. Kalau hilang, tulis nomor KK.")
    if problems or not isinstance(nik, Nik):
        return problems
    return Asked(
        nik,
        receipt if isinstance(receipt, str) else None,
        kk if isinstance(kk, NomorKK) else None,
    )


def look_up(asked: Asked, nik_index: bytes) -> Answer:
    """Ask the inbox, then PostgreSQL; each may be down without the other being useless."""
    kk_index = services().keys.index.kk(asked.kk) if asked.kk else None
    waiting = _waiting(asked, nik_index, kk_index)
    recorded, questions = _recorded(asked, nik_index, kk_index)
    ids = {status.application_id for status in recorded or ()}
    unseen = [each for each in waiting or () if each not in ids]
    shown = _in_full if asked.receipt is not None else _steps_alone
    incomplete = waiting is None or recorded is None
    return Answer(shown(recorded or [], unseen), incomplete, questions)


def _next_date(state: State, period_id: str = "") -> str:
    """Return the next date of an application's round, while its meeting has not decided."""
    return services().door.next_date(now(), period_id) if state in _UNDECIDED else ""


def _in_full(recorded: list[Status], waiting: list[bytes]) -> tuple[Found, ...]:
    """Return everything, for who holds the receipt."""
    found = [
        Found(
            step(State(each.state)),
            format_receipt(each.receipt),
            each.received_at,
            each.state_since,
            each.superseded,
            _next_date(State(each.state), each.period),
            reason(each.reason),
            _words(each.application_id, each.verdict, "sentence"),
        )
        for each in recorded
    ]
    found += [
        Found(
            step(State.RECEIVED),
            format_receipt(receipt_code(each)),
            next_date=_next_date(State.RECEIVED),
        )
        for each in waiting
    ]
    return tuple(found)


def _steps_alone(recorded: list[Status], waiting: list[bytes]) -> tuple[Found, ...]:
    """Return each step that an application stands at, once: for who has only NIK and KK.

    All of them, so that whoever files a rival does not hide the household's own.
    """
    stand = [(State(each.state), each.period) for each in recorded if not each.superseded]
    stand += [(State.RECEIVED, "")] * len(waiting)
    found = (Found(step(state), next_date=_next_date(state, period)) for state, period in stand)
    return tuple(dict.fromkeys(found))


def _waiting(asked: Asked, nik_index: bytes, kk_index: bytes | None) -> list[bytes] | None:
    """Return the ids that wait in the inbox and fit; None when it did not answer."""
    try:
        pending = services().inbox.pending(nik_index)
    except InboxUnavailable as error:
        _log.warning("status without the inbox: %s", error)
        return None
    if asked.receipt is not None:
        return [each for each, _ in pending if receipt_code(each) == asked.receipt]
    return [each for each, kk in pending if kk == kk_index]


def _recorded(
    asked: Asked, nik_index: bytes, kk_index: bytes | None
) -> tuple[list[Status] | None, tuple[Question, ...]]:
    """Return the recorded applications that fit, and what is asked of who holds the receipt.

    None when PostgreSQL did not answer.
    """
    try:
        with reading(services().database) as asking:
            if asked.receipt is None:
                return status_by_kk(asking, nik_index, kk_index or b""), ()
            found = status_by_receipt(asking, nik_index, asked.receipt)
        # Few are asked anything: who holds no receipt is not found, and never comes here.
        if not any(each.asked for each in found):
            return found, ()
        with services().sessions() as session:
            return found, tuple(map(_opened, by_receipt(session, nik_index, asked.receipt)))
    except SQLAlchemyError as error:
        # The class alone: the message repeats the query's parameters.
        _log.error("status without PostgreSQL: %s", type(error).__name__)
        return None, ()


def _opened(put: Put) -> Question:
    text = _words(put.application_id, put.question, "question")
    return Question(put.id, text, put.asked_at, answered=put.answered_at is not None)


def _words(application_id: bytes, sealed: bytes | None, key: str) -> str:
    try:
        return words(services().keys.ring, application_id, sealed).get(key, "")
    except CannotOpen:
        return ""


def form_again(fields: Fields, problems: dict[str, str]) -> str:
    """Return the form with what was typed, and what is wrong with it."""
    typed = {name: first(fields, name) for name in ("nik", "bukti", "kk")}
    return render_template(
        "cek.html", form=StatusForm(formdata=None, data=typed), problems=problems
    )
