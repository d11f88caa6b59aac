"""Every row of `make bench` once, as small as it can be; and that its checks notice what is wrong.

The figures mean nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from loadtests.bench import k6, wrk
from loadtests.bench.bench import Bench
from loadtests.bench.bodies import Numbers
from loadtests.bench.disk import mount_of
from loadtests.bench.durability import check_durable
from loadtests.bench.filling import fill
from loadtests.bench.measure import CheckFailed
from loadtests.bench.noop_server import NoOp
from loadtests.bench.rows import FAMILIES, Family, measured
from loadtests.bench.scale import TINY
from loadtests.bench.servers import running
from registry.inbox import connect
from registry.inbox.names import STREAM, entry_id

BY_K6 = {"accept-p99", "overload", "overload-p99", "fairness"}
MEMORY = Path("/dev/shm")


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    try:
        wrk.find()
    except CheckFailed as failed:
        pytest.skip(str(failed))
    with running() as servers:
        yield Bench(servers, NoOp(servers.folder), TINY)


def names(family: Family) -> str:
    return ",".join(goal.name for goal in family.goals)


@pytest.mark.parametrize("family", FAMILIES, ids=names)
def test_each_row_is_measured_and_its_checks_hold(bench: Bench, family: Family) -> None:
    wanted = [goal.name for goal in family.goals]
    if BY_K6.intersection(wanted):
        need_k6()

    rows = list(measured(bench, wanted))

    assert [(row.goal.name, row.failure) for row in rows] == [(name, "") for name in wanted]
    assert all(row.value is not None and row.ratio is not None for row in rows)
    assert all(row.value or row.goal.name == "fairness" for row in rows)


def test_more_said_to_be_accepted_than_the_inbox_has_is_noticed(bench: Bench) -> None:
    first = bench.servers.numbers.take(10)

    with (
        pytest.raises(CheckFailed, match="but the inbox numbered"),
        bench.books.hearing(first) as heard,
    ):
        heard.accepted = 100
    bench.books.start_anew()


def test_an_entry_that_nobody_was_told_of_is_noticed(bench: Bench) -> None:
    first = bench.servers.numbers.take(10)

    with pytest.raises(CheckFailed, match="but the inbox numbered"), bench.books.hearing(first):
        fill(bench.servers, 5)
    bench.books.start_anew()


def test_a_household_that_is_not_there_is_noticed(bench: Bench) -> None:
    sent = fill(bench.servers, 3)
    never_sent = bench.servers.numbers.take(1)
    bench.books.note_filled({never_sent: next(iter(sent.values()))})
    bench.servers.drain()

    with pytest.raises(CheckFailed, match="is in PostgreSQL 0 times"):
        bench.books.close()
    bench.books.start_anew()


@pytest.mark.parametrize(("unsure", "there"), [(0, 3), (1, 3), (0, 5)])
def test_of_many_that_some_were_refused_as_many_are_there_as_were_accepted(
    bench: Bench, unsure: int, there: int
) -> None:
    with bench.books.hearing(0) as heard:
        sent = sorted(fill(bench.servers, 4))
        heard.accepted, heard.unsure = 4, unsure
        other = fill(bench.servers, 1) if there > 4 else {}
        heard.accepted += len(other)
        heard.elsewhere = len(other)
        last = max(sent) if there == 3 else max(other) + 100
        heard.among = (range(sent[0], last),)
    bench.servers.drain()

    with pytest.raises(CheckFailed, match=f"but {there} of them are in PostgreSQL"):
        bench.books.close()
    bench.books.start_anew()


def test_of_many_that_some_were_refused_the_others_are_read_back(bench: Bench) -> None:
    with bench.books.hearing(0) as heard:
        sent = sorted(fill(bench.servers, 4))
        heard.accepted = 4
        heard.among = (range(sent[0], sent[-1] + 100),)
    bench.servers.drain()
    bench.books.close()


def test_a_household_that_was_sent_twice_is_no_second_one(bench: Bench) -> None:
    (*_, last) = fill(bench.servers, 4)
    fill(replace(bench.servers, numbers=Numbers(10**6, last - 3)), 4)
    bench.servers.drain()

    with pytest.raises(CheckFailed, match="8 different households were accepted, 4 are"):
        bench.books.close()
    bench.books.start_anew()


def test_servers_that_may_lose_what_they_accepted_are_not_measured(
    bench: Bench, postgres_url: str
) -> None:
    environ = bench.servers.environ
    forgetful = environ | {"INBOX_REDIS_URL": environ["REDIS_URL"]}

    with pytest.raises(CheckFailed, match="appendfsync is 'everysec', must be 'always'"):
        check_durable(forgetful)
    with pytest.raises(CheckFailed, match="PostgreSQL's fsync is off, not on"):
        check_durable(environ | {"DATABASE_URL": postgres_url})


def test_a_folder_in_memory_is_refused() -> None:
    if not (MEMORY.is_dir() and mount_of(MEMORY).in_memory):
        pytest.skip("this machine has no folder in memory")

    with pytest.raises(CheckFailed, match="is in memory"), running(MEMORY):
        pass


def test_an_entry_deleted_behind_its_back_is_noticed(bench: Bench) -> None:
    """The last of all: the books of these servers never balance again."""
    fill(bench.servers, 5)
    with connect(bench.servers.environ["INBOX_REDIS_URL"]) as client:
        assert client.xdel(STREAM, entry_id(bench.servers.inbox.last_number() - 2)) == 1
    bench.servers.drain()

    with pytest.raises(CheckFailed, match="balance"):
        bench.books.close()


def need_k6() -> None:
    try:
        k6.find()
    except CheckFailed as failed:
        pytest.skip(str(failed))
