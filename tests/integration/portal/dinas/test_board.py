"""Dinas' board: every kelurahan on one page, and loud about what is left undone."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, insert, text
from sqlalchemy.orm import Session

from portal.accounts import acting, people
from portal.accounts.models import Account
from portal.dates import now
from portal.services import services
from registry.rules.lifecycle import Role
from registry.rules.periods import civil_date
from registry.rules.regions import all_kelurahan
from registry.store import models
from registry.store.intake import record
from tests.integration.portal.accounts.people import Office, Person
from tests.integration.registration import CIDENG, GAMBIR
from tests.integration.registry.store.factories import checked, counted, index


@pytest.fixture
def dinas(office: Office, period: str) -> FlaskClient:
    """Give the device of somebody at dinas, in a round that is open."""
    return office.signed_in(Role.DINAS)


def page(client: FlaskClient, query: str = "") -> str:
    answer = client.get(f"/dinas{query}")
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2]).split())


def order(client: FlaskClient, query: str) -> list[str]:
    """Give the codes of the kelurahan in the order in which they stand."""
    return re.findall(r'href="/musyawarah/([\d.]{13})/', client.get(f"/dinas{query}").text)


def meetings_began(database: Engine) -> None:
    with database.begin() as connection:
        connection.execute(text("UPDATE period SET musyawarah_on = '2020-01-01'"))


def households(database: Engine, many: int, kelurahan: str, first: int = 1) -> None:
    with Session(database) as session, session.begin():
        record(
            session,
            [checked(f"{n}", n, kelurahan=kelurahan) for n in range(first, first + many)],
        )


def evening(database: Engine, stage: str, held_on: date, kelurahan: str = GAMBIR) -> None:
    ended = now() - timedelta(days=10) if stage in {"ended", "closed"} else None
    with database.begin() as connection:
        connection.execute(
            insert(models.Musyawarah).values(
                id=index(f"{stage} {kelurahan}"),
                period_id="2026-1",
                kelurahan_code=kelurahan,
                number=1,
                held_on=held_on,
                stage=stage,
                quorum={},
                planned_by="1",
                ended_at=ended,
                closed_at=ended if stage == "closed" else None,
            )
        )


def test_all_kelurahan_stand_on_one_page_by_kota_and_kecamatan(dinas: FlaskClient) -> None:
    codes = order(dinas, "")
    assert (len(codes), len(set(codes)), codes == sorted(codes)) == (267, 267, True)
    shown = page(dinas)
    assert "Kota Jakarta Pusat: Kecamatan Gambir" in shown
    assert "Tidak ada pendaftar" in shown


def test_it_takes_a_fixed_number_of_statements(
    dinas: FlaskClient, office: Office, database: Engine
) -> None:
    with office.app.app_context():
        engine = services().database
    with counted(engine) as none:
        dinas.get("/dinas")
    households(database, 300, GAMBIR)
    for _ in range(3):
        office.member(Role.CHAIR, CIDENG)
    with counted(engine) as many:
        dinas.get("/dinas")
    # Of them 4 are of the session that is signed in, and one names the scope.
    assert len(many) <= len(none) + 2 <= 20


def test_what_is_unfinished_is_said_aloud(
    dinas: FlaskClient, office: Office, database: Engine
) -> None:
    meetings_began(database)
    households(database, 3, GAMBIR)
    households(database, 2, CIDENG, first=10)
    evening(database, "ended", civil_date(now()) - timedelta(days=10), CIDENG)
    shown = page(dinas)
    assert "1 kelurahan belum mengadakan musyawarah" in shown
    assert "1 sidang lewat batas tutup" in shown
    assert "267 kelurahan tanpa lurah atau Plh" in shown
    assert "belum pernah" in shown
    assert "Menunggu 5" in shown


def test_before_the_meetings_begin_none_held_is_no_reproach(
    dinas: FlaskClient, database: Engine
) -> None:
    households(database, 3, GAMBIR)
    shown = page(dinas)
    assert "belum mengadakan musyawarah" not in shown
    assert "Musyawarah belum dimulai" in shown


def test_only_the_unfinished_or_one_kind_of_it(dinas: FlaskClient, database: Engine) -> None:
    meetings_began(database)
    households(database, 3, GAMBIR)
    evening(database, "ended", civil_date(now()) - timedelta(days=10), CIDENG)
    assert order(dinas, "?hanya=belum-sidang") == [GAMBIR]
    assert order(dinas, "?hanya=lewat-batas") == [CIDENG]
    assert len(order(dinas, "?hanya=tertunda")) == 267  # none has a lurah
    assert order(dinas, "?hanya=berita-acara") == []
    assert "Tidak ada kelurahan seperti itu" in page(dinas, "?hanya=berita-acara")


def test_sorted_by_a_link_the_heaviest_comes_first(dinas: FlaskClient, database: Engine) -> None:
    households(database, 3, CIDENG)
    households(database, 5, "31.75.01.1001", first=10)
    first = all_kelurahan()[0].code
    assert order(dinas, "?urut=menunggu")[:3] == ["31.75.01.1001", CIDENG, first]
    evening(database, "ended", civil_date(now()) - timedelta(days=10), GAMBIR)
    assert order(dinas, "?urut=sidang")[0] == GAMBIR
    for code in ("langkah", "kunjungan", "diusulkan", "tidak", "terlama", "lurah", "berita"):
        assert len(order(dinas, f"?urut={code}")) == 267
        assert f'aria-sort="other"><a href="/dinas?putaran=2026-1&amp;urut={code}"' in (
            dinas.get(f"/dinas?urut={code}").text
        )


def test_nonsense_in_the_address_shows_all_of_them(dinas: FlaskClient) -> None:
    assert len(order(dinas, "?urut=x&hanya=%00")) == 267
    assert dinas.get("/dinas?putaran=1999-1").status_code == 404


def test_the_lurah_or_who_stands_in_is_named(
    dinas: FlaskClient, office: Office, database: Engine
) -> None:
    office.member(Role.CHAIR, GAMBIR)
    office.invite(Role.CHAIR, CIDENG)
    stand_in = office.member(Role.REVIEWER, CIDENG)
    gone = office.member(Role.CHAIR, "31.71.01.1003")
    name(office, stand_in, CIDENG)
    with Session(database) as db, db.begin():
        people.disable(db, db.get_one(Account, gone.id), "os:test")
    rows = dict(_rows(dinas))
    assert "belum" not in rows[GAMBIR].partition("Orang")[2]
    assert "Plh Orang Nomor" in rows[CIDENG]
    assert "belum masuk" in rows[CIDENG]
    assert "belum ada" in rows["31.71.01.1003"]
    assert "265 kelurahan tanpa lurah" in page(dinas)


def name(office: Office, person: Person, kelurahan: str) -> None:
    today = civil_date(now())
    letter = acting.Acting(kelurahan, "12/2026", today, today)
    with Session(office.database) as db, db.begin():
        acting.name(db, db.get_one(Account, person.id), letter, "os:test")


def _rows(client: FlaskClient) -> list[tuple[str, str]]:
    rows = client.get("/dinas").text.split("<tr>")
    found = [(re.search(r"/musyawarah/([\d.]{13})/", row), row) for row in rows]
    return [(code[1], re.sub(r"<[^>]+>", " ", row)) for code, row in found if code]


def test_auditors_look_at_it_and_nobody_else(office: Office, period: str) -> None:
    assert office.signed_in(Role.AUDITOR).get("/dinas").status_code == 200
    for role in (Role.REVIEWER, Role.CHAIR, Role.COUNTER, Role.PENDAMPING):
        assert office.signed_in(role).get("/dinas").status_code == 404
    assert office.app.test_client().get("/dinas").location == "/masuk?next=/dinas"


def test_before_the_first_round_it_says_so(office: Office) -> None:
    answer = office.signed_in(Role.DINAS).get("/dinas")
    assert answer.status_code == 404
    assert "Belum ada putaran pendaftaran" in answer.text
