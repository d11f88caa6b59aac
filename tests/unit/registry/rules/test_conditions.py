import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from registry.rules import conditions
from registry.rules.conditions import (
    Facts,
    RuleFileError,
    columns,
    facts,
    load_rules,
    parse_condition,
    parse_unknown,
)
from registry.rules.questionnaire import Kind, questionnaire
from tests.unit.registry.rules.households import HOMELESS, Raw, applied, household, households

CAR = {"kolom": "ada_mobil", "sama": "1"}
POWER = {"kolom": "daya", "sama": "1"}
LIGHT = {"kolom": "sumber_penerangan", "dalam": ["2", "3"]}
EMPLOYEES = {"kolom": "pegawai_tetap", "lebih_dari": 0}
UNKNOWN = {"daya": frozenset({"8"})}


@pytest.mark.parametrize(
    ("condition", "known", "holds"),
    [
        (CAR, {"ada_mobil": "1"}, True),
        (CAR, {"ada_mobil": "2"}, False),
        (CAR, {}, False),
        (LIGHT, {"sumber_penerangan": "3"}, True),
        (LIGHT, {"sumber_penerangan": "1"}, False),
        (POWER, {"daya": "8"}, None),
        (EMPLOYEES, {"pegawai_tetap": 1}, True),
        (EMPLOYEES, {"pegawai_tetap": 0}, False),
        (EMPLOYEES, {}, False),
        ({"salah_satu": [CAR, LIGHT]}, {"sumber_penerangan": "2"}, True),
        ({"salah_satu": [CAR, LIGHT]}, {"ada_mobil": "2"}, False),
        # An open answer does not hide what another settles.
        ({"salah_satu": [POWER, CAR]}, {"daya": "8", "ada_mobil": "1"}, True),
        ({"salah_satu": [POWER, CAR]}, {"daya": "8", "ada_mobil": "2"}, None),
        ({"semua": [POWER, CAR]}, {"daya": "8", "ada_mobil": "2"}, False),
        ({"semua": [POWER, CAR]}, {"daya": "8", "ada_mobil": "1"}, None),
        ({"semua": [POWER, CAR]}, {"daya": "1", "ada_mobil": "1"}, True),
        ({"semua": [{"salah_satu": [POWER, LIGHT]}, CAR]}, {"daya": "1", "ada_mobil": "1"}, True),
    ],
)
def test_a_condition_is_so_or_not_or_open(
    condition: dict[str, Any], known: Facts, holds: bool | None
) -> None:
    assert parse_condition(condition, UNKNOWN).holds(known) is holds


@pytest.mark.parametrize(
    "source",
    [
        None,
        [],
        {},
        "ada_mobil",
        {"kolom": "ada_mobil"},
        {"sama": "1"},
        {"kolom": "mobil", "sama": "1"},  # no such column
        {"kolom": "ada_mobil", "sama": "3"},  # PBDT has no such code
        {"kolom": "lantai", "dalam": ["06", "9"]},  # codes of the floor have two digits
        {"kolom": "lantai", "dalam": []},
        {"kolom": "lantai", "dalam": "06"},
        {"kolom": "ada_mobil", "sama": 1},
        {"kolom": "ada_mobil", "sama": None},
        {"kolom": "ada_mobil", "sama": ["1"]},
        {"kolom": "ada_mobil", "bukan": "1"},  # no such operator
        {"kolom": "ada_mobil", "sama": "1", "dalam": ["1"]},
        {"kolom": "ada_mobil", "sama": "1", "catatan": "x"},
        {"kolom": "ada_mobil", "lebih_dari": 0},  # a code is no number
        {"kolom": "pegawai_tetap", "sama": "1"},  # a number is no code
        {"kolom": "pegawai_tetap", "lebih_dari": "0"},
        {"kolom": "alamat", "sama": "x"},  # what is typed is no column
        {"kolom": "nik", "sama": "x"},
        {"salah_satu": []},
        {"semua": CAR},
        {"semua": [CAR], "salah_satu": [CAR]},
        {"semua": [CAR, {"kolom": "mobil", "sama": "1"}]},
    ],
)
def test_what_can_not_be_a_condition_is_an_error_when_it_is_loaded(source: object) -> None:
    with pytest.raises(RuleFileError):
        parse_condition(source)


@pytest.mark.parametrize(
    "source", [[], {"mobil": ["9"]}, {"daya": "8"}, {"daya": ["9"]}, {"pegawai_tetap": ["1"]}]
)
def test_an_unknown_code_must_be_a_code_of_its_column(source: object) -> None:
    with pytest.raises(RuleFileError):
        parse_unknown(source)


def test_columns_are_closed_questions_and_numbers_of_persons_only() -> None:
    open_kinds = {Kind.TEXT, Kind.NAME, Kind.NIK, Kind.KK, Kind.PHONE, Kind.DATE, Kind.RECEIPT}
    typed = {q.key for q in questionnaire().questions if q.kind in open_kinds}
    assert not typed & columns().keys()
    assert "diisi_oleh" not in columns()  # who helped says nothing about the household


def test_facts_of_a_household_that_rents() -> None:
    known = facts(applied(household(bekerja=["1"], pegawai_tetap=["0", "2"])))
    assert known["kepala.bekerja"] == "2"  # the wife works, he is the head
    assert known["punya_tempat_tinggal"] == "1"
    assert known["punya_kk"] == "1"
    assert known["punya_rt_rw"] == "1"
    assert known["pegawai_tetap"] == 2
    assert known["disabilitas"] == 0
    assert known["jumlah_anggota"] == 3
    assert known["lantai"] == "02"
    assert "njop_lebih_1m" not in known


def test_the_head_may_be_a_member() -> None:
    raw = household({"anggota-1-hubungan": "1"}, bekerja=["1"])
    assert facts(applied(raw))["kepala.bekerja"] == "1"


def test_facts_of_a_household_without_a_home() -> None:
    known = facts(applied(household(HOMELESS)))
    assert known["punya_tempat_tinggal"] == "2"
    assert known["punya_rt_rw"] == "2"
    assert "lantai" not in known


@given(households())
def test_every_fact_is_in_a_known_column_with_a_known_code(raw: Raw) -> None:
    for column, value in facts(applied(raw)).items():
        known = columns()[column]
        assert isinstance(value, int) if known is None else value in known


@pytest.fixture
def rule_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(conditions, "files", lambda _: tmp_path)
    return tmp_path / "data"


@pytest.mark.parametrize("version", ["2", "", "../skor-1", "..", "1\x00", "1/2", "1\n", "A" * 999])
def test_a_version_that_is_not_there_is_a_look_up_error(version: str) -> None:
    with pytest.raises(LookupError):
        load_rules("skor", version, dict)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", json.dumps({"versi": "2"}), json.dumps({}), "\ufeff{}"]
)
def test_a_broken_file_is_named_in_the_error(rule_folder: Path, text: str) -> None:
    (rule_folder / "skor-1.json").write_text(text, encoding="utf-8")
    with pytest.raises(RuleFileError, match=r"skor-1\.json"):
        load_rules("skor", "1", dict)
