from datetime import date
from urllib.parse import parse_qs, urlencode

import pytest

from loadtests.bench.bodies import Numbers, Template, looked_up, template
from loadtests.bench.measure import CheckFailed
from registry.rules.answers import parse
from registry.rules.application import Application
from registry.rules.regions import nik_prefixes
from registry.rules.screening import screen

TODAY = date(2026, 11, 22)
FORM = template({"periode": "2026-1", "versi": "3"})
FAR = FORM.capacity - 1
NUMBERS = (0, 1, 2, 266, 267, 4_999, 5_000, 219_999, 220_000, 6_160_000, FAR)


def parsed(number: int, form: Template = FORM) -> Application:
    found = parse(form.answers(number), today=TODAY)
    assert isinstance(found, Application), found
    return found


@pytest.mark.parametrize("number", NUMBERS)
def test_each_is_an_application_of_four_who_all_have_a_nik(number: int) -> None:
    application = parsed(number)

    assert len(application.people) == 4
    assert all(person.nik for person in application.people)
    assert application.kk
    assert application.has_home
    assert application.phone


@pytest.mark.parametrize("number", NUMBERS)
def test_the_nik_agrees_with_what_is_stated(number: int) -> None:
    flags = screen(parsed(number), today=TODAY, known_prefixes=nik_prefixes())

    assert flags.as_json()["flags"] == []


def test_no_number_of_a_person_or_card_comes_twice() -> None:
    far_apart = (*range(12_000), *range(219_000, 221_000), *NUMBERS)
    numbers = [
        value
        for number in set(far_apart)
        for slot, value in FORM.values(number).items()
        if slot in FORM.numbers
    ]

    assert len(numbers) == 5 * len(set(far_apart))
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("number", NUMBERS)
def test_the_body_is_the_answers_as_a_browser_sends_them(number: int) -> None:
    assert FORM.body(number) == urlencode(FORM.answers(number), doseq=True)
    assert "SLOT" not in FORM.body(number)


def test_households_live_in_every_kelurahan() -> None:
    assert len({parsed(number).kelurahan for number in range(267)}) == 267


def test_what_the_form_sends_for_itself_goes_with_it() -> None:
    sent = parse_qs(FORM.body(7))

    assert (sent["periode"], sent["versi"], sent["aksi"]) == (["2026-1"], ["3"], ["kirim"])


def test_numbers_are_given_out_once_until_there_are_none() -> None:
    numbers = Numbers(capacity=10)

    assert (numbers.take(4), numbers.take(6)) == (0, 4)
    with pytest.raises(CheckFailed, match="all households"):
        numbers.take(1)


def test_a_look_up_is_by_receipt_or_by_card() -> None:
    assert looked_up("317", receipt="7KQ29FMAX4TD") == "nik=317&bukti=7KQ29FMAX4TD"
    assert looked_up("317", kk="318") == "nik=317&kk=318"
