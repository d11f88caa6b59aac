"""`fmotm keys`, on real servers."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from registry.inbox import Inbox
from registry.intake import Keys
from registry.rules.receipts import receipt_code
from registry.sealing import BlindIndex, KeyRing, sealed_with
from registry.settings import Settings
from registry.store import models
from registry.store.queries import status_by_receipt
from registry.store.queue import Area, Asked, page
from registry.store.sealed import Sealed, sealed_rows
from tests.integration.fmotm.commands.conftest import Fmotm
from tests.integration.worker.support import (
    ID_KEY,
    INDEX_KEY,
    KEYS,
    OTHER_KEY,
    PERIOD,
    RING_KEY,
    application,
    as_text,
    count,
    drain,
    poison,
    sent,
    sessions_of,
)


def test_generated_keys_are_good_settings(fmotm: Fmotm, environ: dict[str, str]) -> None:
    lines = fmotm("keys", "generate").output.splitlines()
    assert [line.partition("=")[0] for line in lines] == [
        "SEAL_KEYS",
        "INDEX_KEY",
        "ID_KEY",
        "SECRET_KEY",
    ]
    Settings.from_env({**environ, **dict(line.split("=", 1) for line in lines)})
    assert fmotm("keys", "generate").output.splitlines() != lines


BOTH = f"1:{as_text(RING_KEY)},2:{as_text(OTHER_KEY)}"


def sealed(bind: Engine) -> set[int]:
    with sessions_of(bind)() as session:
        return {sealed_with(each) for each in session.scalars(select(models.Application.sealed))}


def test_rotated_keys(fmotm: Fmotm, inbox: Inbox, database: Engine) -> None:
    for number in range(20):
        inbox.append(sent(number))
    inbox.append(poison(99))
    drain(inbox, database).run()
    inbox.append(sent(50))
    said = fmotm("keys", "rotate", SEAL_KEYS=BOTH, code=1).output
    assert "20 sealed anew" in said
    assert "left as it was: quarantine.sealed 21: refused" in said
    assert "Entries wait in the inbox" in said
    assert sealed(database) == {2}
    assert "0 sealed anew" in fmotm("keys", "rotate", SEAL_KEYS=BOTH, code=1).output
    both = Keys(KeyRing({1: RING_KEY, 2: OTHER_KEY}), BlindIndex(INDEX_KEY), ID_KEY)
    drain(inbox, database, keys=both).run()
    said = fmotm("keys", "rotate", SEAL_KEYS=BOTH, code=1).output
    assert "1 sealed anew" in said
    assert sealed(database) == {2}
    only = f"2:{as_text(OTHER_KEY)}"
    name = str(application(1).answers["nama"])
    assert name in fmotm("queue", application(1).kelurahan, "--names", SEAL_KEYS=only).output


def test_rotating_while_a_drain_ends_leaves_nothing_with_the_old_key(
    fmotm: Fmotm, inbox: Inbox, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(40):
        inbox.append(sent(number))
    drain(inbox, database).run()
    for number in range(40, 80):
        inbox.append(sent(number))

    def drained_behind(*args: Any, **options: Any) -> list[Sealed]:
        rows = sealed_rows(*args, **options)
        if rows and options["after"] is not None:  # in the midst of the first look
            drain(inbox, database).run()
        return rows

    monkeypatch.setattr("fmotm.rekeying.BATCH", 15)
    monkeypatch.setattr("fmotm.rekeying.sealed_rows", drained_behind)
    said = fmotm("keys", "rotate", SEAL_KEYS=BOTH).output
    assert "80 sealed anew" in said
    assert "Nothing needs another key than 2" in said
    assert sealed(database) == {2}


def test_new_index_key(fmotm: Fmotm, inbox: Inbox, database: Engine) -> None:
    for number in range(10):
        inbox.append(sent(number))
    drain(inbox, database).run()
    keys = {"INDEX_KEY": as_text(OTHER_KEY), "INDEX_KEY_OLD": as_text(INDEX_KEY)}
    assert "still accepts" in fmotm("keys", "reindex", code=1, **keys).output
    assert "INDEX_KEY_OLD is not set" in fmotm("keys", "reindex", code=2).output
    inbox.append(sent(11))
    inbox.halt("new key")
    assert "1 entries wait" in fmotm("keys", "reindex", code=1, **keys).output
    drain(inbox, database).run()
    people = count(database, models.PersonIndex)
    assert "11 rows have new indexes" in fmotm("keys", "reindex", **keys).output
    assert "0 rows have new indexes" in fmotm("keys", "reindex", **keys).output
    inbox.resume()
    new = Keys(KEYS.ring, BlindIndex(OTHER_KEY), ID_KEY)
    again = sent(1, keys=new)
    inbox.append(again)
    assert drain(inbox, database, keys=new).run().repeated == 1
    assert count(database, models.PersonIndex) == people
    with sessions_of(database)() as session:
        assert status_by_receipt(session, again.nik_index, receipt_code(again.application_id))
        old, new_nik = sent(1).nik_index, again.nik_index
        indexes = set(session.scalars(select(models.PersonIndex.nik_index)))
        assert old not in indexes
        assert new_nik in indexes
        assert page(session, Asked(Area(PERIOD, application(1).kelurahan))).rows


def test_wrong_old_index_key_changes_nothing(fmotm: Fmotm, inbox: Inbox, database: Engine) -> None:
    inbox.append(sent(1))
    drain(inbox, database).run()
    inbox.halt("new key")
    keys = {"INDEX_KEY": as_text(OTHER_KEY), "INDEX_KEY_OLD": as_text(b"Z" * 32)}
    assert "0 rows have new indexes" in fmotm("keys", "reindex", code=1, **keys).output
    with sessions_of(database)() as session:
        assert session.scalar(select(models.Application.nik_index)) == sent(1).nik_index


def test_an_application_whose_people_do_not_fit_keeps_all_its_indexes(
    fmotm: Fmotm, inbox: Inbox, database: Engine
) -> None:
    inbox.append(sent(1))
    drain(inbox, database).run()
    inbox.halt("new key")
    strange = update(models.PersonIndex).where(models.PersonIndex.position == 0)
    with sessions_of(database).begin() as session:
        session.execute(strange.values(nik_index=bytes(16)))
    keys = {"INDEX_KEY": as_text(OTHER_KEY), "INDEX_KEY_OLD": as_text(INDEX_KEY)}
    said = fmotm("keys", "reindex", code=1, **keys).output
    assert f"application.sealed {sent(1).application_id.hex()}: unreadable" in said
    with sessions_of(database)() as session:
        assert session.scalar(select(models.Application.nik_index)) == sent(1).nik_index


def test_rotating_says_that_photos_still_need_the_old_key(
    fmotm: Fmotm, inbox: Inbox, database: Engine
) -> None:
    photo = models.Photo(
        id=bytes(16), application_id=bytes(16), kind="ktp", blob="made-up", key_id=1, size=1
    )
    with sessions_of(database).begin() as session:
        session.add(photo)
    said = fmotm("keys", "rotate", SEAL_KEYS=BOTH).output
    assert "Photos sealed with an older key stay so (1): take no key out." in said
    assert "Nothing needs another key" not in said
