"""The application on paper: what the form on a phone asks, on one side of one A4 sheet.

Questions, words and codes are those of the questionnaire; only where they stand is decided here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from registry.documents.typesetting import typeset
from registry.rules.questionnaire import Kind

if TYPE_CHECKING:
    from registry.documents.typesetting import Data
    from registry.rules.questionnaire import Question, Questionnaire

MEMBERS: Final = 6
"""Members that one sheet has room for; more go onto a second one."""

# What only a phone can give, and the consent, which stands beside the signature.
_ELSEWHERE: Final = frozenset({Kind.POSITION})
_CONSENT: Final = "persetujuan"
# The columns that the table of members has; an unknown date is one that is left empty.
_COLUMNS: Final = {"nama", "nik", "lahir", "tanpa_lahir", "jenis_kelamin", "hubungan"}


def paper_form_pdf(questionnaire: Questionnaire) -> bytes:
    """Return the empty form as PDF: the same questionnaire gives the same bytes.

    Raises ValueError when members are asked what the table has no column for.
    """
    if {question.key for question in questionnaire.member_questions} != _COLUMNS:
        raise ValueError("the paper form's table of members does not fit the questionnaire")
    known = {question.key: question for question in questionnaire.questions}
    before: list[Data] = []
    after: list[Data] = []
    members_passed = False
    for screen in questionnaire.screens:
        if screen.per_member:
            members_passed = True
            continue
        asked = [
            question
            for question in screen.questions
            if question.kind not in _ELSEWHERE and question.key != _CONSENT
        ]
        block: dict[str, Data] = {"questions": [_shown(question, known) for question in asked]}
        if asked:
            (after if members_passed else before).append(block)
    consent = known[_CONSENT]
    return typeset(
        "paper_form",
        {
            "version": questionnaire.version,
            "members": MEMBERS,
            "before": before,
            "after": after,
            "member": {
                question.key: _shown(question, known) for question in questionnaire.member_questions
            },
            "consent": _shown(consent, known),
        },
    )


def _shown(question: Question, known: dict[str, Question]) -> dict[str, Data]:
    return {
        "kind": question.kind.value,
        "wording": question.wording,
        "help": question.help,
        "optional": not question.required,
        "only": " ".join(_condition(known[key], codes) for key, codes in question.when.items()),
        "choices": [[choice.code, choice.label] for choice in question.choices],
        "digits": len(str(question.maximum)) if question.maximum else 0,
    }


def _condition(question: Question, codes: frozenset[str]) -> str:
    """Tell when a question applies, by the fewer of the answers: those that do or that do not."""
    applies = [choice for choice in question.choices if choice.code in codes]
    skipped = [choice for choice in question.choices if choice.code not in codes]
    word, named = ("Bila", applies) if len(applies) <= len(skipped) else ("Lewati bila", skipped)
    return f"{word} {' atau '.join(f'{choice.code} {choice.label}' for choice in named)}."
