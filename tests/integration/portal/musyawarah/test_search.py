"""Search by receipt or by a part of a name: within the kelurahan, and noted."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from registry.rules.lifecycle import Role
from tests.integration.portal.accounts.people import Office, token_of
from tests.integration.portal.musyawarah.cases import Homes
from tests.integration.registration import CIDENG, GAMBIR

SEARCH = f"/musyawarah/{GAMBIR}/cari"


@pytest.fixture
def officer(office: Office, period: str) -> FlaskClient:
    return office.signed_in(Role.REVIEWER)


def search(client: FlaskClient, text: str) -> TestResponse:
    return client.post(SEARCH, data={"cari": text, "csrf_token": token_of(client, "/akun")})


def test_a_receipt_leads_to_its_case_however_it_is_written(
    officer: FlaskClient, homes: Homes
) -> None:
    home = homes.register(1)
    for written in (home.receipt, home.receipt.lower().replace("-", " ")):
        found = search(officer, written)
        assert found.status_code == 303
        assert found.location == f"/musyawarah/{GAMBIR}/kasus/{home.hex}"
    assert homes.opened(home) == [("receipt", None)] * 2


def test_a_part_of_anybodys_name_is_found_and_noted(officer: FlaskClient, homes: Homes) -> None:
    mine = homes.register(1, nama="Siti Zulaikha")
    other = homes.register(2, nama="Budi")
    far = homes.register(3, CIDENG, nama="Siti Zulaikha")

    page = search(officer, "zulAI")

    assert page.status_code == 200
    assert mine.hex in page.text
    assert "1 kasus" in page.text
    assert (homes.opened(mine), homes.opened(other), homes.opened(far)) == (
        [("name", None)],
        [],
        [],
    )
    assert 'value="zulAI"' in page.text


def test_a_member_is_found_too(officer: FlaskClient, homes: Homes) -> None:
    number = next(n for n in range(1, 50) if homes.raw(n)["jumlah_anggota"] != "0")
    home = homes.register(number, **{"anggota-1-nama": "Ketut Wirawan"})
    assert home.hex in search(officer, "ketut wir").text


def test_what_is_not_there_or_too_short_says_so(officer: FlaskClient, homes: Homes) -> None:
    far = homes.register(3, CIDENG)
    assert "Tidak ada yang cocok" in search(officer, "tidak ada orang ini").text
    assert "Tidak ada yang cocok" in search(officer, far.receipt).text
    for short in ("", "ab", "  - "):
        answer = search(officer, short)
        assert answer.status_code == 422
        assert "paling sedikit 3 huruf" in answer.text


@pytest.mark.parametrize("role", [Role.DINAS, Role.AUDITOR, Role.COUNTER, Role.PENDAMPING])
def test_others_do_not_search(office: Office, period: str, role: Role) -> None:
    client = office.signed_in(role)
    assert client.get(SEARCH).status_code == 404
    assert search(client, "siti").status_code == 404
