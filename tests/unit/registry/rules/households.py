"""Raw answers of made-up households, for the tests of the rules."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TypeVar

from hypothesis import strategies as st

from registry.rules.answers import parse
from registry.rules.application import Application
from registry.rules.problems import Problem
from registry.rules.questionnaire import Kind, Question, questionnaire
from registry.rules.receipts import receipt_code
from registry.rules.regions import all_kelurahan

TODAY = date(2026, 3, 1)

Raw = dict[str, str | list[str]]
Changes = Mapping[str, str | list[str] | None]

_FOUR: Raw = {
    "persetujuan": "1",
    "diisi_oleh": "1",
    "kelurahan": "31.71.01.1001",
    "rt": "5",
    "rw": "3",
    "alamat": "Gang Mawar nomor 7",
    "patokan": "Sebelah warung Bu Sri",
    "ktp_dki": "1",
    "nik": "3171011708850001",
    "nama": "Budi Santoso",
    "lahir-hari": "17",
    "lahir-bulan": "8",
    "lahir-tahun": "1985",
    "jenis_kelamin": "1",
    "kk": "3171011203100004",
    "jumlah_anggota": "3",
    "anggota-1-nama": "Siti Aminah",
    "anggota-1-nik": "3171015503880002",
    "anggota-1-hubungan": "2",
    "anggota-2-nama": "Putri",
    "anggota-2-nik": "3171014101120003",
    "anggota-2-hubungan": "3",
    "anggota-3-nama": "Bayi Santoso",
    "anggota-3-lahir-hari": "2",
    "anggota-3-lahir-bulan": "2",
    "anggota-3-lahir-tahun": "2026",
    "anggota-3-jenis_kelamin": "2",
    "anggota-3-hubungan": "3",
    "bekerja": ["0"],
    "pegawai_tetap": ["tidak_ada"],
    "disabilitas": ["tidak_ada"],
    "ada_mobil": "2",
    "sta_bangunan": "2",
    "lantai": "02",
    "dinding": "1",
    "fasbab": "1",
    "sumber_penerangan": "1",
    "daya": "2",
    "sumber_airminum": "02",
    "khawatir_makan": "2",
    "makan_lebih_setengah": "2",
    "tidak_beli_pakaian": "2",
}

HOUSE = ("lantai", "dinding", "fasbab", "sumber_penerangan", "daya", "sumber_airminum")
"""Questions of the house, which fall away for a household that has none."""

HOMELESS: Changes = {
    "sta_bangunan": "0",
    "tempat_tidur": "Di kolong jembatan",
    "alamat": None,
    "patokan": None,
    "rt": None,
    "rw": None,
    "tanpa_rt_rw": "1",
    **dict.fromkeys(HOUSE),
}
"""What is different for a household without a home."""


def household(changes: Changes | None = None, /, **more: str | list[str] | None) -> Raw:
    """Return the raw answers of four people who rent; None takes a field away."""
    given = {**_FOUR, **(changes or {}), **more}
    return {field: value for field, value in given.items() if value is not None}


def single(changes: Changes | None = None, /, **more: str | list[str] | None) -> Raw:
    """Return the raw answers of one who lives alone."""
    gone = dict.fromkeys(field for field in _FOUR if field.startswith("anggota-"))
    return household({**gone, "jumlah_anggota": "0", **(changes or {})}, **more)


def applied(raw: Mapping[str, object] | None = None, *, today: date = TODAY) -> Application:
    """Return the application that raw answers make; AssertionError when they do not."""
    found = parse(household() if raw is None else raw, today=today)
    assert isinstance(found, Application), found
    return found


def problems(raw: Mapping[str, object], *, today: date = TODAY) -> tuple[Problem, ...]:
    """Return the problems of raw answers; AssertionError when there are none."""
    found = parse(raw, today=today)
    assert isinstance(found, tuple), "these answers have no problem"
    return found


def codes(raw: Mapping[str, object], *, today: date = TODAY) -> list[tuple[str, str]]:
    """Return field and code of each problem, none when the answers make an application."""
    found = parse(raw, today=today)
    return [(p.field, p.code) for p in found] if isinstance(found, tuple) else []


_T = TypeVar("_T")

_births = st.dates(TODAY - timedelta(days=99 * 365), TODAY - timedelta(days=1))
_names = st.text("abcdefghijklmnopqrstuvwxyzßŉéàÄ' .-", min_size=1, max_size=30).filter(
    lambda text: any(map(str.isalpha, text))
)
_texts = st.text(min_size=1, max_size=50).map(lambda text: f"Jl {text}")


@st.composite
def _niks(draw: st.DrawFn, serial: int) -> str:
    born, female = draw(_births), draw(st.booleans())
    return f"317101{born.day + 40 * female:02}{born:%m%y}{serial:04}"


def _date_boxes(field: str, born: date) -> Raw:
    boxes = {"hari": born.day, "bulan": born.month, "tahun": born.year}
    return {f"{field}-{box}": str(number) for box, number in boxes.items()}


@st.composite
def _members(draw: st.DrawFn, number: int, *, head: bool) -> Raw:
    prefix = f"anggota-{number}-"
    relation = "1" if head else draw(st.sampled_from("2345678"))
    member: Raw = {f"{prefix}nama": draw(_names), f"{prefix}hubungan": relation}
    if draw(st.booleans()):
        return {**member, f"{prefix}nik": draw(_niks(number + 1))}
    member[f"{prefix}jenis_kelamin"] = draw(st.sampled_from("12"))
    return {**member, **_date_boxes(f"{prefix}lahir", draw(_births))}


def _answers(question: Question, members: int) -> st.SearchStrategy[str | list[str]]:
    if question.kind in {Kind.CHOICE, Kind.TICK}:
        return st.sampled_from(sorted(question.codes))
    if question.kind is Kind.PEOPLE:
        persons = st.sampled_from([str(number) for number in range(members + 1)])
        return st.lists(persons, min_size=1, unique=True) | st.just(["tidak_ada"])
    simple: dict[Kind, st.SearchStrategy[str]] = {
        Kind.TEXT: _texts,
        Kind.NAME: _names,
        Kind.NIK: _niks(1),
        Kind.KK: st.text("0123456789", min_size=12, max_size=12).map(lambda end: f"9171{end}"),
        Kind.PHONE: st.integers(10_000_000, 99_999_999).map(lambda n: f"0812{n}"),
        Kind.NUMBER: st.integers(1, 999).map(lambda n: f"{n:03}"),
        Kind.COUNT: st.just(str(members)),
        Kind.KELURAHAN: st.sampled_from([found.code for found in all_kelurahan()]),
        Kind.POSITION: st.tuples(st.floats(-6.37, -5.2), st.floats(106.39, 106.97)).map(
            lambda place: f"{place[0]:.7f},{place[1]:.7f}"
        ),
        Kind.RECEIPT: st.binary(min_size=16, max_size=16).map(receipt_code),
    }
    return simple[question.kind]


@st.composite
def households(draw: st.DrawFn) -> Raw:
    """Draw raw answers without a problem, of households of every kind."""
    count = draw(st.integers(0, 6))
    head = draw(st.integers(0, count))
    raw: Raw = {}
    for question in questionnaire().questions:
        if not all(raw.get(key) in codes for key, codes in question.when.items()):
            continue
        if not question.required and not draw(st.booleans()):
            continue
        if question.kind is Kind.DATE:
            raw |= _date_boxes(question.key, draw(_births))
        else:
            raw[question.key] = draw(_answers(question, count))
    for number in range(1, count + 1):
        raw |= draw(_members(number, head=number == head))
    return raw
