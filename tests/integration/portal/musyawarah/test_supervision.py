"""The supervisor's page: what stands out among visits, and one visit beside what was sent."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from registry import photos
from registry.blobs import FolderStore
from registry.photos import KEPT, Kind
from registry.rules.lifecycle import Role
from registry.store.photos import Sent as SentPhoto
from registry.store.photos import add, mark_ready
from tests.images import jpeg
from tests.integration.portal.accounts.people import Office
from tests.integration.portal.conftest import NewApp
from tests.integration.portal.musyawarah.houses import FAR_AWAY, HOME, Houses, Visits
from tests.integration.registration import CIDENG, GAMBIR

PAGE = f"/musyawarah/{GAMBIR}/kunjungan/pengawas"


@pytest.fixture
def office_app(new_app: NewApp, database: Engine, office_url: str, photo_folder: Path) -> Flask:
    return new_app(DATABASE_URL=office_url, PHOTO_STORE=photo_folder.as_uri())


@pytest.fixture
def houses(office_app: Flask, database: Engine) -> Houses:
    return Houses(office_app, database)


@pytest.fixture
def chair(office: Office, houses: Houses) -> FlaskClient:
    return office.signed_in(Role.CHAIR)


@pytest.fixture
def visits(houses: Houses, database: Engine) -> Visits:
    return Visits(houses.keys, database)


def section(page: str, name: str) -> str:
    found = re.search(rf'<section id="bagian-{name}">.*?</section>', page, re.DOTALL)
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
        visits.make(hasty.id, house, 1 + n / 10)
        visits.make(careful.id, house, 12 + n)
        visits.make(slow.id, house, 14 + n)
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
    visits.make(officer.id, plain)
    visits.make(officer.id, short, 2)
    visits.make(officer.id, differs, ktp="differs")
    visits.make(officer.id, far, titik=FAR_AWAY)
    visits.make(officer.id, coarse, titik=FAR_AWAY, akurasi="500")
    visits.make(officer.id, unknown, titik=FAR_AWAY)
    page = chair.get(PAGE).text

    def names(part: str) -> list[str]:
        return re.findall(r'pengawas/[0-9a-f]{32}">([^<]+)<', section(page, part))

    def name(house: bytes) -> str:
        return str(houses.answers[house].answers["nama"])

    assert names("singkat") == [name(short)]
    assert names("ktp") == [name(differs)]
    assert names("jauh") == [name(far)]
    assert "445 m" in section(page, "jauh")


def test_an_auditor_sees_what_stands_out_and_whose_it_is_only_for_a_reason(
    office: Office, houses: Houses, visits: Visits
) -> None:
    short = houses.to_visit(4)
    visit = visits.make(office.invite(Role.REVIEWER).id, short, 2)
    auditor = office.signed_in(Role.AUDITOR)
    page = auditor.get(PAGE).text
    [link] = re.findall(r'<a href="([^"]+)">Buka berkas</a>', section(page, "singkat"))
    assert str(houses.answers[short].answers["nama"]) not in page
    assert auditor.get(f"{PAGE}/{visit.hex()}").status_code == 404
    case = auditor.get(link).text
    assert str(houses.answers[short].answers["nama"]) not in case
    assert "alasan" in case


def test_one_visit_shows_what_to_compare_and_it_is_noted(
    chair: FlaskClient, office: Office, houses: Houses, visits: Visits, photo_folder: Path
) -> None:
    house = houses.to_visit(3, lokasi=HOME)
    visit = visits.make(
        office.invite(Role.REVIEWER).id, house, ktp="differs", titik=FAR_AWAY, atap="06",
        catatan="Foto KTP buram.",
    )  # fmt: skip
    store = FolderStore(photo_folder)
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
    visit = visits.make(office.invite(Role.REVIEWER).id, houses.to_visit(3))
    dinas = office.signed_in(Role.DINAS)
    for page in (PAGE, f"{PAGE}/{visit.hex()}"):
        assert dinas.get(page).status_code == 200
        for role, kelurahan in ((Role.REVIEWER, GAMBIR), (Role.CHAIR, CIDENG)):
            assert office.signed_in(role, kelurahan).get(page).status_code == 404
