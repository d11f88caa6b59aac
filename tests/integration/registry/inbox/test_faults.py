"""When the inbox server is killed, hangs, is full, loads, or takes no writes."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import redis

from registry.inbox import Inbox, InboxUnavailable, connect
from tests.conftest import NewValkey, ValkeyServer
from tests.integration.registry.inbox.support import (
    NIK_A,
    fill,
    numbers,
    period,
    submission,
)

AT_ONCE = 10.0
"""Seconds: a timeout to connect or to read, and what a busy machine adds."""


@pytest.fixture
def server(new_valkey: NewValkey) -> ValkeyServer:
    return new_valkey()


@pytest.fixture
def inbox(server: ValkeyServer) -> Iterator[Inbox]:
    with opened(server) as inbox:
        inbox.publish_periods([period()])
        yield inbox


@contextmanager
def opened(server: ValkeyServer) -> Iterator[Inbox]:
    with connect(server.url) as client:
        yield Inbox(client)


OPERATIONS: dict[str, Callable[[Inbox], object]] = {
    "append": lambda inbox: inbox.append(submission()),
    "pending": lambda inbox: inbox.pending(NIK_A),
    "claim": lambda inbox: inbox.claim("one"),
    "attempt_alone": lambda inbox: inbox.attempt_alone(1),
    "depth": lambda inbox: inbox.depth(),
    "last_number": lambda inbox: inbox.last_number(),
    "waiting_numbers": lambda inbox: list(inbox.waiting_numbers()),
    "publish_periods": lambda inbox: inbox.publish_periods([]),
    "periods": lambda inbox: inbox.periods(),
    "publish_neighbourhoods": lambda inbox: inbox.publish_neighbourhoods({}),
    "neighbourhoods": lambda inbox: inbox.neighbourhoods(),
    "halt": lambda inbox: inbox.halt("test"),
    "resume": lambda inbox: inbox.resume(),
    "halted": lambda inbox: inbox.halted(),
    "durability": lambda inbox: inbox.durability(),
}


def unavailable(operation: Callable[[], object], kind: str = "down") -> InboxUnavailable:
    started = time.monotonic()
    with pytest.raises(InboxUnavailable) as caught:
        operation()
    assert time.monotonic() - started < AT_ONCE
    assert caught.value.kind == kind
    return caught.value


def test_a_stopped_server_is_down_at_once_whatever_is_asked(
    server: ValkeyServer, inbox: Inbox
) -> None:
    inbox.append(submission())
    entries = inbox.claim("one")
    server.stop()
    for operation in OPERATIONS.values():
        unavailable(lambda operation=operation: operation(inbox))  # type: ignore[misc]
    unavailable(lambda: inbox.acknowledge(entries))


def test_a_server_that_hangs_is_down_within_a_second_whatever_is_asked(
    server: ValkeyServer, inbox: Inbox
) -> None:
    inbox.append(submission())
    server.freeze()
    # Also for who was not connected yet: the kernel accepts, the server says nothing.
    with opened(server) as stranger, ThreadPoolExecutor(len(OPERATIONS) * 2) as pool:
        asked = [
            pool.submit(unavailable, lambda who=who, operation=operation: operation(who))  # type: ignore[misc]
            for who in (inbox, stranger)
            for operation in OPERATIONS.values()
        ]
        for each in asked:
            each.result()


def test_a_name_that_is_nowhere_or_a_wrong_password_is_down(server: ValkeyServer) -> None:
    for url in ("redis://127.0.0.1:1", "unix:///nonexistent/redis.sock"):
        unavailable(lambda url=url: Inbox(connect(url)).append(submission()))  # type: ignore[misc]
    password = server.url.partition("://:")[2].partition("@")[0]
    wrong = server.url.replace(password, "wrong") if password else server.url
    unavailable(lambda: Inbox(connect(wrong)).append(submission()))


def test_a_timed_out_append_may_have_happened_and_sending_again_is_safe(
    server: ValkeyServer, inbox: Inbox
) -> None:
    inbox.append(submission("earlier"))
    server.freeze()
    unavailable(lambda: inbox.append(submission("lost answer")))
    server.thaw()
    accepted = inbox.append(submission("lost answer"))
    assert accepted.number == inbox.last_number() == 3
    entries = inbox.claim("one")
    ids = [entry.submission.application_id for entry in entries]
    assert numbers(entries) == [1, 2, 3]
    assert ids[1] == ids[2]
    assert len(inbox.pending(NIK_A)) == 2
    inbox.acknowledge(entries)
    assert (inbox.pending(NIK_A), inbox.depth()) == ([], 0)


def test_a_late_answer_is_never_taken_for_another_ones(server: ValkeyServer, inbox: Inbox) -> None:
    fill(inbox, 3)
    for _ in range(3):
        server.freeze()
        unavailable(inbox.depth)
        server.thaw()
        assert inbox.halted() is None
        assert len(inbox.periods()) == 1


def test_five_kills_lose_nothing_and_leave_no_gap(server: ValkeyServer, inbox: Inbox) -> None:
    accepted: list[int] = []
    for _ in range(5):
        accepted += [
            inbox.append(submission(len(accepted) + n, os.urandom(16))).number for n in range(20)
        ]
        server.kill()
        server.start()
    assert accepted == list(range(1, 101))
    assert (inbox.last_number(), inbox.depth()) == (100, 100)
    assert numbers(inbox.claim("one")) == accepted


def test_killed_while_many_append_nothing_that_was_accepted_is_lost(
    server: ValkeyServer, inbox: Inbox
) -> None:
    accepted: dict[int, bytes] = {}

    def keep_appending(nik: bytes) -> None:
        for number in range(10_000):
            with suppress(InboxUnavailable):
                sent = submission((nik, number), os.urandom(16))
                accepted[inbox.append(sent).number] = sent.application_id
                continue
            return

    threads = [threading.Thread(target=keep_appending, args=(bytes([n]) * 16,)) for n in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    server.kill()
    for thread in threads:
        thread.join()
    server.start()
    assert accepted
    kept: dict[int, bytes] = {}
    while entries := inbox.claim("one"):
        kept |= {entry.number: entry.submission.application_id for entry in entries}
        inbox.acknowledge(entries)
    assert kept.keys() == set(range(1, inbox.last_number() + 1))
    assert accepted.items() <= kept.items()


def test_claims_and_attempts_outlive_a_kill(server: ValkeyServer, inbox: Inbox) -> None:
    fill(inbox, 4)
    inbox.claim("one", 2)
    inbox.attempt_alone(1)
    server.kill()
    server.start()
    assert numbers(inbox.claim("two")) == [3, 4]
    assert numbers(inbox.claim("one")) == [1, 2]
    assert inbox.attempt_alone(1) == 2
    assert len(inbox.periods()) == 1


def test_numbering_goes_on_when_all_was_acknowledged_before_the_kill(
    server: ValkeyServer, inbox: Inbox
) -> None:
    fill(inbox, 7)
    inbox.acknowledge(inbox.claim("one"))
    server.kill()
    server.start()
    assert inbox.last_number() == 7
    assert inbox.append(submission()).number == 8


# Full


def test_a_full_server_accepts_nothing_by_halves_but_is_drained(
    server: ValkeyServer, inbox: Inbox
) -> None:
    fill(inbox, 3)
    with redis.Redis.from_url(server.url) as admin:
        admin.config_set("maxmemory", "1mb")
        late = submission("late", b"L" * 16)
        unavailable(lambda: inbox.append(late), "full")
        assert (inbox.pending(b"L" * 16), inbox.last_number()) == ([], 3)
        # Everything that empties it, or stops the flow, works - also for the first worker ever.
        inbox.halt("full")
        assert inbox.halted() == "full"
        inbox.resume()
        inbox.publish_periods([period(closes=7200)])
        entries = inbox.claim("one")
        assert (numbers(entries), inbox.attempt_alone(1)) == ([1, 2, 3], 1)
        assert list(inbox.waiting_numbers()) == [[1, 2, 3]]
        inbox.acknowledge(entries)
        assert inbox.depth() == 0
        admin.config_set("maxmemory", "0")
    assert inbox.append(late).number == 4


def test_a_server_that_filled_up_accepts_again_when_it_was_drained(new_valkey: NewValkey) -> None:
    server = new_valkey({"maxmemory": "4mb"})
    with opened(server) as inbox:
        inbox.publish_periods([period()])
        error = None
        while error is None and inbox.depth() < 5_000:
            try:
                inbox.append(submission(nik=os.urandom(16), sealed=os.urandom(20_000)))
            except InboxUnavailable as raised:
                error = raised
        assert error
        assert error.kind == "full"
        accepted = inbox.depth()
        assert inbox.last_number() == accepted
        inbox.acknowledge(inbox.claim("one"))
        assert inbox.append(submission("late")).number == accepted + 1


def test_a_server_that_cannot_write_to_its_disk_is_full(new_valkey: NewValkey) -> None:
    server = new_valkey({"dbfilename": "in-the-way.rdb", "save": "3600 1"})
    with opened(server) as inbox, redis.Redis.from_url(server.url) as admin:
        inbox.publish_periods([period()])
        (Path(admin.config_get("dir")["dir"]) / "in-the-way.rdb").mkdir()
        admin.bgsave()
        deadline = time.monotonic() + 10
        while admin.info("persistence")["rdb_last_bgsave_status"] == "ok":
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert "MISCONF" in unavailable(lambda: inbox.append(submission()), "full").detail


# Takes no writes


def test_a_replica_is_down_and_says_so(server: ValkeyServer, inbox: Inbox) -> None:
    with redis.Redis.from_url(server.url) as admin:
        admin.replicaof("127.0.0.1", "1")
        assert "READONLY" in unavailable(lambda: inbox.append(submission())).detail
        assert any("replica" in said for said in inbox.durability())
        admin.replicaof("NO", "ONE")
    assert inbox.append(submission()).number == 1
    assert inbox.durability() == []


def test_a_server_without_enough_replicas_is_down(server: ValkeyServer, inbox: Inbox) -> None:
    with redis.Redis.from_url(server.url) as admin:
        admin.config_set("min-replicas-to-write", 1)
        unavailable(lambda: inbox.append(submission()))
    assert (inbox.depth(), inbox.pending(NIK_A)) == (0, [])


def test_a_server_that_loads_its_data_is_down_for_as_long(new_valkey: NewValkey) -> None:
    server = new_valkey(
        {"enable-debug-command": "yes", "loading-process-events-interval-bytes": "1024"}
    )
    with opened(server) as inbox, redis.Redis.from_url(server.url) as admin:
        inbox.publish_periods([period()])
        admin.mset({f"filler:{number}": "x" * 100 for number in range(3_000)})
        admin.config_set("key-load-delay", 500)
        reload = threading.Thread(target=lambda: admin.execute_command("DEBUG RELOAD"))
        reload.start()
        time.sleep(0.3)
        assert "LOADING" in unavailable(lambda: inbox.append(submission())).detail
        reload.join()
        assert inbox.append(submission()).number == 1


def test_a_stream_numbered_by_another_hand_accepts_nothing(
    server: ValkeyServer, inbox: Inbox
) -> None:
    with redis.Redis.from_url(server.url) as admin:
        admin.xadd("fmotm:inbox", {"e": "x"})
    unavailable(lambda: inbox.append(submission()))
    assert inbox.pending(NIK_A) == []


def test_an_error_tells_the_log_nothing_of_what_was_sent(
    server: ValkeyServer, inbox: Inbox
) -> None:
    with redis.Redis.from_url(server.url) as admin:
        admin.set(b"fmotm:pending:" + NIK_A, "not a set")
    error = unavailable(lambda: inbox.append(submission()))
    assert error.detail == "ResponseError WRONGTYPE"
    assert "A" * 16 not in str(error)


# Durability


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("appendonly", "no"),
        ("appendfsync", "everysec"),
        ("no-appendfsync-on-rewrite", "yes"),
        ("maxmemory-policy", "allkeys-lru"),
    ],
)
def test_a_server_that_could_lose_applications_is_told_from_one_that_cannot(
    server: ValkeyServer, inbox: Inbox, name: str, value: str
) -> None:
    assert inbox.durability() == []
    with redis.Redis.from_url(server.url) as admin:
        admin.config_set(name, value)
    [said] = inbox.durability()
    assert said.startswith(f"{name} is {value!r}, must be ")


def test_not_being_allowed_to_ask_is_a_complaint(server: ValkeyServer, inbox: Inbox) -> None:
    with redis.Redis.from_url(server.url) as admin:
        admin.acl_setuser("portal", enabled=True, nopass=True, keys="*", commands=["+@all"])
        admin.execute_command("ACL", "SETUSER", "portal", "-config", "-info")
    host = server.url.rpartition("@")[2].removeprefix("redis://")
    with connect(f"redis://portal:any@{host}") as client:
        said = Inbox(client).durability()
    assert len(said) == 2
    assert "appendfsync is always" in said[0]
