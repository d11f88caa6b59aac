"""What a meeting decides of one case, how an evening adds up, and what closing carries out.

Officers record verdicts; the lurah closes. Until then nothing of them is seen outside.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from registry.rules.errors import Invalid
from registry.rules.lifecycle import REASONS, State
from registry.rules.marks import Mark
from registry.rules.names import clean_text
from registry.rules.quorum import Element

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from registry.rules.marks import Advice


class Verdict(StrEnum):
    """What a meeting decides of one case."""

    PROPOSED = "proposed"
    NOT_PROPOSED = "not_proposed"
    FIELD_CHECK = "field_check"
    POSTPONED = "postponed"


class Tie(StrEnum):
    """What ties someone in the meeting to the household, so that they step aside."""

    KIN = "kin"
    LANDLORD = "landlord"
    EMPLOYER = "employer"


LABELS: Final[Mapping[Verdict | Tie, str]] = MappingProxyType(
    {
        Verdict.PROPOSED: "Diusulkan",
        Verdict.NOT_PROPOSED: "Tidak diusulkan",
        Verdict.FIELD_CHECK: "Kunjungan rumah",
        Verdict.POSTPONED: "Ditunda",
        Tie.KIN: "Kerabat",
        Tie.LANDLORD: "Pemilik rumah sewa",
        Tie.EMPLOYER: "Pemberi kerja",
    }
)
"""Verdict or tie → its words."""

SHORTEST_SENTENCE: Final = 10
LONGEST_SENTENCE: Final = 500
LONGEST_QUESTION: Final = 300
"""Characters."""

NEEDS_PROOF: Final = frozenset({"address_not_found", "moved_out", "died"})
"""Reasons that need more than words spoken in the meeting."""

NOT_A_VERDICT: Final = frozenset({"not_discussed"})
"""Reasons that no meeting can give: what it has not discussed it has not decided."""


@dataclass(frozen=True, slots=True)
class SteppedAside:
    """Someone (their number on the attendance list) who took no part in one case, and why."""

    attendee: int
    tie: Tie


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict with all that belongs to it. Made by :func:`decide` only.

    ``reason`` is a code of `lifecycle.REASONS`; ``sentence`` and ``question`` may be empty.
    ``dissent`` names elements, never persons.
    """

    verdict: Verdict
    reason: str | None
    sentence: str
    question: str
    stepped_aside: tuple[SteppedAside, ...]
    dissent: tuple[Element, ...]


def proofs(
    advice: Advice, *, not_found: bool, seen: frozenset[str] = frozenset()
) -> frozenset[str]:
    """Return the reasons of NEEDS_PROOF for which a case has the proof.

    Two sources of the neighbourhood that say the same, an address established as not found, or a
    code in ``seen``: what an officer saw at a visit or in a document. An address can not be seen
    to be missing, so for that one only the visits count.
    """
    proven = {*seen} & NEEDS_PROOF - {"address_not_found"}
    if not_found:
        proven.add("address_not_found")
    if advice.against is Mark.MOVED:
        proven.add("moved_out")
    if advice.against is Mark.DIED:
        proven.add("died")
    return frozenset(proven)


def decide(  # noqa: PLR0913 - one parameter for each thing that an officer enters
    verdict: Verdict,
    *,
    reason: str | None = None,
    sentence: str = "",
    question: str = "",
    stepped_aside: Iterable[SteppedAside] = (),
    dissent: Iterable[Element] = (),
    proven: frozenset[str] = frozenset(),
) -> Decision:
    """Return the decision, its texts on one clean line each.

    ``proven`` has the reasons for which the case has the proof (:func:`proofs`). NOT_PROPOSED needs
    a reason and a sentence, for the household will read why; only POSTPONED may ask the household.
    Raises Invalid: `reason_missing`, `reason_unknown`, `reason_not_for_verdict`, `reason_unproven`,
    `sentence_missing`, `too_long`, `question_not_for_verdict`, `question_too_long`,
    `stepped_aside_twice`.
    """
    aside = tuple(stepped_aside)
    if len({one.attendee for one in aside}) < len(aside):
        raise Invalid("stepped_aside_twice")
    against = frozenset(dissent)
    return Decision(
        verdict,
        _reason(verdict, reason or None, proven),
        _sentence(verdict, sentence),
        _question(verdict, question),
        aside,
        tuple(element for element in Element if element in against),
    )


def _reason(verdict: Verdict, reason: str | None, proven: frozenset[str]) -> str | None:
    if reason is None:
        if verdict is Verdict.NOT_PROPOSED:
            raise Invalid("reason_missing")
        return None
    if reason not in REASONS:
        raise Invalid("reason_unknown")
    if verdict is not Verdict.NOT_PROPOSED or reason in NOT_A_VERDICT:
        raise Invalid("reason_not_for_verdict")
    if reason in NEEDS_PROOF - proven:
        raise Invalid("reason_unproven")
    return reason


def _sentence(verdict: Verdict, typed: str) -> str:
    try:
        sentence = clean_text(typed, LONGEST_SENTENCE)
    except Invalid:
        raise Invalid("too_long") from None
    told = len(sentence) >= SHORTEST_SENTENCE and any(map(str.isalpha, sentence))
    if verdict is Verdict.NOT_PROPOSED and not told:
        raise Invalid("sentence_missing")
    return sentence


def _question(verdict: Verdict, typed: str) -> str:
    try:
        question = clean_text(typed, LONGEST_QUESTION)
    except Invalid:
        raise Invalid("question_too_long") from None
    if question and verdict is not Verdict.POSTPONED:
        raise Invalid("question_not_for_verdict")
    return question


@dataclass(frozen=True, slots=True)
class Recorded:
    """What stands recorded for an item of the agenda, and who recorded it (an account's id).

    No verdict: none yet, or it was undone.
    """

    number: int
    verdict: Verdict | None
    by: str


@dataclass(frozen=True, slots=True)
class Totals:
    """How many items of a session ended how; ``open`` have no verdict and carry over."""

    proposed: int
    not_proposed: int
    field_check: int
    postponed: int
    open: int


def totals(records: Iterable[Recorded]) -> Totals:
    """Return how an evening adds up; of several records of one item the last one stands."""
    current = {record.number: record.verdict for record in records}
    counted = Counter(current.values())
    return Totals(
        proposed=counted[Verdict.PROPOSED],
        not_proposed=counted[Verdict.NOT_PROPOSED],
        field_check=counted[Verdict.FIELD_CHECK],
        postponed=counted[Verdict.POSTPONED],
        open=counted[None],
    )


def check_totals(paper: Totals, counted: Totals) -> tuple[str, ...]:
    """Return the names of the totals in which the signed paper differs from what was recorded."""
    names = (field.name for field in fields(Totals))
    return tuple(name for name in names if getattr(paper, name) != getattr(counted, name))


def may_close(closer: str, recorders: frozenset[str]) -> None:
    """Refuse a closing by an account that recorded any verdict that stands: two pairs of eyes.

    ``recorders`` are those of the verdicts that stand; each was entered by one of them alone.
    Raises Invalid: `closer_recorded_alone`.
    """
    if closer in recorders:
        raise Invalid("closer_recorded_alone")


def close_by(ended: date, holidays: frozenset[date]) -> date:
    """Return the last day on which a session may be closed: two working days after it ended.

    Working days are Monday to Friday, but ``holidays`` (`working_days.days_off`) are none;
    ``ended`` is the day in Jakarta.
    """
    day, left = ended, 2
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5 and day not in holidays
    return day


_MOVES: Final[Mapping[Verdict, State]] = MappingProxyType(
    {
        Verdict.PROPOSED: State.PROPOSED,
        Verdict.NOT_PROPOSED: State.NOT_PROPOSED,
        Verdict.FIELD_CHECK: State.FIELD_CHECK,
    }
)


def carry_out(verdict: Verdict | None, reason: str | None, *, quorate: bool) -> State | None:
    """Return the state to which closing moves a queued application; None when it stays queued.

    Below the quorum the meeting only recommended, so nothing moves. What was postponed or has no
    verdict waits for the next session. Raises Invalid: `reason_missing` (not proposed without one).
    """
    if not quorate or verdict is None:
        return None
    if verdict is Verdict.NOT_PROPOSED and reason is None:
        raise Invalid("reason_missing")
    return _MOVES.get(verdict)
