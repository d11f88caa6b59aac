"""Every problem of a meeting has its words, and they are easy to read."""

import pytest

from registry.rules import problems
from registry.rules.meeting_problems import MESSAGES
from tests.unit.registry.rules.raised import MEETING, raised_in
from tests.unit.registry.rules.words import longest_sentence, mean_sentence, sentences

RAISED = raised_in(MEETING.__contains__)


def test_every_code_that_is_raised_has_its_words_and_no_other() -> None:
    assert "visit_in_future" in RAISED
    assert MESSAGES.keys() == RAISED


def test_no_code_means_one_thing_to_citizens_and_another_to_officers() -> None:
    assert not MESSAGES.keys() & problems.MESSAGES.keys()


@pytest.mark.parametrize("code", MESSAGES)
def test_each_problem_says_in_short_sentences_what_to_do(code: str) -> None:
    assert longest_sentence(MESSAGES[code]) <= 15
    assert 1 <= len(sentences(MESSAGES[code])) <= 3
    assert MESSAGES[code].endswith(".")


def test_sentences_are_short_on_the_whole() -> None:
    assert mean_sentence(*MESSAGES.values()) <= 9
