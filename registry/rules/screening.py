"""Screening: what the musyawarah and the officers should look at in an application.

The rules are read from a versioned file, `registry/data/penyaringan-<version>.json`: the exclusion
criteria of Dinsos DKI, and things to check. A flag names the rule and the answer behind it, never a
person: persons are their numbers in the form (0 is the applicant). Screening rejects nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Self

from registry.rules.conditions import (
    Condition,
    Facts,
    RuleFileError,
    expect,
    facts,
    load_rules,
    no_repeats,
    parse_condition,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from registry.rules.application import Application, Person

CURRENT: Final = "dki-2022"
"""Version in use: the criteria of Dinsos DKI in 2021 and 2022."""

ADULT_AGE: Final = 17
"""Years from which one has a KTP of one's own, unless married earlier (UU 24/2013 art. 63(1))."""


class FlagKind(StrEnum):
    """What a flag is for."""

    CRITERION = "kriteria"
    """An exclusion criterion: the musyawarah decides whether it holds."""
    CHECK = "periksa"
    """Something that an officer or the meeting makes sure of."""


@dataclass(frozen=True, slots=True)
class Flag:
    """One rule that speaks up; ``answer`` is the code given, or the numbers of the persons."""

    id: str
    answer: str
    label: str
    kind: FlagKind


@dataclass(frozen=True, slots=True)
class Screening:
    """The flags of one application by one version of the rules, in the file's order."""

    version: str
    flags: tuple[Flag, ...]

    def of_kind(self, kind: FlagKind) -> tuple[Flag, ...]:
        """Return the flags of one kind."""
        return tuple(flag for flag in self.flags if flag.kind is kind)

    def as_json(self) -> dict[str, Any]:
        """Return the screening as JSON can hold it: what is stored beside the application."""
        flags = [
            {"id": flag.id, "answer": flag.answer, "label": flag.label, "kind": flag.kind.value}
            for flag in self.flags
        ]
        return {"version": self.version, "flags": flags}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return the screening that :meth:`as_json` wrote."""
        flags = (
            Flag(flag["id"], flag["answer"], flag["label"], FlagKind(flag["kind"]))
            for flag in stored["flags"]
        )
        return cls(stored["version"], tuple(flags))


@dataclass(frozen=True, slots=True)
class ScreeningRule:
    """One line of the file.

    Either a ``condition`` on the answers, or a ``test`` of each person, or neither: then people
    alone can tell, and ``decided_by`` says who.
    """

    id: str
    label: str
    kind: FlagKind
    condition: Condition | None = None
    test: str | None = None
    decided_by: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class ScreeningRules:
    """One version of the file."""

    version: str
    basis: str
    rules: tuple[ScreeningRule, ...]


def screen(
    application: Application,
    *,
    today: date,
    known_prefixes: frozenset[str] | None,
    rules: ScreeningRules | None = None,
) -> Screening:
    """Return what people should look at in an application.

    ``today`` tells ages; ``known_prefixes`` are the region prefixes that a NIK can begin with,
    None when prefixes are not to be checked. The version in use applies unless told otherwise.
    """
    rules = rules or screening_rules()
    known = facts(application)
    concerned = _persons_by_test(application, today, known_prefixes)
    flags = []
    for rule in rules.rules:
        answer = None
        if rule.condition is not None and rule.condition.holds(known):
            answer = _answer_behind(rule.condition, application, known)
        elif rule.test is not None:
            answer = ",".join(concerned[rule.test]) or None
        if answer is not None:
            flags.append(Flag(rule.id, answer, rule.label, rule.kind))
    return Screening(rules.version, tuple(flags))


def _answer_behind(condition: Condition, application: Application, known: Facts) -> str:
    """Return the codes given in the condition's columns; persons by number.

    Columns are closed questions only, so nothing that was typed can get in.
    """
    found = []
    for column in sorted(condition.named()):
        persons = [person.number for person in application.ticked(column)]
        if isinstance(known.get(column), int) and persons:
            found.append(",".join(persons))
        elif column in known:
            found.append(str(known[column]))
    return " ".join(found)


_TESTS: Final = frozenset(
    {
        "nik_prefix_unknown",
        "nik_prefix_not_dki",
        "nik_date_impossible",
        "nik_birth_differs",
        "nik_sex_differs",
        "nik_missing",
        "applicant_minor",
    }
)
"""Tests of a person that a rule may name; all but two come from `Nik.flags`."""


def _persons_by_test(
    application: Application, today: date, known_prefixes: frozenset[str] | None
) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {name: [] for name in _TESTS}
    for person in application.people:
        for name in _tests_that_hold(person, today, known_prefixes):
            found[name].append(person.number)
    return found


def _tests_that_hold(
    person: Person, today: date, known_prefixes: frozenset[str] | None
) -> Iterator[str]:
    if person.nik is None:
        yield "nik_missing"
    else:
        for flag in person.nik.flags(person.birth_date, person.sex, known_prefixes):
            yield f"nik_{flag}"
    if person.is_applicant and person.birth_date and _age(person.birth_date, today) < ADULT_AGE:
        yield "applicant_minor"


def _age(born: date, today: date) -> int:
    before_birthday = (today.month, today.day) < (born.month, born.day)
    return today.year - born.year - before_birthday


@cache
def screening_rules(version: str = CURRENT) -> ScreeningRules:
    """Return one version of the rules.

    Raises LookupError when there is no such version, RuleFileError when its file is wrong.
    """
    return load_rules("penyaringan", version, parse_screening)


def parse_screening(source: Mapping[str, Any]) -> ScreeningRules:
    """Return the rules in a file's JSON; raises RuleFileError, naming the place."""
    rules = [
        _rule(entry, kind)
        for kind in FlagKind
        for entry in expect(source.get(kind.value), list, kind.value)
    ]
    no_repeats([rule.id for rule in rules], "file")
    return ScreeningRules(
        expect(source.get("versi"), str, "versi"),
        expect(source.get("dasar"), str, "dasar"),
        tuple(rules),
    )


def _rule(entry: object, kind: FlagKind) -> ScreeningRule:
    fields = expect(entry, dict, "rule")
    name = expect(fields.get("id"), str, "id")
    texts = {
        key: expect(value, str, f"{name}.{key}") for key, value in fields.items() if key != "jika"
    }
    ways = fields.keys() & {"jika", "uji", "penentu"}
    strange = texts.keys() - {"id", "label", "uji", "penentu", "sumber"}
    if strange or len(ways) != 1 or "label" not in texts:
        message = f"{name}: needs a label and exactly one of jika, uji, penentu; no other keys"
        raise RuleFileError(message)
    if "uji" in texts and texts["uji"] not in _TESTS:
        message = f"{name}: no such test: {texts['uji']!r}"
        raise RuleFileError(message)
    try:
        condition = parse_condition(fields["jika"]) if "jika" in fields else None
    except RuleFileError as error:
        message = f"{name}: {error}"
        raise RuleFileError(message) from error
    return ScreeningRule(
        name,
        texts["label"],
        kind,
        condition,
        texts.get("uji"),
        texts.get("penentu"),
        texts.get("sumber"),
    )
