"""What the pages of the counter share: who may, what was typed, where they sit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import abort, request

from portal.accounts import current_actor
from portal.citizen.reading import MAX_FIELDS, Fields, known
from portal.dates import now
from portal.services import services
from registry.intake import submission
from registry.rules import practice
from registry.rules.application import Helper
from registry.rules.lifecycle import Role
from registry.rules.questionnaire import Kind, Question, member_key, questionnaire
from registry.rules.receipts import ID_LENGTH
from registry.rules.regions import Kelurahan, kelurahan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.inbox import Submission
    from registry.rules.application import Answers, Application

AT_THE_COUNTER: Final = (Role.COUNTER, Role.REVIEWER, Role.CHAIR)

_UNREADABLE: Final = "\N{REPLACEMENT CHARACTER}"


def typed() -> Fields:
    """Return what was typed into a form of the signed-in.

    Its CSRF token comes last, so a body that was cut off on its way has none and is refused. 400
    for bytes that are no UTF-8, and for more fields than any form of ours has.
    """
    fields = request.form.to_dict(flat=False)
    if len(fields) > MAX_FIELDS or any(_UNREADABLE in each for v in fields.values() for each in v):
        abort(400)
    return fields


def id_of(text: str) -> bytes:
    """Return an id as it stands in an address, 32 hex characters; 404 for anything else."""
    try:
        found = bytes.fromhex(text)
    except ValueError:
        abort(404)
    if len(found) != ID_LENGTH or found.hex() != text:
        abort(404)
    return found


def places() -> list[Kelurahan]:
    """Return the kelurahan at whose counter the actor sits, by code; 404 where there is none."""
    theirs = current_actor().scope.kelurahan - {practice.CODE}
    found = [kelurahan(code) for code in sorted(theirs)]
    if not found:
        abort(404)
    return found


def sealed_here(application: Application, period: str) -> Submission:
    """Return what goes into the inbox; sealed in it is which account of a counter sent it."""
    helper = Helper(current_actor().id or "")
    return submission(application, period, services().keys, now(), helper=helper)


def as_typed(answers: Answers) -> Fields:
    """Return canonical answers as the form has them: dates in three boxes."""
    fields: Fields = {}
    kinds = {name: question.kind for name, question in every_field()}
    for name, answer in answers.items():
        if isinstance(answer, list):
            fields[name] = answer
        elif kinds.get(name) is Kind.DATE:
            parts = zip(("tahun", "bulan", "hari"), answer.split("-"), strict=True)
            fields |= {f"{name}-{part}": [text] for part, text in parts}
        else:
            fields[name] = [answer]
    return known(fields)


def every_field() -> Iterator[tuple[str, Question]]:
    """Give each field of the form and its question, members too."""
    form = questionnaire()
    yield from ((question.key, question) for question in form.questions)
    for number in range(1, form.question("jumlah_anggota").maximum + 1):
        for question in form.member_questions:
            yield member_key(number, question.key), question
