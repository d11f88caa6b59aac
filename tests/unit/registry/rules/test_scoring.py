import json
from copy import deepcopy
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given

from registry.rules.conditions import RuleFileError
from registry.rules.questionnaire import questionnaire
from registry.rules.scoring import CURRENT, Score, parse_scoring, score, scoring_rules
from tests.unit.registry.rules.households import HOMELESS, Raw, applied, household, households

_FILE = files("registry") / "data" / f"skor-{CURRENT}.json"


def file_with(change: dict[str, Any]) -> dict[str, Any]:
    source: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return deepcopy(source) | change


def met(raw: Raw) -> dict[str, bool | None]:
    return {item.id[0]: item.met for item in score(applied(raw)).breakdown}


@pytest.mark.parametrize(
    ("letter", "changes", "expected"),
    [
        ("a", {"bekerja": ["1", "2"]}, True),
        ("a", {"bekerja": ["tidak_ada"]}, True),
        ("a", {"bekerja": ["0", "1"]}, False),
        ("b", {"khawatir_makan": "1"}, True),
        ("b", {"khawatir_makan": "2"}, False),
        ("b", {"khawatir_makan": "9"}, None),
        ("c", {"makan_lebih_setengah": "1"}, True),
        ("c", {"makan_lebih_setengah": "2"}, False),
        ("c", {"makan_lebih_setengah": "8"}, None),
        ("c", {"makan_lebih_setengah": "9"}, None),
        ("d", {"tidak_beli_pakaian": "1"}, True),
        ("d", {"tidak_beli_pakaian": "2"}, False),
        ("d", {"tidak_beli_pakaian": "9"}, None),
        *(("e", {"lantai": code}, code in {"06", "09"}) for code in ("01", "02", "06", "08", "09")),
        *(("f", {"dinding": code}, code != "1") for code in "1234567"),
        *(("g", {"fasbab": code}, code != "1") for code in "1234"),
        ("h", {"daya": "1"}, True),
        ("h", {"daya": "2"}, False),
        ("h", {"daya": "6"}, False),
        ("h", {"daya": "8"}, None),
        ("h", {"sumber_penerangan": "2", "daya": None}, False),
        ("h", {"sumber_penerangan": "3", "daya": None}, True),
        # A wattage that is left over from before 'not electricity' was chosen does not count.
        ("h", {"sumber_penerangan": "2", "daya": "1"}, False),
    ],
)
def test_each_criterion_follows_its_answer(
    letter: str, changes: dict[str, Any], expected: bool | None
) -> None:
    assert met(household(changes))[letter] is expected


def test_points_are_the_weights_of_what_is_met() -> None:
    found = score(applied(household(lantai="09", fasbab="3", khawatir_makan="9")))
    assert (found.version, found.points, found.priority, found.because) == (CURRENT, 2, False, ())
    assert [item.id for item in found.breakdown if item.met] == ["e_lantai", "g_jamban"]


def test_a_household_without_a_home_goes_first_and_says_why() -> None:
    found = score(applied(household(HOMELESS)))
    assert found.priority
    assert found.because == ("tanpa_tempat_tinggal",)


def test_a_household_without_a_home_has_no_criterion_of_the_house() -> None:
    assert not any(met(household(HOMELESS))[letter] for letter in "efgh")


@given(households())
def test_a_score_is_within_bounds_and_can_be_read_back(raw: Raw) -> None:
    found = score(applied(raw))
    assert 0 <= found.points <= sum(rule.weight for rule in scoring_rules().criteria)
    assert found.priority is (raw["sta_bangunan"] == "0")
    assert Score.from_json(json.loads(json.dumps(found.as_json()))) == found


@given(households())
def test_a_score_says_nothing_of_who_it_is_about(raw: Raw) -> None:
    application = applied(raw)
    stored = json.dumps(score(application).as_json())
    assert application.nik.value not in stored
    assert application.kk is None or application.kk.value not in stored


def test_the_file_in_use_says_that_it_is_an_example() -> None:
    assert "CONTOH" in _FILE.read_text(encoding="utf-8")
    assert CURRENT.startswith("contoh")


def test_every_way_of_not_saying_is_open_and_not_no() -> None:
    unsure = {
        (q.key, choice.code)
        for q in questionnaire().questions
        for choice in q.choices
        if choice.label in {"Tidak tahu", "Tidak mau menjawab"}
    }
    table = file_with({})["tidak_diketahui"]
    asked = set().union(*(rule.condition.named() for rule in scoring_rules().criteria))
    assert {(key, code) for key, code in unsure if key in asked} == {
        (key, code) for key, codes in table.items() for code in codes
    }


_RULE = {"id": "x", "label": "X", "bobot": 1, "jika": {"kolom": "lantai", "sama": "09"}}


@pytest.mark.parametrize(
    "change",
    [
        {"kriteria": None},
        {"kriteria": {}},
        {"kriteria": ["lantai"]},
        {"kriteria": [_RULE, _RULE]},
        {"kriteria": [_RULE | {"bobot": "1"}]},
        {"kriteria": [_RULE | {"bobot": -1}]},
        {"kriteria": [_RULE | {"bobot": 1.5}]},
        {"kriteria": [_RULE | {"bobot": True}]},
        {"kriteria": [_RULE | {"bobott": 1}]},
        {"kriteria": [_RULE | {"jika": {"kolom": "lantay", "sama": "09"}}]},
        {"kriteria": [{key: _RULE[key] for key in ("id", "label", "bobot")}]},
        {"kriteria": [{key: _RULE[key] for key in ("id", "label", "jika")}]},
        {"kriteria": [{key: _RULE[key] for key in ("label", "bobot", "jika")}]},
        {"langsung": [{"id": "x", "label": "X", "jika": _RULE["jika"], "hasil": "tolak"}]},
        {"langsung": [_RULE]},
        {"langsung": None},
        {"tidak_diketahui": {"daya": ["7"]}},
        {"versi": 1},
        {"dasar": None},
    ],
)
def test_a_file_with_a_mistake_is_refused_when_it_is_loaded(change: dict[str, Any]) -> None:
    with pytest.raises(RuleFileError):
        parse_scoring(file_with(change))


def test_the_error_names_the_rule() -> None:
    bad = _RULE | {"jika": {"kolom": "lantay", "sama": "09"}}
    with pytest.raises(RuleFileError, match=r"^x: no such column: 'lantay'$"):
        parse_scoring(file_with({"kriteria": [bad]}))
