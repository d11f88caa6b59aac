from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.rules.errors import Invalid
from registry.rules.lifecycle import ALLOWED, REASONS, Actor, Role, State, move
from registry.rules.marks import Advice, Mark
from registry.rules.quorum import Element
from registry.rules.verdicts import (
    LABELS,
    NEEDS_PROOF,
    Decision,
    Recorded,
    SteppedAside,
    Tie,
    Totals,
    Verdict,
    carry_out,
    check_totals,
    close_by,
    decide,
    may_close,
    proofs,
    totals,
)

PROPOSED, NOT_PROPOSED, FIELD_CHECK, POSTPONED = Verdict
WHY = "Punya mobil keluaran 2022, dilihat petugas."


def refusal(verdict: Verdict, **entered: Any) -> str | None:
    try:
        decide(verdict, **entered)
    except Invalid as refused:
        return refused.code
    return None


@pytest.mark.parametrize(
    ("verdict", "entered", "code"),
    [
        (NOT_PROPOSED, {"sentence": WHY}, "reason_missing"),
        (NOT_PROPOSED, {"sentence": WHY, "reason": ""}, "reason_missing"),
        (NOT_PROPOSED, {"sentence": WHY, "reason": "kaya"}, "reason_unknown"),
        (NOT_PROPOSED, {"sentence": WHY, "reason": "OWNS_CAR"}, "reason_unknown"),
        (NOT_PROPOSED, {"sentence": WHY, "reason": " owns_car"}, "reason_unknown"),
        (NOT_PROPOSED, {"sentence": WHY, "reason": "not_discussed"}, "reason_not_for_verdict"),
        (PROPOSED, {"reason": "owns_car"}, "reason_not_for_verdict"),
        (FIELD_CHECK, {"reason": "address_not_found"}, "reason_not_for_verdict"),
        (POSTPONED, {"reason": "not_discussed"}, "reason_not_for_verdict"),
        (POSTPONED, {"reason": "kaya"}, "reason_unknown"),
        (NOT_PROPOSED, {"sentence": WHY, "reason": "died"}, "reason_unproven"),
        (NOT_PROPOSED, {"sentence": WHY, "reason": "moved_out"}, "reason_unproven"),
        (NOT_PROPOSED, {"sentence": WHY, "reason": "address_not_found"}, "reason_unproven"),
        (
            NOT_PROPOSED,
            {"sentence": WHY, "reason": "died", "proven": frozenset({"moved_out"})},
            "reason_unproven",
        ),
        (NOT_PROPOSED, {"reason": "owns_car"}, "sentence_missing"),
        (NOT_PROPOSED, {"reason": "owns_car", "sentence": "mampu"}, "sentence_missing"),
        (NOT_PROPOSED, {"reason": "owns_car", "sentence": "a" * 9}, "sentence_missing"),
        (NOT_PROPOSED, {"reason": "owns_car", "sentence": " a  b " * 3}, None),
        (NOT_PROPOSED, {"reason": "owns_car", "sentence": "mampu" + " " * 20}, "sentence_missing"),
        (NOT_PROPOSED, {"reason": "owns_car", "sentence": "mampu" + "\0" * 9}, "sentence_missing"),
        (NOT_PROPOSED, {"reason": "owns_car", "sentence": "." * 20}, "sentence_missing"),
        (NOT_PROPOSED, {"reason": "owns_car", "sentence": "a" * 500}, None),
        (NOT_PROPOSED, {"reason": "owns_car", "sentence": "a" * 501}, "too_long"),
        (PROPOSED, {"sentence": "a" * 501}, "too_long"),
        pytest.param(PROPOSED, {"sentence": "\0" * 10**7}, "too_long", id="huge"),
        (PROPOSED, {"question": "Benarkah?"}, "question_not_for_verdict"),
        (FIELD_CHECK, {"question": "Benarkah?"}, "question_not_for_verdict"),
        (
            NOT_PROPOSED,
            {"reason": "owns_car", "sentence": WHY, "question": "Benarkah?"},
            "question_not_for_verdict",
        ),
        (PROPOSED, {"question": " \0 "}, None),
        (POSTPONED, {"question": "a" * 300}, None),
        (POSTPONED, {"question": "a" * 301}, "question_too_long"),
        (
            PROPOSED,
            {"stepped_aside": [SteppedAside(4, Tie.KIN), SteppedAside(4, Tie.LANDLORD)]},
            "stepped_aside_twice",
        ),
        (PROPOSED, {"stepped_aside": [SteppedAside(4, Tie.KIN)] * 2}, "stepped_aside_twice"),
        (PROPOSED, {"stepped_aside": [SteppedAside(4, Tie.KIN), SteppedAside(5, Tie.KIN)]}, None),
        (PROPOSED, {}, None),
        (FIELD_CHECK, {}, None),
        (POSTPONED, {}, None),
    ],
)
def test_what_can_be_decided(verdict: Verdict, entered: dict[str, Any], code: str | None) -> None:
    assert refusal(verdict, **entered) == code


def test_a_decision_keeps_what_was_entered_on_clean_lines() -> None:
    aside = (SteppedAside(9, Tie.EMPLOYER), SteppedAside(2, Tie.KIN))
    decided = decide(
        NOT_PROPOSED,
        reason="owns_car",
        sentence=" Punya mobil,\r\n dilihat\x00 petugas.\N{RIGHT-TO-LEFT OVERRIDE} ",
        stepped_aside=iter(aside),
        dissent=[Element.TOKOH_AGAMA, Element.RT_RW, Element.TOKOH_AGAMA],
    )
    assert decided == Decision(
        NOT_PROPOSED,
        "owns_car",
        "Punya mobil, dilihat petugas.",
        "",
        aside,
        (Element.RT_RW, Element.TOKOH_AGAMA),
    )


def test_the_household_is_asked_when_its_case_is_postponed() -> None:
    decided = decide(POSTPONED, question=" Apakah  mobil itu\nmasih ada? ", reason="")
    assert decided == Decision(POSTPONED, None, "", "Apakah mobil itu masih ada?", (), ())


@pytest.mark.parametrize("reason", sorted(REASONS.keys() - {"not_discussed"}))
def test_every_reason_can_be_given_with_its_proof(reason: str) -> None:
    decided = decide(NOT_PROPOSED, reason=reason, sentence=WHY, proven=NEEDS_PROOF)
    assert (decided.reason, decided.sentence) == (reason, WHY)
    unproven = refusal(NOT_PROPOSED, reason=reason, sentence=WHY)
    assert (unproven == "reason_unproven") is (reason in NEEDS_PROOF)


@pytest.mark.parametrize(
    ("against", "not_found", "seen", "proven"),
    [
        (None, False, set(), set()),
        (Mark.MOVED, False, set(), {"moved_out"}),
        (Mark.DIED, False, set(), {"died"}),
        (None, True, set(), {"address_not_found"}),
        (None, False, {"died", "moved_out"}, {"died", "moved_out"}),
        (Mark.MOVED, True, {"died"}, {"died", "moved_out", "address_not_found"}),
        # That an address is not there can not be seen: only the visits count.
        (None, False, {"address_not_found", "owns_car"}, set()),
    ],
)
def test_what_proves_a_reason(
    against: Mark | None, not_found: bool, seen: set[str], proven: set[str]
) -> None:
    advice = Advice(against, discuss=False, known=False, sources=2)
    assert proofs(advice, not_found=not_found, seen=frozenset(seen)) == proven


@given(
    st.sampled_from(Verdict),
    st.none() | st.sampled_from([*REASONS, "", "x"]),
    st.text(max_size=30),
    st.text(max_size=30),
    st.frozensets(st.sampled_from(sorted(NEEDS_PROOF))),
)
def test_whatever_is_decided_can_be_stored_and_carried_out(
    verdict: Verdict, reason: str | None, sentence: str, question: str, proven: frozenset[str]
) -> None:
    entered: dict[str, Any] = {
        "reason": reason,
        "sentence": sentence,
        "question": question,
        "proven": proven,
    }
    if refusal(verdict, **entered) is not None:
        return
    decided = decide(verdict, **entered)
    assert "\0" not in decided.sentence + decided.question
    (decided.sentence + decided.question).encode()
    assert (decided.reason is not None) is (decided.verdict is NOT_PROPOSED)
    assert not decided.question or decided.verdict is POSTPONED
    state = carry_out(decided.verdict, decided.reason, quorate=True)
    if state is not None:
        move(State.QUEUED, state, Actor("1", Role.REVIEWER), reason=decided.reason)


@pytest.mark.parametrize(
    ("verdict", "reason", "state"),
    [
        (PROPOSED, None, State.PROPOSED),
        (NOT_PROPOSED, "owns_car", State.NOT_PROPOSED),
        (FIELD_CHECK, None, State.FIELD_CHECK),
        (POSTPONED, None, None),
        (None, None, None),
    ],
)
def test_closing_moves_what_was_decided_and_below_the_quorum_nothing(
    verdict: Verdict | None, reason: str | None, state: State | None
) -> None:
    assert carry_out(verdict, reason, quorate=True) is state
    assert carry_out(verdict, reason, quorate=False) is None
    assert state is None or state in ALLOWED[State.QUEUED]


def test_closing_carries_out_no_refusal_without_its_reason() -> None:
    with pytest.raises(Invalid, match="reason_missing"):
        carry_out(NOT_PROPOSED, None, quorate=True)


def test_an_evening_adds_up() -> None:
    verdicts = [PROPOSED] * 5 + [NOT_PROPOSED] * 4 + [FIELD_CHECK] * 3 + [POSTPONED] * 2 + [None]
    records = [Recorded(number, verdict, "7") for number, verdict in enumerate(verdicts, 1)]
    assert totals(records) == Totals(5, 4, 3, 2, 1)
    assert totals([]) == Totals(0, 0, 0, 0, 0)


def test_what_was_undone_is_open_and_what_was_corrected_counts_once() -> None:
    records = [
        Recorded(1, PROPOSED, "7"),
        Recorded(2, NOT_PROPOSED, "7"),
        Recorded(1, None, "8"),
        Recorded(2, PROPOSED, "7"),
    ]
    assert totals(records) == Totals(1, 0, 0, 0, 1)


@given(st.lists(st.builds(Recorded, st.integers(1, 9), st.none() | st.sampled_from(Verdict))))
def test_every_item_is_in_one_of_the_totals(records: list[Recorded]) -> None:
    counted = totals(records)
    everything = (
        counted.proposed
        + counted.not_proposed
        + counted.field_check
        + counted.postponed
        + counted.open
    )
    assert everything == len({record.number for record in records})


@pytest.mark.parametrize(
    ("paper", "differ"),
    [
        (Totals(5, 4, 3, 2, 1), ()),
        (Totals(6, 3, 3, 2, 1), ("proposed", "not_proposed")),
        (Totals(5, 4, 3, 2, 0), ("open",)),
        (Totals(0, 0, 0, 0, 0), ("proposed", "not_proposed", "field_check", "postponed", "open")),
    ],
)
def test_paper_and_record_must_agree(paper: Totals, differ: tuple[str, ...]) -> None:
    assert check_totals(paper, Totals(5, 4, 3, 2, 1)) == differ


@pytest.mark.parametrize("recorders", [{"8"}, {"8", "9"}, set()])
def test_a_session_is_closed_by_another_pair_of_eyes(recorders: set[str]) -> None:
    may_close("7", frozenset(recorders))


@pytest.mark.parametrize("recorders", [{"7"}, {"7", "8"}])
def test_nobody_approves_what_they_alone_entered(recorders: set[str]) -> None:
    with pytest.raises(Invalid, match="closer_recorded_alone"):
        may_close("7", frozenset(recorders))


MONDAY = date(2026, 9, 7)
DAYS = [MONDAY + timedelta(days=days) for days in range(12)]


@pytest.mark.parametrize(
    ("ended", "holidays", "by"),
    [
        (DAYS[0], [], DAYS[2]),
        (DAYS[2], [], DAYS[4]),
        (DAYS[3], [], DAYS[7]),  # Thursday to Monday
        (DAYS[4], [], DAYS[8]),
        (DAYS[5], [], DAYS[8]),
        (DAYS[6], [], DAYS[8]),
        (DAYS[0], [DAYS[1]], DAYS[3]),
        (DAYS[0], [DAYS[0]], DAYS[2]),
        (DAYS[4], [DAYS[5], DAYS[7], DAYS[8]], DAYS[10]),
    ],
)
def test_a_session_is_closed_within_two_working_days(
    ended: date, holidays: list[date], by: date
) -> None:
    assert close_by(ended, frozenset(holidays)) == by


@given(st.dates(date(2020, 1, 1), date(2050, 1, 1)), st.frozensets(st.sampled_from(DAYS)))
def test_between_ending_and_closing_lies_one_working_day(
    ended: date, holidays: frozenset[date]
) -> None:
    by = close_by(ended, holidays)
    days = [ended + timedelta(days=days) for days in range(1, (by - ended).days + 1)]
    working = [day for day in days if day.weekday() < 5 and day not in holidays]
    assert len(working) == 2
    assert working[-1] == by


def test_everything_has_its_words() -> None:
    assert LABELS.keys() == {*Verdict, *Tie}
    assert [LABELS[tie] for tie in Tie] == ["Kerabat", "Pemilik rumah sewa", "Pemberi kerja"]
