"""Households for a whole round: sampled as real ones are, each another, made fast.

A few hundred made-up households of every size are patterns; the number of a household decides
which of them it follows, its NIKs, its KK, where and when it was born and where it lives.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import chain, count, islice
from typing import TYPE_CHECKING, Final, Self

from fmotm.households import household
from loadtests.bench.bodies import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fmotm.households import Raw
    from loadtests.bench.bodies import Template

SEED: Final = 11
KINDS: Final = 500
"""Patterns. It shares no factor with the 267 kelurahan, so each of them sees all."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A pattern, cut where something is filled in."""

    pattern: Template
    between: tuple[bytes, ...]
    slots: tuple[str, ...]

    @classmethod
    def of(cls, template: Template) -> Self:
        """Cut a pattern."""
        cut = json.loads(template.as_json())
        return cls(template, tuple(each.encode() for each in cut["segments"]), tuple(cut["slots"]))

    def body(self, number: int) -> bytes:
        """Return the form of a household as it is sent."""
        values = self.pattern.values(number)
        filled = (values[slot].encode() for slot in self.slots)
        rest = zip(filled, self.between[1:], strict=True)
        return b"".join((self.between[0], *chain.from_iterable(rest)))


@dataclass(frozen=True, slots=True)
class Households:
    """All that there are; the same number is always the same household."""

    kinds: tuple[Kind, ...]

    @classmethod
    def of(cls, form: Mapping[str, str | list[str]], kinds: int = KINDS, seed: int = SEED) -> Self:
        """Sample so many patterns; ``form`` is what the form sends for itself."""
        return cls(tuple(Kind.of(pattern(form, raw)) for raw in islice(_sampled(seed), kinds)))

    @property
    def most(self) -> int:
        """How many differ."""
        return min(kind.pattern.capacity for kind in self.kinds)

    def body(self, number: int) -> bytes:
        """Return the form of a household as it is sent."""
        return self.kinds[number % len(self.kinds)].body(number)

    def answers(self, number: int) -> Raw:
        """Return the form of a household as its fields."""
        return self._pattern(number).answers(number)

    def nik(self, number: int) -> str:
        """Return the applicant's NIK."""
        return self._pattern(number).nik(number)

    def kk(self, number: int) -> str | None:
        """Return the number of the household's card; None for who has none."""
        pattern = self._pattern(number)
        return pattern.kk(number) if "kk" in pattern.fields else None

    def _pattern(self, number: int) -> Template:
        return self.kinds[number % len(self.kinds)].pattern


def _sampled(seed: int) -> Iterator[Raw]:
    """Yield households whose people can be told apart by sex and year of birth alone.

    Day and month are the same for all of a household once its number is filled in.
    """
    for index in count():
        raw = household(seed, index)
        niks = [str(value) for key, value in raw.items() if key.endswith("nik")]
        born = {(nik[6] > "3", nik[10:12]) for nik in (each.replace(" ", "") for each in niks)}
        if len(born) == len(niks):
            yield raw
