"""The supervisor's page: what stands out among visits, and one visit beside what was sent."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from registry import photos, visiting
from registry.blobs import FolderStore
from registry.photos import KEPT, Kind
from registry.rules.lifecycle import Actor, Role
from registry.rules.reports import read_report
from registry.rules.scope import Scope
from registry.store.photos import Sent as SentPhoto
from registry.store.photos import add, mark_ready
from registry.store.visits import Sent, record
from tests.images import jpeg
from tests.integration.portal.accounts.people import Office, Person
from tests.integration.portal.conftest import NewApp
from tests.integration.portal.musyawarah.houses import CIDENG, GAMBIR, Houses
from tests.integration.portal.support import now

PAGE = f"/musyawarah/{GAMBIR}/kunjungan/pengawas"
HOME = "-6.17540,106.82720"
FAR_AWAY = "-6.17940,106.82720"  # 445 m


@pytest.fixture
def office_app(new_app: NewApp, database: Engine, office_url: str, tmp_path: Path) -> Flask:
    return new_app(DATABASE_URL=office_url, PHOTO_STORE=(tmp_path / "photos").as_uri())


@pytest.fixture
def houses(office_app: Flask, database: Engine) -> Houses:
    return Houses(office_app, database)


@pytest.fixture
def chair(office: Office, houses: Houses) -> FlaskClient:
    return office.signed_in(Role.CHAIR)


class Visits:
    """Keeps visits as if officers had sent them."""

    def __init__(self, houses: Houses) -> None:
        self.houses = houses
        self.number = 0

    def make(self, officer: Person, house: bytes, minutes: float = 12, **changed: str) -> bytes:
        self.number += 1
        ended = now() - timedelta(hours=self.number)
        given = {
            "id": f"{self.number:032x}",
            "hasil": "met",
            "ktp": "same",
            "mulai": (ended - timedelta(minutes=minutes)).isoformat(),
            "selesai": ended.isoformat(),
            "titik": HOME,
            "akurasi": "12",
        } | changed
        fields = {name: [value] for name, value in given.items()}
        report = read_report(fields, officer=str(officer.id), now=now(), people=9)
        sealed = visiting.seal(self.houses.keys.ring, report)
        sent = Sent(report.id, house, GAMBIR, report.visit, report.ktp, sealed)
        actor = Actor(str(officer.id), Role.REVIEWER, Scope.of_kelurahan([GAMBIR]))
        with self.houses.session() as session:
            record(session, sent, actor, has_phone=True)
        return report.id


@pytest.fixture
def visits(houses: Houses) -> Visits:
    return Visits(houses)


def section(page: str, name: str) -> str:
    found = re.search(rf'<section aria-labelledby="{name}">.*?</section>', page, re.DOTALL)
    assert found
    return found[0]


def test_without_visits_each_part_says_so(chair: FlaskClient) -> None:
    page = chair.get(PAGE).text
    assert "Belum ada kunjungan." in section(page, "lama")
    for name in ("singkat", "ktp", "jauh"):
        assert "Tidak ada." in section(page, name)


def test_an_officer_whose_visits_are_much_shorter_stands_out(
    chair: FlaskClient, office: Office, houses: Houses, visits: Visits
) -> None:
    house = houses.to_visit(3)
    hasty, careful, slow = (office.invite(Role.REVIEWER) for _ in range(3))
    for n in range(6):
        visits.make(hasty, house, 1 + n / 10)
        visits.make(careful, house, 12 + n)
        visits.make(slow, house, 14 + n)
    page = section(chair.get(PAGE).text, "lama")
    rows = dict(re.findall(r'<tr><th scope="row">([^<]+)</th>(.*?)</tr>', page, re.DOTALL))
    hastes = rows[f"Orang Nomor {hasty.email.removeprefix('orang').split('@')[0]}"]
    assert "Jauh lebih singkat" in hastes
    assert "petugas lain 16 menit" in hastes
    assert page.count("Tidak menonjol") == 2
    assert page.count("<svg") == 3
    assert "style=" not in page


def test_what_somebody_should_ask_about_is_listed(
    chair: FlaskClient, office: Office, houses: Houses, visits: Visits
) -> None:
    officer = office.invite(Role.REVIEWER)
    plain = houses.to_visit(3, lokasi=HOME)
    short = houses.to_visit(4)
    differs = houses.to_visit(5)
    far = houses.to_visit(6, lokasi=HOME)
    coarse = houses.to_visit(7, lokasi=HOME)
    unknown = houses.to_visit(8)
    visits.make(officer, plain)
    visits.make(officer, short, 2)
    visits.make(officer, differs, ktp="differs")
    visits.make(officer, far, titik=FAR_AWAY)
    visits.make(officer, coarse, titik=FAR_AWAY, akurasi="500")
    visits.make(officer, unknown, titik=FAR_AWAY)
    page = chair.get(PAGE).text

    def names(part: str) -> list[str]:
        return re.findall(r'pengawas/[0-9a-f]{32}">([^<]+)<', section(page, part))

    def name(house: bytes) -> str:
        return str(houses.answers[house].answers["nama"])

    assert names("singkat") == [name(short)]
    assert names("ktp") == [name(differs)]
    assert names("jauh") == [name(far)]
    assert "445 m" in section(page, "jauh")


def test_one_visit_shows_what_to_compare_and_it_is_noted(
    chair: FlaskClient, office: Office, houses: Houses, visits: Visits, tmp_path: Path
) -> None:
    house = houses.to_visit(3, lokasi=HOME)
    visit = visits.make(
        office.invite(Role.REVIEWER), house, ktp="differs", titik=FAR_AWAY, atap="06",
        catatan="Foto KTP buram.",
    )  # fmt: skip
    store = FolderStore(tmp_path / "photos")
    for number, (kind, of) in enumerate([(Kind.KTP, None), (Kind.ATAP, visit)], start=1):
        photo_id, blob = bytes([number]) * 16, photos.blob_name(KEPT, bytes([number]) * 16)
        store.put(blob, photos.seal(houses.keys.ring, KEPT, photo_id, house, jpeg()))
        with houses.session() as session:
            assert add(session, SentPhoto(photo_id, house, kind, blob, 1, 1, of))
            assert mark_ready(session, photo_id, blob, 1, 1)
    said = houses.answers[house]
    page = chair.get(f"{PAGE}/{visit.hex()}").text
    for text in (said.answers["nama"], said.answers["nik"], "KTP berbeda dengan foto", "445 meter",
                 "Foto KTP buram.", "Jenis atap terluas", "Seng"):  # fmt: skip
        assert str(text) in page
    assert houses.opened(house) == ["case"]
    images = re.findall(r'<img src="([^"]+)"', page)
    assert [each.rsplit("/", 2)[1:] for each in images] == [["warga", "ktp"], ["foto", "atap"]]
    for address in images:
        image = chair.get(address)
        assert (image.status_code, image.mimetype, image.data) == (200, "image/jpeg", jpeg())
        assert image.headers["Cache-Control"] == "no-store"
    assert houses.opened(house) == ["case", "photo", "photo"]


def test_dinas_may_look_and_others_may_not(office: Office, houses: Houses, visits: Visits) -> None:
    visit = visits.make(office.invite(Role.REVIEWER), houses.to_visit(3))
    dinas = office.signed_in(Role.DINAS)
    for page in (PAGE, f"{PAGE}/{visit.hex()}"):
        assert dinas.get(page).status_code == 200
        for role, kelurahan in ((Role.REVIEWER, GAMBIR), (Role.CHAIR, CIDENG)):
            assert office.signed_in(role, kelurahan).get(page).status_code == 404
