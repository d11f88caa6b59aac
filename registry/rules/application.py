"""An application: a household's answers after parsing, and what they say of whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import orjson

from registry.rules.packing import pack, unpack
from registry.rules.questionnaire import APPLICANT, questionnaire

if TYPE_CHECKING:
    from datetime import date

    from registry.rules.kk import NomorKK
    from registry.rules.nik import Nik, Sex
    from registry.rules.phone import PhoneNumber

Answers = dict[str, str | list[str]]
"""Canonical answers: field → normalised value; only what applies and was answered."""

Neighbourhoods = Mapping[str, frozenset[tuple[int, int]]]
"""Kelurahan code → its (RT, RW) pairs, for those kelurahan whose list dinas has loaded."""

VERSION: Final = "versi"
"""The field of a payload that says which questionnaire the answers belong to."""

ORGANISATION: Final = "lembaga"
"""The field of a payload that says which organisation sent it. No form has it: the parser takes
nothing but answers, so it comes from an account alone."""

ACCOUNT: Final = "akun"
"""The field of a payload that says which account sent it: of the organisation, or of a counter."""

HEAD: Final = "1"
"""PBDT2015 ``hubungan``: head of the household."""


@dataclass(frozen=True, slots=True)
class Helper:
    """Who registers a household for it: an account of an organisation, or of a counter (by id)."""

    account: str
    organisation: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """One person of the household.

    ``relation`` is the PBDT2015 code of the relation to the head, None where it was not asked
    (the applicant, when a member is the head). ``birth_date`` is the stated one, None when only
    a NIK was given: then the NIK tells it.
    """

    number: str
    name: str = field(repr=False)
    nik: Nik | None
    birth_date: date | None = field(repr=False)
    sex: Sex | None
    relation: str | None

    @property
    def is_applicant(self) -> bool:
        """Whether this person is the one who applies."""
        return self.number == APPLICANT


@dataclass(frozen=True, slots=True)
class Application:
    """A household that can be registered. Made by :func:`registry.rules.answers.parse` alone."""

    form_version: str
    answers: Answers = field(repr=False)
    people: tuple[Person, ...]
    kelurahan: str
    rt: int | None
    rw: int | None
    kk: NomorKK | None
    phone: PhoneNumber | None
    replaces: str | None
    helped_by: str | None

    @property
    def applicant(self) -> Person:
        """The person who applies."""
        return self.people[0]

    @property
    def nik(self) -> Nik:
        """The applicant's NIK, which every application has."""
        nik = self.people[0].nik
        if nik is None:  # pragma: no cover - the parser requires it
            raise ValueError("an application without its applicant's NIK")
        return nik

    @property
    def head(self) -> Person:
        """The head of the household: the member who is named so, else the applicant."""
        return next((person for person in self.people if person.relation == HEAD), self.applicant)

    @property
    def has_home(self) -> bool:
        """Whether the household has a home of any tenure."""
        return self.answers["sta_bangunan"] != "0"

    def answer(self, key: str) -> str:
        """Return a single answer, or '' when it was not asked or left empty."""
        value = self.answers.get(key, "")
        return value if isinstance(value, str) else ""

    def ticked(self, key: str) -> tuple[Person, ...]:
        """Return the persons whom a 'who in the household …?' question names."""
        numbers = self.answers.get(key, ())
        return tuple(person for person in self.people if person.number in numbers)

    def identity(self) -> bytes:
        """Return the canonical bytes of what was answered about the household.

        Who helped, the consent and an earlier receipt are left out, so that the same household
        sent by another hand is the same application. So is the position: a phone finds another
        one a few metres off each time, and a retry must get the receipt of the first try.
        """
        return canonical({k: v for k, v in self.answers.items() if k not in _FILLING})

    def payload(self, helper: Helper | None = None) -> bytes:
        """Return all answers, and the questionnaire they belong to, packed to be sealed and kept.

        ``helper`` is who registers the household for it, if anybody does.
        """
        kept = {**self.answers, VERSION: self.form_version}
        if helper:
            kept[ACCOUNT] = helper.account
            if helper.organisation:
                kept[ORGANISATION] = helper.organisation
        return pack(canonical(kept))


_FILLING: Final = frozenset(q.key for q in questionnaire().questions if not q.household)


def can_be(kelurahan: str, rt: int | None, rw: int | None, neighbourhoods: Neighbourhoods) -> bool:
    """Whether this RT and RW can be in the kelurahan, as far as its list, if any, tells."""
    known = neighbourhoods.get(kelurahan)
    return not known or rt is None or rw is None or (rt, rw) in known


def canonical(answers: Answers) -> bytes:
    """Return answers as JSON with sorted keys and no spaces, UTF-8: equal answers, equal bytes."""
    return orjson.dumps(answers, option=orjson.OPT_SORT_KEYS)


def answers_of(payload: bytes) -> Answers:
    """Return what :meth:`Application.payload` made: the answers, and what is kept beside them.

    Raises ValueError when it is not that.
    """
    answers: Answers = orjson.loads(unpack(payload))
    return answers
