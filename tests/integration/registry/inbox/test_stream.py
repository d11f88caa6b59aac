"""The inbox on a real server: accepting, numbering, claiming, acknowledging."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest
import redis

from registry.inbox import Entry, Inbox, Submission
from registry.inbox.entries import NO_KK
from tests.integration.registry.inbox.support import (
    NIK_A,
    NIK_B,
    fill,
    numbers,
    period,
    submission,
)


def test_an_empty_inbox_is_empty(client: redis.Redis) -> None:
    inbox = Inbox(client)
    assert (inbox.depth(), inbox.last_number(), list(inbox.waiting_numbers())) == (0, 0, [])
    assert inbox.claim("one") == []
    assert inbox.pending(NIK_A) == []
    assert inbox.periods() == []
    assert inbox.neighbourhoods() == {}
    assert inbox.halted() is None
    inbox.acknowledge([])


def test_entries_are_numbered_from_one_without_gaps(inbox: Inbox) -> None:
    assert fill(inbox, 5) == [1, 2, 3, 4, 5]
    inbox.acknowledge(inbox.claim("one"))
    assert inbox.append(submission()).number == 6
    assert (inbox.depth(), inbox.last_number()) == (1, 6)


def test_numbers_start_at_one_also_when_a_worker_came_first(inbox: Inbox) -> None:
    assert inbox.claim("one") == []
    assert inbox.last_number() == 0
    assert inbox.append(submission()).number == 1


def test_many_at_once_get_each_a_number_of_their_own(inbox: Inbox) -> None:
    applications = [submission(nik, nik) for nik in (n.to_bytes(16, "big") for n in range(200))]
    with ThreadPoolExecutor(8) as pool:
        got = [accepted.number for accepted in pool.map(inbox.append, applications)]
    assert sorted(got) == list(range(1, 201))
    by_number = {entry.number: entry.submission for entry in inbox.claim("one")}
    assert [by_number[number] for number in got] == applications


def test_what_comes_out_is_what_went_in(inbox: Inbox) -> None:
    jakarta = datetime(2026, 2, 1, 14, 30, 0, 123_456, tzinfo=UTC) + timedelta(hours=7)
    sent = Submission(b"i" * 16, "2026-1", NIK_A, b"k" * 16, bytes(range(256)) * 20, jakarta)
    inbox.append(sent)
    [entry] = inbox.claim("one")
    kept = replace(sent, received_at=sent.received_at.replace(microsecond=123_000))
    assert entry == Entry(1, kept, deliveries=1)


def test_the_same_application_twice_is_two_entries_and_one_mark(inbox: Inbox) -> None:
    assert [inbox.append(submission()).number for _ in range(2)] == [1, 2]
    assert inbox.pending(NIK_A) == [(submission().application_id, NO_KK)]


def test_rivals_of_one_nik_are_both_marked(inbox: Inbox) -> None:
    own = replace(submission("own"), kk_index=b"k" * 16)
    inbox.append(own)
    inbox.append(submission("rival"))
    assert sorted(inbox.pending(NIK_A)) == sorted(
        [(own.application_id, b"k" * 16), (submission("rival").application_id, NO_KK)]
    )
    assert inbox.pending(NIK_B) == []
    inbox.acknowledge(inbox.claim("one", 1))
    assert inbox.pending(NIK_A) == [(submission("rival").application_id, NO_KK)]


# Claiming


def test_two_workers_share_the_entries(inbox: Inbox) -> None:
    fill(inbox, 6)
    assert numbers(inbox.claim("one", 4)) == [1, 2, 3, 4]
    assert numbers(inbox.claim("two", 4)) == [5, 6]
    assert inbox.claim("three") == []


def test_a_worker_gets_first_what_it_holds_already(inbox: Inbox) -> None:
    fill(inbox, 5)
    inbox.claim("one", 2)
    again = inbox.claim("one", 4)
    assert [(entry.number, entry.deliveries) for entry in again] == [(1, 2), (2, 2), (3, 1), (4, 1)]
    assert numbers(inbox.claim("one", 3)) == [1, 2, 3]
    assert [entry.deliveries for entry in inbox.claim("one", 5)] == [4, 4, 3, 2, 1]


def test_what_the_dead_held_is_taken_over_and_counted(client: redis.Redis, inbox: Inbox) -> None:
    fill(inbox, 5)
    Inbox(client).claim("dead", 3)
    assert numbers(inbox.claim("alive", 1)) == [4]
    heir = Inbox(client, reclaim_after=0.05)
    time.sleep(0.1)
    taken = heir.claim("heir", 4)
    assert [(entry.number, entry.deliveries) for entry in taken] == [
        (1, 2),
        (2, 2),
        (3, 2),
        (4, 2),
    ]
    assert numbers(heir.claim("heir")) == [1, 2, 3, 4, 5]


def test_what_others_work_on_is_left_to_them(inbox: Inbox) -> None:
    fill(inbox, 2)
    inbox.claim("busy")
    assert inbox.claim("other") == []


def test_all_of_the_dead_is_taken_over_by_and_by(client: redis.Redis, inbox: Inbox) -> None:
    fill(inbox, 60)
    for name in "abcdef":
        inbox.claim(name, 10)
    time.sleep(0.05)
    heir = Inbox(client, reclaim_after=0.02)
    seen: list[int] = []
    while entries := heir.claim("heir", 7):
        seen += numbers(entries)
        heir.acknowledge(entries)
    assert sorted(seen) == list(range(1, 61))
    assert heir.depth() == 0


def test_five_hundred_in_one_claim_and_no_more(inbox: Inbox, client: redis.Redis) -> None:
    with client.pipeline(transaction=False) as pipe:
        for _ in range(501):
            pipe.xadd("fmotm:inbox", {"e": submission().pack()}, id="0-*")
        pipe.execute()
    assert numbers(inbox.claim("one")) == list(range(1, 501))
    assert numbers(inbox.claim("two")) == [501]


@pytest.mark.parametrize("count", [0, -1, 501])
def test_a_claim_out_of_bounds_is_a_mistake_of_the_program(inbox: Inbox, count: int) -> None:
    with pytest.raises(ValueError, match="1 to 500"):
        inbox.claim("one", count)


GOOD = submission().pack()


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"x",
        GOOD[:56],
        GOOD[:57],
        GOOD[:56] + b"\xff" + GOOD[57:],
        GOOD[:56] + b"\x02\xff\xfe",
        GOOD[:48] + b"\xff" * 8 + GOOD[56:],
    ],
)
def test_a_damaged_entry_is_handed_out_whole_and_stops_no_other(
    client: redis.Redis, inbox: Inbox, packed: bytes
) -> None:
    inbox.append(submission(1))
    client.xadd("fmotm:inbox", {"e": packed}, id="0-*")
    inbox.append(submission(2))
    first, damaged, last = inbox.claim("one")
    assert (first.damaged, damaged.damaged, last.damaged) == (False, True, False)
    assert (damaged.number, damaged.submission.sealed) == (2, packed)
    inbox.acknowledge([first, damaged, last])
    assert inbox.depth() == 0


def test_an_entry_without_our_field_is_damaged(client: redis.Redis, inbox: Inbox) -> None:
    client.xadd("fmotm:inbox", {"other": "x"}, id="0-*")
    [entry] = inbox.claim("one")
    assert entry.damaged


def test_entries_deleted_by_hand_are_let_go(client: redis.Redis, inbox: Inbox) -> None:
    fill(inbox, 3)
    inbox.claim("one", 2)
    client.xdel("fmotm:inbox", "0-1")
    assert numbers(inbox.claim("one")) == [2, 3]
    assert client.xpending("fmotm:inbox", "workers")["pending"] == 2


# Acknowledging


def test_acknowledging_removes_entry_mark_and_attempts(client: redis.Redis, inbox: Inbox) -> None:
    inbox.append(submission("a", NIK_A))
    inbox.append(submission("b", NIK_B))
    one, two = inbox.claim("one")
    assert [inbox.attempt_alone(1), inbox.attempt_alone(1), inbox.attempt_alone(2)] == [1, 2, 1]
    inbox.acknowledge([one])
    assert (inbox.depth(), inbox.pending(NIK_A), len(inbox.pending(NIK_B))) == (1, [], 1)
    assert client.hgetall("fmotm:alone") == {b"2": b"1"}
    inbox.acknowledge([two])
    left = {key for key in client.keys() if b":limit:" not in key}  # noqa: SIM118
    assert left == {b"fmotm:inbox", b"fmotm:periods"}
    assert client.xpending("fmotm:inbox", "workers")["pending"] == 0


def test_acknowledging_is_one_command(client: redis.Redis, inbox: Inbox) -> None:
    fill(inbox, 500)
    inbox.acknowledge(inbox.claim("one", 1))
    entries = inbox.claim("one")
    client.config_resetstat()
    inbox.acknowledge(entries)
    commands = client.info("commandstats")
    assert commands["cmdstat_evalsha"]["calls"] == 1
    assert commands["cmdstat_xdel"]["calls"] == commands["cmdstat_srem"]["calls"] == 499
    assert len(client.keys()) == 2 + 500  # the stream, the periods, a day's counters


def test_acknowledging_twice_or_late_harms_nothing(inbox: Inbox) -> None:
    fill(inbox, 2)
    first = inbox.claim("one", 1)
    inbox.acknowledge(first)
    inbox.append(submission("later", nik=NIK_B))
    inbox.acknowledge(first)
    assert (inbox.depth(), inbox.last_number()) == (2, 3)
    assert len(inbox.pending(NIK_B)) == 1


def test_numbers_that_wait_come_in_pages_and_in_order(client: redis.Redis, inbox: Inbox) -> None:
    with client.pipeline(transaction=False) as pipe:
        for _ in range(2_500):
            pipe.xadd("fmotm:inbox", {"e": "x"}, id="0-*")
        pipe.xdel("fmotm:inbox", "0-1", "0-1000", "0-1001", "0-2500")
        pipe.execute()
    pages = list(inbox.waiting_numbers())
    assert [len(page) for page in pages] == [1000, 1000, 496]
    expected = [number for number in range(1, 2_500) if number not in {1, 1000, 1001}]
    assert list(chain.from_iterable(pages)) == expected
    assert list(chain.from_iterable(inbox.waiting_numbers(up_to=1_002))) == [
        *range(2, 1_000),
        1_002,
    ]
    assert inbox.last_number() == 2_500


def test_an_exact_page_of_numbers_ends(client: redis.Redis, inbox: Inbox) -> None:
    with client.pipeline(transaction=False) as pipe:
        for _ in range(1_000):
            pipe.xadd("fmotm:inbox", {"e": "x"}, id="0-*")
        pipe.execute()
    assert [len(page) for page in inbox.waiting_numbers()] == [1_000]


@pytest.mark.parametrize(
    "wrong",
    [
        {"application_id": b"short"},
        {"nik_index": bytes(17)},
        {"kk_index": b""},
        {"period": "p" * 256},
        {"period": "…" * 86},
        {"received_at": datetime(2026, 1, 1)},  # noqa: DTZ001
        {"received_at": datetime(1969, 1, 1, tzinfo=UTC)},
    ],
)
def test_a_submission_that_cannot_be_is_a_mistake_of_the_program(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong)).split("_")[0]):
        replace(submission(), **wrong)  # type: ignore[arg-type]


def test_no_repr_shows_what_is_sealed() -> None:
    assert "sealed" not in repr(Entry(1, submission(), 1))


def test_a_used_script_is_loaded_again_after_it_was_flushed(
    client: redis.Redis, inbox: Inbox
) -> None:
    inbox.append(submission(1))
    client.script_flush()
    inbox.publish_periods([period()])
    assert inbox.append(submission(2)).number == 2
