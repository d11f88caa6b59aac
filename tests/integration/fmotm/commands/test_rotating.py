"""`fmotm keys rotate` with a row in every table that holds something sealed."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError

from fmotm import rekeying
from fmotm.embedded import Postgres
from fmotm.rekeying import EVERYTHING
from registry.inbox import Inbox
from registry.opening import seal_words
from registry.rules.scope import Scope
from registry.sealing import KeyRing, sealed_with
from registry.store.grants import PORTAL, grants
from registry.store.sealed import begin_resealing, put_sealed
from registry.store.session import engine, sessions
from tests.integration.evenings import SENTENCE, Evening
from tests.integration.fmotm.commands.conftest import Fmotm
from tests.integration.fmotm.commands.everything_sealed import fill, opened
from tests.integration.worker.support import KEYS, OTHER_KEY, RING_KEY, as_text

BOTH = f"1:{as_text(RING_KEY)},2:{as_text(OTHER_KEY)}"
NEW = KeyRing({2: OTHER_KEY})
GUARDED = ("objection", "ruling", "verdict", "visit")
"""Tables that are append-only but for the key of what is sealed in them."""

NEWER = "sealed = set_byte(sealed, 1, 2)"
RESEALING = "SET LOCAL fmotm.resealing = 'on'"


@pytest.fixture
def filled(inbox: Inbox, database: Engine) -> Evening:
    return fill(database, KEYS)


def used(bind: Engine) -> Counter[int]:
    """Count what each key seals."""
    with bind.connect() as connection:
        return Counter(
            sealed_with(sealed)
            for holder in EVERYTHING
            for sealed in connection.scalars(
                select(holder.column).where(holder.column.is_not(None))
            )
        )


def counted(output: str) -> dict[str, int]:
    return {
        name: int(count) for count, name in re.findall(r"^ +(\d+) (\S+)$", output, re.MULTILINE)
    }


def test_all_that_is_sealed_opens_with_the_new_key_alone(
    fmotm: Fmotm, filled: Evening, database: Engine
) -> None:
    before = opened(database, KEYS.ring)
    assert all(before.values()), "a holder without a row"
    assert {"sentence": SENTENCE} in before["verdict.sealed"]
    said = fmotm("keys", "rotate", SEAL_KEYS=BOTH).output
    assert counted(said) == {name: len(rows) for name, rows in before.items()}
    assert f"{sum(map(len, before.values()))} sealed anew." in said
    assert "Nothing needs another key than 2: others may be taken out." in said
    assert opened(database, NEW) == before
    again = fmotm("keys", "rotate", SEAL_KEYS=BOTH).output
    assert counted(again) == {}
    assert "Nothing needs another key than 2" in again


@pytest.mark.parametrize("enough", [0, 1, 10, 25])
def test_broken_off_it_goes_on_where_it_was(
    fmotm: Fmotm,
    filled: Evening,
    database: Engine,
    monkeypatch: pytest.MonkeyPatch,
    enough: int,
) -> None:
    before = opened(database, KEYS.ring)
    calls = 0

    def put(*args: Any) -> None:
        nonlocal calls
        calls += 1
        if calls > enough:
            raise KeyboardInterrupt
        put_sealed(*args)

    monkeypatch.setattr(rekeying, "BATCH", 4)
    with monkeypatch.context() as while_it_runs:
        while_it_runs.setattr(rekeying, "put_sealed", put)
        assert "Nothing needs" not in fmotm("keys", "rotate", SEAL_KEYS=BOTH, code=1).output
    keys = used(database)
    assert enough - 4 < keys[2] <= enough  # the batch that was broken off is as before
    assert opened(database, KeyRing({1: RING_KEY, 2: OTHER_KEY})) == before
    said = fmotm("keys", "rotate", SEAL_KEYS=BOTH).output
    assert f"{keys[1]} sealed anew." in said
    assert opened(database, NEW) == before


@pytest.mark.parametrize("damage", ["''", "'\\x01'", "'\\x0101'", "sealed || '\\x00'"])
def test_a_damaged_row_is_named_by_table_and_key(
    fmotm: Fmotm, filled: Evening, database: Engine, damage: str
) -> None:
    with database.begin() as connection:
        connection.execute(text(f"UPDATE attendee SET sealed = {damage} WHERE number = 2"))
    said = fmotm("keys", "rotate", SEAL_KEYS=BOTH, code=1).output
    reason = "refused" if damage.startswith("sealed") else "truncated"
    row = f"{filled.musyawarah_id.hex()}/2"
    assert f"left as it was: attendee.sealed {row}: {reason}\n" in said
    assert said.count("left as it was") == 1
    assert "Nothing needs" not in said
    assert "Joko" not in said


def test_what_is_bound_to_another_row_is_not_sealed_anew(
    fmotm: Fmotm, filled: Evening, database: Engine
) -> None:
    of_another = seal_words(KEYS.ring, filled.ids[3], {"sentence": "Untuk orang lain."})
    with database.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO verdict (musyawarah_id, number, version, key, verdict, sealed,"
                " stepped_aside, dissent, via, by)"
                " VALUES (:held, 1, 2, :key, 'proposed', :sealed, '{}', '{}', 'one', '1')"
            ),
            {"held": filled.musyawarah_id, "key": bytes(16), "sealed": of_another},
        )
    said = fmotm("keys", "rotate", SEAL_KEYS=BOTH, code=1).output
    assert f"verdict.sealed {filled.musyawarah_id.hex()}/1/2: refused" in said
    assert used(database)[1] == 1


@pytest.mark.parametrize("table", GUARDED)
@pytest.mark.parametrize(
    "change",
    [
        # Anything beside what is sealed, with it or without it.
        "{other} = {value}",
        "{other} = {value}, sealed = set_byte(sealed, 1, 2)",
        # What is sealed: removed, longer, in another format, with the same key, with an older one.
        "sealed = ''",
        "sealed = NULL",
        "sealed = set_byte(sealed, 1, 2) || '\\x00'",
        "sealed = set_byte(set_byte(sealed, 1, 2), 0, 2)",
        "sealed = set_byte(sealed, 20, 255 - get_byte(sealed, 20))",
        "sealed = set_byte(sealed, 1, 0)",
    ],
)
def test_while_keys_rotate_nothing_else_of_an_append_only_row_changes(
    filled: Evening, database: Engine, table: str, change: str
) -> None:
    other, value = {
        "objection": ("at", "at + interval '1 microsecond'"),
        "ruling": ("kind", "'merged'"),
        "verdict": ("dissent", "'{tokoh_agama,rt_rw}'"),
        "visit": ("ktp", "NULL"),
    }[table]
    changed = f"UPDATE {table} SET {change.format(other=other, value=value)}"
    with database.connect() as connection:
        connection.execute(text(RESEALING))
        with pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text(f"{changed} WHERE sealed IS NOT NULL"))


@pytest.mark.parametrize("table", GUARDED)
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {}"])
def test_while_keys_rotate_nothing_is_removed(
    filled: Evening, database: Engine, table: str, statement: str
) -> None:
    with database.connect() as connection:
        connection.execute(text(RESEALING))
        with pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text(statement.format(table)))


@pytest.mark.parametrize("table", GUARDED)
def test_only_where_it_is_said_what_is_sealed_is_replaced(
    filled: Evening, database: Engine, table: str
) -> None:
    newer = text(f"UPDATE {table} SET {NEWER} WHERE sealed IS NOT NULL")
    with database.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(newer)
    with database.connect() as connection:
        connection.execute(text(RESEALING))
        assert connection.execute(newer).rowcount > 0


def test_even_a_role_that_was_given_too_much_replaces_nothing(
    filled: Evening, database: Engine, postgres_server: Postgres
) -> None:
    with database.begin() as owner:
        owner.execute(text(f"GRANT UPDATE ON {', '.join(GUARDED)} TO {PORTAL}"))
    url = postgres_server.url(PORTAL, str(database.url.database))
    portal = engine(url, scope=Scope.EVERYTHING)
    for table in GUARDED:
        with portal.connect() as connection:
            connection.execute(text(RESEALING))
            with pytest.raises(DBAPIError, match="append-only"):
                connection.execute(text(f"UPDATE {table} SET {NEWER}"))
    portal.dispose()
    with database.begin() as owner:
        grants(owner)


def test_the_leave_to_reseal_ends_with_the_transaction(filled: Evening, database: Engine) -> None:
    maker = sessions(database)
    with maker.begin() as session:
        begin_resealing(session)
    with maker() as session, pytest.raises(DBAPIError, match="append-only"):
        session.execute(text(f"UPDATE visit SET {NEWER}"))
