"""Photos worked off: made anew and sealed, refused, interrupted anywhere, replaced."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import redis
from sqlalchemy import Engine, select, text

from fmotm.embedded import Postgres
from registry import photos
from registry.blobs import FolderStore, StoreUnavailable
from registry.photos import BY_CITIZENS, INCOMING, KEPT, Kind, Refusal, State
from registry.sealing import KeyRing, UnsealError
from registry.store import photos as stored
from registry.store.models import Photo
from tests.images import PLACE, jpeg, jpeg_with_exif, opened, png_bomb
from tests.integration.worker.processes import eventually, running, settings
from tests.integration.worker.support import KEYS, sessions_of
from worker import photo_jobs
from worker.photo_jobs import PhotoDesk
from worker.queues import call_for_photos, connect, photo_queue

ONE, OTHER = b"1" * 16, b"2" * 16
AT_ONCE = timedelta()


class Flaky(FolderStore):
    """A store that can be down."""

    down = ""

    def put(self, name: str, content: bytes) -> None:
        self._fail("put")
        super().put(name, content)

    def get(self, name: str) -> bytes:
        self._fail("get")
        return super().get(name)

    def delete(self, name: str) -> None:
        self._fail("delete")
        super().delete(name)

    def _fail(self, what: str) -> None:
        if self.down in {what, "all"}:
            raise StoreUnavailable("down")


@pytest.fixture
def store(tmp_path: Path) -> Flaky:
    return Flaky(tmp_path / "photos")


@pytest.fixture
def desk(database: Engine, store: Flaky) -> PhotoDesk:
    return PhotoDesk(sessions_of(database), store, KEYS.ring)


def send(desk: PhotoDesk, content: bytes, kind: Kind = Kind.KTP, application: bytes = ONE) -> bytes:
    """Do what the portal does."""
    photo_id = photos.new_id()
    blob = photos.blob_name(INCOMING, photo_id)
    desk.store.put(blob, photos.seal(desk.ring, INCOMING, photo_id, application, content))
    sent = stored.Sent(photo_id, application, kind, blob, desk.ring.newest, len(content))
    with desk.sessions.begin() as session:
        assert stored.add(session, sent)
    return photo_id


def row(desk: PhotoDesk, photo_id: bytes) -> Photo:
    with desk.sessions() as session:
        return session.scalars(select(Photo).filter_by(id=photo_id)).one()


def waiting(desk: PhotoDesk, rest: timedelta = AT_ONCE) -> list[bytes]:
    with desk.sessions() as session:
        return stored.waiting(session, 10, rest=rest)


def names(store: FolderStore) -> list[str]:
    return [each.name for folder in (INCOMING, KEPT) for each in store.listed(folder)]


def kept(desk: PhotoDesk, photo_id: bytes, application: bytes = ONE) -> bytes:
    sealed = desk.store.get(str(row(desk, photo_id).blob))
    return photos.unseal(desk.ring, KEPT, photo_id, application, sealed)


def test_photo_is_made_anew_sealed_and_all_that_is_left(
    desk: PhotoDesk, store: Flaky, tmp_path: Path
) -> None:
    photo_id = send(desk, jpeg_with_exif(6))
    assert desk.work_off(photo_id) == "ready"
    assert names(store) == [photos.blob_name(KEPT, photo_id)]
    made = kept(desk, photo_id)
    assert opened(made).size == (480, 640)
    assert PLACE.encode() not in made
    done = row(desk, photo_id)
    assert (done.state, done.key_id, done.size) == ("ready", 1, len(made))
    on_disk = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"\xff\xd8\xff" not in on_disk[:40]
    assert b"JFIF" not in on_disk


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (png_bomb(), Refusal.PIXELS),
        (jpeg()[:400], Refusal.UNREADABLE),
        (b"%PDF-1.7", Refusal.NO_IMAGE),
    ],
    ids=["bomb", "truncated", "no image"],
)
def test_bad_photo_is_refused_and_removed(
    desk: PhotoDesk, store: Flaky, content: bytes, why: Refusal
) -> None:
    photo_id = send(desk, content)
    assert desk.work_off(photo_id) == "refused"
    refused = row(desk, photo_id)
    assert (refused.state, refused.reason, refused.blob) == ("refused", why.value, None)
    assert names(store) == []


def test_job_that_runs_twice_does_it_once(desk: PhotoDesk, store: Flaky) -> None:
    photo_id = send(desk, jpeg())
    assert desk.work_off(photo_id) == "ready"
    before = store.get(names(store)[0])
    assert desk.work_off(photo_id, rest=AT_ONCE) == "nothing"
    assert store.get(names(store)[0]) == before
    assert desk.work_off(b"?" * 16) == "nothing"


def test_photo_that_is_being_worked_off_is_left_to_who_began(desk: PhotoDesk) -> None:
    photo_id = send(desk, jpeg())
    with desk.sessions.begin() as session:
        assert stored.claim(session, photo_id)
    assert desk.work_off(photo_id) == "nothing"
    assert waiting(desk, stored.REST) == []


@pytest.mark.parametrize("killed_at", ["claimed", "stored", "noted"])
def test_killed_in_the_middle_it_is_called_for_again(
    desk: PhotoDesk, store: Flaky, killed_at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo_id = send(desk, jpeg())

    class Killed(BaseException):
        """As `kill -9`: nothing after it runs."""

    def die(*_: object, **__: object) -> None:
        raise Killed

    where = {
        "claimed": ("worker.photo_jobs.reencode_apart",),
        "stored": ("registry.store.photos.mark_ready",),
        "noted": ("worker.photo_jobs.PhotoDesk._clear",),
    }[killed_at]
    with monkeypatch.context() as patched:
        patched.setattr(where[0], die)
        with pytest.raises(Killed):
            desk.work_off(photo_id)

    if killed_at != "noted":
        assert waiting(desk) == [photo_id]
        assert desk.work_off(photo_id, rest=AT_ONCE) == "ready"
    desk.sweep(left_after=0)
    assert waiting(desk) == []
    assert names(store) == [photos.blob_name(KEPT, photo_id)]
    assert opened(kept(desk, photo_id)).size == (640, 480)


def test_photo_that_kills_its_worker_is_given_up(desk: PhotoDesk, database: Engine) -> None:
    photo_id = send(desk, jpeg())
    for _ in range(stored.MAX_ATTEMPTS):
        with desk.sessions.begin() as session:
            assert stored.claim(session, photo_id, rest=AT_ONCE)
    assert desk.work_off(photo_id, rest=AT_ONCE) == "refused"
    assert row(desk, photo_id).reason == "unreadable"


@pytest.mark.parametrize("down", ["get", "put"])
def test_store_down_is_no_fault_of_the_photo(desk: PhotoDesk, store: Flaky, down: str) -> None:
    photo_id = send(desk, jpeg())
    store.down = down
    for _ in range(stored.MAX_ATTEMPTS + 2):
        with pytest.raises(StoreUnavailable):
            desk.work_off(photo_id, rest=AT_ONCE)
    store.down = ""
    assert row(desk, photo_id).attempts == 0
    assert desk.work_off(photo_id, rest=AT_ONCE) == "ready"


def test_what_could_not_be_removed_is_swept(desk: PhotoDesk, store: Flaky) -> None:
    photo_id, wanted = send(desk, jpeg()), send(desk, jpeg(), Kind.KK)
    store.down = "delete"
    assert desk.work_off(photo_id) == "ready"
    store.down = ""
    assert len(names(store)) == 3
    assert desk.sweep() == 0  # too young: its row may be on the way
    assert desk.sweep(left_after=0) == 1
    assert set(names(store)) == {
        photos.blob_name(INCOMING, wanted),
        photos.blob_name(KEPT, photo_id),
    }


def test_new_photo_of_a_kind_replaces_the_old_one_only_when_it_is_good(
    desk: PhotoDesk, store: Flaky
) -> None:
    good, house = send(desk, jpeg()), send(desk, jpeg(), Kind.RUMAH_DEPAN)
    others = send(desk, jpeg(), Kind.KTP, OTHER)
    for each in (good, house, others):
        assert desk.work_off(each) == "ready"
    bad = send(desk, b"no image")
    assert desk.work_off(bad) == "refused"
    assert kept(desk, good)
    better = send(desk, jpeg(800, 600))
    assert desk.work_off(better) == "ready"
    with desk.sessions() as session:
        assert set(session.scalars(select(Photo.id))) == {better, house, others}
    assert len(names(store)) == 3
    assert opened(kept(desk, better)).size == (800, 600)


def test_photo_moved_to_another_application_does_not_open(
    desk: PhotoDesk, database: Engine
) -> None:
    photo_id = send(desk, jpeg())
    with database.begin() as connection:
        connection.execute(text("UPDATE photo SET application_id = :id"), {"id": OTHER})
    assert desk.work_off(photo_id) == "refused"
    assert row(desk, photo_id).reason == "lost"


def test_blob_that_is_gone_is_told(desk: PhotoDesk, store: Flaky) -> None:
    photo_id = send(desk, jpeg())
    store.delete(photos.blob_name(INCOMING, photo_id))
    assert desk.work_off(photo_id) == "refused"
    assert row(desk, photo_id).reason == "lost"


def test_photo_whose_key_is_missing_waits_for_it(desk: PhotoDesk) -> None:
    photo_id = send(desk, jpeg())
    without = PhotoDesk(desk.sessions, desk.store, KeyRing({2: b"2" * 32}))
    for _ in range(5):
        with pytest.raises(UnsealError):
            without.work_off(photo_id, rest=AT_ONCE)
    assert desk.work_off(photo_id, rest=AT_ONCE) == "ready"


def test_no_more_than_a_few_of_a_kind_wait(desk: PhotoDesk) -> None:
    for _ in range(stored.MAX_WAITING):
        send(desk, jpeg())
    sent = stored.Sent(b"x" * 16, ONE, Kind.KTP, "masuk/" + "0" * 32, 1, 1)
    with desk.sessions.begin() as session:
        assert not stored.add(session, sent)
        assert stored.add(session, stored.Sent(b"x" * 16, ONE, Kind.KK, sent.blob, 1, 1))


@pytest.fixture
def environ(
    postgres_server: Postgres,
    database: Engine,
    request: pytest.FixtureRequest,
    queue_client: redis.Redis,
    tmp_path: Path,
) -> dict[str, str]:
    as_worker = postgres_server.url("fmotm_worker", str(database.url.database))
    inbox, queue = (request.getfixturevalue(name) for name in ("valkey_url", "redis_url"))
    return settings(as_worker, inbox, queue, PHOTO_STORE=(tmp_path / "photos").as_uri())


def test_processes_work_a_photo_off_and_tell_nothing(
    desk: PhotoDesk, environ: dict[str, str], queue_client: redis.Redis
) -> None:
    with running("worker.photos", environ) as worker, running("worker.ticker", environ) as ticker:
        photo_id = send(desk, jpeg_with_exif())
        bad = send(desk, png_bomb(), Kind.KK)
        eventually(lambda: row(desk, photo_id).state == State.READY, within=20)
        eventually(lambda: row(desk, bad).state == State.REFUSED, within=20)
        assert "Traceback" not in worker.said + ticker.said
        assert worker.stop() < 5
    assert opened(kept(desk, photo_id)).size == (640, 480)


def test_worker_killed_while_it_works_loses_no_photo(
    desk: PhotoDesk, environ: dict[str, str], redis_url: str, database: Engine, store: Flaky
) -> None:
    sent = [send(desk, jpeg(3000, 2000), kind) for kind in BY_CITIZENS]
    with connect(redis_url) as client, running("worker.photos", environ) as worker:
        call_for_photos(photo_queue(client), sent)
        eventually(lambda: any(row(desk, each).tried_at for each in sent))
        worker.kill()
    with database.begin() as connection:  # a minute later
        connection.execute(text("UPDATE photo SET tried_at = now() - interval '1 hour'"))
    with running("worker.photos", environ), running("worker.ticker", environ):
        eventually(lambda: all(row(desk, each).state == State.READY for each in sent), within=30)
    assert waiting(desk) == []
    desk.sweep(left_after=0)
    assert sorted(names(store)) == sorted(photos.blob_name(KEPT, each) for each in sent)


def test_worker_without_a_store_says_so(environ: dict[str, str]) -> None:
    with running("worker.photos", {**environ, "PHOTO_STORE": ""}) as process:
        assert process.popen.wait(15) == 2
        assert "PHOTO_STORE is not set" in process.said


def test_server_down_is_no_error_of_the_job(
    desk: PhotoDesk, store: Flaky, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    photo_jobs.notices.clear_all()
    monkeypatch.setattr(photo_jobs, "desk", lambda: desk)
    photo_id = send(desk, jpeg())
    store.down = "all"
    assert photo_jobs.work_off_photo(photo_id.hex()) == "later"
    assert "store: down" in caplog.text
    assert photo_id.hex() not in caplog.text
