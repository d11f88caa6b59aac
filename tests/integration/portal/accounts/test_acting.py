"""One acting chair (Plh) at a time: a second letter for the same days is refused."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.accounts import acting
from portal.accounts.models import Account, AccountEvent, ActingChair
from portal.accounts.problems import AccountError, AlreadyActing
from registry.rules.lifecycle import Role
from tests.integration.portal.accounts.people import Office, Person, post
from tests.integration.registration import CIDENG, GAMBIR

FIRST, LAST = date(2026, 3, 10), date(2026, 3, 20)
DAY = timedelta(days=1)
THIRD = "31.71.01.1003"


def name(office: Office, person: Person, code: str, first: date, last: date) -> None:
    letter = acting.Acting(code, "800/1/2026", first, last)
    with Session(office.database) as db, db.begin():
        acting.name(db, db.get_one(Account, person.id), letter, "os:test")


def letters(database: Engine) -> list[tuple[str, date, date]]:
    with Session(database) as db:
        found = db.scalars(select(ActingChair).order_by(ActingChair.id))
        return [(each.kelurahan_code, each.from_on, each.until_on) for each in found]


@pytest.fixture
def stands(office: Office) -> Person:
    """Give who stands in for the lurah of Cideng from FIRST to LAST."""
    person = office.invite(Role.CHAIR, GAMBIR)
    name(office, person, CIDENG, FIRST, LAST)
    return person


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (FIRST, LAST),
        (LAST, LAST + 5 * DAY),
        (FIRST - 5 * DAY, FIRST),
        (FIRST - DAY, LAST + DAY),
        (FIRST + DAY, FIRST + DAY),
    ],
)
def test_letters_that_share_a_day_are_refused(
    office: Office, stands: Person, first: date, last: date
) -> None:
    another = office.invite(Role.REVIEWER, CIDENG)
    for person in (another, stands):
        with pytest.raises(AlreadyActing) as refused:
            name(office, person, CIDENG, first, last)
        assert "10 Maret 2026 sampai 20 Maret 2026" in refused.value.shown
        assert office.account(stands).full_name in refused.value.shown
        assert "from 2026-03-10 until 2026-03-20" in str(refused.value)
    assert letters(office.database) == [(CIDENG, FIRST, LAST)]
    with Session(office.database) as db:
        named = db.scalars(select(AccountEvent).filter_by(kind="acting_named")).all()
        assert [each.account_id for each in named] == [stands.id]


def test_of_several_the_first_is_named(office: Office, stands: Person) -> None:
    later = office.invite(Role.REVIEWER, CIDENG)
    name(office, later, CIDENG, LAST + DAY, LAST + DAY)
    with pytest.raises(AlreadyActing, match="until 2026-03-20"):
        name(office, later, CIDENG, FIRST - DAY, LAST + 9 * DAY)


def test_the_day_before_and_the_day_after_are_free(office: Office, stands: Person) -> None:
    another = office.invite(Role.REVIEWER, CIDENG)
    name(office, another, CIDENG, FIRST - 5 * DAY, FIRST - DAY)
    name(office, another, CIDENG, LAST + DAY, LAST + 5 * DAY)
    assert len(letters(office.database)) == 3


def test_another_kelurahan_has_its_own(office: Office, stands: Person) -> None:
    for code in (THIRD, "31.71.01.1004", "31.01.01.1001"):
        name(office, stands, code, FIRST, LAST)
    assert len(letters(office.database)) == 4


def test_a_letter_that_was_withdrawn_is_in_nobodys_way(office: Office, stands: Person) -> None:
    with Session(office.database) as db, db.begin():
        only = db.scalars(select(ActingChair)).one()
        acting.withdraw(db, db.get_one(Account, stands.id), only.id, "os:test")
    name(office, office.invite(Role.REVIEWER, CIDENG), CIDENG, FIRST, LAST)
    assert len(letters(office.database)) == 2


def test_of_two_at_the_same_moment_one_is_named(office: Office) -> None:
    people = [office.invite(Role.REVIEWER, CIDENG) for _ in range(4)]
    together = threading.Barrier(len(people))
    told: list[str] = []

    def try_it(person: Person) -> None:
        together.wait(20)
        try:
            name(office, person, CIDENG, FIRST, LAST)
        except AlreadyActing:
            told.append("taken")
        else:
            told.append("named")

    threads = [threading.Thread(target=try_it, args=(person,)) for person in people]
    for each in threads:
        each.start()
    for each in threads:
        each.join(20)
    assert sorted(told) == ["named", "taken", "taken", "taken"]
    assert letters(office.database) == [(CIDENG, FIRST, LAST)]


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(1, 1, 1), date(1, 1, 2)),
        (date(1999, 12, 31), date(2000, 1, 1)),
        (date(2199, 12, 31), date(2200, 1, 2)),
        (date(9999, 12, 30), date(9999, 12, 31)),
        (LAST, FIRST),
        (FIRST, FIRST + timedelta(days=91)),
    ],
)
def test_days_that_are_slips_are_refused(office: Office, first: date, last: date) -> None:
    person = office.invite(Role.REVIEWER, CIDENG)
    with pytest.raises(AccountError, match="the wrong way round"):
        name(office, person, CIDENG, first, last)
    assert letters(office.database) == []


def test_the_database_takes_no_second_one_either(office: Office, stands: Person) -> None:
    row = {
        "account_id": stands.id,
        "kelurahan_code": CIDENG,
        "letter_number": "9",
        "from_on": LAST,
        "until_on": LAST,
        "named_by": "1",
    }
    with (
        office.database.connect() as connection,
        pytest.raises(IntegrityError, match="ex_acting_chair_one_at_a_time"),
    ):
        connection.execute(insert(ActingChair).values(**row))


def test_the_page_says_who_it_is_and_keeps_what_was_typed(office: Office, stands: Person) -> None:
    dinas: FlaskClient = office.signed_in(Role.DINAS)
    another = office.invite(Role.REVIEWER, CIDENG)
    answer = post(
        dinas,
        f"/dinas/akun/{another.id}/plh",
        page="/akun",
        kelurahan=CIDENG,
        letter_number="800/77/2026",
        from_on=LAST.isoformat(),
        until_on=(LAST + DAY).isoformat(),
    )
    assert answer.status_code == 422
    who = office.account(stands).full_name
    assert f"Sudah ada Plh: {who}, 10 Maret 2026 sampai 20 Maret 2026." in answer.text
    assert 'value="800/77/2026"' in answer.text
    assert letters(office.database) == [(CIDENG, FIRST, LAST)]
