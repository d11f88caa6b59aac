"""A paper form that two people have keyed: where they differ, and what comes of it.

The second keys without seeing what the first did, all but free text: no two people write an address
alike, and a NIK that is wrong by one figure is somebody else's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from registry.rules.application import Answers
from registry.rules.questionnaire import MAX_MEMBERS, Kind, Question, member_key, questionnaire

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

FREE: Final = frozenset({Kind.TEXT, Kind.POSITION})
"""What the second reads and mends instead of keying it blind."""

Answer = str | list[str] | None
"""What one of them keyed, in canonical form; None for nothing."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A question of which two people keyed different answers; ``member`` counts from 1, or is 0."""

    field: str
    question: Question
    member: int
    first: Answer
    second: Answer


def differences(first: Answers, second: Answers) -> tuple[Difference, ...]:
    """Return where two keyings of one paper differ, in the order of the form.

    Both are canonical answers. Free text is left out, and names that differ in capitals alone.
    """
    return tuple(
        Difference(field, question, member, first.get(field), second.get(field))
        for field, question, member in _fields()
        if question.kind not in FREE
        and _folded(first.get(field), question) != _folded(second.get(field), question)
    )


def settled(first: Answers, second: Answers, by_first: Collection[str]) -> Answers:
    """Return the second's answers, with the first's in the fields where those are right.

    What comes out was chosen piece by piece: it has to go through the parser again.
    """
    answers = {field: value for field, value in second.items() if field not in by_first}
    return answers | {field: first[field] for field in by_first if field in first}


def _folded(answer: Answer, question: Question) -> Answer:
    folds = question.kind is Kind.NAME and isinstance(answer, str)
    return str(answer).casefold() if folds else answer


def _fields() -> Iterator[tuple[str, Question, int]]:
    for screen in questionnaire().screens:
        if screen.per_member:
            for number in range(1, MAX_MEMBERS + 1):
                for question in screen.questions:
                    yield member_key(number, question.key), question, number
        else:
            for question in screen.questions:
                yield question.key, question, 0
