"""A household in plain words, for officers: its people, its house, what its flags rest on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from registry.rules.conditions import HAS_HOME, HAS_KK, HAS_RT_RW, HEAD_WORKS
from registry.rules.names import masked
from registry.rules.nik import Sex
from registry.rules.questionnaire import Kind, Sensitivity, questionnaire
from registry.rules.scoring import Score, scoring_rules
from registry.rules.screening import FlagKind, Screening, screening_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from typing import Any

    from registry.rules.application import Application, Person
    from registry.rules.screening import Flag

HIDDEN: Final = "(disembunyikan)"
"""What stands for personal data that is masked."""

_SEXES: Final = {Sex.MALE: "laki-laki", Sex.FEMALE: "perempuan"}

_FACTS: Final = {
    "ktp_dki": "KTP DKI Jakarta",
    "sta_bangunan": "Rumah",
    "lantai": "Lantai",
    "dinding": "Dinding",
    "fasbab": "WC",
    "sumber_penerangan": "Penerangan",
    "daya": "Daya listrik (VA)",
    "sumber_airminum": "Air minum",
    "ada_mobil": "Mobil",
    "njop_lebih_1m": "NJOP di atas Rp1 miliar",
    "bekerja": "Yang bekerja",
    "pegawai_tetap": "Pegawai tetap, PNS, TNI, Polri",
    "disabilitas": "Penyandang disabilitas",
    "khawatir_makan": "Khawatir tidak bisa makan",
    "makan_lebih_setengah": "Lebih dari setengah uang untuk makan",
    "tidak_beli_pakaian": "Membeli pakaian setahun ini",
}
"""Question → its short name, in the order of the page."""

_DERIVED: Final = {
    HAS_HOME: "tidak punya rumah",
    HAS_KK: "tidak punya KK",
    HAS_RT_RW: "tidak tahu RT dan RW",
    HEAD_WORKS: "kepala keluarga tidak bekerja",
}


@dataclass(frozen=True, slots=True)
class Member:
    """One person; ``age`` in whole years, None where nobody knows."""

    name: str
    relation: str
    age: int | None
    sex: str
    nik: str
    """The last four digits, to be compared with a card."""


@dataclass(frozen=True, slots=True)
class Fact:
    """An answer in words; ``confidential``: never on a screen that others see."""

    label: str
    value: str
    confidential: bool = False


@dataclass(frozen=True, slots=True)
class Spoken:
    """A flag, and the answer that it rests on."""

    label: str
    behind: str
    criterion: bool


@dataclass(frozen=True, slots=True)
class Point:
    """A line of the pre-score: what gave a point, did not, or is open."""

    label: str
    said: str
    points: int


class Household:
    """What a page shows of an application; masked unless ``full``."""

    def __init__(self, application: Application, today: date, *, full: bool) -> None:
        self._application = application
        self._today = today
        self.full = full

    @property
    def name(self) -> str:
        """The applicant's name."""
        return self._name(self._application.applicant)

    @property
    def members(self) -> list[Member]:
        """The people, the applicant first."""
        relation = {q.key: q for q in questionnaire().member_questions}["hubungan"]
        return [
            Member(
                self._name(person),
                _relation(relation.label(person.relation)) if person.relation else "Pemohon",
                _age(person, self._today),
                _SEXES.get(_sex(person), ""),  # type: ignore[arg-type]
                f"…{person.nik.value[-4:]}" if person.nik and self.full else "",
            )
            for person in self._application.people
        ]

    @property
    def address(self) -> str:
        """Where it lives, or sleeps."""
        if not self.full:
            return HIDDEN
        answer = self._application.answer
        return answer("alamat") or answer("tempat_tidur") or "tidak ditulis"

    @property
    def landmark(self) -> str:
        """What is easily seen near it."""
        return (self._application.answer("patokan") or "-") if self.full else HIDDEN

    @property
    def phone(self) -> str:
        """Its number as it is dialled; '' where it gave none, or it is masked."""
        phone = self._application.phone
        return str(phone.e164) if phone and self.full else ""

    @property
    def has_phone(self) -> bool:
        """Whether it gave a number."""
        return self._application.phone is not None

    @property
    def kk(self) -> str:
        """The last four digits of the KK."""
        kk = self._application.kk
        if kk is None:
            return "tidak punya"
        return f"…{kk.value[-4:]}" if self.full else HIDDEN

    def facts(self) -> list[Fact]:
        """Return the answers about the household and its house, those that there are."""
        found = []
        for key, label in _FACTS.items():
            question = questionnaire().question(key)
            said = self._said(key)
            if said:
                secret = question.sensitivity is Sensitivity.CONFIDENTIAL
                found.append(Fact(label, said, secret))
        return found

    def flags(self, stored: Mapping[str, Any]) -> list[Spoken]:
        """Return the flags of a stored screening, each with the answer behind it."""
        screening = Screening.from_json(stored)
        return [
            Spoken(flag.label, self._behind(flag, screening.version), flag.kind is _CRITERION)
            for flag in screening.flags
        ]

    def _behind(self, flag: Flag, version: str) -> str:
        rules = {rule.id: rule for rule in screening_rules(version).rules}
        rule = rules[flag.id]
        if rule.condition is None:
            return ", ".join(self._by_number(number) for number in flag.answer.split(","))
        said = [self._said(column) for column in sorted(rule.condition.named())]
        return "; ".join(filter(None, said))

    def _said(self, key: str) -> str:
        """Return an answer in words; '' where it was not asked."""
        if key in _DERIVED:
            return _DERIVED[key]
        question, answer = questionnaire().question(key), self._application.answers.get(key)
        if question.kind is Kind.PEOPLE:
            persons = self._application.ticked(key)
            return ", ".join(map(self._name, persons)) or ("tidak ada" if answer else "")
        return question.label(answer) if isinstance(answer, str) else ""

    def _by_number(self, number: str) -> str:
        people = {person.number: person for person in self._application.people}
        return self._name(people[number]) if number in people else f"orang ke-{number}"

    def _name(self, person: Person) -> str:
        return person.name if self.full else masked(person.name)


_CRITERION: Final = FlagKind.CRITERION


def points(stored: Mapping[str, Any]) -> list[Point]:
    """Return the lines of a stored pre-score: what gives priority, then each criterion."""
    score = Score.from_json(stored)
    direct = {rule.id: rule.label for rule in scoring_rules(score.version).direct}
    first = [Point(direct.get(each, each), "Ya: didahulukan", 0) for each in score.because]
    said = {True: "Ya", False: "Tidak", None: "Tidak tahu atau tidak mau menjawab"}
    return first + [
        Point(each.label, said[each.met], each.weight if each.met else 0)
        for each in score.breakdown
    ]


def compared(households: list[Household]) -> Iterator[tuple[str, list[str], list[bool]]]:
    """Give (label, what each says, whether it differs from the first), line by line."""
    lines = {
        "Nama pemohon": [each.name for each in households],
        "Alamat": [each.address for each in households],
        "Patokan": [each.landmark for each in households],
        "KK": [each.kk for each in households],
        "Nomor HP": [
            each.phone or (HIDDEN if each.has_phone else "tidak ada") for each in households
        ],
        "Orang serumah": [_who(each) for each in households],
    }
    for label, values in lines.items():
        yield label, values, [value != values[0] for value in values]
    seen = [
        {fact.label: fact.value for fact in each.facts() if not fact.confidential}
        for each in households
    ]
    for label in dict.fromkeys(label for facts in seen for label in facts):
        values = [facts.get(label, "-") for facts in seen]
        if len(set(values)) > 1:
            yield label, values, [value != values[0] for value in values]


def _relation(label: str) -> str:
    # The form speaks to the household: 'Dia kepala keluarga'.
    return label.removeprefix("Dia ").capitalize()


def _who(household: Household) -> str:
    return ", ".join(
        member.name if member.age is None else f"{member.name} ({member.age})"
        for member in household.members
    )


def _sex(person: Person) -> Sex | None:
    return person.sex or (person.nik.sex if person.nik else None)


def _age(person: Person, today: date) -> int | None:
    born = person.birth_date or (person.nik.birth_date(today) if person.nik else None)
    if born is None:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
