"""Minutes made: what they say, once, sealed, in the chain; interrupted anywhere."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
import redis
from sqlalchemy import Engine, insert, select, text, update
from sqlalchemy.orm import Session

from fmotm.embedded import Postgres
from portal.accounts.models import Account
from registry.corrections import Changes
from registry.documents.content import Minutes as Content
from registry.documents.content import content_digest, mask_nik
from registry.documents.typesetting import TypesettingError
from registry.minutes import gather
from registry.minutes_kept import from_json, full_copy, make, open_form
from registry.opening import CannotOpen, seal_words
from registry.sealing import KeyRing
from registry.store import minutes as stored
from registry.store.bulk import table_of
from registry.store.models import Event, Minutes
from tests.integration.evenings import (
    PEOPLE,
    QUESTION,
    SENTENCE,
    TAKEN_BACK,
    Evening,
    evening,
)
from tests.integration.worker.processes import eventually, running, settings
from tests.integration.worker.support import KEYS, OTHER_KEY, sessions_of
from tests.unit.registry.documents.reading import run_together, whole
from worker import minutes as job
from worker.minutes import MinutesDesk, MinutesFailed
from worker.queues import MINUTES, call_for_minutes, connect, document_queue

SITE = "https://daftar.example.go.id"


def add_account(bind: Engine, name: str, role: str = "dinas") -> str:
    values = {
        "email": f"{sha256(name.encode()).hexdigest()[:9]}@contoh.example",
        "full_name": name,
        "role": role,
        "fs_uniquifier": name,
    }
    with bind.begin() as connection:
        adding = insert(table_of(Account)).values(**values).returning(Account.id)
        return str(connection.scalar(adding))


@pytest.fixture
def held(database: Engine) -> Evening:
    officer = add_account(database, "Ratna Sari", "auditor")
    return evening(database, KEYS, officer=officer, chair=add_account(database, "Budi Lurah"))


@pytest.fixture
def desk(database: Engine) -> MinutesDesk:
    return MinutesDesk(sessions_of(database), KEYS.ring, SITE)


def row(desk: MinutesDesk, minutes_id: bytes) -> Any:
    with desk.sessions() as session:
        return session.execute(select(table_of(Minutes)).where(Minutes.id == minutes_id)).one()


def opened(desk: MinutesDesk, minutes_id: bytes, form: stored.Form) -> bytes:
    sealed = getattr(row(desk, minutes_id), form)
    return open_form(KEYS.ring, minutes_id, form, sealed)


def said(desk: MinutesDesk, minutes_id: bytes) -> Content:
    return from_json(opened(desk, minutes_id, "content"))


def events(desk: MinutesDesk) -> list[tuple[str, dict[str, Any]]]:
    with desk.sessions() as session:
        asked = select(Event.kind, Event.details).where(Event.musyawarah_id.is_not(None))
        return [(each.kind, each.details) for each in session.execute(asked.order_by(Event.id))]


def rested(desk: MinutesDesk) -> None:
    """Let the time pass for which minutes are left alone."""
    with desk.sessions.begin() as session:
        session.execute(update(table_of(Minutes)).values(next_try_at=None))


def test_minutes_say_what_the_database_says(desk: MinutesDesk, held: Evening) -> None:
    assert desk.make(held.minutes_id) == "made"
    found = said(desk, held.minutes_id)
    counts = found.counts
    assert (counts.proposed, counts.not_proposed, counts.postponed, counts.open) == (3, 1, 1, 1)
    assert counts.by_reason == (("Pindah ke luar DKI Jakarta", 1),)
    assert [cases for _, cases in counts.by_part] == [2, 1, 3]
    assert [line.status_label for line in found.lines] == [
        "Diusulkan", "Diusulkan", "Tidak diusulkan", "Diusulkan", "Ditunda", "Belum dibahas",
    ]  # fmt: skip
    assert [line.description for line in found.lines] == [
        "Disahkan dalam daftar RW 007.",
        "Disahkan dalam daftar RW 007.",
        f"Pindah ke luar DKI Jakarta. {SENTENCE}",
        "",
        f"Pertanyaan kepada keluarga: {QUESTION}",
        "",
    ]
    assert [line.name for line in found.lines] == held.names
    assert [line.nik for line in found.lines] == held.niks
    assert {(line.rt, line.rw) for line in found.lines} == {("003", "007")}
    assert [person.name for person in found.attendance] == [name for _, name, _ in PEOPLE[:-1]]
    assert (found.chair_name, found.officer_names) == ("Budi Lurah", ("Ratna Sari",))
    assert found.stepped_aside == ("Nomor 4: seorang dari unsur RT/RW menarik diri (kerabat).",)
    assert found.dissent == ("Nomor 4: unsur Tokoh agama berpendapat lain.",)
    assert found.quorum_sentence == (
        "Kuorum paling sedikit 4 orang dari 4 unsur, termasuk unsur Lurah dan RT/RW. "
        "Yang hadir 4 orang dari 4 unsur, sehingga kuorum tercapai."
    )
    assert found.number == "BA-001/31.71.01.1001/2026-1"


def test_print_has_every_case_and_no_whole_nik(desk: MinutesDesk, held: Evening) -> None:
    desk.make(held.minutes_id)
    printed = run_together(opened(desk, held.minutes_id, "pdf"))
    for name, nik in zip(held.names, held.niks, strict=True):
        assert name.replace(" ", "") in printed
        assert mask_nik(nik) in printed
        assert nik not in printed
    assert SENTENCE.replace(" ", "") in printed
    assert TAKEN_BACK.replace(" ", "") not in printed
    workbook = opened(desk, held.minutes_id, "xlsx")
    assert workbook[:2] == b"PK"


def test_both_digests_are_kept_and_are_in_the_history(desk: MinutesDesk, held: Evening) -> None:
    desk.make(held.minutes_id)
    kept = row(desk, held.minutes_id)
    pdf = opened(desk, held.minutes_id, "pdf")
    assert kept.file_digest == sha256(pdf).digest()
    assert kept.digest.hex() == content_digest(said(desk, held.minutes_id))
    assert kept.digest.hex() in run_together(pdf)
    assert said(desk, held.minutes_id).verify_url == f"{SITE}/berita-acara/{kept.digest.hex()}"
    made = {"number": 1, "digest": kept.digest.hex(), "file_digest": kept.file_digest.hex()}
    assert events(desk)[-1] == ("minutes_made", made)


def test_nothing_that_is_kept_names_anybody_in_clear(desk: MinutesDesk, held: Evening) -> None:
    desk.make(held.minutes_id)
    kept = row(desk, held.minutes_id)
    stays = b"".join((kept.content, kept.pdf, kept.xlsx)) + repr(events(desk)).encode()
    for word in (*held.names, *held.niks, "Joko Susilo"):
        assert word.encode() not in stays
    assert b"%PDF" not in kept.pdf


def test_job_that_runs_twice_makes_them_once(desk: MinutesDesk, held: Evening) -> None:
    assert desk.make(held.minutes_id) == "made"
    before = row(desk, held.minutes_id)
    rested(desk)
    assert desk.make(held.minutes_id) == "nothing"
    assert desk.make(b"?" * 16) == "nothing"
    assert row(desk, held.minutes_id) == before
    assert [kind for kind, _ in events(desk)].count("minutes_made") == 1


def test_two_workers_at_once_keep_them_once(
    desk: MinutesDesk, held: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = make

    def overtaken(*given: Any) -> stored.Kept:
        rested(desk)
        monkeypatch.setattr(job, "make", really)
        assert desk.make(held.minutes_id) == "made"
        return really(*given)

    monkeypatch.setattr(job, "make", overtaken)
    assert desk.make(held.minutes_id) == "nothing"
    assert [kind for kind, _ in events(desk)].count("minutes_made") == 1


@pytest.mark.parametrize("killed_at", ["gather", "make"])
def test_killed_in_the_middle_they_are_called_for_again(
    desk: MinutesDesk, held: Evening, killed_at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(*_given: object) -> None:
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(job, killed_at, die)
        with pytest.raises(Killed):
            desk.make(held.minutes_id)
    assert row(desk, held.minutes_id).made_at is None
    with desk.sessions() as session:
        assert stored.waiting(session, 5) == []
    rested(desk)
    with desk.sessions() as session:
        assert stored.waiting(session, 5) == [held.minutes_id]
    assert desk.make(held.minutes_id) == "made"


def test_after_three_failures_people_are_told_once_and_it_goes_on(
    desk: MinutesDesk,
    held: Evening,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_given: object) -> None:
        raise TypesettingError("minutes.typ:1:1")

    with monkeypatch.context() as failing:
        failing.setattr(job, "make", fail)
        for _ in range(5):
            with pytest.raises(TypesettingError):
                desk.make(held.minutes_id)
            rested(desk)
    assert [kind for kind, _ in events(desk)].count("minutes_late") == 1
    assert [record.levelname for record in caplog.records] == ["CRITICAL"]
    with desk.sessions() as session:
        assert stored.late(session) == [("31.71.01.1001", "2026-1", 1)]
    assert desk.make(held.minutes_id) == "made"
    with desk.sessions() as session:
        assert stored.late(session) == []


def test_failed_once_they_are_tried_again_soon(
    desk: MinutesDesk, held: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as failing:
        failing.setattr(job, "make", lambda *_: (_ for _ in ()).throw(TypesettingError("x")))
        with pytest.raises(TypesettingError):
            desk.make(held.minutes_id)
    with desk.sessions() as session:
        wait = session.scalar(select(Minutes.next_try_at - text("now()")))
    assert wait is not None
    assert timedelta() < wait <= stored.SOON


def test_without_the_key_they_wait(database: Engine, held: Evening) -> None:
    keyless = MinutesDesk(sessions_of(database), KeyRing({9: OTHER_KEY}), SITE)
    with pytest.raises(CannotOpen, match="UnsealError"):
        keyless.make(held.minutes_id)
    desk = MinutesDesk(sessions_of(database), KEYS.ring, SITE)
    rested(desk)
    assert desk.make(held.minutes_id) == "made"


def test_below_the_quorum_all_is_advice(database: Engine, desk: MinutesDesk) -> None:
    held = evening(database, KEYS, quorate=False)
    desk.make(held.minutes_id)
    found = said(desk, held.minutes_id)
    assert found.quorum_sentence.endswith("kuorum tidak tercapai: kurang 6 orang.")
    assert found.lines[2].status_label == "Rekomendasi: tidak diusulkan"
    assert "HANYA REKOMENDASI" in whole(opened(desk, held.minutes_id, "pdf"))
    assert found.chair_name == "Rahmat Hidayat"  # as the attendance list has it


def test_household_that_had_gone_is_said_to_be_left_out(
    database: Engine, desk: MinutesDesk
) -> None:
    held = evening(database, KEYS, left_out=(2,))
    desk.make(held.minutes_id)
    lines = said(desk, held.minutes_id).lines
    assert "Tidak dilaksanakan" in lines[1].description
    assert "Tidak dilaksanakan" not in lines[0].description


def test_full_copy_shows_each_nik_for_whom_it_was_made(desk: MinutesDesk, held: Evening) -> None:
    desk.make(held.minutes_id)
    full = full_copy(opened(desk, held.minutes_id, "content"), "Sri Dinas, 20 November 2026")
    printed = run_together(full)
    assert all(nik in printed for nik in held.niks)
    assert "SriDinas,20November2026" in printed
    assert row(desk, held.minutes_id).digest.hex() in printed
    with pytest.raises(ValueError, match="watermark"):
        full_copy(opened(desk, held.minutes_id, "content"), "")


def correct(session: Session, held: Evening, old: bytes, new: bytes, changes: Changes) -> None:
    found = session.execute(select(table_of(Minutes)).where(Minutes.id == old)).one()
    values = {
        "id": new,
        "musyawarah_id": held.musyawarah_id,
        "period_id": found.period_id,
        "kelurahan_code": found.kelurahan_code,
        "number": found.number + 1,
        "corrects": old,
        "reason": seal_words(KEYS.ring, held.musyawarah_id, changes.as_words()),
        "asked_by": "2",
    }
    session.execute(insert(table_of(Minutes)).values(**values))


def test_correction_names_the_old_and_lays_its_words_over_them(
    desk: MinutesDesk, held: Evening
) -> None:
    desk.make(held.minutes_id)
    first = row(desk, held.minutes_id)
    name = Changes("Nama nomor 2 salah tulis.", None, {2: ("Djoko Susilo", "Ketua RW 007")}, {})
    words = Changes("Kalimat nomor 3 kurang jelas.", "Listrik padam.", {}, {3: "Pindah bulan Mei."})
    with desk.sessions.begin() as session:
        correct(session, held, held.minutes_id, b"2" * 16, name)
        correct(session, held, b"2" * 16, b"3" * 16, words)
    assert [desk.make(each) for each in (b"2" * 16, b"3" * 16)] == ["made", "made"]
    second, third = said(desk, b"2" * 16), said(desk, b"3" * 16)
    assert first.digest.hex() in second.corrects
    assert "BA-001/31.71.01.1001/2026-1" in second.corrects
    assert second.correction_reason == name.reason
    assert second.attendance[1].name == third.attendance[1].name == "Djoko Susilo"
    assert "BA-002/31.71.01.1001/2026-1" in third.corrects
    assert third.lines[2].description == "Pindah ke luar DKI Jakarta. Pindah bulan Mei."
    assert third.notes == "Listrik padam."
    assert third.counts == said(desk, held.minutes_id).counts
    assert row(desk, held.minutes_id) == first
    printed = whole(opened(desk, b"3" * 16, "pdf"))
    assert "PEMBETULAN" in printed
    assert words.reason in printed


def test_a_session_that_is_not_closed_has_no_minutes(
    desk: MinutesDesk, held: Evening, database: Engine
) -> None:
    with database.begin() as connection:
        statement = "UPDATE musyawarah SET stage = 'ended', closed_at = NULL"
        connection.execute(text(statement))
    with desk.sessions() as session, pytest.raises(RuntimeError, match="not closed"):
        gather(session, KEYS.ring, held.minutes_id)


def test_an_error_of_ours_is_told_by_kind_and_place_alone(
    desk: MinutesDesk, held: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object) -> None:
        raise KeyError("Siti Aminah")

    monkeypatch.setattr(job, "desk", lambda: desk)
    monkeypatch.setattr(job, "gather", fail)
    with pytest.raises(MinutesFailed) as told:
        job.make_minutes(held.minutes_id.hex())
    assert str(told.value).startswith("KeyError at test_minutes.py:")
    assert told.value.__cause__ is None


@pytest.fixture
def environ(
    postgres_server: Postgres, database: Engine, valkey_url: str, redis_url: str
) -> dict[str, str]:
    as_worker = postgres_server.url("fmotm_worker", str(database.url.database))
    return settings(as_worker, valkey_url, redis_url, PUBLIC_URL=SITE)


def test_ticker_calls_and_the_worker_makes_them(
    desk: MinutesDesk, held: Evening, environ: dict[str, str], queue_client: redis.Redis
) -> None:
    with running("worker.documents", environ) as worker, running("worker.ticker", environ) as tick:
        eventually(lambda: row(desk, held.minutes_id).made_at is not None, within=60)
        assert "Traceback" not in worker.said + tick.said
        seen = "".join(repr(queue_client.dump(key)) for key in queue_client.scan_iter())
        assert not any(word in seen + worker.said for word in (*held.names, *held.niks))


def test_job_carries_an_id_and_leaves_nothing(redis_url: str, queue_client: redis.Redis) -> None:
    with connect(redis_url) as client:
        queue = document_queue(client)
        call_for_minutes(queue, [b"1" * 16])
        (waiting,) = queue.jobs
        assert (waiting.func_name, list(waiting.args)) == (MINUTES, [(b"1" * 16).hex()])
        assert (waiting.timeout, waiting.ttl, waiting.result_ttl) == (240, 60, 0)


def test_without_an_address_to_print_the_worker_says_so(environ: dict[str, str]) -> None:
    with running("worker.documents", {**environ, "PUBLIC_URL": ""}) as process:
        assert process.popen.wait(15) == 2
        assert "PUBLIC_URL is not set" in process.said
