"""Everything that can happen has its words on the page of a case, and is one of what can happen."""

import re
from importlib.resources import files

import pytest

from portal.musyawarah.cases.words import EVENTS, event
from registry.rules.events import Happening
from registry.rules.lifecycle import State

KINDS = {*State, *Happening}


def test_every_kind_has_its_words_and_no_other() -> None:
    assert EVENTS.keys() == KINDS
    assert len(set(EVENTS.values())) == len(KINDS)


def test_no_kind_is_a_state_and_a_happening() -> None:
    assert {*map(str, State)}.isdisjoint(map(str, Happening))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_words_are_plain(kind: str) -> None:
    words = event(str(kind))
    assert words[0].isupper()
    assert "_" not in words
    assert len(words.split()) <= 12


def test_what_a_newer_portal_wrote_is_a_note() -> None:
    assert event("sealed_by_moonlight") == "Catatan lain"


def test_events_that_the_database_writes_itself_are_of_a_kind() -> None:
    written = re.compile(
        r"INSERT INTO event \(application_id, actor_role, kind\)\s+SELECT \w+, '\w+', '(\w+)'"
    )
    versions = (files("registry") / "store" / "migrations" / "versions").iterdir()
    texts = [each.read_text(encoding="utf-8") for each in versions if each.name.endswith(".py")]
    assert sum(text.count("INSERT INTO event ") for text in texts) == 1
    assert [kind for text in texts for kind in written.findall(text)] == [
        Happening.QUESTION_ANSWERED
    ]
