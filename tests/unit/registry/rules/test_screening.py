import json
from copy import deepcopy
from datetime import date
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given

from registry.rules.conditions import RuleFileError
from registry.rules.regions import nik_prefixes
from registry.rules.screening import (
    CURRENT,
    FlagKind,
    Screening,
    parse_screening,
    screen,
    screening_rules,
)
from tests.unit.registry.rules.households import (
    HOMELESS,
    TODAY,
    Changes,
    Raw,
    applied,
    household,
    households,
    single,
)

# The household of four has a baby without a NIK.
BABY = ("nik_missing", "3")


def screened(raw: Raw, today: date = TODAY) -> Screening:
    return screen(applied(raw, today=today), today=today, known_prefixes=nik_prefixes())


def flags(raw: Raw, kind: FlagKind, today: date = TODAY) -> list[tuple[str, str]]:
    return [(flag.id, flag.answer) for flag in screened(raw, today).of_kind(kind)]


def test_a_household_without_anything_unusual_has_no_flag() -> None:
    assert screened(single()).flags == ()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"ktp_dki": "2"}, ("ktp_luar_dki", "2")),
        ({"pegawai_tetap": ["1"]}, ("pegawai_tetap", "1")),
        ({"pegawai_tetap": ["2", "0"]}, ("pegawai_tetap", "0,2")),
        ({"ada_mobil": "1"}, ("mobil", "1")),
        ({"sta_bangunan": "1", "njop_lebih_1m": "1"}, ("njop_lebih_1m", "1")),
        ({"sumber_airminum": "01"}, ("air_kemasan_bermerk", "01")),
    ],
)
def test_each_criterion_that_answers_can_tell_is_flagged(
    changes: Changes, expected: tuple[str, str]
) -> None:
    assert flags(household(changes), FlagKind.CRITERION) == [expected]


@pytest.mark.parametrize(
    "changes",
    [
        {"sumber_airminum": "02"},  # isi ulang is allowed
        {"sta_bangunan": "1", "njop_lebih_1m": "2"},
        {"sta_bangunan": "1", "njop_lebih_1m": "8"},
        {"sta_bangunan": "2", "njop_lebih_1m": "1"},  # NJOP is asked of owners alone
        dict(HOMELESS) | {"sumber_airminum": "01"},
    ],
)
def test_what_is_no_criterion_is_not_flagged(changes: Changes) -> None:
    assert flags(household(changes), FlagKind.CRITERION) == []


def test_all_criteria_of_2022_are_in_the_file_and_two_are_decided_by_people_alone() -> None:
    criteria = [rule for rule in screening_rules().rules if rule.kind is FlagKind.CRITERION]
    assert len(criteria) == 7
    assert all(rule.source for rule in criteria)
    by_people = {rule.id: rule.decided_by for rule in criteria if rule.condition is None}
    assert by_people.keys() == {"domisili_luar_dki", "dinilai_tidak_miskin"}
    assert "musyawarah" in str(by_people["dinilai_tidak_miskin"])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"nik": "9999991708850001"}, [("nik_prefix_unknown", "0"), ("nik_prefix_not_dki", "0")]),
        ({"nik": "3273011708850001"}, [("nik_prefix_not_dki", "0")]),
        ({"nik": "3171013002850001"}, [("nik_date_impossible", "0")]),
        ({"nik": "3171011808850001"}, [("nik_birth_differs", "0")]),
        ({"nik": "3171015708850001"}, [("nik_sex_differs", "0")]),
        ({"kk": None, "tanpa_kk": "1"}, [("kk_missing", "2")]),
        ({"kk": "3171011203100004", "tanpa_kk": "1"}, []),  # ticked and given: it is given
        ({"rt": None, "rw": None, "tanpa_rt_rw": "1"}, [("rt_rw_missing", "2")]),
        ({"rw": None, "tanpa_rt_rw": "1"}, [("rt_rw_missing", "2")]),
        ({"sta_bangunan": "1", "njop_lebih_1m": "8"}, [("njop_unknown", "8")]),
        ({"daya": "8"}, [("power_unknown", "8")]),
    ],
)
def test_each_thing_to_check_is_flagged(changes: Changes, expected: list[tuple[str, str]]) -> None:
    assert flags(single(changes), FlagKind.CHECK) == expected


def test_persons_are_named_by_number() -> None:
    raw = household({"anggota-1-nik": "3273015503880002", "anggota-2-nik": "3273014101120003"})
    assert flags(raw, FlagKind.CHECK) == [("nik_prefix_not_dki", "1,2"), BABY]


def test_a_member_who_states_no_birth_date_has_none_that_differs() -> None:
    assert flags(household(), FlagKind.CHECK) == [BABY]


@pytest.mark.parametrize(
    ("born", "is_minor"), [("2009-03-01", False), ("2009-03-02", True), ("2026-02-28", True)]
)
def test_an_applicant_becomes_an_adult_on_the_seventeenth_birthday(
    born: str, is_minor: bool
) -> None:
    year, month, day = born.split("-")
    raw = single(
        {"lahir-hari": day, "lahir-bulan": month, "lahir-tahun": year},
        nik=f"317101{day}{month}{year[2:]}0001",
    )
    assert flags(raw, FlagKind.CHECK) == ([("applicant_minor", "0")] if is_minor else [])


def test_someone_born_on_29_february_is_an_adult_on_1_march() -> None:
    raw = single(
        {"lahir-hari": "29", "lahir-bulan": "2", "lahir-tahun": "2008"}, nik="3171012902080001"
    )
    assert flags(raw, FlagKind.CHECK, date(2025, 2, 28)) == [("applicant_minor", "0")]
    assert flags(raw, FlagKind.CHECK, date(2025, 3, 1)) == []


def test_prefixes_are_not_checked_without_a_list() -> None:
    application = applied(single(nik="9999991708850001"))
    found = screen(application, today=TODAY, known_prefixes=None)
    assert [flag.id for flag in found.flags] == ["nik_prefix_not_dki"]


@given(households())
def test_a_screening_can_be_read_back_and_names_nobody(raw: Raw) -> None:
    application = applied(raw)
    found = screen(application, today=TODAY, known_prefixes=nik_prefixes())
    stored = json.dumps(found.as_json())
    assert Screening.from_json(json.loads(stored)) == found
    assert found.version == CURRENT
    for flag in found.flags:
        assert len(flag.answer) <= len("0,1,2,3,4,5,6")
        assert set(flag.answer) <= set("0123456789,")
    for person in application.people:
        assert person.nik is None or person.nik.value not in stored


@given(households())
def test_the_same_application_has_the_same_screening(raw: Raw) -> None:
    assert screened(raw) == screened(raw)


_RULE = {"id": "x", "label": "X", "jika": {"kolom": "ada_mobil", "sama": "1"}}


@pytest.mark.parametrize(
    "change",
    [
        {"kriteria": None},
        {"periksa": "x"},
        {"kriteria": [None]},
        {"kriteria": [_RULE, _RULE]},
        {"periksa": [_RULE | {"id": "mobil"}]},
        {"kriteria": [_RULE | {"penentu": "x"}]},
        {"kriteria": [{"id": "x", "label": "X"}]},
        {"kriteria": [{"id": "x", "jika": _RULE["jika"]}]},
        {"kriteria": [{"id": "x", "label": "X", "uji": "no_such_test"}]},
        {"kriteria": [_RULE | {"jika": {"kolom": "mobil", "sama": "1"}}]},
        {"kriteria": [_RULE | {"label": 1}]},
        {"kriteria": [_RULE | {"bobot": "1"}]},
        {"versi": None},
        {"dasar": 1},
    ],
)
def test_a_file_with_a_mistake_is_refused_when_it_is_loaded(change: dict[str, Any]) -> None:
    text = (files("registry") / "data" / f"penyaringan-{CURRENT}.json").read_text(encoding="utf-8")
    with pytest.raises(RuleFileError):
        parse_screening(deepcopy(json.loads(text)) | change)
