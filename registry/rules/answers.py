"""The one parser: what was typed → an application, or what to mend.

The web form, the bulk importer, the offline outbox and the worker all come through
:func:`parse`. It accepts what people type (see :mod:`registry.rules.digits`), keeps only what
the questionnaire asks, and yields canonical answers: parsing those again gives the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Final

from registry.rules.application import (
    HEAD,
    Answers,
    Application,
    Neighbourhoods,
    Person,
    can_be,
)
from registry.rules.errors import Invalid
from registry.rules.kk import NomorKK
from registry.rules.nik import Nik, Sex
from registry.rules.phone import PhoneNumber
from registry.rules.problems import Problem, problem
from registry.rules.questionnaire import (
    APPLICANT,
    MAX_MEMBERS,
    NOBODY,
    Kind,
    Question,
    member_key,
    questionnaire,
)
from registry.rules.typed import READ, read_date, read_rt_or_rw

Raw = Mapping[str, object]
"""Field → what was typed: one text, or a list of texts where a field may come more than once.

Anything else that a careless or hostile sender puts there counts as not answered.
"""

DATE_PARTS: Final = ("hari", "bulan", "tahun")
"""The three boxes of a date: ``lahir-hari``, ``lahir-bulan``, ``lahir-tahun``."""

NO_KK: Final = "0" * 16
"""What people type who have no KK: taken as a number, all of them would share one household."""


def parse(
    raw: Raw, *, today: date, neighbourhoods: Neighbourhoods | None = None
) -> Application | tuple[Problem, ...]:
    """Return the application in ``raw``, or every problem in the order the form asks.

    ``today`` bounds birth dates. Fields that the questionnaire does not know, or that do not
    apply to this household, are left out and never an error.
    """
    reading = _Reading(raw, today)
    form = questionnaire()
    members = 0
    for screen in form.screens:
        if screen.per_member:
            members = reading.count_members()
            for number in range(1, members + 1):
                reading.read_member(number, screen.questions)
        else:
            for question in screen.questions:
                reading.read(question.key, question)
    reading.check_together(members, neighbourhoods or {})
    if reading.problems:
        return tuple(reading.problems)
    return _application(form.version, reading.answers, members)


class _Reading:
    """The answers and problems found so far in one set of raw fields."""

    def __init__(self, raw: Raw, today: date) -> None:
        self.raw = raw
        self.today = today
        self.answers: Answers = {}
        self.problems: list[Problem] = []

    def values(self, field: str) -> list[str]:
        """Return what was typed into a field, without blanks.

        A dash or a dot is how people skip a box: no letter and no digit is no answer.
        """
        given = self.raw.get(field)
        texts = given if isinstance(given, list | tuple) else (given,)
        return [text for text in texts if isinstance(text, str) and any(map(str.isalnum, text))]

    def first(self, field: str) -> str:
        given = self.raw.get(field)
        if given is None:
            return ""
        if given.__class__ is list and len(given) == 1:
            given = given[0]
        if given.__class__ is str and given.isalnum():
            return given  # as nearly all are: there is nothing to be cut off or left out
        values = self.values(field)
        return values[0].strip() if values else ""

    def holds(self, conditions: Mapping[str, frozenset[str]]) -> bool:
        """Whether every named question was answered with one of its codes."""
        for key, codes in conditions.items():  # noqa: SIM110 - as `all` it takes twice as long
            if self.first(key) not in codes:
                return False
        return True

    def refuse(self, field: str, code: str, empty: str = "") -> None:
        self.problems.append(problem(field, code, empty))

    def read(self, field: str, question: Question) -> None:
        """Read one question into the answers, or note what is wrong with it."""
        if question.when and not self.holds(question.when):
            return
        text = self.first(field)
        if text in question.codes:
            self.answers[field] = text
            return
        answer: str | list[str] = ""
        try:
            if question.kind in _IN_SEVERAL_BOXES:
                answer = _IN_SEVERAL_BOXES[question.kind](self, field)
            elif text:
                answer = READ[question.kind](text, question)
        except Invalid as invalid:
            # Signs but nothing in them: '-' is how many people say 'none'.
            if not invalid.code.endswith("_empty"):
                self.refuse(field, invalid.code)
                return
        if answer:
            self.answers[field] = answer
        elif question.required and not (question.unless and self.holds(question.unless)):
            self.refuse(field, "empty", question.empty)

    def people(self, field: str) -> list[str]:
        """Return who is ticked, by number, or that it is nobody."""
        chosen = set(self.values(field))
        if not chosen:
            return []
        if NOBODY in chosen:
            if len(chosen) > 1:
                raise Invalid("people_contradiction")
            return [NOBODY]
        known = [str(number) for number in range(self.count_members() + 1)]
        if not chosen.issubset(known):
            raise Invalid("people_unknown")
        return [number for number in known if number in chosen]

    def date(self, field: str) -> str:
        """Return an ISO date from its three boxes, or from one canonical text."""
        parts = [self.first(f"{field}-{part}") for part in DATE_PARTS]
        if not any(parts):
            whole = self.first(field)
            if not whole:
                return ""
            parts = whole.split("-")[::-1]
        return read_date(parts, self.today)

    def rt_or_rw(self, field: str) -> str:
        """Return the number of an RT or RW, also out of '005/003' in either box."""
        text = self.first(field)
        if not text:
            other = self.first("rw" if field == "rt" else "rt")
            text = other if "/" in other else ""
        return read_rt_or_rw(text, field) if text else ""

    def count_members(self) -> int:
        """Return how many members are to be read.

        That is the number given; where it can not be read, as many as have been filled in, so
        that the other problems are still found.
        """
        given = self.number("jumlah_anggota")
        return self.last_filled_member() if given is None else given

    def number(self, field: str) -> int | None:
        """Return an answer that is a number, None when there is none."""
        value = self.answers.get(field)
        return int(value) if isinstance(value, str) else None

    def last_filled_member(self, beyond: int = 0) -> int:
        """Return the number of the last member with a name or a NIK, 0 when there is none.

        Only those after number ``beyond`` are looked at.
        """
        for number in range(MAX_MEMBERS, beyond, -1):
            for field in _TOLD_BY[number]:
                if field in self.raw and self.first(field):
                    return number
        return 0

    def read_member(self, number: int, questions: Iterable[Question]) -> None:
        """Read one member, who needs a NIK or, where there is none yet, birth date and sex.

        Nobody is kept out because no one in the house knows when an old person was born.
        """
        for question in questions:
            self.read(member_key(number, question.key), question)
        nik, born, sex = (member_key(number, key) for key in ("nik", "lahir", "jenis_kelamin"))
        wrong = {found.field for found in self.problems}
        if nik in self.answers or nik in wrong:
            return
        texts = {question.key: question.empty for question in questions}
        needed = (sex,) if member_key(number, "tanpa_lahir") in self.answers else (born, sex)
        missing = [field for field in needed if field not in self.answers]
        if len(missing) == 2 and not wrong.intersection(missing):
            self.refuse(nik, "empty", texts["nik"])
            return
        for field in missing:
            if field not in wrong:
                self.refuse(field, "empty", texts[field.rpartition("-")[2]])

    def check_together(self, members: int, neighbourhoods: Neighbourhoods) -> None:
        """Note what is wrong between answers that are right one by one."""
        if self.last_filled_member(beyond=members):
            self.refuse("jumlah_anggota", "members_more")
        self._each_nik_once(members)
        self._one_head(members)
        kk = self.answers.get("kk")
        if kk is not None and kk == self.answers.get("nik"):
            self.refuse("kk", "kk_is_nik")
        if kk == NO_KK:
            self.refuse("kk", "kk_zeros")
        kelurahan_code = str(self.answers.get("kelurahan"))
        if not can_be(kelurahan_code, self.number("rt"), self.number("rw"), neighbourhoods):
            self.refuse("rt", "rt_rw_unknown")

    def _each_nik_once(self, members: int) -> None:
        seen = {self.answers.get("nik")}
        for number in range(1, members + 1):
            field = member_key(number, "nik")
            nik = self.answers.get(field)
            if nik is not None and nik in seen:
                self.refuse(field, "nik_twice")
            seen.add(nik)

    def _one_head(self, members: int) -> None:
        fields = [member_key(number, "hubungan") for number in range(1, members + 1)]
        heads = [field for field in fields if self.answers.get(field) == HEAD]
        for field in heads[1:]:
            self.refuse(field, "two_heads")


_IN_SEVERAL_BOXES: Final[Mapping[Kind, Callable[[_Reading, str], str | list[str]]]] = {
    Kind.PEOPLE: _Reading.people,
    Kind.DATE: _Reading.date,
    Kind.NUMBER: _Reading.rt_or_rw,
}
"""Kinds whose answer stands in more than one field, or in another one's."""

_TOLD_BY: Final = tuple(
    (member_key(number, "nama"), member_key(number, "nik")) for number in range(MAX_MEMBERS + 1)
)
"""The fields that tell whether a member, by number, is filled in."""


def _application(version: str, answers: Answers, members: int) -> Application:
    """Build the application from canonical answers that have no problem."""

    def single(field: str) -> str:
        value = answers.get(field, "")
        return value if value.__class__ is str else ""

    def person(number: str, prefix: str) -> Person:
        nik, born = single(prefix + "nik"), single(prefix + "lahir")
        sex = single(prefix + "jenis_kelamin")
        return Person(
            number,
            single(prefix + "nama"),
            Nik(nik) if nik else None,
            date.fromisoformat(born) if born else None,
            Sex(sex) if sex else None,
            single(prefix + "hubungan") or None,
        )

    others = [person(str(n), member_key(n, "")) for n in range(1, members + 1)]
    applicant = person(APPLICANT, "")
    if not any(other.relation == HEAD for other in others):
        applicant = Person(
            applicant.number,
            applicant.name,
            applicant.nik,
            applicant.birth_date,
            applicant.sex,
            HEAD,
        )
    rt, rw, kk, phone = single("rt"), single("rw"), single("kk"), single("telepon")
    return Application(
        form_version=version,
        answers=answers,
        people=(applicant, *others),
        kelurahan=single("kelurahan"),
        rt=int(rt) if rt else None,
        rw=int(rw) if rw else None,
        kk=NomorKK(kk) if kk else None,
        phone=PhoneNumber(phone) if phone else None,
        replaces=single("bukti_lama") or None,
        helped_by=single("diisi_oleh") or None,
    )
