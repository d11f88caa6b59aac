"""The words of the domain in the language of a page.

`registry` says everything in Indonesian and knows of no other language. What of it a citizen may
read stands here, once for translators (`citizen_texts`) and once translated.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from portal import language, speech
from portal.language import gettext
from registry import photos
from registry.rules import lifecycle, problems
from registry.rules.lifecycle import State, Step
from registry.rules.questionnaire import Choice, Question, Questionnaire, Screen, questionnaire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Translate = Callable[[str], str]


def citizen_texts() -> Iterator[str]:
    """Give every text of the domain that a citizen may read or hear, some of them twice."""
    for screen in questionnaire().screens:
        yield screen.title
        for question in screen.questions:
            texts = (question.wording, question.help, question.empty)
            yield from (text for text in texts if text)
            yield from (choice.label for choice in question.choices)
    yield from speech.words().values()
    yield from problems.MESSAGES.values()
    yield from photos.MESSAGES.values()
    yield from lifecycle.REASONS.values()
    yield from lifecycle.WITHDRAWALS.values()
    for state in State:
        said = lifecycle.step(state)
        yield from (said.title, said.next)


def asked() -> Questionnaire:
    """Return the questionnaire in the language of this request."""
    spoken = language.current()
    return questionnaire() if spoken.code == language.OWN else _translated(spoken)


def step(state: State) -> Step:
    """Return what a state means to the household."""
    said = lifecycle.step(state)
    return Step(gettext(said.title), gettext(said.next))


def reason(code: str | None) -> str:
    """Return why a household was not proposed, or an application withdrawn; '' for no code."""
    said = lifecycle.REASONS.get(code) or lifecycle.WITHDRAWALS.get(code) if code else None
    return gettext(said) if said else ""


@lru_cache(maxsize=16)
def _translated(into: language.Language) -> Questionnaire:
    def translate(text: str) -> str:
        return into.catalogue.gettext(text) if text else ""  # '' is the catalogue's own header

    form = questionnaire()
    screens = tuple(_screen(screen, translate) for screen in form.screens)
    return replace(form, screens=screens)


def _screen(screen: Screen, translate: Translate) -> Screen:
    questions = tuple(_question(question, translate) for question in screen.questions)
    return replace(screen, title=translate(screen.title), questions=questions)


def _question(question: Question, translate: Translate) -> Question:
    return replace(
        question,
        wording=translate(question.wording),
        help=translate(question.help),
        spoken=translate(question.spoken),
        empty=translate(question.empty),
        choices=tuple(Choice(each.code, translate(each.label)) for each in question.choices),
    )
