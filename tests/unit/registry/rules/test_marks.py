import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rules.marks import (
    FACTS,
    LABELS,
    SECOND,
    SOURCE_LABELS,
    Advice,
    Mark,
    Said,
    Source,
    advice,
)

RT, DASAWISMA, PENDATA = Source
KNOWN, MOVED, DIED, NOT_FOUND, DISCUSS = Mark

said_by_anyone = st.lists(st.builds(Said, st.sampled_from(Source), st.sampled_from(Mark)))


def heard(*said: tuple[Source, Mark]) -> Advice:
    return advice(Said(source, mark) for source, mark in said)


@pytest.mark.parametrize(
    ("said", "comes_to"),
    [
        ([], Advice(None, discuss=False, known=False, sources=0)),
        ([(RT, KNOWN)], Advice(None, discuss=False, known=True, sources=1)),
        ([(PENDATA, KNOWN)], Advice(None, discuss=False, known=True, sources=1)),
        ([(RT, KNOWN), (DASAWISMA, KNOWN)], Advice(None, discuss=False, known=True, sources=2)),
        # Two sources that say the same fact.
        ([(RT, MOVED), (DASAWISMA, MOVED)], Advice(MOVED, discuss=False, known=False, sources=2)),
        ([(RT, DIED), (PENDATA, DIED)], Advice(DIED, discuss=False, known=False, sources=2)),
        ([(PENDATA, DIED), (DASAWISMA, DIED)], Advice(DIED, discuss=False, known=False, sources=2)),
        (
            [(RT, MOVED), (DASAWISMA, MOVED), (PENDATA, MOVED)],
            Advice(MOVED, discuss=False, known=False, sources=3),
        ),
        # Two sources that differ, or a third that does.
        ([(RT, MOVED), (DASAWISMA, DIED)], Advice(None, discuss=True, known=False, sources=2)),
        ([(RT, MOVED), (DASAWISMA, NOT_FOUND)], Advice(None, discuss=True, known=False, sources=2)),
        ([(RT, MOVED), (DASAWISMA, KNOWN)], Advice(None, discuss=True, known=True, sources=2)),
        (
            [(RT, MOVED), (DASAWISMA, MOVED), (PENDATA, KNOWN)],
            Advice(None, discuss=True, known=True, sources=3),
        ),
        (
            [(RT, DIED), (DASAWISMA, DIED), (PENDATA, DISCUSS)],
            Advice(None, discuss=True, known=False, sources=3),
        ),
        # One who asks to discuss is heard, though others know the household.
        ([(RT, KNOWN), (DASAWISMA, DISCUSS)], Advice(None, discuss=True, known=True, sources=2)),
        # Only visits establish that an address is not found.
        (
            [(RT, NOT_FOUND), (DASAWISMA, NOT_FOUND), (PENDATA, NOT_FOUND)],
            Advice(None, discuss=True, known=False, sources=3),
        ),
        # The same source twice is one source.
        ([(RT, MOVED), (RT, MOVED)], Advice(None, discuss=True, known=False, sources=1)),
        (
            [(RT, MOVED), (DASAWISMA, MOVED), (RT, KNOWN)],
            Advice(None, discuss=True, known=True, sources=2),
        ),
    ],
)
def test_what_marks_come_to(said: list[tuple[Source, Mark]], comes_to: Advice) -> None:
    assert heard(*said) == comes_to


@pytest.mark.parametrize("source", Source)
@pytest.mark.parametrize("mark", [MOVED, DIED, NOT_FOUND, DISCUSS])
def test_one_source_alone_never_counts_against_a_household(source: Source, mark: Mark) -> None:
    assert heard((source, mark)) == Advice(None, discuss=True, known=False, sources=1)


@given(said_by_anyone)
def test_nothing_counts_against_a_household_that_two_sources_do_not_say(said: list[Said]) -> None:
    against = advice(said).against
    if against is not None:
        assert against in FACTS
        saying = {one.source for one in said if one.mark is against}
        assert len(saying) >= 2
        assert saying & SECOND
        assert {one.mark for one in said} == {against}


@given(said_by_anyone)
def test_whatever_is_said_but_known_is_looked_at(said: list[Said]) -> None:
    comes_to = advice(said)
    looked_at = comes_to.discuss or comes_to.against is not None
    assert looked_at is any(one.mark is not KNOWN for one in said)
    assert not (comes_to.discuss and comes_to.against)


@given(said_by_anyone)
def test_who_is_known_by_anyone_is_never_against(said: list[Said]) -> None:
    assert advice([*said, Said(RT, KNOWN)]).against is None


@given(said_by_anyone)
def test_the_order_and_repeats_of_marks_do_not_matter(said: list[Said]) -> None:
    assert advice(reversed(said)) == advice(said) == advice(said + said)


def test_everything_has_its_words() -> None:
    assert [LABELS[mark] for mark in Mark] == [
        "Dikenal",
        "Pindah",
        "Meninggal",
        "Tidak ditemukan",
        "Perlu dibahas",
    ]
    assert [SOURCE_LABELS[source] for source in Source] == ["RT", "Dasawisma", "Pendata"]
