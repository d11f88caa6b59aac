"""What may stand on the screen that the whole hall sees."""

from registry.rules.questionnaire import Sensitivity, questionnaire
from registry.rules.told import SHORT, Told, open_keys, told
from tests.unit.registry.rules.households import applied


def test_only_what_the_questionnaire_lets_be_said_aloud_is_told() -> None:
    asked = {question.key: question for question in questionnaire().questions}
    assert set(SHORT) == open_keys()
    assert {asked[key].sensitivity for key in SHORT} == {Sensitivity.MEETING}
    assert not open_keys() & {"khawatir_makan", "disabilitas", "telepon", "nik", "kk", "alamat"}


def test_a_household_is_told_by_name_size_and_house() -> None:
    application = applied()
    said = told(application.answers, 4)
    assert (said.name, said.size) == (application.applicant.name, 4)
    assert [label for label, _ in said.facts][:2] == ["Rumah", "Lantai"]
    assert all(len(answer) > 2 for _, answer in said.facts)


def test_who_has_no_home_is_told_so() -> None:
    assert told({"nama": "Siti", "sta_bangunan": "0"}, 1) == Told(
        "Siti", 1, (("Rumah", "Tidak punya rumah"),)
    )
