"""Who may see which page, as whom they act there, and what PostgreSQL is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask, g
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.accounts import acting as letters
from portal.accounts import current_actor, has_role, require_totp_now, signed_in_session
from portal.accounts.models import ROLES, Account, ActingChair
from portal.accounts.problems import AccountError
from portal.accounts.roles import ANYBODY, WrongCode, actor_of
from portal.dates import now
from registry.rules import practice
from registry.rules.lifecycle import Actor, Role
from registry.rules.periods import JAKARTA
from registry.rules.scope import Scope
from tests.integration.portal.accounts.people import Office, Person, sign_in, without_tokens
from tests.integration.registration import CIDENG, GAMBIR

TODAY = now().astimezone(JAKARTA).date()
DAY = timedelta(days=1)
DINAS_PAGES = ("/dinas/akun", "/dinas/akun/baru", "/dinas/akun/1", "/dinas/akun/999")


@pytest.mark.parametrize("role", [role for role in ROLES if role is not Role.DINAS])
def test_another_roles_page_is_not_there(office: Office, role: Role) -> None:
    client = office.signed_in(role)
    nothing = without_tokens(client.get("/dinas/tidak-ada"))

    for path in DINAS_PAGES:
        answer = client.get(path)
        assert (answer.status_code, without_tokens(answer)) == (404, nothing)


@pytest.mark.parametrize("path", ["/akun", "/akun/kode", *DINAS_PAGES])
def test_who_is_not_signed_in_is_asked_to(office_app: Flask, path: str) -> None:
    assert office_app.test_client().get(path).location == f"/masuk?next={path}"


def actor(office: Office, person: Person) -> Actor:
    return actor_of(office.account(person))


def test_everyone_acts_within_their_scope(office: Office) -> None:
    of_two = office.invite(Role.REVIEWER, f"{GAMBIR} {CIDENG}")
    assert actor(office, of_two) == Actor(
        str(of_two.id), Role.REVIEWER, Scope.of_kelurahan([GAMBIR, CIDENG, practice.CODE])
    )
    lurah, desk = (actor(office, office.invite(role)) for role in (Role.CHAIR, Role.COUNTER))
    assert lurah.scope == Scope.of_kelurahan([GAMBIR, practice.CODE])
    assert desk.scope == Scope.of_kelurahan([GAMBIR])
    helper = actor(office, office.invite(Role.PENDAMPING))
    assert helper.scope == Scope.of_organisation("lsm-melati")
    for role in (Role.DINAS, Role.AUDITOR):
        assert actor(office, office.invite(role)).scope == Scope.EVERYTHING


def name(office: Office, person: Person, kelurahan: str, first: int = 0, last: int = 0) -> None:
    letter = letters.Acting(kelurahan, "800/123/2026", TODAY + first * DAY, TODAY + last * DAY)
    with Session(office.database) as db, db.begin():
        letters.name(db, db.get_one(Account, person.id), letter, "os:test")


def test_a_lurah_may_stand_in_for_another(office: Office) -> None:
    lurah = office.invite(Role.CHAIR)
    name(office, lurah, CIDENG)

    plh = actor(office, lurah)
    assert plh.scope == Scope.of_kelurahan([GAMBIR, CIDENG, practice.CODE])
    assert plh.acting_chair_of == {CIDENG}
    assert plh.holds(Role.CHAIR, GAMBIR)
    assert plh.holds(Role.CHAIR, CIDENG)


def test_a_reviewer_may_stand_in_in_their_own_kelurahan(office: Office) -> None:
    reviewer = office.invite(Role.REVIEWER)
    name(office, reviewer, GAMBIR)

    plh = actor(office, reviewer)
    assert plh.holds(Role.CHAIR, GAMBIR)
    assert plh.holds(Role.REVIEWER, GAMBIR)
    assert plh.scope == Scope.of_kelurahan([GAMBIR, practice.CODE])


@pytest.mark.parametrize(
    ("first", "last", "acts"),
    [(0, 0, True), (-5, 0, True), (0, 30, True), (-5, -1, False), (1, 5, False)],
)
def test_standing_in_has_its_days(office: Office, first: int, last: int, acts: bool) -> None:
    lurah = office.invite(Role.CHAIR)
    name(office, lurah, CIDENG, first, last)

    assert actor(office, lurah).scope.covers(CIDENG) is acts


def test_standing_in_ends_when_it_is_withdrawn(office: Office) -> None:
    lurah = office.invite(Role.CHAIR)
    name(office, lurah, CIDENG)
    with Session(office.database) as db, db.begin():
        db.query(ActingChair).update({"withdrawn_at": now()})

    assert not actor(office, lurah).scope.covers(CIDENG)


@pytest.mark.parametrize(
    ("role", "kelurahan", "first", "last", "code"),
    [
        (Role.COUNTER, GAMBIR, 0, 0, "may_act"),
        (Role.DINAS, GAMBIR, 0, 0, "may_act"),
        (Role.REVIEWER, CIDENG, 0, 0, "may_act"),
        (Role.CHAIR, GAMBIR, 0, 0, "may_act"),
        (Role.CHAIR, CIDENG, 1, 0, "dates"),
        (Role.CHAIR, CIDENG, 0, 91, "dates"),
        (Role.CHAIR, "31.71.01", 0, 0, "kelurahan_unknown"),
    ],
)
def test_others_may_not_stand_in(  # noqa: PLR0917 - one for each column
    office: Office, role: Role, kelurahan: str, first: int, last: int, code: str
) -> None:
    person = office.invite(role)

    with pytest.raises(AccountError) as refused:
        name(office, person, kelurahan, first, last)
    assert refused.value.code == code


@pytest.fixture
def acting(office: Office, office_app: Flask) -> Iterator[Account]:
    """Be in a request of a reviewer of Gambir."""
    account = office.account(office.invite(Role.REVIEWER))
    with office_app.test_request_context("/akun"):
        g.account = account
        yield account


def test_the_transaction_of_a_page_is_its_actors(acting: Account) -> None:
    with signed_in_session() as session:
        told = session.scalar(
            text(
                "SELECT concat_ws('|', current_setting('fmotm.scope'),"
                " current_setting('fmotm.actor'), current_setting('fmotm.role'))"
            )
        )
    assert told == f"kelurahan:{practice.CODE},{GAMBIR}|{acting.id}|reviewer"
    assert current_actor().id == str(acting.id)
    assert has_role(Role.REVIEWER, Role.DINAS)
    assert not has_role(Role.DINAS)


def test_nobody_is_anybody_and_sees_nothing(office_app: Flask) -> None:
    with office_app.test_request_context("/"):
        assert current_actor() == ANYBODY
        assert not has_role(*ROLES)
        with signed_in_session() as session:
            assert session.scalar(text("SELECT current_setting('fmotm.scope')")) == ""


def test_the_second_factor_is_asked_for_again(office: Office, office_app: Flask) -> None:
    person = office.invite(Role.CHAIR)
    client = office_app.test_client()
    with office_app.test_request_context("/akun"):
        g.account = office.account(person)
        with pytest.raises(WrongCode, match="Pasang dulu"):
            require_totp_now("000000")
    with client:
        sign_in_first_time(office, client, person)
    with office_app.test_request_context("/akun"):
        g.account = office.account(person)
        with pytest.raises(WrongCode, match="salah"):
            require_totp_now("000000")
        code = office.code(person)
        require_totp_now(code)
        with pytest.raises(WrongCode, match="sudah dipakai"):
            require_totp_now(code)
        for _ in range(4):
            with pytest.raises(WrongCode):
                require_totp_now("000000")
        with pytest.raises(WrongCode, match="Tunggu sampai pukul"):
            require_totp_now(code)


def sign_in_first_time(office: Office, client: object, person: Person) -> None:
    from tests.integration.portal.accounts.people import accept  # noqa: PLC0415

    accept(client, person.token)  # type: ignore[arg-type]
    office.set_up_totp(client, person)  # type: ignore[arg-type]


def test_the_page_says_who_sits_there(office: Office) -> None:
    lurah = office.invite(Role.CHAIR)
    name(office, lurah, CIDENG)
    client = office.app.test_client()
    sign_in_first_time(office, client, lurah)

    page = client.get("/akun").text
    for said in ("Lurah", "Gambir", "Plh Lurah Cideng", "Keluar"):
        assert said in page
    assert "Petugas</a>" not in page
    assert ">Petugas</a>" in office.signed_in(Role.DINAS).get("/akun").text


def test_signing_in_is_one_role(office: Office) -> None:
    person = office.member(Role.COUNTER)
    client = office.app.test_client()
    sign_in(client, person.email)
    with client:
        client.get("/akun")
        assert current_actor().role is Role.COUNTER
