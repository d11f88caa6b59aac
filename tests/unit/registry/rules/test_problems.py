"""Every problem has its words, and they are easy to read."""

import pytest

from registry.rules.problems import MESSAGES, Problem, problem
from tests.unit.registry.rules.raised import DINAS, MEETING, raised_in
from tests.unit.registry.rules.words import longest_sentence, mean_sentence, sentences


def _raised() -> set[str]:
    """Return the codes that citizens meet; others have words of their own."""
    return raised_in(lambda module: module not in MEETING | DINAS)


def test_every_code_that_is_raised_has_its_words() -> None:
    raised = _raised()
    assert {"nik_day", "phone_foreign", "name_long", "two_heads", "kk_letters"} <= raised
    # What is empty is said in the question's own words; a kelurahan is unknown, whatever is wrong.
    own_words = {code for code in raised if code.endswith("_empty")}
    replaced = {"kelurahan_letters", "kelurahan_length"}
    assert raised - own_words - replaced <= MESSAGES.keys()


def test_no_words_are_kept_for_a_code_that_is_never_raised() -> None:
    assert MESSAGES.keys() - _raised() == set()


@pytest.mark.parametrize("code", MESSAGES)
def test_each_problem_is_said_in_short_sentences(code: str) -> None:
    assert longest_sentence(MESSAGES[code]) <= 20
    assert len(sentences(MESSAGES[code])) <= 3


def test_sentences_are_short_on_the_whole() -> None:
    assert mean_sentence(*MESSAGES.values()) <= 12


def test_a_question_says_in_its_own_words_that_it_is_empty() -> None:
    assert problem("nik", "empty", "Tulis NIK Anda.") == Problem("nik", "empty", "Tulis NIK Anda.")
    assert problem("nik", "empty") == Problem("nik", "empty", MESSAGES["empty"])
    assert problem("nik", "nik_day", "Tulis NIK Anda.").message == MESSAGES["nik_day"]


def test_a_code_without_words_is_a_mistake_of_the_program() -> None:
    with pytest.raises(KeyError):
        problem("nik", "no_such_code")
