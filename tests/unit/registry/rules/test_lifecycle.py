import re

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import CheckConstraint

from registry.rules.lifecycle import (
    ALLOWED,
    BY_SOFTWARE,
    REASONS,
    SYSTEM,
    WITHDRAWALS,
    Actor,
    IllegalMove,
    Move,
    Role,
    State,
    move,
    step,
)
from registry.rules.scope import Scope
from registry.store import models
from tests.unit.registry.rules.words import longest_sentence, mean_sentence

REVIEWER = Actor("7", Role.REVIEWER, Scope.of_kelurahan(["31.71.01.1001"]))
R, S = Role, State

# Everything that may happen, written out once more: a change of the rules shows here.
DRAWN = {
    (S.RECEIVED, S.NEEDS_CORRECTION),
    (S.RECEIVED, S.QUEUED),
    (S.RECEIVED, S.WITHDRAWN),
    (S.NEEDS_CORRECTION, S.QUEUED),
    (S.NEEDS_CORRECTION, S.WITHDRAWN),
    (S.QUEUED, S.FIELD_CHECK),
    (S.QUEUED, S.PROPOSED),
    (S.QUEUED, S.NOT_PROPOSED),
    (S.QUEUED, S.WITHDRAWN),
    (S.FIELD_CHECK, S.QUEUED),
    (S.FIELD_CHECK, S.WITHDRAWN),
    (S.PROPOSED, S.FINALISED),
    (S.PROPOSED, S.OBJECTED),
    (S.PROPOSED, S.WITHDRAWN),
    (S.NOT_PROPOSED, S.FINALISED),
    (S.NOT_PROPOSED, S.OBJECTED),
    (S.FINALISED, S.FORWARDED),
    (S.FINALISED, S.OBJECTED),
    (S.WITHDRAWN, S.QUEUED),
    (S.OBJECTED, S.QUEUED),
}


def allows(before: State, after: State, actor: Actor = REVIEWER) -> bool:
    reason = "merged" if after is S.WITHDRAWN else "able_family"
    try:
        move(before, after, actor, reason=reason)
    except IllegalMove:
        return False
    return True


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize("after", State)
def test_only_the_drawn_moves_are_allowed(before: State, after: State) -> None:
    assert allows(before, after) is ((before, after) in DRAWN)


def test_no_state_moves_to_itself() -> None:
    assert not any(state in targets for state, targets in ALLOWED.items())


def test_every_state_can_be_reached_and_only_forwarded_is_the_end() -> None:
    reached = {State.RECEIVED}
    while grown := {after for before in reached for after in ALLOWED[before]} - reached:
        reached |= grown
    assert reached == set(State)
    assert [state for state in State if not ALLOWED[state]] == [State.FORWARDED]


@pytest.mark.parametrize(("before", "after"), sorted(DRAWN))
def test_software_decides_nothing(before: State, after: State) -> None:
    decides = after in {S.PROPOSED, S.NOT_PROPOSED, S.FINALISED, S.FORWARDED, S.WITHDRAWN}
    if decides or after in {S.OBJECTED, S.FIELD_CHECK}:
        assert not allows(before, after, SYSTEM)
    assert allows(before, after, SYSTEM) is ((before, after) in BY_SOFTWARE)


@pytest.mark.parametrize(("before", "after"), sorted(DRAWN))
def test_an_auditor_changes_nothing(before: State, after: State) -> None:
    assert not allows(before, after, Actor("9", Role.AUDITOR, Scope.EVERYTHING))


@pytest.mark.parametrize("reason", [None, "", "  ", "because", "ABLE_FAMILY"])
def test_not_proposed_needs_a_reason_code(reason: str | None) -> None:
    with pytest.raises(IllegalMove, match="reason"):
        move(State.QUEUED, State.NOT_PROPOSED, REVIEWER, reason=reason)


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_code_will_do(reason: str) -> None:
    made = move(State.QUEUED, State.NOT_PROPOSED, REVIEWER, reason=reason)
    assert made == Move(State.QUEUED, State.NOT_PROPOSED, REVIEWER, reason)


@pytest.mark.parametrize("reason", [None, "", *WITHDRAWALS])
def test_a_withdrawal_says_why_by_a_code_or_not_at_all(reason: str | None) -> None:
    assert move(State.QUEUED, State.WITHDRAWN, REVIEWER, reason=reason).reason == (reason or None)
    with pytest.raises(IllegalMove, match="the reason must be one of by_household"):
        move(State.QUEUED, State.WITHDRAWN, REVIEWER, reason="because")


@pytest.mark.parametrize("reason", [None, "", " \n"])
def test_an_objection_needs_a_reason(reason: str | None) -> None:
    with pytest.raises(IllegalMove, match="reason"):
        move(State.NOT_PROPOSED, State.OBJECTED, Actor(None, Role.CITIZEN), reason=reason)


def test_elsewhere_a_reason_may_be_given_or_not() -> None:
    assert move(State.QUEUED, State.FIELD_CHECK, REVIEWER).reason is None
    assert move(State.QUEUED, State.FIELD_CHECK, REVIEWER, reason=" far ").reason == "far"


def test_the_error_says_what_and_why() -> None:
    with pytest.raises(IllegalMove, match=r"^forwarded → queued: there is no such move$"):
        move(State.FORWARDED, State.QUEUED, REVIEWER)


def test_the_reasons_of_the_real_round_are_there() -> None:
    assert len(REASONS) == len({*REASONS.values()})
    assert list(REASONS)[:4] == ["address_not_found", "owns_car", "able_family", "moved_out"]
    assert "blank" not in REASONS


def test_the_database_accepts_the_same_states() -> None:
    table = models.Base.metadata.tables["application"]
    (check,) = (c for c in table.constraints if c.name == "ck_application_state")
    assert isinstance(check, CheckConstraint)
    assert set(re.findall(r"'(\w+)'", str(check.sqltext))) == set(State)


@pytest.mark.parametrize("state", State)
def test_each_step_is_said_in_short_sentences(state: State) -> None:
    said = step(state)
    assert said.title
    assert said.next
    text = f"{said.title}. {said.next}"
    assert longest_sentence(text) <= 20
    assert mean_sentence(text) <= 12


def test_a_step_never_promises_that_aid_will_come() -> None:
    assert "belum berarti menerima" in step(State.PROPOSED).next


class Lives(RuleBasedStateMachine):
    """An application to which anybody tries to do anything."""

    def __init__(self) -> None:
        super().__init__()
        self.state = State.RECEIVED
        self.moves: list[Move] = []

    @rule(
        target_state=st.sampled_from(State),
        role=st.sampled_from(Role),
        reason=st.none() | st.sampled_from([*REASONS, *WITHDRAWALS, "", "in other words"]),
    )
    def attempt(self, target_state: State, role: Role, reason: str | None) -> None:
        try:
            made = move(self.state, target_state, Actor("1", role), reason=reason)
        except IllegalMove:
            return
        self.moves.append(made)
        self.state = made.after

    @invariant()
    def the_moves_are_a_chain(self) -> None:
        states = [State.RECEIVED, *(made.after for made in self.moves)]
        assert [made.before for made in self.moves] == states[:-1]
        assert states[-1] is self.state

    @invariant()
    def what_was_decided_was_decided_by_a_person(self) -> None:
        for made in self.moves:
            if made.after not in {State.QUEUED, State.NEEDS_CORRECTION}:
                assert made.actor.role is not Role.SYSTEM

    @invariant()
    def what_was_not_proposed_has_its_reason(self) -> None:
        assert all(m.reason in REASONS for m in self.moves if m.after is State.NOT_PROPOSED)

    @invariant()
    def nothing_is_forwarded_that_no_meeting_has_seen(self) -> None:
        if self.state is State.FORWARDED:
            decided = {State.PROPOSED, State.NOT_PROPOSED}
            assert any(made.after in decided for made in self.moves)


TestLives = Lives.TestCase
TestLives.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
