"""The pre-score: a number that orders the review queue, and why it is what it is.

It is read from a versioned file, `registry/data/skor-<version>.json`; a version that was used is
never edited, so that an old score can be replayed. The score orders; it rejects nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Self

from registry.rules.conditions import (
    Condition,
    RuleFileError,
    expect,
    facts,
    load_rules,
    no_repeats,
    parse_condition,
    parse_unknown,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from registry.rules.application import Application

CURRENT: Final = "contoh-1"
"""Version in use: an EXAMPLE after Kepmensos 262/HUK/2022, not an official formula."""

PRIORITY: Final = "prioritas"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion as it came out; ``met`` is None when the household could or would not say."""

    id: str
    label: str
    weight: int
    met: bool | None


@dataclass(frozen=True, slots=True)
class Score:
    """The pre-score of one application by one version of the rules.

    ``points`` is the sum of the weights of the criteria that are met; an open criterion gives
    none. ``priority`` puts the household before all points, for the reasons in ``because`` (ids of
    the file's ``langsung`` rules).
    """

    version: str
    points: int
    priority: bool
    breakdown: tuple[Criterion, ...]
    because: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the score as JSON can hold it: what is stored beside the application."""
        return {
            "version": self.version,
            "points": self.points,
            "priority": self.priority,
            "because": list(self.because),
            "breakdown": [
                {"id": item.id, "label": item.label, "weight": item.weight, "met": item.met}
                for item in self.breakdown
            ],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return the score that :meth:`as_json` wrote."""
        return cls(
            stored["version"],
            stored["points"],
            stored["priority"],
            tuple(Criterion(**item) for item in stored["breakdown"]),
            tuple(stored["because"]),
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the file; a ``langsung`` rule has no weight."""

    id: str
    label: str
    condition: Condition
    weight: int = 0


@dataclass(frozen=True, slots=True)
class ScoringRules:
    """One version of the file: rules that give priority at once, and weighted criteria."""

    version: str
    basis: str
    direct: tuple[Rule, ...]
    criteria: tuple[Rule, ...]


def score(application: Application, rules: ScoringRules | None = None) -> Score:
    """Return the pre-score of an application, by the version in use unless told otherwise."""
    rules = rules or scoring_rules()
    known = facts(application)
    breakdown = tuple(
        Criterion(rule.id, rule.label, rule.weight, rule.condition.holds(known))
        for rule in rules.criteria
    )
    because = tuple(rule.id for rule in rules.direct if rule.condition.holds(known))
    points = sum(item.weight for item in breakdown if item.met)
    return Score(rules.version, points, bool(because), breakdown, because)


@cache
def scoring_rules(version: str = CURRENT) -> ScoringRules:
    """Return one version of the rules.

    Raises LookupError when there is no such version, RuleFileError when its file is wrong.
    """
    return load_rules("skor", version, parse_scoring)


def parse_scoring(source: Mapping[str, Any]) -> ScoringRules:
    """Return the rules in a file's JSON; raises RuleFileError, naming the place."""
    unknown = parse_unknown(source.get("tidak_diketahui", {}))
    direct = [_rule(entry, unknown) for entry in expect(source.get("langsung"), list, "langsung")]
    entries = expect(source.get("kriteria"), list, "kriteria")
    criteria = [_rule(entry, unknown, weighted=True) for entry in entries]
    no_repeats([rule.id for rule in (*direct, *criteria)], "file")
    return ScoringRules(
        expect(source.get("versi"), str, "versi"),
        expect(source.get("dasar"), str, "dasar"),
        tuple(direct),
        tuple(criteria),
    )


def _rule(entry: object, unknown: Mapping[str, frozenset[str]], *, weighted: bool = False) -> Rule:
    fields = expect(entry, dict, "rule")
    name = expect(fields.get("id"), str, "id")
    allowed = {"id", "label", "jika", "bobot" if weighted else "hasil"}
    if strange := sorted(fields.keys() - allowed):
        message = f"{name}: unknown keys {', '.join(strange)}"
        raise RuleFileError(message)
    weight = expect(fields.get("bobot"), int, f"{name}.bobot") if weighted else 0
    if weight < 0 or (not weighted and fields.get("hasil") != PRIORITY):
        message = f"{name}: a weight is 0 or more; a direct rule gives {PRIORITY!r}"
        raise RuleFileError(message)
    try:
        condition = parse_condition(fields.get("jika"), unknown)
    except RuleFileError as error:
        message = f"{name}: {error}"
        raise RuleFileError(message) from error
    label = expect(fields.get("label"), str, f"{name}.label")
    return Rule(name, label, condition, weight)
