"""What an officer finds in a house: the PBDT2015 columns that citizens are not asked.

The columns and codes are those of ``kode_dtks.csv``; `questionnaire().officer` has all that the
citizens' form leaves out. Here they are put into groups as an officer walks through a house, in
words that can be said aloud there, with bounds for what is counted. All of it is optional: what
nobody could see stays empty, and an empty answer never speaks against anybody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from registry.rules.errors import Invalid
from registry.rules.questionnaire import Audience, Choice, Kind, Question, member_key, questionnaire

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LIVES_IN_DKI: Final = "domisili_dki"
"""Whether they live in Jakarta: a criterion of Dinsos DKI 2022 that only a visit can tell."""

SUMMED: Final = frozenset({"kartu_identitas"})
"""Columns whose codes are ticked and added up: 5 is a birth certificate and a KTP."""


@dataclass(frozen=True, slots=True)
class Group:
    """Questions that are looked at together, in one part of the house."""

    key: str
    title: str
    questions: tuple[Question, ...]


_BOUNDS: Final[Mapping[str, tuple[int, int]]] = MappingProxyType(
    {
        "luas_lantai": (1, 2_000),  # m²
        "jumlah_kamar": (0, 40),
        "luas_atb": (0, 99_999),  # m²
        "jumlah_sapi": (0, 999),
        "jumlah_kerbau": (0, 999),
        "jumlah_kuda": (0, 999),
        "jumlah_babi": (0, 999),
        "jumlah_kambing": (0, 999),
        "jam_kerja": (0, 98),  # hours of a week; the form has two digits
    }
)
"""Column → the least and the most of it that can be."""

_GROUPS: Final = (
    (
        "bangunan",
        "Bangunan",
        "sta_lahan luas_lantai jumlah_kamar atap kondisi_atap kondisi_dinding",
    ),
    ("air", "Air, dapur, dan jamban", "cara_peroleh_airminum bb_masak kloset buang_tinja"),
    (
        "barang",
        "Barang di rumah",
        "ada_tabung_gas ada_lemari_es ada_ac ada_pemanas ada_tv ada_laptop ada_telepon ada_emas",
    ),
    (
        "kendaraan",
        "Kendaraan dan perahu",
        "ada_sepeda ada_motor ada_perahu ada_motor_tempel ada_perahu_motor ada_kapal",
    ),
    (
        "lahan",
        "Lahan, rumah lain, dan usaha",
        "aset_tak_bergerak luas_atb rumah_lain sta_art_usaha",
    ),
    ("ternak", "Ternak", "jumlah_sapi jumlah_kerbau jumlah_kuda jumlah_babi jumlah_kambing"),
    ("bantuan", "Bantuan yang diterima", "sta_kks sta_kip sta_pkh sta_rastra sta_kur"),
    ("jaminan", "Jaminan", "sta_kis sta_bpjs_mandiri sta_jamsostek sta_asuransi"),
)

_PERSON: Final = (
    "status_perkawinan kartu_identitas status_hamil jenis_cacat penyakit_kronis"
    " partisipasi_sekolah jenjang ijazah jam_kerja lapangan_usaha kedudukan"
)

_WORDING: Final[Mapping[str, str]] = MappingProxyType(
    {
        "luas_lantai": "Luas lantai (m²)",
        "sta_lahan": "Lahan milik siapa?",
        "bb_masak": "Bahan bakar untuk memasak",
        "buang_tinja": "Tempat pembuangan tinja",
        "ada_emas": "Emas atau tabungan senilai 10 gram emas",
        "ada_tabung_gas": "Tabung gas 5,5 kg atau lebih besar",
        "aset_tak_bergerak": "Punya lahan lain",
        "luas_atb": "Luas lahan lain (m²)",
        "rumah_lain": "Punya rumah di tempat lain",
        "sta_art_usaha": "Ada anggota keluarga yang punya usaha",
        "kartu_identitas": "Kartu yang dimiliki (boleh lebih dari satu)",
        "status_hamil": "Sedang hamil",
        "jenis_cacat": "Disabilitas",
        "jam_kerja": "Jam kerja seminggu lalu",
        "kedudukan": "Kedudukan dalam pekerjaan",
    }
)
"""Column → how it is asked, where the register's own name would not be understood."""

_CHOICES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        # The register still says 'cacat'; nobody here does.
        "jenis_cacat": (
            "Tidak ada",
            "Disabilitas fisik",
            "Disabilitas netra",
            "Disabilitas rungu",
            "Disabilitas wicara",
            "Disabilitas rungu dan wicara",
            "Disabilitas netra dan fisik",
            "Disabilitas netra, rungu, dan wicara",
            "Disabilitas rungu, wicara, dan fisik",
            "Disabilitas rungu, wicara, netra, dan fisik",
            "Disabilitas intelektual",
            "Pernah mengalami gangguan jiwa",
            "Disabilitas fisik dan mental",
        ),
    }
)
"""Column → the labels of its codes, in their order, where others than the register's are used."""

_LIVES: Final = Question(
    key=LIVES_IN_DKI,
    kind=Kind.CHOICE,
    wording="Keluarga ini benar tinggal di Jakarta?",
    spoken="Keluarga ini benar tinggal di Jakarta?",
    choices=(Choice("1", "Ya"), Choice("2", "Tidak")),
    required=False,
    audience=Audience.OFFICER,
)


@cache
def groups() -> tuple[Group, ...]:
    """Return what is asked of the house, in the order in which an officer comes by it."""
    known = _questions()
    asked = [
        Group(key, title, tuple(known[column] for column in columns.split()))
        for key, title, columns in _GROUPS
    ]
    return (Group("tinggal", "Tempat tinggal", (_LIVES,)), *asked)


@cache
def of_each_person() -> tuple[Question, ...]:
    """Return what is asked of each person of the household."""
    known = _questions()
    return tuple(known[column] for column in _PERSON.split())


def bounds(column: str) -> tuple[int, int]:
    """Return the least and the most that a counted column may have."""
    return _BOUNDS[column]


def read_findings(
    given: Mapping[str, Sequence[str]], people: int
) -> tuple[dict[str, str], dict[str, str]]:
    """Return what was found and what is wrong with it: field → code of the register, field → code.

    A field is a column, or `anggota-N-column` for a person of the household, 0 being the applicant
    and N below ``people``. Blank answers are left out. Problems: `finding_unknown`,
    `finding_choice`, `finding_number`, `finding_range`.
    """
    known = _fields(people)
    found: dict[str, str] = {}
    problems: dict[str, str] = {}
    for name, values in given.items():
        texts = [text.strip() for text in values if text.strip()]
        if not texts:
            continue
        try:
            found[name] = _read(known.get(name), texts)
        except Invalid as wrong:
            problems[name] = wrong.code
    return found, problems


def lives_elsewhere(found: Mapping[str, str]) -> bool:
    """Tell whether the officer found that they do not live in Jakarta."""
    return found.get(LIVES_IN_DKI) == "2"


def told(found: Mapping[str, str], people: int) -> list[tuple[str, str, str]]:
    """Return findings in words: (person's number or '', what was asked, what was found).

    In the order of the form. What the form no longer knows is left out.
    """
    known = _fields(people)
    return [
        (name.split("-")[1] if name.startswith("anggota-") else "", question.wording, words)
        for name, question in known.items()
        if name in found and (words := _in_words(question, found[name]))
    ]


def _in_words(question: Question, value: str) -> str:
    if question.key in SUMMED and value != "0":
        held = [choice for choice in question.choices if int(choice.code) & int(value)]
        return ", ".join(choice.label for choice in held)
    return question.label(value)


def _fields(people: int) -> dict[str, Question]:
    own = {question.key: question for group in groups() for question in group.questions}
    persons = {
        member_key(number, question.key): question
        for number in range(people)
        for question in of_each_person()
    }
    return own | persons


def _read(question: Question | None, texts: list[str]) -> str:
    if question is None:
        raise Invalid("finding_unknown")
    if question.key in SUMMED:
        return _sum(question, texts)
    if len(texts) > 1:
        raise Invalid("finding_choice")
    if question.kind is not Kind.CHOICE:
        return _count(question.key, texts[0])
    if texts[0] not in question.codes:
        raise Invalid("finding_choice")
    return texts[0]


def _sum(question: Question, texts: list[str]) -> str:
    if not question.codes.issuperset(texts) or ("0" in texts and len(set(texts)) > 1):
        raise Invalid("finding_choice")
    return str(sum(int(code) for code in set(texts)))


def _count(column: str, text: str) -> str:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise Invalid("finding_number")
    least, most = _BOUNDS[column]
    if not least <= int(text) <= most:
        raise Invalid("finding_range")
    return str(int(text))


@cache
def _questions() -> dict[str, Question]:
    return {question.key: _in_our_words(question) for question in questionnaire().officer}


def _in_our_words(question: Question) -> Question:
    labels = _CHOICES.get(question.key, tuple(each.label for each in question.choices))
    codes = (each.code for each in question.choices)
    choices = tuple(Choice(code, label) for code, label in zip(codes, labels, strict=True))
    wording = _WORDING.get(question.key, question.wording)
    _, most = _BOUNDS.get(question.key, (0, 0))
    return replace(question, wording=wording, choices=choices, maximum=most)
