"""Practice on pages: for those who check and chair, plainly coloured, apart from real rounds."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fmotm.practice import fill
from portal.dates import now
from portal.services import services
from registry.rules.lifecycle import Role
from registry.rules.practice import CODE
from tests.integration.portal.accounts.people import Office
from tests.integration.portal.support import answers, form, post
from tests.integration.registration import GAMBIR

HOME = f"/musyawarah/{CODE}/"
BAND = "LATIHAN - data rekaan"


@pytest.fixture
def practice(office: Office) -> str:
    """Fill it."""
    with office.app.app_context():
        keys = services().keys
    with Session(office.database) as session, session.begin():
        return fill(session, keys, 3, now())


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.CHAIR])
def test_who_checks_or_chairs_may_practise(
    office: Office, practice: str, period: str, role: Role
) -> None:
    somebody = office.signed_in(role)
    assert somebody.get("/musyawarah/latihan").location == HOME
    page = somebody.get(HOME).text
    assert "Kelurahan Latihan" in page
    assert practice in page
    assert BAND in page
    assert '<body class="meja latihan">' in page


def test_real_pages_have_no_band(office: Office, practice: str, period: str) -> None:
    officer = office.signed_in(Role.REVIEWER)
    page = officer.get(f"/musyawarah/{GAMBIR}/").text
    assert BAND not in page
    assert '<body class="meja">' in page
    # And one kelurahan is still one: practice is none of theirs to choose.
    assert officer.get("/musyawarah/").location == f"/musyawarah/{GAMBIR}/"


def test_it_needs_no_real_round(office: Office, practice: str) -> None:
    assert office.signed_in(Role.CHAIR).get(HOME).status_code == 200


def test_before_it_is_filled_the_page_says_how(office: Office, period: str) -> None:
    answer = office.signed_in(Role.REVIEWER).get(HOME)
    assert answer.status_code == 404
    assert "Latihan belum diisi" in answer.text


def test_rounds_and_kelurahan_do_not_mix(office: Office, practice: str, period: str) -> None:
    officer = office.signed_in(Role.REVIEWER)
    assert officer.get(f"{HOME}?putaran={practice}").status_code == 200
    assert officer.get(f"{HOME}?putaran={period}").status_code == 404
    assert officer.get(f"/musyawarah/{GAMBIR}/?putaran={practice}").status_code == 404


def test_the_desk_and_organisations_have_none(office: Office, practice: str) -> None:
    for role in (Role.COUNTER, Role.PENDAMPING):
        assert office.signed_in(role).get(HOME).status_code == 404


def test_nobody_can_register_there(client: FlaskClient, inbox: object) -> None:
    answer = post(client, form(answers(kelurahan=CODE)))
    assert answer.status_code == 422
    assert "Pilih kelurahan" in answer.text
    assert CODE not in client.get("/daftar").text
