"""Answers in words, for who compares two keyings of a paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from portal.dates import show_date
from registry.rules.questionnaire import APPLICANT, NOBODY, Kind, Question
from registry.rules.regions import kelurahan

if TYPE_CHECKING:
    from collections.abc import Iterable

    from registry.rules.application import Application
    from registry.rules.paper import Answer, Difference


@dataclass(frozen=True, slots=True)
class Apart:
    """A question that two people keyed differently, in words."""

    field: str
    question: str
    first: str
    second: str


def apart(found: Iterable[Difference], one: Application, other: Application) -> list[Apart]:
    """Return what differs between two keyings as people read it."""
    return [
        Apart(
            each.field,
            f"Orang ke-{each.member}: {each.question.wording}"
            if each.member
            else each.question.wording,
            say(each.question, each.first, one),
            say(each.question, each.second, other),
        )
        for each in found
    ]


def say(question: Question, answer: Answer, application: Application) -> str:
    """Return an answer in words; `(kosong)` for none."""
    if answer is None:
        return "(kosong)"
    if isinstance(answer, list):
        names = {person.number: person.name for person in application.people}
        names |= {NOBODY: "Tidak ada", APPLICANT: f"{names[APPLICANT]} (pendaftar)"}
        return ", ".join(names.get(each, each) for each in answer)
    said = _SAID.get(question.kind)
    return said(question, answer) if said else answer


def _in_fours(_question: Question, digits: str) -> str:
    """Write a number in groups of four, in which figures are compared."""
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


_SAID: Final[dict[Kind, Callable[[Question, str], str]]] = {
    Kind.CHOICE: lambda question, code: question.label(code),
    Kind.TICK: lambda question, code: question.label(code),
    Kind.DATE: lambda _question, text: show_date(date.fromisoformat(text)),
    Kind.KELURAHAN: lambda _question, code: kelurahan(code).name,
    Kind.NIK: _in_fours,
    Kind.KK: _in_fours,
}
