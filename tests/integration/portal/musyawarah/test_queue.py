"""The queue of a kelurahan: who is on it, how it is narrowed, and how it grows."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, insert

from registry.rules.lifecycle import Role
from registry.rules.names import masked
from registry.store import models
from tests.integration.portal.accounts.people import Office
from tests.integration.portal.musyawarah.cases import Homes
from tests.integration.portal.support import Page
from tests.integration.registration import CIDENG, GAMBIR
from tests.integration.registry.store.factories import counted

HOMELESS: dict[str, Any] = {
    "sta_bangunan": "0",
    "tempat_tidur": "Di pasar",
    **dict.fromkeys(("lantai", "dinding", "fasbab", "sumber_penerangan", "daya", "njop_lebih_1m")),
    "sumber_airminum": None,
}
QUEUE = f"/musyawarah/{GAMBIR}/antrean"


@pytest.fixture
def officer(office: Office, period: str) -> FlaskClient:
    return office.signed_in(Role.REVIEWER)


def names(page: str) -> list[str]:
    """Give the names on a page of the queue, in its order."""
    return [unescape(each) for each in re.findall(r'<th scope="row"><a[^>]*>([^<]+)</a>', page)]


def test_an_officer_sees_the_own_kelurahan_in_the_meetings_order(
    officer: FlaskClient, homes: Homes
) -> None:
    plain = homes.register(1, sta_bangunan="1", njop_lebih_1m="2")
    first = homes.register(2, **HOMELESS)
    homes.register(3, CIDENG)

    page = officer.get(QUEUE)

    assert page.status_code == 200
    assert names(page.text) == [first.name, plain.name]
    assert plain.receipt in page.text
    assert "2 kasus" in page.text


def test_what_speaks_of_a_case_is_said_in_words(
    officer: FlaskClient, homes: Homes, office: Office
) -> None:
    car = homes.register(1, ada_mobil="1", rt="3", rw="7", tanpa_rt_rw=None)
    homes.register(2, nik=str(car.answers["nik"]), kelurahan=CIDENG)
    with office.database.begin() as connection:
        connection.execute(
            insert(models.Question).values(application_id=car.id, asked_by="1", question=b"sealed")
        )

    text = Page(officer.get(QUEUE).text).text

    assert "Memiliki mobil" in text
    assert "RT 003 / RW 007" in text
    assert "NIK pemohon sama: 1 pendaftaran lain" in text
    assert "Pertanyaan belum dijawab" in text


@pytest.mark.parametrize("role", [Role.DINAS, Role.AUDITOR])
def test_who_oversees_sees_no_name_and_no_receipt(office: Office, homes: Homes, role: Role) -> None:
    home = homes.register(1)
    page = office.signed_in(role).get(QUEUE).text
    assert names(page) == [masked(home.name)]
    assert home.name not in page
    assert home.receipt not in page
    assert home.receipt[-4:] in page


def test_the_queue_goes_by_rw_and_rt_with_counts(officer: FlaskClient, homes: Homes) -> None:
    for number, (rw, rt) in enumerate([("1", "1"), ("1", "2"), ("1", "2"), ("2", "1")], 1):
        homes.register(number, rt=rt, rw=rw, tanpa_rt_rw=None)
    homes.register(5, rt=None, rw=None, tanpa_rt_rw=["1"])

    everything = Page(officer.get(QUEUE).text).text
    assert "RW 001 3" in everything
    assert "RT/RW belum diketahui 1" in everything
    one = Page(officer.get(f"{QUEUE}?rw=1").text).text
    assert ("RT 001 1" in one, "RT 002 2" in one, "3 kasus" in one) == (True, True, True)
    assert len(names(officer.get(f"{QUEUE}?rw=1&rt=2").text)) == 2
    assert len(names(officer.get(f"{QUEUE}?rt0=1").text)) == 1


def test_filters_narrow_and_are_carried_on(officer: FlaskClient, homes: Homes) -> None:
    car = homes.register(1, ada_mobil="1", ktp_dki="1")
    homes.register(2, ada_mobil="2")

    page = officer.get(f"{QUEUE}?kriteria=mobil&hari=0&skor=0").text

    assert names(page) == [car.name]
    (link,) = [each for each in Page(page).links if car.hex in each]
    query = parse_qs(urlsplit(link.replace("&amp;", "&")).query)
    assert query == {"kriteria": ["mobil"], "skor": ["0"], "hari": ["0"]}
    assert names(officer.get(f"{QUEUE}?hari=30").text) == []
    assert "Tidak ada kasus yang cocok" in officer.get(f"{QUEUE}?hari=30").text


STRANGE = [
    "status=x",
    "rw=x&rt=-1&skor=1e9&hari=99999999999",
    "kriteria=x&dibantu=99",
    "sesudah=x&sebelum=-1",
    "sesudah=99999999999999999999999",
    "rw=%00",
    "rw=٣",
]


def test_what_is_not_understood_asks_for_nothing(officer: FlaskClient, homes: Homes) -> None:
    home = homes.register(1)
    for query in STRANGE:
        page = officer.get(f"{QUEUE}?{query}")
        assert (page.status_code, names(page.text)) == (200, [home.name]), query


def test_pages_of_fifty_lead_on_and_back(officer: FlaskClient, homes: Homes) -> None:
    registered = homes.record([homes.raw(number) for number in range(1, 121)])

    seen, address, pages = [], QUEUE, []
    while address:
        page = officer.get(address).text
        seen += names(page)
        pages.append(names(page))
        forward = re.search(r'rel="next" href="([^"]+)"', page)
        address = forward[1].replace("&amp;", "&") if forward else ""
    assert [len(each) for each in pages] == [50, 50, 20]
    assert sorted(seen) == sorted(home.name for home in registered)
    back = re.search(r'rel="prev" href="([^"]+)"', page)
    assert back
    second = officer.get(back[1].replace("&amp;", "&")).text
    assert names(second) == pages[1]


@pytest.mark.parametrize("role", [Role.COUNTER, Role.PENDAMPING])
def test_others_have_no_queue(office: Office, period: str, role: Role) -> None:
    assert office.signed_in(role).get(QUEUE).status_code == 404


def test_another_kelurahans_queue_is_not_there(officer: FlaskClient, homes: Homes) -> None:
    homes.register(1, CIDENG)
    assert officer.get(f"/musyawarah/{CIDENG}/antrean").status_code == 404


def test_an_empty_queue_says_what_to_expect(officer: FlaskClient) -> None:
    assert "Tidak ada kasus di sini" in officer.get(QUEUE).text


def test_as_many_statements_for_many_cases_as_for_one(
    officer: FlaskClient, homes: Homes, office: Office
) -> None:
    portal: Engine = office.app.extensions["fmotm"].database
    sent = []
    for batch in ([homes.raw(1, ada_mobil="1")], [homes.raw(n) for n in range(2, 90)]):
        homes.record(batch)
        officer.get(QUEUE)
        with counted(portal) as statements:
            officer.get(QUEUE)
        sent.append(len(statements))
    assert sent[0] == sent[1]
    assert sent[0] <= 18
