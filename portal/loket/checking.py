"""Checking a keyed paper form: another person keys it blind, and decides where the two differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, render_template, url_for

from portal.accounts import current_actor, for_roles, signed_in_session
from portal.citizen.accepting import Wait, accept
from portal.citizen.reading import Fields, first, known
from portal.dates import now
from portal.loket.desk import AT_THE_COUNTER, as_typed, id_of, sealed_here, typed
from portal.loket.form_page import form_page, not_sent
from portal.loket.paper import UNREADABLE, number_of, papers_page, translate_errors
from portal.loket.words import Apart, apart
from portal.services import services
from registry.inbox import InboxError
from registry.rules.answers import parse
from registry.rules.application import Application
from registry.rules.paper import FREE, differences, settled
from registry.rules.periods import civil_date
from registry.rules.questionnaire import questionnaire
from registry.store.paper import (
    NotWaiting,
    OwnKeying,
    is_ones_own,
    lock_paper,
    note_checked,
    typed_on,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from flask.typing import ResponseReturnValue

    from registry.rules.answers import Raw
    from registry.rules.problems import Problem

blueprint = Blueprint("loket_periksa", __name__, url_prefix="/loket/kertas/<paper>")

OWN: Final = "Formulir ini Anda sendiri yang mengetik. Orang lain yang memeriksa."


translate_errors(blueprint)


@blueprint.errorhandler(OwnKeying)
def own_keying(_error: OwnKeying) -> ResponseReturnValue:
    """Say that it takes two."""
    return papers_page(OWN, 409)


@blueprint.get("/periksa")
@for_roles(*AT_THE_COUNTER)
def form(paper: str) -> ResponseReturnValue:
    """Show the form with nothing but the free text of the first keying."""
    first_keyed = _first_keyed(id_of(paper))
    free = {question.key for question in questionnaire().questions if question.kind in FREE}
    fields = {name: values for name, values in first_keyed.items() if name in free}
    return _page(paper, fields)


@blueprint.post("/periksa")
@for_roles(*AT_THE_COUNTER)
def compare(paper: str) -> ResponseReturnValue:
    """Send the form when both keyed the same; else show where they differ."""
    return _settle(paper, typed(), decided=False)


@blueprint.post("/putuskan")
@for_roles(*AT_THE_COUNTER)
def decide(paper: str) -> ResponseReturnValue:
    """Send what the second decided, with the paper at hand."""
    return _settle(paper, typed(), decided=True)


def _settle(paper: str, fields: Fields, *, decided: bool) -> ResponseReturnValue:
    paper_id = id_of(paper)
    one = _parsed(_first_keyed(paper_id))
    other = _parsed(fields)
    if not isinstance(one, Application):
        return papers_page(UNREADABLE, 409)
    if first(fields, "aksi") == "anggota" or not isinstance(other, Application):
        return _again(paper, fields, other)
    found = differences(one.answers, other.answers)
    by_first = [each.field for each in found if first(fields, f"pilih-{each.field}") == "1"]
    open_still = {each.field for each in found if not first(fields, f"pilih-{each.field}")}
    if open_still:
        missing = open_still if decided else set()
        return _differ(paper, fields, apart(found, one, other), missing)
    agreed = _parsed(settled(one.answers, other.answers, by_first))
    if not isinstance(agreed, Application):
        mixed = as_typed(settled(one.answers, other.answers, by_first))
        return _page(paper, mixed, agreed, status=422)
    return _send(paper_id, agreed, fields)


def _send(paper_id: bytes, agreed: Application, fields: Fields) -> ResponseReturnValue:
    """Send it, in the transaction that holds the row: of two who check at once, one does."""
    try:
        with signed_in_session() as session:
            held = lock_paper(session, paper_id)
            sealed = sealed_here(agreed, held.period)
            note_checked(session, held, sealed.application_id, current_actor())
            # Last: when it fails the paper still waits. When only the commit fails, the same
            # answers sent again are the same application.
            address = accept(sealed, first(fields, "tiket"))
    except (Wait, InboxError) as error:
        return not_sent(error, fields)
    return redirect(address, 303)


def _first_keyed(paper_id: bytes) -> Fields:
    """Return the first keying of a paper that waits for this actor to check it.

    Raises NotWaiting, OwnKeying, CannotOpen.
    """
    with signed_in_session() as session:
        held = lock_paper(session, paper_id)
        if is_ones_own(held, current_actor()):
            raise OwnKeying
        if not held.complete:
            raise NotWaiting
        return typed_on(session, services().keys.ring, paper_id)


def _parsed(fields: Raw) -> Application | tuple[Problem, ...]:
    there_are = services().door.neighbourhoods()
    return parse(fields, today=civil_date(now()), neighbourhoods=there_are)


def _again(
    paper: str, fields: Fields, found: Application | tuple[Problem, ...]
) -> ResponseReturnValue:
    if first(fields, "aksi") == "anggota" or isinstance(found, Application):
        return _page(paper, fields)
    return _page(paper, fields, found, status=422)


def _differ(
    paper: str, fields: Fields, rows: list[Apart], missing: Collection[str]
) -> ResponseReturnValue:
    chosen = {each.field: first(fields, f"pilih-{each.field}") for each in rows}
    page = render_template(
        "loket/beda.html",
        rows=rows,
        chosen=chosen,
        missing=missing,
        hidden=known(fields),
        number=number_of(id_of(paper)),
        action=url_for("loket_periksa.decide", paper=paper),
        again=url_for("loket_periksa.compare", paper=paper),
    )
    return page, 422 if missing else 200


def _page(
    paper: str, fields: Fields, problems: Iterable[Problem] = (), *, status: int = 200
) -> ResponseReturnValue:
    return form_page(
        "loket/periksa.html",
        fields,
        problems,
        status=status,
        number=number_of(id_of(paper)),
        compare=url_for("loket_periksa.compare", paper=paper),
    )
