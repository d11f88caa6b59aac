from __future__ import annotations

from collections import Counter
from datetime import date
from urllib.parse import parse_qs, urlencode

import pytest

from loadtests.households import Households
from loadtests.round.playing import WHOLE
from registry.rules.answers import parse
from registry.rules.application import Application

FORM = {"periode": "2026-1", "versi": "3"}
MANY = [*range(900), *range(WHOLE - 300, WHOLE)]


@pytest.fixture(scope="module")
def households() -> Households:
    return Households.of(FORM, kinds=50)


@pytest.fixture(scope="module")
def applications(households: Households) -> list[Application]:
    parsed = [
        parse(parse_qs(households.body(number).decode()), today=date(2026, 11, 22))
        for number in MANY
    ]
    assert all(isinstance(each, Application) for each in parsed)
    return [each for each in parsed if isinstance(each, Application)]


def test_nobody_is_in_two_households(applications: list[Application]) -> None:
    niks = Counter(person.nik for each in applications for person in each.people if person.nik)

    assert niks.most_common(1)[0][1] == 1
    assert len({each.people[0].nik for each in applications}) == len(MANY)


def test_they_are_of_every_size_and_live_everywhere(applications: list[Application]) -> None:
    assert {len(each.people) for each in applications} >= {1, 2, 3, 4, 5, 6}
    assert len({each.answers["kelurahan"] for each in applications}) == 267


def test_there_are_enough_for_the_biggest_round(households: Households) -> None:
    assert households.most > 10 * WHOLE


@pytest.mark.parametrize("number", [0, 49, 50, 5_000, WHOLE - 1])
def test_what_is_sent_can_be_told_again(households: Households, number: int) -> None:
    answers = households.answers(number)

    assert households.body(number) == urlencode(answers, doseq=True).encode()
    assert households.nik(number) == answers["nik"]
    assert households.kk(number) == answers.get("kk")


def test_the_same_number_is_the_same_household_in_every_process(households: Households) -> None:
    again = Households.of(FORM, kinds=50)

    assert [again.body(each) for each in MANY[:60]] == [households.body(each) for each in MANY[:60]]
