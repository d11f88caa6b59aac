"""Whose fault a failure is, and what the drain then does: nobody is held up, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import redis
from rq.timeouts import JobTimeoutException
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from fmotm.embedded import Postgres
from registry.inbox import Entry, Inbox, InboxUnavailable
from registry.intake import Keys, Unreadable
from registry.intake import examine as really_examine
from registry.sealing import BlindIndex, KeyRing
from registry.store import models
from registry.store.intake import Checked, InboxLostEntries, put_back
from registry.store.session import engine, software_engine
from tests.integration.worker.support import (
    ID_KEY,
    INDEX_KEY,
    KEYS,
    OTHER_KEY,
    RING_KEY,
    application,
    balanced,
    count,
    drain,
    now,
    poison,
    sent,
    sessions_of,
)
from worker.blame import KEY_AWAITED, is_own
from worker.drain import FailAlike, KeyMissing

Examine = Callable[..., Checked]

NEWER = Keys(KeyRing({1: RING_KEY, 2: OTHER_KEY}), BlindIndex(INDEX_KEY), ID_KEY)


def fill(inbox: Inbox, numbers: range) -> None:
    for number in numbers:
        inbox.append(sent(number))


def quarantined(bind: Engine) -> list[models.Quarantine]:
    with sessions_of(bind)() as session:
        return list(session.scalars(select(models.Quarantine).order_by(models.Quarantine.entry)))


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Entry], None]], None]:
    """Let something happen before an entry is examined."""

    def install(happens: Callable[[Entry], None]) -> None:
        def examine(entry: Entry, *args: object, **options: object) -> Checked:
            happens(entry)
            return really_examine(entry, *args, **options)  # type: ignore[arg-type]

        monkeypatch.setattr("worker.drain.examine", examine)

    return install


def test_poison_holds_nobody_up(inbox: Inbox, database: Engine) -> None:
    fill(inbox, range(250))
    inbox.append(poison(1_000))
    fill(inbox, range(250, 499))
    done = drain(inbox, database).run()
    assert (done.inserted, done.quarantined) == (499, 1)
    assert inbox.depth() == 0
    (aside,) = quarantined(database)
    assert aside.entry == 251
    assert aside.error.startswith("UnsealError refused at ")
    balanced(database, inbox)


def test_poison_of_every_sort(inbox: Inbox, database: Engine, client: redis.Redis) -> None:
    ok = sent(1)
    inbox.append(poison(2, b""))
    inbox.append(poison(3, b"\x63" * 100))
    inbox.append(replace(sent(5), sealed=ok.sealed))
    sealed = KEYS.ring.seal("application", sent(6).application_id, b"[] is no object")
    inbox.append(replace(sent(6), sealed=sealed))
    sealed = KEYS.ring.seal("application", sent(7).application_id, b'{"nik":"x"}')
    inbox.append(replace(sent(7), sealed=sealed))
    for raw in (b"", b"short", b"\xff" * 57, sent(8).pack()[:60]):
        client.xadd("fmotm:inbox", {"e": raw}, id="0-*")
    client.xadd("fmotm:inbox", {"other": "x"}, id="0-*")
    # An unknown period, and one that PostgreSQL's text cannot hold.
    for period in ("1999-1", "nul\0"):
        client.xadd("fmotm:inbox", {"e": replace(sent(9), period=period).pack()}, id="0-*")
    inbox.append(ok)
    done = drain(inbox, database).run()
    assert (done.inserted, done.quarantined) == (1, 12)
    assert inbox.depth() == 0
    balanced(database, inbox)
    for aside in quarantined(database):
        assert application(7).nik.value not in aside.error


def test_what_was_set_aside_is_kept_as_it_was(inbox: Inbox, database: Engine) -> None:
    bad = poison(3)
    inbox.append(bad)
    drain(inbox, database).run()
    (aside,) = quarantined(database)
    kept = (aside.application_id, aside.period_id, aside.nik_index, aside.sealed)
    assert kept == (bad.application_id, bad.period, bad.nik_index, bad.sealed)
    assert inbox.pending(bad.nik_index) == []
    with sessions_of(database).begin() as session:
        assert put_back(session, aside.entry)


def test_error_of_the_batch_finds_the_one_entry(
    inbox: Inbox, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(inbox, range(20))

    def examine(entry: Entry, *args: object, **options: object) -> Checked:
        checked = really_examine(entry, *args, **options)  # type: ignore[arg-type]
        return replace(checked, household_size=70_000) if entry.number == 7 else checked

    monkeypatch.setattr("worker.drain.examine", examine)
    done = drain(inbox, database).run()
    assert (done.inserted, done.quarantined) == (19, 1)
    assert [aside.entry for aside in quarantined(database)] == [7]


def test_transient_error_of_an_entry_gets_a_second_chance(
    inbox: Inbox, database: Engine, failing: Callable[[Callable[[Entry], None]], None]
) -> None:
    fill(inbox, range(5))
    seen: set[int] = set()

    def first_time(entry: Entry) -> None:
        if entry.number not in seen:
            seen.add(entry.number)
            raise ValueError("once")

    failing(first_time)
    assert drain(inbox, database).run().inserted == 5


def test_entry_that_ends_the_process_is_set_aside_the_third_time(
    inbox: Inbox, database: Engine, failing: Callable[[Callable[[Entry], None]], None]
) -> None:
    fill(inbox, range(10))

    def die(entry: Entry) -> None:
        if entry.number == 4:
            raise KeyboardInterrupt  # ends the job whatever it was doing, as a kill would

    failing(die)
    for _ in range(3):  # with the batch, then twice alone
        with pytest.raises(KeyboardInterrupt):
            drain(inbox, database).run()
        assert quarantined(database) == []
        balanced(database, inbox)
    done = drain(inbox, database).run()
    assert done.quarantined == 1
    (aside,) = quarantined(database)
    assert (aside.entry, aside.error) == (4, "ended the process")
    assert count(database) == 9
    balanced(database, inbox)


def test_entry_that_hangs_counts_as_ending_the_process(
    inbox: Inbox, database: Engine, failing: Callable[[Callable[[Entry], None]], None]
) -> None:
    fill(inbox, range(3))

    def hang(entry: Entry) -> None:
        if entry.number == 2:
            raise JobTimeoutException

    failing(hang)
    for _ in range(3):
        with pytest.raises(JobTimeoutException):
            drain(inbox, database).run()
    assert drain(inbox, database).run().quarantined == 1
    assert count(database) == 2


def test_database_down_sets_nothing_aside(
    inbox: Inbox, database: Engine, failing: Callable[[Callable[[Entry], None]], None]
) -> None:
    fill(inbox, range(20))
    nowhere = engine("postgresql://fmotm@127.0.0.1:1/fmotm")
    for _ in range(5):
        with pytest.raises(OperationalError):
            drain(inbox, nowhere).run()
    assert inbox.claim("another") != []  # nothing was even claimed in vain

    # And when it goes away in the midst of every single entry.
    def gone(_: Entry) -> None:
        with database.connect() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND usename = current_user"
                    " AND pid <> pg_backend_pid()"
                )
            )

    one = software_engine(database.url.render_as_string(hide_password=False), "tests")
    failing(gone)
    for _ in range(5):
        drain(inbox, one).run()
    assert quarantined(database) == []
    one.dispose()
    assert (inbox.depth(), count(database)) == (0, 20)
    balanced(database, inbox)


def test_server_that_fails_each_single_entry_sets_none_aside(
    inbox: Inbox, database: Engine, failing: Callable[[Callable[[Entry], None]], None]
) -> None:
    fill(inbox, range(3))
    inbox.claim("dead")

    def server_fails(_: Entry) -> None:
        raise OperationalError("", {}, Exception())

    failing(server_fails)
    for _ in range(6):
        with pytest.raises(OperationalError):
            drain(inbox, database).run()
    assert quarantined(database) == []
    assert inbox.attempt_alone(1) == 1  # no attempt was held against it


def test_both_servers_that_fail_at_once_set_nothing_aside(
    inbox: Inbox, database: Engine, failing: Callable[[Callable[[Entry], None]], None]
) -> None:
    fill(inbox, range(3))
    inbox.claim("dead")

    def both_fail(_: Entry) -> None:
        monkeypatch.setattr(inbox._client, "hdel", hdel_fails)
        raise OperationalError("", {}, Exception())

    def hdel_fails(*_: object) -> None:
        raise redis.ConnectionError

    failing(both_fail)
    with pytest.MonkeyPatch.context() as monkeypatch:
        for _ in range(6):
            with pytest.raises(InboxUnavailable):
                drain(inbox, database).run()
            monkeypatch.undo()
    assert quarantined(database) == []
    assert inbox.attempt_alone(1) == 1


def test_wrong_rights_set_nothing_aside(
    inbox: Inbox, database: Engine, postgres_server: Postgres
) -> None:
    fill(inbox, range(3))
    portal = postgres_server.url("fmotm_portal", str(database.url.database))
    bind = software_engine(portal, "tests")
    with pytest.raises(ProgrammingError):
        drain(inbox, bind).run()
    with pytest.raises(ProgrammingError):
        drain(inbox, bind).run()
    bind.dispose()
    assert drain(inbox, database).run().inserted == 3


def test_unreadable_neighbourhoods_set_nothing_aside(
    inbox: Inbox, database: Engine, client: redis.Redis
) -> None:
    fill(inbox, range(3))
    client.hset("fmotm:neighbourhoods", "31.71.01.1001", "rubbish")
    with pytest.raises(ValueError, match="unpack"):
        drain(inbox, database).run()
    inbox.publish_neighbourhoods({})
    assert drain(inbox, database).run().inserted == 3


def test_role_of_the_worker_may_do_all_that_a_drain_does(
    inbox: Inbox, database: Engine, postgres_server: Postgres
) -> None:
    fill(inbox, range(3))
    fill(inbox, range(1))
    inbox.append(poison(9))
    bind = software_engine(postgres_server.url("fmotm_worker", str(database.url.database)), "tests")
    done = drain(inbox, bind).run()
    bind.dispose()
    assert (done.inserted, done.repeated, done.quarantined) == (3, 1, 1)


def test_missing_key_sets_nothing_aside(inbox: Inbox, database: Engine) -> None:
    for number in range(30):
        inbox.append(sent(number, keys=NEWER))
    for _ in range(4):
        with pytest.raises(FailAlike, match="unknown_key"):
            drain(inbox, database).run()
    assert (inbox.depth(), quarantined(database)) == (30, [])
    assert drain(inbox, database, keys=NEWER).run().inserted == 30


def test_entry_that_came_before_its_key_waits_and_holds_nobody_up(
    inbox: Inbox, database: Engine
) -> None:
    inbox.append(sent(1, keys=NEWER))
    inbox.append(poison(2))
    for number in range(3, 6):
        inbox.append(sent(number))
        with pytest.raises(KeyMissing, match="1 entries"):
            drain(inbox, database).run()
        assert (inbox.depth(), count(database)) == (1, number - 2)
        balanced(database, inbox)
    assert [aside.entry for aside in quarantined(database)] == [2]
    assert inbox.pending(sent(1).nik_index)
    assert drain(inbox, database, keys=NEWER).run().inserted == 1


def test_entry_whose_key_never_comes_is_set_aside(inbox: Inbox, database: Engine) -> None:
    inbox.append(replace(sent(1, keys=NEWER), received_at=now() - KEY_AWAITED))
    assert drain(inbox, database).run().quarantined == 1
    (aside,) = quarantined(database)
    assert aside.error.startswith("UnsealError unknown_key at ")


def test_stopping_does_not_hide_that_all_fail_alike(inbox: Inbox, database: Engine) -> None:
    for number in range(30):
        inbox.append(poison(number))
    asked = iter(range(1_000))
    drain(inbox, database, stopping=lambda: next(asked) > 35).run()
    assert (inbox.depth(), quarantined(database)) == (30, [])
    with pytest.raises(FailAlike, match="refused"):
        drain(inbox, database).run()


OWN = [
    ValueError(),
    KeyError(),
    RecursionError(),
    Unreadable("entry_damaged"),
    IntegrityError("", {}, Exception()),
]
OF_OTHERS = [
    OperationalError("", {}, Exception()),
    ProgrammingError("", {}, Exception()),
    PoolTimeoutError(),
    redis.ConnectionError(),
    redis.TimeoutError(),
    InboxUnavailable("full", "OOM"),
    InboxLostEntries([3]),
    JobTimeoutException(),
    ConnectionResetError(),
    MemoryError(),
]


@pytest.mark.parametrize("error", OWN, ids=repr)
def test_fault_of_an_entry(error: Exception) -> None:
    assert is_own(error)


@pytest.mark.parametrize("error", OF_OTHERS, ids=repr)
def test_fault_of_others(error: Exception) -> None:
    assert not is_own(error)
