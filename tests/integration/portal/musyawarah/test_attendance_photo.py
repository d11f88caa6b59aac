"""The signed attendance list as a photo: sealed, of one session, for its kelurahan alone."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.services import services
from registry import photos
from registry.blobs import open_store
from registry.photos import KEPT
from registry.store.models import Musyawarah, Photo
from registry.store.photos import mark_ready
from tests.images import jpeg
from tests.integration.portal.accounts.people import token_of
from tests.integration.portal.conftest import NewApp
from tests.integration.portal.musyawarah.room import SIDANG, Desk, Room
from tests.integration.registration import CIDENG

PAGE = f"{SIDANG}/1/hadir/foto"


@pytest.fixture
def office_app(new_app: NewApp, database: Engine, office_url: str, photo_folder: Path) -> Flask:
    """Give a portal that takes photos."""
    return new_app(DATABASE_URL=office_url, PHOTO_STORE=photo_folder.as_uri())


@pytest.fixture
def desk(room: Room) -> Desk:
    room.registered(1)
    desk = room.officer()
    desk.opened()
    return desk


def send(desk: Desk, content: bytes, token: str | None = None) -> TestResponse:
    given = token_of(desk.client, "/akun") if token is None else token
    data = {"csrf_token": given, "foto": (io.BytesIO(content), "hadir.jpg")}
    return desk.client.post(PAGE, data=data, content_type="multipart/form-data")


def noted(room: Room) -> list[Photo]:
    with Session(room.database, expire_on_commit=False) as session:
        return list(session.scalars(select(Photo)))


def stored(folder: Path) -> list[bytes]:
    return [file.read_bytes() for file in folder.rglob("*") if file.is_file()]


def test_the_signed_list_is_kept_sealed_under_its_session(
    room: Room, desk: Desk, photo_folder: Path
) -> None:
    assert send(desk, jpeg()).location == f"{SIDANG}/1/hadir#foto"
    (photo,) = noted(room)
    with Session(room.database) as session:
        assert photo.application_id == session.scalars(select(Musyawarah.id)).one()
    assert (photo.kind, photo.state) == ("daftar_hadir", "received")
    assert not any(b"JFIF" in content for content in stored(photo_folder))
    assert "Foto diterima dan sedang diperiksa." in desk.get("/1/hadir").text
    assert desk.client.get(PAGE).status_code == 404


def test_it_is_shown_once_a_worker_has_looked_at_it(
    room: Room, desk: Desk, photo_folder: Path
) -> None:
    send(desk, jpeg())
    (photo,) = noted(room)
    with room.app.app_context():
        settings = services().settings
    ring, address = settings.seal_keys, settings.photo_store
    assert address
    blob = photos.blob_name(KEPT, photo.id)
    sealed = photos.seal(ring, KEPT, photo.id, photo.application_id, jpeg())
    open_store(address).put(blob, sealed)
    with Session(room.database) as session, session.begin():
        assert mark_ready(session, photo.id, blob, ring.newest, 1)
    shown = desk.client.get(PAGE)
    assert (shown.data, shown.mimetype) == (jpeg(), "image/jpeg")
    assert shown.headers["Cache-Control"] == "no-store"
    assert "Lihat foto daftar hadir" in desk.get("/1/hadir").text
    assert room.officer(CIDENG).client.get(PAGE).status_code == 404


def test_what_is_no_photo_or_not_allowed_is_kept_nowhere(
    room: Room, desk: Desk, photo_folder: Path
) -> None:
    answer = send(desk, b"daftar hadir")
    assert answer.status_code == 422
    assert "Ini bukan foto yang bisa dibaca." in answer.text
    assert send(desk, b"").status_code == 422
    assert send(desk, jpeg(), token="forged").status_code == 400
    assert send(room.officer(CIDENG), jpeg()).status_code == 404
    assert (noted(room), stored(photo_folder)) == ([], [])
