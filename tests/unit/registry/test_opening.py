"""Opening what is sealed of a household: all of it, or only the names to search in."""

from __future__ import annotations

import pytest

from fmotm.households import household
from registry.intake import PURPOSE
from registry.opening import CannotOpen, answers, names, seal_words, words
from registry.rules.answers import parse
from registry.rules.application import Application
from registry.rules.periods import civil_date
from registry.sealing import KeyRing
from tests.integration.registry.store.factories import LONG_AGO

RING = KeyRing({1: bytes(32)})
ID = bytes(range(16))


@pytest.mark.parametrize("number", range(1, 30))
def test_the_names_are_those_of_all_its_people(number: int) -> None:
    application = parse(household(7, number), today=civil_date(LONG_AGO))
    assert isinstance(application, Application)
    sealed = RING.seal(PURPOSE, ID, application.payload())
    assert sorted(names(RING, ID, sealed)) == sorted(each.name for each in application.people)
    assert answers(RING, ID, sealed)["nama"] == application.applicant.name


def test_what_belongs_to_another_does_not_open() -> None:
    sealed = RING.seal(PURPOSE, ID, b"{}")
    for opened in (names, answers):
        with pytest.raises(CannotOpen):
            opened(RING, bytes(16), sealed)


def test_words_come_back_as_they_were_written() -> None:
    sealed = seal_words(RING, ID, {"question": "Sejak kapan?"})
    assert words(RING, ID, sealed) == {"question": "Sejak kapan?"}
    assert words(RING, ID, None) == {}
    with pytest.raises(CannotOpen):
        words(RING, bytes(16), sealed)
