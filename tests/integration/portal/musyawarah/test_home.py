"""Where an officer begins: at their kelurahan, and nowhere else."""

from __future__ import annotations

import pytest

from registry.rules.lifecycle import Role
from tests.integration.portal.accounts.people import Office
from tests.integration.portal.musyawarah.room import Room
from tests.integration.registration import CIDENG, GAMBIR


def test_an_officer_of_one_kelurahan_is_taken_there(office: Office, period: str) -> None:
    officer = office.signed_in(Role.REVIEWER)
    assert officer.get("/musyawarah/").location == f"/musyawarah/{GAMBIR}/"
    page = officer.get(f"/musyawarah/{GAMBIR}/").text
    assert "Kelurahan Gambir" in page
    assert period in page


def test_it_tells_how_many_wait_and_leads_to_every_tab(room: Room) -> None:
    officer = room.officer().client
    room.registered(3)
    page = officer.get(f"/musyawarah/{GAMBIR}/").text
    assert "<dt>Menunggu musyawarah</dt><dd>3</dd>" in page
    assert "<dt>Kunjungan rumah</dt><dd>0</dd>" in page
    for part in ("antrean", "lembar", "kunjungan", "sidang", "berita-acara"):
        assert page.count(f'href="/musyawarah/{GAMBIR}/{part}"') == 2, part


def test_an_officer_of_several_chooses(office: Office, period: str) -> None:
    page = office.signed_in(Role.REVIEWER, f"{GAMBIR} {CIDENG}").get("/musyawarah/").text
    assert f'href="/musyawarah/{GAMBIR}/"' in page
    assert f'href="/musyawarah/{CIDENG}/"' in page


@pytest.mark.parametrize(
    "code", [CIDENG, "31.71.01.9999", "3171011001", "x", "31.71.01.1001%00", "../31.71.01.1001"]
)
def test_what_is_not_ones_own_is_not_there(office: Office, period: str, code: str) -> None:
    assert office.signed_in(Role.REVIEWER).get(f"/musyawarah/{code}/").status_code == 404


def test_dinas_and_auditors_see_every_kelurahan(office: Office, period: str) -> None:
    for role in (Role.DINAS, Role.AUDITOR):
        assert office.signed_in(role).get(f"/musyawarah/{CIDENG}/").status_code == 200


@pytest.mark.parametrize("role", [Role.COUNTER, Role.PENDAMPING])
def test_others_have_no_such_page(office: Office, period: str, role: Role) -> None:
    assert office.signed_in(role).get(f"/musyawarah/{GAMBIR}/").status_code == 404


def test_a_round_is_looked_at_by_its_id(office: Office, period: str) -> None:
    officer = office.signed_in(Role.REVIEWER)
    assert officer.get(f"/musyawarah/{GAMBIR}/?putaran={period}").status_code == 200
    assert officer.get(f"/musyawarah/{GAMBIR}/?putaran=1999-1").status_code == 404


def test_before_the_first_round_the_page_says_so(office: Office) -> None:
    answer = office.signed_in(Role.REVIEWER).get(f"/musyawarah/{GAMBIR}/")
    assert answer.status_code == 404
    assert "Belum ada putaran pendaftaran" in answer.text
