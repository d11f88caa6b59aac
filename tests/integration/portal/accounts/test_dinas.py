"""Dinas' page of people, and what it refuses."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from portal.dates import now
from registry.rules.lifecycle import Role
from registry.rules.periods import JAKARTA
from tests.integration.portal.accounts.people import Office, Person, accept, is_in, post, sign_in
from tests.integration.registration import CIDENG, GAMBIR

INDEX, NEW = "/dinas/akun", "/dinas/akun/baru"
SOMEBODY = {
    "full_name": "Ratna Wulandari",
    "email": "Ratna.W@Contoh.example",
    "role": "reviewer",
    "kelurahan": f"{GAMBIR}, {CIDENG}",
}


@pytest.fixture
def dinas(office: Office) -> FlaskClient:
    """Give the device of somebody at dinas."""
    return office.signed_in(Role.DINAS)


def do(dinas: FlaskClient, person: Person, what: str, **fields: str) -> int:
    return post(dinas, f"{INDEX}/{person.id}/{what}", page="/akun", **fields).status_code


def test_inviting_shows_the_link_once(dinas: FlaskClient, office: Office) -> None:
    page = post(dinas, NEW, page=NEW, **SOMEBODY).text

    [token] = re.findall(r"http://localhost/undangan/([\w-]{43})", page)
    assert accept(office.app.test_client(), token).location == "/akun/kode"
    listed = dinas.get(INDEX).text
    assert "ratna.w@contoh.example" in listed
    assert token not in listed


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"email": "tanpa-at"}, "E-mail tidak terbaca"),
        ({"email": "a@b"}, "E-mail tidak terbaca"),
        ({"email": "a@" + "b" * 260 + ".example"}, "E-mail tidak terbaca"),
        ({"full_name": "  "}, "Tulis nama lengkap"),
        ({"role": "system"}, "Pilih peran"),
        ({"role": "citizen"}, "Pilih peran"),
        ({"role": ""}, "Pilih peran"),
        ({"kelurahan": ""}, "Tulis kode kelurahan"),
        ({"role": "chair"}, "Lurah dan loket punya satu"),
        ({"role": "dinas"}, "Tulis kode kelurahan"),
        ({"kelurahan": "31.71.01.9999"}, "tidak dikenal"),
        ({"role": "pendamping", "kelurahan": ""}, "perlu kode lembaga"),
        ({"organisation_id": "lsm", "organisation_name": "LSM"}, "perlu kode lembaga"),
        (
            {"role": "pendamping", "kelurahan": "", "organisation_id": "a:b",
             "organisation_name": "LSM"},
            "perlu kode lembaga",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_makes_nobody(
    dinas: FlaskClient, wrong: dict[str, str], why: str
) -> None:
    answer = post(dinas, NEW, page=NEW, **{**SOMEBODY, **wrong})

    assert answer.status_code == 422
    assert why in answer.text
    assert "Ratna" not in dinas.get(INDEX).text


def test_an_e_mail_has_one_account(dinas: FlaskClient) -> None:
    assert post(dinas, NEW, page=NEW, **SOMEBODY).status_code == 200
    again = post(dinas, NEW, page=NEW, **{**SOMEBODY, "email": "ratna.w@contoh.EXAMPLE"})

    assert again.status_code == 422
    assert "sudah punya akun" in again.text


def test_disabling_is_at_once_and_can_be_undone(dinas: FlaskClient, office: Office) -> None:
    person = office.member()
    client = office.app.test_client()
    sign_in(client, person.email)

    assert do(dinas, person, "nonaktif") == 302
    assert not is_in(client)
    assert sign_in(client, person.email).status_code == 422
    assert do(dinas, person, "tautan") == 422
    assert do(dinas, person, "aktif") == 302
    assert sign_in(client, person.email).status_code == 302


def test_nobody_disables_themselves(office: Office) -> None:
    client, person = office.app.test_client(), office.invite(Role.DINAS)
    accept(client, person.token)
    office.set_up_totp(client, person)

    assert do(client, person, "nonaktif") == 422
    assert is_in(client)


def test_unlocking(dinas: FlaskClient, office: Office) -> None:
    person = office.member()
    for _ in range(5):
        sign_in(office.app.test_client(), person.email, "salah salah salah")
    assert "Dikunci sementara" in dinas.get(f"{INDEX}/{person.id}").text

    assert do(dinas, person, "buka-kunci") == 302
    assert sign_in(office.app.test_client(), person.email).status_code == 302
    assert "Kunci akun dibuka (oleh" in dinas.get(f"{INDEX}/{person.id}").text


def test_a_new_link(dinas: FlaskClient, office: Office) -> None:
    person = office.member()
    page = post(dinas, f"{INDEX}/{person.id}/tautan", page="/akun").text

    [token] = re.findall(r"/undangan/([\w-]{43})", page)
    assert accept(office.app.test_client(), token, "perahu bocor di atap").status_code == 302


def test_naming_and_withdrawing_a_plh(dinas: FlaskClient, office: Office) -> None:
    client, person = office.app.test_client(), office.invite(Role.CHAIR)
    accept(client, person.token)
    office.set_up_totp(client, person)
    today = now().astimezone(JAKARTA).date().isoformat()
    letter = {"letter_number": "800/123/2026", "from_on": today, "until_on": today}

    assert do(dinas, person, "plh", kelurahan=CIDENG, **letter) == 302
    assert "Plh Lurah Cideng" in client.get("/akun").text
    [withdraw] = re.findall(r"/plh/(\d+)/cabut", dinas.get(f"{INDEX}/{person.id}").text)
    assert do(dinas, person, f"plh/{withdraw}/cabut") == 302
    assert "Plh Lurah" not in client.get("/akun").text
    assert do(dinas, person, f"plh/{withdraw}/cabut") == 422
    assert do(dinas, person, "plh", kelurahan=GAMBIR, **letter) == 422
    assert do(dinas, person, "plh", kelurahan=CIDENG) == 422
    assert do(dinas, person, "plh", kelurahan=CIDENG, **letter | {"letter_number": " "}) == 422


def test_filters_and_further_pages(dinas: FlaskClient, office: Office) -> None:
    lurah = office.invite(Role.CHAIR)
    everywhere = [office.invite(Role.COUNTER, CIDENG) for _ in range(51)]

    of_gambir = dinas.get(f"{INDEX}?kelurahan={GAMBIR}").text
    assert lurah.email in of_gambir
    assert everywhere[0].email not in of_gambir
    first = dinas.get(f"{INDEX}?peran=counter").text
    assert (everywhere[49].email in first, everywhere[50].email in first) == (True, False)
    [link] = re.findall(r'href="(/dinas/akun\?[^"]*sesudah=[^"]*)"', first)
    assert everywhere[50].email in dinas.get(link.replace("&amp;", "&")).text
    assert dinas.get(f"{INDEX}?sesudah=x").status_code == 200


@pytest.mark.parametrize("what", ["tautan", "nonaktif", "aktif", "buka-kunci", "plh/1/cabut"])
def test_an_account_that_is_not_there(dinas: FlaskClient, what: str) -> None:
    assert do(dinas, Person(999, "", ""), what) == 404
    assert dinas.get(f"{INDEX}/999").status_code == 404


@pytest.mark.parametrize("what", ["tautan", "nonaktif", "plh"])
def test_a_forged_form_changes_nothing(dinas: FlaskClient, office: Office, what: str) -> None:
    person = office.member()

    assert dinas.post(f"{INDEX}/{person.id}/{what}").status_code == 400
    assert office.account(person).active


def test_other_roles_change_nothing(office: Office) -> None:
    person, auditor = office.member(), office.signed_in(Role.AUDITOR)

    for what in ("tautan", "nonaktif", "buka-kunci", "plh"):
        assert do(auditor, person, what) == 404
    assert office.account(person).active
