"""Made-up households: the same for the same seed, believable, and fit for the form."""

import json
import re
from collections import Counter
from datetime import date
from itertools import pairwise

import pytest
from click.testing import CliRunner, Result

from fmotm.commands.households import households as command
from fmotm.households import Options, Raw, household
from fmotm.households.dice import Dice
from fmotm.households.numbers import FIRST_SERIAL, LAST_YEAR, MAX_PEOPLE
from fmotm.households.people import MOTHER_FROM, Member, family
from registry.rules.answers import parse
from registry.rules.application import Application
from registry.rules.errors import Invalid
from registry.rules.nik import Sex
from registry.rules.problems import Problem
from registry.rules.questionnaire import NOBODY, questionnaire
from registry.rules.regions import all_kelurahan, nik_prefixes
from registry.rules.screening import FlagKind, screen

MANY = 2000
TODAY = date(LAST_YEAR + 1, 1, 1)
MENTENG = "31.71.06.1001"


def make(count: int = MANY, options: Options | None = None, seed: int = 7) -> list[Raw]:
    return [household(seed, index, options or Options()) for index in range(count)]


def read(raw: Raw) -> Application:
    application = parse(raw, today=TODAY)
    assert isinstance(application, Application), application
    return application


def criteria(application: Application) -> set[str]:
    screening = screen(application, today=TODAY, known_prefixes=nik_prefixes())
    return {flag.id for flag in screening.of_kind(FlagKind.CRITERION)}


@pytest.fixture(scope="module")
def applications() -> list[Application]:
    return [read(raw) for raw in make()]


@pytest.fixture(scope="module")
def families() -> list[list[Member]]:
    return [family(Dice(7, index, "family"), homeless=False) for index in range(MANY)]


def test_same_seed_gives_same_households_in_any_order() -> None:
    backwards = [household(7, index) for index in reversed(range(100))]
    assert backwards[::-1] == make(100)


def test_households_stay_the_same_over_versions() -> None:
    # What was sent once is to be recognised when it is sent again by a later version.
    raw = household(7, 3)
    assert (raw["nama"], raw["nik"], raw["kelurahan"]) == (
        "INDRA HENDRA ISKANDAR",
        "1214111111685984",
        "31.74.09.1003",
    )


def test_another_seed_gives_other_households() -> None:
    assert household(7, 0) != household(8, 0)


@pytest.mark.parametrize(("seed", "index"), [(-1, 0), (0, -1)])
def test_seed_and_index_below_0_are_refused(seed: int, index: int) -> None:
    with pytest.raises(ValueError, match="from 0"):
        household(seed, index)


def test_huge_seed_and_index_give_a_household() -> None:
    read(household(2**64, 10**9))


def test_every_household_is_in_order_and_meets_no_criterion(
    applications: list[Application],
) -> None:
    assert [criteria(application) for application in applications] == [set()] * MANY


def test_only_fields_of_the_form_are_filled_in() -> None:
    form = questionnaire()
    household_fields = {question.key for question in form.questions}
    member_fields = {question.key for question in form.member_questions}
    for raw in make(300):
        for field in raw:
            known = member_fields if field.startswith("anggota-") else household_fields
            asked = re.sub("-(hari|bulan|tahun)$", "", field)
            assert asked.split("-")[-1] in known


def test_niks_tell_birth_date_and_sex_of_their_persons(applications: list[Application]) -> None:
    for application in applications:
        applicant = application.applicant
        flags = application.nik.flags(applicant.birth_date, applicant.sex, nik_prefixes())
        assert not set(flags) - {"prefix_not_dki"}


def test_no_nik_and_no_kk_occurs_twice(applications: list[Application]) -> None:
    niks = [person.nik.value for one in applications for person in one.people if person.nik]
    cards = [one.kk.value for one in applications if one.kk]
    assert len(set(niks)) == len(niks)
    assert len(set(cards)) == len(cards)


def test_no_nik_and_no_kk_occurs_twice_in_a_busy_kelurahan() -> None:
    made = make(7000, Options(kelurahan=(MENTENG,)))
    niks = Counter(str(raw["nik"]).replace(" ", "") for raw in made)
    cards = Counter(str(raw["kk"]).replace(" ", "") for raw in made if "kk" in raw)
    assert max(niks.values()) == 1
    assert max(cards.values()) == 1


def test_serials_are_such_as_no_office_gives(applications: list[Application]) -> None:
    for application in applications:
        numbers = [person.nik.value for person in application.people if person.nik]
        numbers += [application.kk.value] if application.kk else []
        assert all(int(number[-4:]) >= FIRST_SERIAL for number in numbers)


def test_phones_are_of_prefixes_without_an_operator(applications: list[Application]) -> None:
    phones = [application.phone.e164 for application in applications if application.phone]
    assert {phone[:6] for phone in phones} <= {
        "+62835", "+62836", "+62837", "+62854", "+62892", "+62893",
    }  # fmt: skip
    assert 0.75 < len(phones) / MANY < 0.95


def test_most_niks_are_of_jakarta_and_some_of_elsewhere(applications: list[Application]) -> None:
    dki = sum(application.nik.prefix.startswith("31") for application in applications)
    assert 0.6 < dki / MANY < 0.9


def test_sizes_spread_around_three_and_a_half(applications: list[Application]) -> None:
    sizes = Counter(len(application.people) for application in applications)
    assert set(range(1, 8)) <= set(sizes)
    assert max(sizes) <= MAX_PEOPLE
    assert 3.0 < sum(size * count for size, count in sizes.items()) / MANY < 4.0


def test_every_kelurahan_has_as_many_households() -> None:
    made = Counter(household(7, index)["kelurahan"] for index in range(267 * 3))
    assert made == {kelurahan.code: 3 for kelurahan in all_kelurahan()}


def test_chosen_kelurahan_alone_are_lived_in() -> None:
    codes = (MENTENG, "31.71.01.1001")
    made = make(10, Options(kelurahan=codes))
    assert Counter(raw["kelurahan"] for raw in made) == dict.fromkeys(codes, 5)


def test_each_family_has_one_head_and_a_grown_applicant(families: list[list[Member]]) -> None:
    for people in families:
        relations = Counter(person.relation for person in people)
        assert relations["1"] == 1
        assert relations["2"] <= 1
        assert people[0].age >= 17


def test_ages_fit_relations(families: list[list[Member]]) -> None:
    for people in families:
        by_relation = {person.relation: person for person in people}
        head = by_relation["1"]
        mother = by_relation.get("2", head)
        for person in people:
            if person.relation == "3":
                assert mother.age - person.age >= MOTHER_FROM
            elif person.relation == "5":
                assert head.age - person.age >= 2 * MOTHER_FROM - 3
            elif person.relation == "6":
                assert person.age - head.age >= MOTHER_FROM


def test_brothers_and_sisters_are_born_apart(families: list[list[Member]]) -> None:
    for people in families:
        ages = sorted(person.age for person in people if person.relation == "3")
        assert all(older - younger >= 2 for younger, older in pairwise(ages))


def test_children_do_not_work(families: list[list[Member]]) -> None:
    persons = [person for people in families for person in people]
    assert not any(person.works for person in persons if person.age < 15)
    men = [person for person in persons if person.sex is Sex.MALE and 25 <= person.age < 60]
    assert 0.7 < sum(person.works for person in men) / len(men) < 0.9


def test_only_babies_of_families_with_a_home_have_no_nik(
    applications: list[Application],
) -> None:
    without = [
        person
        for application in applications
        if application.has_home
        for person in application.people
        if person.nik is None
    ]
    assert without
    for person in without:
        assert person.birth_date
        assert LAST_YEAR - person.birth_date.year <= 2


def test_want_shows_in_floor_and_toilet_alike(applications: list[Application]) -> None:
    def share(floors: set[str]) -> float:
        homes = [one for one in applications if one.answer("lantai") in floors]
        return sum(one.answer("fasbab") == "1" for one in homes) / len(homes)

    assert share({"02", "04"}) > share({"06", "09"}) + 0.15


def test_a_few_have_no_home_and_then_no_house(applications: list[Application]) -> None:
    homeless = [application for application in applications if not application.has_home]
    assert 0.002 < len(homeless) / MANY < 0.02
    assert all(not application.answer("lantai") for application in homeless)
    assert all(application.answer("tempat_tidur") for application in homeless)


def test_flags_meet_the_criteria_in_their_share() -> None:
    made = [criteria(read(raw)) for raw in make(1000, Options(flags=0.3))]
    assert 0.25 < sum(map(bool, made)) / 1000 < 0.35
    assert len(set().union(*made)) == 5


def test_flags_for_all_leave_nobody_without() -> None:
    assert all(criteria(read(raw)) for raw in make(300, Options(flags=1.0)))


def test_options_do_not_change_other_households() -> None:
    options = Options(flags=0.3, rivals=0.1, mistakes=0.2)
    same = sum(one == other for one, other in zip(make(500), make(500, options), strict=True))
    assert 0.4 < same / 500 < 0.65  # 0.7 x 0.9 x 0.8 is 0.5


def test_rivals_register_the_household_before_with_other_answers() -> None:
    made = [read(raw) for raw in make(1000, Options(rivals=0.2))]
    pairs = [(one, other) for one, other in pairwise(made) if one.nik == other.nik]
    assert 0.16 < len(pairs) / 1000 < 0.24
    for one, other in pairs:
        assert one.people == other.people
        assert one.identity() != other.identity()
    assert len({one.nik.value for one in made}) == 1000 - len(pairs)


def test_every_second_household_at_most_is_a_rival() -> None:
    made = [read(raw) for raw in make(200, Options(rivals=0.5))]
    assert all(one.nik == other.nik for one, other in zip(made[::2], made[1::2], strict=True))


def test_rivals_in_one_kelurahan_differ_too() -> None:
    made = [read(raw) for raw in make(400, Options(rivals=0.5, kelurahan=(MENTENG,)))]
    assert len({one.identity() for one in made}) == 400


def problems(raw: Raw) -> tuple[Problem, ...]:
    found = parse(raw, today=TODAY)
    assert not isinstance(found, Application)
    return found


def test_every_mistake_is_refused() -> None:
    found = [problems(raw) for raw in make(MANY, Options(mistakes=1.0))]
    fields = Counter(one.field for each in found for one in each)
    assert {"alamat", "rt", "pegawai_tetap", "sumber_airminum", "nik"} <= set(fields)
    assert len(fields) > 12


def test_mistakes_come_in_their_share() -> None:
    made = make(1000, Options(mistakes=0.2))
    refused = sum(not isinstance(parse(raw, today=TODAY), Application) for raw in made)
    assert 0.16 < refused / 1000 < 0.24


def test_all_options_at_once_give_a_form_that_can_be_read() -> None:
    for raw in make(500, Options(flags=1.0, rivals=0.5, mistakes=0.5)):
        parse(raw, today=TODAY)


@pytest.mark.parametrize(
    "shares", [{"flags": -0.1}, {"flags": 1.1}, {"rivals": 0.6}, {"mistakes": float("nan")}]
)
def test_shares_out_of_range_are_refused(shares: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="share"):
        Options(**shares)  # type: ignore[arg-type]


def test_unknown_kelurahan_is_refused() -> None:
    with pytest.raises(Invalid, match="kelurahan_unknown"):
        Options(kelurahan=("99.99.99.9999",))


def test_employees_work() -> None:
    for raw in make(300, Options(flags=1.0)):
        employed = [number for number in raw["pegawai_tetap"] if number != NOBODY]
        assert set(employed) <= set(raw["bekerja"])


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def test_command_prints_one_object_a_line() -> None:
    result = run("--count", "3", "--seed", "7")
    assert result.exit_code == 0
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        {"answers": raw} for raw in make(3)
    ]


def test_larger_count_gives_the_same_and_more() -> None:
    five, eight = run("--count", "5").stdout, run("--count", "8").stdout
    assert eight.startswith(five)
    assert five + run("--count", "3", "--skip", "5").stdout == eight


def test_count_of_0_prints_nothing() -> None:
    result = run("--count", "0")
    assert (result.exit_code, result.stdout) == (0, "")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--count", "-1"),
        ("--seed", "-1"),
        ("--flags", "2"),
        ("--rivals", "0.6"),
        ("--kelurahan", "31.71.01.9999"),
        ("--kelurahan", ""),
        ("--ledger", "receipts.txt"),
        ("--json",),
        ("--no-receipt-page",),
        ("--send", "http://127.0.0.1:9", "--no-receipt-page", "--ledger", "receipts.txt"),
    ],
)
def test_usage_errors_say_so(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Error:" in result.stderr


def test_kelurahan_may_be_given_without_dots() -> None:
    result = run("--count", "1", "--kelurahan", MENTENG.replace(".", ""))
    assert json.loads(result.stdout)["answers"]["kelurahan"] == MENTENG
