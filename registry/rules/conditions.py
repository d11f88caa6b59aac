"""The condition language of the rule files, and the facts that conditions speak of.

A condition is one of

    {"kolom": K, "sama": code}             the answer is this code
    {"kolom": K, "dalam": [code, …]}       the answer is one of these codes
    {"kolom": K, "lebih_dari": number}     the number is greater
    {"salah_satu": [condition, …]}         any of them
    {"semua": [condition, …]}              all of them

A file is checked when it is loaded, against the questionnaire: a column, operator or code that
does not exist is an error then, not a rule that silently never applies. There are three values:
"I don't know" and "rather not say" are neither true nor false (None). A question that did not
apply to the household speaks for nothing: False.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, TypeVar

from registry.rules.questionnaire import Kind, questionnaire

if TYPE_CHECKING:
    from registry.rules.application import Application

Facts = dict[str, str | int]
"""Column → code, or a number of persons; a column that does not apply is not there."""

Columns = Mapping[str, frozenset[str] | None]
"""Column → its codes; None for a column that holds a number."""

Unknown = Mapping[str, frozenset[str]]
"""Column → the codes that say no more than 'I don't know' or 'rather not say'."""

YES: Final = "1"
NO: Final = "2"
_YES_NO: Final = frozenset({YES, NO})
_VERSION: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)

HAS_HOME: Final = "punya_tempat_tinggal"
HAS_KK: Final = "punya_kk"
HAS_RT_RW: Final = "punya_rt_rw"
HEAD_WORKS: Final = "kepala.bekerja"

T = TypeVar("T")


class RuleFileError(ValueError):
    """A rule file that cannot be right; the message names the place and what is wrong there."""


@cache
def columns() -> Columns:
    """Return every column that a condition may name.

    These are the closed questions (their codes), the 'who in the household …?' questions and the
    number of members (numbers of persons), and four that follow from several answers.
    """
    asked = questionnaire().questions
    known: dict[str, frozenset[str] | None] = dict.fromkeys(
        (HAS_HOME, HAS_KK, HAS_RT_RW, HEAD_WORKS), _YES_NO
    )
    known |= {q.key: q.codes for q in asked if q.household and q.codes}
    known |= {q.key: None for q in asked if q.kind in {Kind.PEOPLE, Kind.COUNT}}
    return known


def facts(application: Application) -> Facts:
    """Return what conditions may ask about a household, column by column."""
    works = any(person == application.head for person in application.ticked("bekerja"))
    found: Facts = {
        HAS_HOME: _yes_or_no(application.has_home),
        HAS_KK: _yes_or_no(application.kk is not None),
        HAS_RT_RW: _yes_or_no(application.rt is not None and application.rw is not None),
        HEAD_WORKS: _yes_or_no(works),
    }
    people, counts, closed = _asked_about()
    found |= {key: len(application.ticked(key)) for key in people}
    found |= dict.fromkeys(counts, len(application.people) - 1)
    answers = application.answers
    found |= {key: code for key in closed if isinstance(code := answers.get(key), str)}
    return found


@cache
def _asked_about() -> tuple[tuple[str, ...], ...]:
    """Return the questions of a condition's columns: persons, numbers of members, codes."""
    asked = [q for q in questionnaire().questions if q.key in columns()]
    special = (Kind.PEOPLE, Kind.COUNT)
    kinds = [tuple(q.key for q in asked if q.kind is kind) for kind in special]
    return *kinds, tuple(q.key for q in asked if q.kind not in special)


def _yes_or_no(is_so: bool) -> str:
    return YES if is_so else NO


@dataclass(frozen=True, slots=True)
class OneOf:
    """The answer in ``column`` is one of ``codes``; ``unknown`` codes leave it open."""

    column: str
    codes: frozenset[str]
    unknown: frozenset[str] = frozenset()

    def holds(self, facts: Facts) -> bool | None:
        """Tell whether it is so; None when the answer leaves it open."""
        answer = facts.get(self.column)
        if answer in self.codes:
            return True
        return None if answer in self.unknown else False

    def named(self) -> frozenset[str]:
        """Return the columns it asks about."""
        return frozenset({self.column})


@dataclass(frozen=True, slots=True)
class MoreThan:
    """The number in ``column`` is greater than ``bound``."""

    column: str
    bound: int

    def holds(self, facts: Facts) -> bool | None:
        """Tell whether it is so."""
        number = facts.get(self.column)
        return isinstance(number, int) and number > self.bound

    def named(self) -> frozenset[str]:
        """Return the columns it asks about."""
        return frozenset({self.column})


@dataclass(frozen=True, slots=True)
class Combined:
    """Any of the ``parts`` is so (``decisive`` True), or all of them (``decisive`` False).

    One part with the decisive value settles it; else an open part leaves it open.
    """

    parts: tuple[Condition, ...]
    decisive: bool

    def holds(self, facts: Facts) -> bool | None:
        """Tell whether it is so; None when the answers leave it open."""
        values = [part.holds(facts) for part in self.parts]
        if self.decisive in values:
            return self.decisive
        return None if None in values else not self.decisive

    def named(self) -> frozenset[str]:
        """Return the columns it asks about."""
        return frozenset().union(*(part.named() for part in self.parts))


Condition = OneOf | MoreThan | Combined


def parse_condition(source: object, unknown: Unknown | None = None) -> Condition:
    """Return the condition written in a rule file; ``unknown`` is the file's own table.

    Raises RuleFileError when the form, a column, an operator or a code is not known.
    """
    match source:
        case {"salah_satu": [*parts], **rest} if parts and not rest:
            return Combined(tuple(parse_condition(part, unknown) for part in parts), decisive=True)
        case {"semua": [*parts], **rest} if parts and not rest:
            return Combined(tuple(parse_condition(part, unknown) for part in parts), decisive=False)
        case {"kolom": str(column), "lebih_dari": int(bound), **rest} if not rest:
            _codes_of(column, number=True)
            return MoreThan(column, bound)
        case {"kolom": str(column), "sama": code, **rest} if not rest:
            return OneOf(column, _checked(column, [code]), (unknown or {}).get(column, frozenset()))
        case {"kolom": str(column), "dalam": [*codes], **rest} if codes and not rest:
            return OneOf(column, _checked(column, codes), (unknown or {}).get(column, frozenset()))
    message = f"not a condition: {source!r}"
    raise RuleFileError(message)


def parse_unknown(source: object) -> Unknown:
    """Return a file's table of codes that leave a question open (``tidak_diketahui``).

    Raises RuleFileError when a column or a code is not known.
    """
    table = expect(source, dict, "tidak_diketahui")
    return {
        column: _checked(column, expect(codes, list, f"tidak_diketahui.{column}"))
        for column, codes in table.items()
    }


def expect(value: object, kind: type[T], place: str) -> T:
    """Return ``value`` if it is a ``kind``; raises RuleFileError naming the place if not."""
    # A bool is an int to Python, never to a rule file.
    if isinstance(value, kind) and not isinstance(value, bool):
        return value
    message = f"{place}: expected {kind.__name__}, found {value!r}"
    raise RuleFileError(message)


def load_rules(family: str, version: str, build: Callable[[dict[str, Any]], T]) -> T:
    """Return what ``build`` makes of ``registry/data/<family>-<version>.json``.

    Raises LookupError when there is no such version, RuleFileError, naming the file, when it is
    not JSON, does not say that version of itself, or ``build`` refuses it.
    """
    name = f"{family}-{version}.json"
    source = files("registry") / "data" / name
    if not _VERSION.fullmatch(version) or not source.is_file():
        message = f"no rule file {name}"
        raise LookupError(message)
    try:
        rules = expect(json.loads(source.read_text(encoding="utf-8")), dict, "file")
        if rules.get("versi") != version:
            message = f"versi: expected {version!r}, found {rules.get('versi')!r}"
            raise RuleFileError(message)
        return build(rules)
    except ValueError as error:
        message = f"{name}: {error}"
        raise RuleFileError(message) from error


def no_repeats(ids: Collection[str], place: str) -> None:
    """Raise RuleFileError when two rules of a file have one id."""
    repeated = sorted({found for found in ids if list(ids).count(found) > 1})
    if repeated:
        message = f"{place}: more than one rule is called {', '.join(repeated)}"
        raise RuleFileError(message)


def _codes_of(column: str, *, number: bool) -> frozenset[str]:
    if column not in columns():
        message = f"no such column: {column!r}"
        raise RuleFileError(message)
    codes = columns()[column]
    if (codes is None) is not number:
        message = f"{column!r} holds {'a number' if codes is None else 'codes'}"
        raise RuleFileError(message)
    return codes or frozenset()


def _checked(column: str, given: list[Any]) -> frozenset[str]:
    codes = frozenset(expect(code, str, column) for code in given)
    strange = codes - _codes_of(column, number=False)
    if strange:
        message = f"{column!r} has no code {', '.join(sorted(strange))}"
        raise RuleFileError(message)
    return codes
