"""Photos after the receipt: taken, refused, replaced; the application is untouched by all of it."""

from __future__ import annotations

import random
import re
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from fmotm.embedded import Postgres
from portal.citizen import photo_links, receipt
from portal.citizen.upload import Uploads
from registry import photos
from registry.inbox import Inbox
from registry.intake import Keys
from registry.photos import INCOMING, MAX_UPLOAD, MESSAGES, Refusal
from registry.store import photos as stored
from registry.store.models import Application, Photo
from tests.images import HEIC, jpeg
from tests.integration.portal.conftest import NewApp
from tests.integration.portal.support import answers, drain, form, now, post
from tests.integration.worker.support import sessions_of

ONE, OTHER = b"1" * 16, b"2" * 16
MULTIPART = "multipart/form-data; boundary=x"
FIELD = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n'


@pytest.fixture
def folder(photo_folder: Path) -> Path:
    return photo_folder


@pytest.fixture
def app(
    new_app: NewApp, inbox: Inbox, folder: Path, database: Engine, postgres_server: Postgres
) -> Flask:
    """Give a portal that takes photos; PostgreSQL only as its role."""
    url = postgres_server.url("fmotm_portal", str(database.url.database))
    return new_app(DATABASE_URL=url, PHOTO_STORE=folder.as_uri())


def address(app: Flask, application: bytes = ONE) -> str:
    return f"/foto/{photo_links.write(application, app.config['SECRET_KEY'])}"


def multipart(content: bytes, name: str = "foto.jpg") -> bytes:
    """Encode a file as a browser does; the test client's own way leaves files open."""
    head = f'--x\r\nContent-Disposition: form-data; name="foto"; filename="{name}"\r\n\r\n'
    return head.encode() + content + b"\r\n--x--\r\n"


def send(client: FlaskClient, to: str, content: bytes, kind: str = "ktp") -> TestResponse:
    return client.post(f"{to}/{kind}", data=multipart(content), content_type=MULTIPART)


def section(page: TestResponse, kind: str) -> str:
    found = re.search(rf'<section[^>]* id="{kind}".*?</section>', page.text, re.DOTALL)
    assert found
    return found[0]


def rows(database: Engine) -> list[Photo]:
    with sessions_of(database)() as session:
        return list(session.scalars(select(Photo).order_by(Photo.number)))


def test_receipt_leads_to_the_page_of_photos(client: FlaskClient) -> None:
    shown = client.get(post(client, form(answers())).location)
    (link,) = re.findall(r'href="(/foto/[^"]+)"', shown.text)
    page = client.get(link)
    assert page.status_code == 200
    assert page.text.count('type="file"') == 4
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page.headers["X-Robots-Tag"]


def test_photo_is_taken_sealed_and_noted(
    app: Flask, client: FlaskClient, folder: Path, database: Engine, keys: Keys
) -> None:
    sent = send(client, address(app), jpeg())
    assert sent.status_code == 303
    assert urlsplit(sent.location).fragment == "ktp"
    page = client.get(address(app))
    assert "Sudah terkirim, sedang diperiksa." in section(page, "ktp")
    assert "Belum ada." in section(page, "kk")
    assert "<img" not in page.text
    (row,) = rows(database)
    assert (row.application_id, row.kind, row.state, row.key_id) == (ONE, "ktp", "received", 1)
    (file,) = [path for path in folder.rglob("*") if path.is_file()]
    sealed = file.read_bytes()
    assert jpeg()[20:60] not in sealed
    assert photos.unseal(keys.ring, INCOMING, row.id, ONE, sealed) == jpeg()


def test_nothing_of_an_upload_is_written_to_disk_in_clear(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spooled(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr("tempfile.SpooledTemporaryFile", spooled)
    monkeypatch.setattr("werkzeug.formparser.SpooledTemporaryFile", spooled, raising=False)
    monkeypatch.setattr("werkzeug.formparser.TemporaryFile", spooled, raising=False)
    large = jpeg() + random.Random(7).randbytes(MAX_UPLOAD - 100_000)
    assert send(client, address(app), large).status_code == 303


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", Refusal.EMPTY),
        (b"%PDF-1.7", Refusal.NO_IMAGE),
        (b"<script>alert(1)</script>", Refusal.NO_IMAGE),
        (HEIC, Refusal.HEIC),
    ],
)
def test_bad_file_gets_a_clear_message_and_leaves_nothing(
    app: Flask, folder: Path, database: Engine, content: bytes, why: Refusal
) -> None:
    page = send(app.test_client(), address(app), content, "kk")
    assert page.status_code == 422
    assert MESSAGES[why].replace("'", "&#39;") in section(page, "kk")
    assert "Perbaiki" not in section(page, "ktp")
    assert "Pendaftaran Anda sudah aman." in page.text
    assert rows(database) == []
    assert not folder.exists()


def test_huge_upload_is_answered_with_413_and_words(
    app: Flask, client: FlaskClient, database: Engine
) -> None:
    for size in (MAX_UPLOAD, MAX_UPLOAD + 200_000, 4 * MAX_UPLOAD):
        page = send(client, address(app), jpeg() + bytes(size))
        assert page.status_code == 413
        assert "Paling besar 8 MB" in section(page, "ktp")
    assert rows(database) == []


@pytest.mark.parametrize(
    ("body", "type_"),
    [
        (b"foto=x", "application/x-www-form-urlencoded"),
        (b"", "multipart/form-data"),
        (b"--x\r\nContent-Disp", MULTIPART),
        (b"--x\r\n" + b"A" * 900_000, MULTIPART),
        (FIELD + b"--x--\r\n", MULTIPART),
        (FIELD * 50 + b"--x--\r\n", MULTIPART),
        (b"x", "image/jpeg"),
    ],
    ids=["other form", "no boundary", "cut head", "endless head", "no file", "many parts", "bare"],
)
def test_hostile_body_is_a_message_never_an_error(
    app: Flask, client: FlaskClient, database: Engine, body: bytes, type_: str
) -> None:
    page = client.post(f"{address(app)}/ktp", data=body, content_type=type_)
    assert page.status_code in {413, 422}
    assert "Perbaiki:" in section(page, "ktp")
    assert rows(database) == []


def test_upload_cut_off_on_the_way_is_not_taken(
    app: Flask, client: FlaskClient, database: Engine
) -> None:
    body = multipart(jpeg())
    page = client.post(
        f"{address(app)}/ktp",
        input_stream=BytesIO(body[: len(body) // 2]),
        content_length=len(body),
        content_type=MULTIPART,
    )
    assert page.status_code == 422
    assert rows(database) == []


def test_sent_twice_both_are_noted_and_the_newest_is_told(
    app: Flask, client: FlaskClient, database: Engine
) -> None:
    for _ in range(2):
        assert send(client, address(app), jpeg()).status_code == 303
    older, newer = rows(database)
    with sessions_of(database).begin() as session:
        assert stored.mark_ready(session, older.id, "foto/" + "0" * 32, 1, 1)
        assert stored.mark_refused(session, newer.id, Refusal.UNREADABLE)
    page = section(client.get(address(app)), "ktp")
    assert MESSAGES[Refusal.UNREADABLE] in page
    assert "Sudah ada." in page


def test_flood_of_one_kind_waits(app: Flask, client: FlaskClient, folder: Path) -> None:
    codes = [send(client, address(app), jpeg()).status_code for _ in range(stored.MAX_WAITING + 1)]
    assert codes == [303] * stored.MAX_WAITING + [429]
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) == stored.MAX_WAITING
    assert send(client, address(app), jpeg(), "kk").status_code == 303


def test_photos_of_another_application_are_out_of_reach(
    app: Flask, client: FlaskClient, database: Engine
) -> None:
    send(client, address(app, OTHER), jpeg())
    page = client.get(address(app, ONE))
    assert "Sudah terkirim" not in page.text
    send(client, address(app, ONE), jpeg())
    assert [row.application_id for row in rows(database)] == [OTHER, ONE]


def test_wrong_link_is_not_found(app: Flask, client: FlaskClient, database: Engine) -> None:
    good, secret = address(app), app.config["SECRET_KEY"]
    bought = receipt.write(receipt.Receipt(ONE, now()), secret)
    forged = photo_links.write(ONE, "another secret")
    others = (f"/foto/{each}" for each in (bought, forged, "x", "é"))
    for wrong in (good[:-4], good + "A", *others):
        assert client.get(wrong).status_code == 404
        assert send(client, wrong, jpeg()).status_code == 404
    assert client.get(good.replace("/foto/", "/bukti/")).status_code == 404
    for kind in ("paspor", "KTP", "..", "0"):
        assert send(client, good, jpeg(), kind).status_code == 404
    assert rows(database) == []


def test_database_down_says_come_back_and_the_application_is_safe(
    new_app: NewApp, inbox: Inbox, folder: Path
) -> None:
    app = new_app(PHOTO_STORE=folder.as_uri())
    client = app.test_client()
    for page in (client.get(address(app)), send(client, address(app), jpeg())):
        assert page.status_code == 503
        assert "Coba lagi nanti" in page.text
        assert "tetap aman" in page.text
        assert page.headers["Retry-After"]
    assert client.get(post(client, form(answers())).location).status_code == 200


def test_store_down_says_come_back(
    app: Flask, client: FlaskClient, folder: Path, database: Engine
) -> None:
    folder.write_text("in the way of the folder")
    page = send(client, address(app), jpeg())
    assert page.status_code == 503
    assert "Coba lagi nanti" in section(page, "ktp")
    assert rows(database) == []
    folder.unlink()
    assert send(client, address(app), jpeg()).status_code == 303


def test_without_a_store_there_is_no_page_and_no_link(new_app: NewApp, inbox: Inbox) -> None:
    app = new_app()
    client = app.test_client()
    assert client.get(address(app)).status_code == 404
    assert send(client, address(app), jpeg()).status_code == 404
    assert "/foto/" not in client.get(post(client, form(answers())).location).text


def test_too_many_at_once_are_asked_to_wait(app: Flask, client: FlaskClient) -> None:
    uploads: Uploads = app.extensions["photos"].uploads
    with uploads.place(), uploads.place():
        page = send(client, address(app), jpeg())
    assert page.status_code == 503
    assert "Tunggu satu menit" in section(page, "ktp")
    assert send(client, address(app), jpeg()).status_code == 303


def test_application_is_untouched_whatever_is_sent(
    app: Flask, client: FlaskClient, database: Engine, inbox: Inbox, keys: Keys
) -> None:
    shown = client.get(post(client, form(answers())).location)
    (link,) = re.findall(r'href="(/foto/[^"]+)"', shown.text)
    send(client, link, jpeg())  # before the application has left the inbox
    drain(inbox, keys, database)
    with sessions_of(database)() as session:
        before = session.execute(select(Application.__table__)).one()
    for content in (b"", b"%PDF", HEIC, jpeg()[:200], jpeg() + bytes(MAX_UPLOAD)):
        send(client, link, content, "kk")
    with sessions_of(database)() as session:
        assert session.execute(select(Application.__table__)).one() == before
    assert rows(database)[0].application_id == before.id
