"""All that is known of one household, and the questions that are put to it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from registry.photos import Kind
from registry.rules.lifecycle import Actor, Role, State
from registry.rules.scope import Scope
from registry.store.case import (
    history,
    other_rounds,
    pictures,
    records,
    verdicts,
)
from registry.store.models import AgendaItem, Musyawarah, Verdict
from registry.store.moves import Ordered, carry_out
from registry.store.photos import Sent, add, mark_ready
from registry.store.questions import answer, ask, by_receipt, note_answer, questions_of
from registry.store.session import sessions
from tests.integration.registry.store.factories import (
    GAMBIR,
    LONG_AGO,
    OTHER_PERIOD,
    PERIOD,
    checked,
    code,
    index,
    kinds,
    record_now,
)

OFFICER = Actor("7", Role.REVIEWER, Scope.of_kelurahan([GAMBIR]))
MINE = index("application a")


def test_a_record_has_what_was_registered(bind: Engine, session: Session) -> None:
    item = checked("a", 1)
    record_now(bind, item)
    found = records(session, [MINE, index("nobody")])
    assert set(found) == {MINE}
    mine = found[MINE]
    assert (mine.receipt, mine.state, mine.scoring) == (code("a"), State.QUEUED, item.scoring)
    assert [told.kind for told in history(session, MINE)] == ["received", "queued"]


def test_what_the_same_nik_registered_in_other_rounds(bind: Engine, session: Session) -> None:
    record_now(
        bind,
        checked("a", 1),
        checked("before", 2, nik="a", period=OTHER_PERIOD),
        checked("rival", 3, nik="a"),
        checked("stranger", 4, period=OTHER_PERIOD),
    )
    with sessions(bind).begin() as moving:
        gone = Ordered(
            index("application before"), State.QUEUED, State.NOT_PROPOSED, reason="owns_car"
        )
        carry_out(moving, [gone], OFFICER)
    (before,) = other_rounds(session, MINE)
    assert (before.period, before.state, before.reason) == (
        OTHER_PERIOD,
        State.NOT_PROPOSED,
        "owns_car",
    )


def test_the_last_word_of_each_session(bind: Engine, session: Session) -> None:
    record_now(bind, checked("a", 1))
    heard_in: list[list[str | None]] = [["postponed", "proposed"], ["proposed", None], []]
    with sessions(bind).begin() as writing:
        for number, said in enumerate(heard_in, 1):
            meeting = index(f"session {number}")
            writing.execute(
                insert(Musyawarah).values(
                    id=meeting,
                    period_id=PERIOD,
                    kelurahan_code=GAMBIR,
                    number=number,
                    held_on=LONG_AGO.date() + timedelta(days=number),
                    quorum={},
                    planned_by="1",
                )
            )
            item = {"musyawarah_id": meeting, "number": 4}
            writing.execute(
                insert(AgendaItem).values(**item, application_id=MINE, part="c", why=[])
            )
            for version, verdict in enumerate(said, 1):
                writing.execute(
                    insert(Verdict).values(
                        **item,
                        version=version,
                        key=index(f"{number} {version}"),
                        verdict=verdict,
                        stepped_aside=[],
                        dissent=[],
                        via="one",
                        by="7",
                    )
                )
    heard = [(each.session, each.item, each.verdict) for each in verdicts(session, MINE)]
    assert heard == [(1, 4, "proposed"), (2, 4, None), (3, 4, None)]


def test_the_newest_ready_photo_of_each_kind(bind: Engine, session: Session) -> None:
    record_now(bind, checked("a", 1))
    with sessions(bind).begin() as writing:
        for label, kind in (("1", Kind.KTP), ("2", Kind.KTP), ("3", Kind.KK), ("4", Kind.KTP)):
            add(writing, Sent(index(label), MINE, kind, f"masuk/{label}", 1, 9))
            if label != "4":
                mark_ready(writing, index(label), f"foto/{label}", 1, 9)
    found = pictures(session, MINE)
    assert [(each.id, each.kind) for each in found] == [
        (index("3"), Kind.KK),
        (index("2"), Kind.KTP),
    ]


def test_a_question_is_answered_once_by_the_household_or_by_an_officer(
    bind: Engine, session: Session
) -> None:
    record_now(bind, checked("a", 1), checked("b", 2))
    with sessions(bind).begin() as writing:
        ask(writing, MINE, b"first", OFFICER)
        ask(writing, MINE, b"second", OFFICER)
        first, second = questions_of(writing, MINE)
    assert [(each.question, each.answered_at) for each in (first, second)] == [
        (b"first", None),
        (b"second", None),
    ]
    mine = (index("nik a"), code("a"))
    with sessions(bind).begin() as writing:
        assert answer(writing, *mine, first.id, b"by ourselves")
        assert not answer(writing, *mine, first.id, b"again")
        assert not answer(writing, index("nik b"), code("b"), second.id, b"a stranger's")
        assert not answer(writing, index("nik a"), code("b"), second.id, b"no receipt")
        assert not note_answer(writing, MINE, first.id, b"again", OFFICER)
        assert not note_answer(writing, index("application b"), second.id, b"no", OFFICER)
        assert note_answer(writing, MINE, second.id, b"by phone", OFFICER)
    first, second = questions_of(session, MINE)
    assert (first.answer, first.answered_by) == (b"by ourselves", None)
    assert (second.answer, second.answered_by) == (b"by phone", "7")
    assert kinds(session, "a")[2:] == ["question_asked"] * 2 + ["question_answered"] * 2
    assert [each.actor_role for each in history(session, MINE)][-2:] == ["citizen", "reviewer"]
    put = by_receipt(session, *mine)
    assert [(each.question, each.answered_at is not None) for each in put] == [
        (b"first", True),
        (b"second", True),
    ]
    assert by_receipt(session, index("nik b"), code("a")) == []
