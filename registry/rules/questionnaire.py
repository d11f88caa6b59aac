"""The questionnaire: what is asked, of whom, when, and in which words.

Read once from ``registry/data/kuesioner.toml`` (what citizens are asked) and
``kode_dtks.csv`` (the other PBDT2015 columns, which belong to the officer's visit). Everything
that asks or reads answers goes through this module: there is no second list of questions.
"""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final

MAX_MEMBERS: Final = 20
"""Members of a household besides the applicant."""

NOBODY: Final = "tidak_ada"
"""The answer to 'who in the household …?' when it is nobody."""

APPLICANT: Final = "0"
"""The applicant's number where persons of the household are ticked; members follow from 1."""

FORM: Final = "PBDT2015"
"""The official form whose columns and codes are used (kode_dtks.csv)."""


class Kind(StrEnum):
    """What sort of answer a question takes."""

    CHOICE = "pilihan"
    TICK = "centang"
    PEOPLE = "orang"
    TEXT = "teks"
    NAME = "nama"
    NIK = "nik"
    KK = "kk"
    PHONE = "telepon"
    DATE = "tanggal"
    NUMBER = "nomor"
    COUNT = "jumlah"
    KELURAHAN = "kelurahan"
    POSITION = "lokasi"
    RECEIPT = "bukti"


class Audience(StrEnum):
    """Who answers a question."""

    CITIZEN = "warga"
    OFFICER = "petugas"


class Sensitivity(StrEnum):
    """Who may see an answer; each step is narrower than the one before."""

    MEETING = "musyawarah"
    """May be said aloud in the musyawarah."""
    PERSONAL = "pribadi"
    """Officers of the kelurahan only."""
    CONFIDENTIAL = "rahasia"
    """Officers of the kelurahan only, and never on a screen that others see."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One code of a closed question, its label in plain Indonesian, and what is said for it."""

    code: str
    label: str
    spoken: str = ""

    @property
    def said(self) -> str:
        """What is spoken: the label, unless a voice would stumble over it."""
        return self.spoken or self.label


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    ``when`` maps other questions to the codes that make this one apply; ``unless`` maps them to
    the codes that make an empty answer acceptable. ``household`` is false for what concerns the
    filling in (consent, helper): such answers do not enter the application's identity.
    """

    key: str
    kind: Kind
    wording: str
    spoken: str
    help: str = ""
    empty: str = ""
    choices: tuple[Choice, ...] = ()
    required: bool = True
    maximum: int = 0
    when: dict[str, frozenset[str]] = field(default_factory=dict)
    unless: dict[str, frozenset[str]] = field(default_factory=dict)
    sensitivity: Sensitivity = Sensitivity.PERSONAL
    audience: Audience = Audience.CITIZEN
    household: bool = True
    column: str | None = None
    codes: frozenset[str] = field(init=False)
    """The codes that a closed question accepts."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "codes", frozenset(choice.code for choice in self.choices))

    def label(self, code: str) -> str:
        """Return the label of a code, or the code itself when the question does not know it."""
        return next((choice.label for choice in self.choices if choice.code == code), code)


@dataclass(frozen=True, slots=True)
class Screen:
    """Questions that are shown together; ``per_member`` screens repeat for each member."""

    key: str
    title: str
    questions: tuple[Question, ...]
    per_member: bool = False
    spoken: str = ""

    @property
    def said(self) -> str:
        """What is spoken for the title: the title, unless a voice would stumble over it."""
        return self.spoken or self.title


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """All screens in the order they are asked, and the version that answers are kept with."""

    version: str
    screens: tuple[Screen, ...]
    officer: tuple[Question, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        """The citizen's questions of the household as a whole, in order."""
        return tuple(
            q for screen in self.screens if not screen.per_member for q in screen.questions
        )

    @property
    def member_questions(self) -> tuple[Question, ...]:
        """The citizen's questions that are asked for each member, in order."""
        return tuple(q for screen in self.screens if screen.per_member for q in screen.questions)

    def question(self, key: str) -> Question:
        """Return the household question with this key; KeyError when there is none."""
        for question in self.questions:
            if question.key == key:
                return question
        raise KeyError(key)


def member_key(number: int, key: str) -> str:
    """Return the field name of a member's question: ``anggota-2-nama``."""
    return f"anggota-{number}-{key}"


def _conditions(table: dict[str, list[str]]) -> dict[str, frozenset[str]]:
    return {key: frozenset(codes) for key, codes in table.items()}


def _question(entry: dict[str, Any]) -> Question:
    return Question(
        key=entry["kunci"],
        kind=Kind(entry["jenis"]),
        wording=entry["tanya"],
        spoken=entry["ucap"],
        help=entry.get("bantuan", ""),
        empty=entry.get("kosong", ""),
        choices=tuple(Choice(*choice) for choice in entry.get("pilihan", ())),
        required=entry.get("wajib", True),
        maximum=entry.get("maks", 0),
        when=_conditions(entry.get("bila", {})),
        unless=_conditions(entry.get("kecuali", {})),
        sensitivity=Sensitivity(entry.get("peka", "pribadi")),
        household=entry.get("tentang") != "pengisian",
        column=entry.get("kolom"),
    )


_CONFIDENTIAL_COLUMNS: Final = frozenset({"jenis_cacat", "penyakit_kronis", "status_hamil"})


def official_codes(form: str = FORM) -> dict[str, dict[str, str]]:
    """Return column → code → label of an official form; open columns have no codes."""
    columns: dict[str, dict[str, str]] = {}
    for row in _official_rows(form):
        codes = columns.setdefault(row["kolom"], {})
        if row["label"]:
            codes[row["kode"]] = row["label"]
    return columns


def _official_rows(form: str) -> list[dict[str, str]]:
    text = (files("registry") / "data" / "kode_dtks.csv").read_text(encoding="utf-8")
    return [row for row in csv.DictReader(text.splitlines()) if row["form"] == form]


def _officer_questions(asked: frozenset[str]) -> tuple[Question, ...]:
    """Return the PBDT columns that no citizen is asked: the officer fills them in at the visit."""
    codes = official_codes()
    wording = {row["kolom"]: row["pertanyaan"] for row in _official_rows(FORM)}
    return tuple(
        Question(
            key=column,
            kind=Kind.CHOICE if labels else Kind.NUMBER,
            wording=wording[column],
            spoken=wording[column],
            help="Diisi petugas saat kunjungan.",
            choices=tuple(Choice(code, label) for code, label in labels.items()),
            required=False,
            maximum=0 if labels else 99_999,
            sensitivity=(
                Sensitivity.CONFIDENTIAL
                if column in _CONFIDENTIAL_COLUMNS
                else Sensitivity.PERSONAL
            ),
            audience=Audience.OFFICER,
            column=column,
        )
        for column, labels in codes.items()
        if column not in asked
    )


@cache
def questionnaire() -> Questionnaire:
    """Return the questionnaire that is asked now."""
    text = (files("registry") / "data" / "kuesioner.toml").read_text(encoding="utf-8")
    source = tomllib.loads(text)
    screens = tuple(
        Screen(
            key=screen["kunci"],
            title=screen["judul"],
            questions=tuple(_question(entry) for entry in screen["tanya"]),
            per_member=screen.get("per_anggota", False),
            spoken=screen.get("ucap", ""),
        )
        for screen in source["layar"]
    )
    asked = frozenset(q.column for screen in screens for q in screen.questions if q.column)
    return Questionnaire(source["versi"], screens, _officer_questions(asked))
