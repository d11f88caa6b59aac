"""What a meeting is told of a household: its name, its size and its house, and nothing else.

The screen behind the lurah is seen by neighbours. Which answers may stand there is said by the
questionnaire itself (`Sensitivity.MEETING`): no score, hunger, disability, illness, phone, NIK.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from registry.rules.questionnaire import Kind, Sensitivity, questionnaire

if TYPE_CHECKING:
    from collections.abc import Mapping

    from registry.rules.application import Answers

SHORT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "sta_bangunan": "Rumah",
        "lantai": "Lantai",
        "dinding": "Dinding",
        "fasbab": "WC",
        "sumber_penerangan": "Lampu",
        "daya": "Listrik (watt)",
        "sumber_airminum": "Air minum",
    }
)
"""Question → its word on the screen, in the order of reading."""


@dataclass(frozen=True, slots=True)
class Told:
    """A household as the meeting hears of it; ``facts`` are label and answer of the house."""

    name: str = field(repr=False)
    size: int
    facts: tuple[tuple[str, str], ...]


def told(answers: Answers, size: int) -> Told:
    """Return what a meeting is told; ``size`` counts the persons of the household."""
    facts = tuple(
        (SHORT[key], labels.get(code, code))
        for key, labels in _labels().items()
        if isinstance(code := answers.get(key), str)
    )
    name = answers.get("nama", "")
    return Told(name if isinstance(name, str) else "", size, facts)


def open_keys() -> frozenset[str]:
    """Return the closed questions whose answers may be said aloud in the musyawarah."""
    return frozenset(
        question.key
        for question in questionnaire().questions
        if question.sensitivity is Sensitivity.MEETING and question.kind is Kind.CHOICE
    )


@cache
def _labels() -> Mapping[str, Mapping[str, str]]:
    """Return the labels of each question that may be told: an evening has thousands to open."""
    allowed = open_keys()
    return {
        key: {choice.code: choice.label for choice in questionnaire().question(key).choices}
        for key in SHORT
        if key in allowed
    }
