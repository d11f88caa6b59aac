"""The page of a case: what it tells whom, what is noted, and what may be done from it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import Engine, insert
from werkzeug.test import TestResponse

from registry.photos import KEPT, Kind, blob_name, seal
from registry.rules.lifecycle import Role
from registry.rules.names import masked
from registry.store import models
from tests.integration.portal.accounts.people import Office, token_of
from tests.integration.portal.conftest import NewApp
from tests.integration.portal.musyawarah.cases import Homes
from tests.integration.portal.support import Page
from tests.integration.registration import CIDENG, GAMBIR, Home

REASON = "KTP asli sudah dilihat di loket"


def path(home: Home, *more: str, kelurahan: str = GAMBIR) -> str:
    return "/".join((f"/musyawarah/{kelurahan}/kasus/{home.hex}", *more))


def post(client: FlaskClient, to: str, **fields: str | list[str]) -> TestResponse:
    page = "/akun"
    return client.post(to, data={**fields, "csrf_token": token_of(client, page)})


@pytest.fixture
def office_app(new_app: NewApp, database: Engine, office_url: str, photo_folder: Path) -> Flask:
    """Give a portal with a store for photos."""
    return new_app(DATABASE_URL=office_url, PHOTO_STORE=photo_folder.as_uri())


@pytest.fixture
def officer(office: Office, period: str) -> FlaskClient:
    return office.signed_in(Role.REVIEWER)


@pytest.fixture
def rivals(homes: Homes) -> tuple[Home, Home, Home]:
    """Register one NIK three times: twice in Gambir, once in Cideng."""
    mine = homes.register(1)
    nik = str(mine.answers["nik"])
    return mine, homes.register(2, nik=nik), homes.register(3, CIDENG, nik=nik)


def test_a_case_is_told_in_plain_words(officer: FlaskClient, homes: Homes) -> None:
    home = homes.register(1, ada_mobil="1", telepon="081234567890", lantai="09")
    page = officer.get(path(home))
    text = " ".join(Page(page.text).text.split())

    assert page.status_code == 200
    assert home.name in text
    assert home.receipt in text
    assert "Memiliki mobil - jawaban: Ya, memiliki mobil" in text
    assert "+6281234567890" in text
    assert "LantaiTanah" in text
    assert "Lantai tanah/plesteranYa1" in text
    assert "Skor tidak memutuskan apa pun" in text
    assert "Belum ada tanda dari RT" in text
    assert str(home.answers["nik"]) not in page.text
    assert homes.opened(home) == [("case", None)]


@pytest.mark.parametrize("role", [Role.DINAS, Role.AUDITOR])
def test_who_oversees_sees_nothing_personal_until_a_reason_is_given(
    office: Office, homes: Homes, role: Role
) -> None:
    home = homes.register(1, telepon="081234567890", alamat="Gang Rahasia 7")
    client = office.signed_in(role)
    personal = (home.name, "Gang Rahasia", "81234567890", home.receipt)

    page = client.get(path(home)).text
    assert masked(home.name) in page
    assert [each for each in personal if each in page] == []

    assert post(client, path(home, "buka"), alasan="pendek").status_code == 422
    opened = post(client, path(home, "buka"), alasan="Pengaduan nomor 17 dari warga")
    assert opened.status_code == 303
    page = client.get(opened.location).text
    assert [each for each in personal if each not in page] == []
    assert ("unmasked", "Pengaduan nomor 17 dari warga") in homes.opened(home)
    # It opens this household, and not another that is like it.
    other = homes.register(2, nik=str(home.answers["nik"]), telepon="089876543210")
    page = client.get(path(home)).text
    assert masked(other.name) in page
    assert [each for each in (other.name, "89876543210") if each in page] == []
    # Another one of them has to say why, too.
    assert home.name not in office.signed_in(role).get(path(home)).text
    assert "Pengaduan nomor 17" in client.get(path(home)).text


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.CHAIR, Role.COUNTER])
def test_a_case_of_another_kelurahan_is_not_there(office: Office, homes: Homes, role: Role) -> None:
    home = homes.register(1, CIDENG)
    client = office.signed_in(role)
    for kelurahan in (CIDENG, GAMBIR):
        assert client.get(path(home, kelurahan=kelurahan)).status_code == 404
        for more in ("putusan", "tanya", "tanya/1", "kunjungan", "buka"):
            address = path(home, more, kelurahan=kelurahan)
            assert post(client, address, alasan=REASON).status_code == 404
    assert (homes.state(home), homes.kinds(home)[-1]) == ("queued", "queued")
    assert homes.opened(home) == []


@pytest.mark.parametrize("case", ["x", "0" * 31, "0" * 32, "0" * 33, "G" * 32, "A" * 32, "%00"])
def test_a_forged_address_is_not_there(officer: FlaskClient, period: str, case: str) -> None:
    assert officer.get(f"/musyawarah/{GAMBIR}/kasus/{case}").status_code == 404


@pytest.mark.parametrize("more", ["putusan", "tanya", "kunjungan"])
@pytest.mark.parametrize("role", [Role.DINAS, Role.AUDITOR])
def test_who_oversees_changes_nothing(office: Office, homes: Homes, role: Role, more: str) -> None:
    home = homes.register(1)
    assert post(office.signed_in(role), path(home, more), alasan=REASON).status_code == 404
    assert homes.kinds(home)[-1] == "queued"


def test_without_the_token_nothing_is_done(officer: FlaskClient, homes: Homes) -> None:
    home = homes.register(1)
    assert officer.post(path(home, "kunjungan")).status_code == 400
    assert homes.state(home) == "queued"


@pytest.mark.parametrize(
    ("kind", "kept"), [("merged", "withdrawn"), ("theirs", "withdrawn"), ("apart", "queued")]
)
def test_a_ruling_is_kept_with_its_reason_and_told_afterwards(
    officer: FlaskClient, homes: Homes, rivals: tuple[Home, Home, Home], kind: str, kept: str
) -> None:
    mine, other, far = rivals
    page = Page(officer.get(path(mine)).text)
    assert "NIK pemohon sama" in page.text
    assert other.name in page.text
    assert far.name not in page.text

    ruled = post(
        officer, path(mine, "putusan"), putusan=kind, lain=[other.hex, far.hex], alasan=REASON
    )

    assert ruled.status_code == 303
    assert (homes.state(mine), homes.state(other), homes.state(far)) == ("queued", kept, "queued")
    after = officer.get(ruled.location).text
    assert REASON in after
    assert ("Pendaftaran lain ada di kelurahan Cideng" in after) is (kind != "apart")
    # Who is compared was opened too.
    assert ("case", None) in homes.opened(other)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"lain": []}, "Pilih pendaftaran mana"),
        ({"putusan": "x"}, "Pilih salah satu putusan"),
        ({"alasan": "pendek"}, "Tulis 10 sampai 300 huruf"),
        ({"alasan": "x" * 301}, "Tulis 10 sampai 300 huruf"),
    ],
)
def test_a_ruling_that_lacks_something_is_not_kept(
    officer: FlaskClient,
    homes: Homes,
    rivals: tuple[Home, Home, Home],
    changed: dict[str, str | list[str]],
    said: str,
) -> None:
    mine, other, _ = rivals
    fields: dict[str, str | list[str]] = {"putusan": "merged", "lain": other.hex, "alasan": REASON}
    answer = post(officer, path(mine, "putusan"), **{**fields, **changed})
    assert answer.status_code == 422
    assert said in answer.text
    assert Page(answer.text).values["alasan"][0] == {**fields, **changed}["alasan"]
    assert (homes.state(other), homes.kinds(mine)[-1]) == ("queued", "queued")


def test_who_comes_second_is_told(
    officer: FlaskClient, homes: Homes, rivals: tuple[Home, Home, Home]
) -> None:
    mine, other, _ = rivals
    fields = {"putusan": "merged", "alasan": REASON}
    assert post(officer, path(mine, "putusan"), lain=other.hex, **fields).status_code == 303

    second = post(officer, path(other, "putusan"), lain=mine.hex, **fields)

    assert second.status_code == 409
    assert "baru saja diubah petugas lain" in second.text
    assert homes.state(mine) == "queued"


def test_a_question_is_put_and_its_answer_noted_once(
    officer: FlaskClient, homes: Homes, office: Office
) -> None:
    home = homes.register(1)
    assert post(officer, path(home, "tanya"), pertanyaan="Siapa?").status_code == 422
    asked = post(officer, path(home, "tanya"), pertanyaan="Sejak kapan tinggal di sini?")
    page = officer.get(asked.location).text
    assert "Sejak kapan tinggal di sini?" in page
    assert "Belum dijawab. Diam bukan berarti menolak." in page

    (form,) = {each for each in Page(page).inputs if each.startswith("jawaban-")}
    to = path(home, "tanya", form.removeprefix("jawaban-"))
    assert post(officer, to, **{form: " "}).status_code == 422
    assert post(officer, to, **{form: "Sejak 2019"}).status_code == 303
    late = post(officer, to, **{form: "Sejak 2020"})
    assert late.status_code == 409
    assert "Sejak 2019" in late.text
    assert homes.kinds(home)[2:] == ["question_asked", "question_answered"]


def test_a_visit_is_ordered_once(officer: FlaskClient, homes: Homes) -> None:
    home = homes.register(1)
    done = post(officer, path(home, "kunjungan"))
    assert done.status_code == 303
    assert "Menunggu kunjungan rumah" in officer.get(done.location).text
    assert post(officer, path(home, "kunjungan")).status_code == 409
    assert homes.kinds(home)[2:] == ["field_check"]


def test_next_and_previous_keep_the_filter(officer: FlaskClient, homes: Homes) -> None:
    cases = homes.record([homes.raw(number, ada_mobil="1") for number in (1, 2, 3)])
    homes.register(4, ada_mobil="2")
    queue = officer.get(f"/musyawarah/{GAMBIR}/antrean?kriteria=mobil").text
    order = sorted(cases, key=lambda each: queue.index(each.hex))

    def links(case: Home) -> set[str]:
        found = Page(officer.get(path(case) + "?kriteria=mobil").text).links
        return {*found} & {path(each) + "?kriteria=mobil" for each in cases}

    first, middle, last = (path(each) + "?kriteria=mobil" for each in order)
    assert [links(each) for each in order] == [{middle}, {first, last}, {middle}]


def test_a_photo_is_shown_to_the_kelurahan_alone_and_noted(office: Office, homes: Homes) -> None:
    home, photo_id = homes.register(1), bytes(range(16))
    picture = io.BytesIO()
    Image.new("RGB", (300, 200)).save(picture, "JPEG")
    blob = blob_name(KEPT, photo_id)
    sealed = seal(homes.keys.ring, KEPT, photo_id, home.id, picture.getvalue())
    office.app.extensions["photos"].store.put(blob, sealed)
    row = {"id": photo_id, "application_id": home.id, "kind": Kind.KTP, "state": "ready"}
    with homes.database.begin() as connection:
        connection.execute(insert(models.Photo).values(**row, blob=blob, key_id=1, size=9))

    address = path(home, "foto", photo_id.hex())
    for role in (Role.DINAS, Role.AUDITOR, Role.COUNTER):
        assert office.signed_in(role).get(address).status_code == 404
    lurah = office.signed_in(Role.CHAIR)
    shown = lurah.get(address)

    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    assert shown.data == picture.getvalue()
    assert shown.headers["Cache-Control"] == "no-store"
    assert homes.opened(home) == [("photo", None)]
    assert lurah.get(path(home, "foto", "0" * 32)).status_code == 404
