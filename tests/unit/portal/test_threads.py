"""The threads of a process: what is done, in which order, and how the loop hears of it."""

from __future__ import annotations

import os
import queue
import select
import threading
import time
from collections.abc import Iterator

import pytest

from portal.threads import LOOKED, Calls, Threads

MANY = 200


@pytest.fixture
def calls() -> Iterator[Calls]:
    made = Calls()
    made.init()
    yield made
    made.close()


def is_woken(calls: Calls) -> bool:
    return bool(select.select([calls.fileno()], [], [], 0)[0])


def test_one_thread_does_what_has_waited_longest() -> None:
    threads = Threads(1)
    begun, go_on = threading.Event(), threading.Event()
    done: queue.SimpleQueue[int] = queue.SimpleQueue()

    def wait() -> None:
        begun.set()
        go_on.wait(10)

    threads.do(wait)
    begun.wait(10)
    for number in range(3):
        threads.do(lambda number=number: done.put(number))  # type: ignore[misc]
    assert threads.waiting == 3
    go_on.set()
    assert [done.get(timeout=10) for _ in range(3)] == [0, 1, 2]
    threads.shutdown()


def test_several_threads_work_at_once_and_end_when_told() -> None:
    before = set(threading.enumerate())
    threads = Threads(4)
    own = set(threading.enumerate()) - before
    together = threading.Barrier(5)
    for _ in range(4):
        threads.do(lambda: together.wait(10))  # type: ignore[arg-type]
    together.wait(10)
    threads.shutdown()
    for each in own:
        each.join(10)
    assert not any(each.is_alive() for each in own)


def test_the_loop_is_woken_once_for_all_that_is_wanted(calls: Calls) -> None:
    heard: list[int] = []
    assert not is_woken(calls)
    for number in range(MANY):
        calls.defer(heard.append, number)
    assert os.read(calls.fileno(), MANY) == b"\0"
    os.write(calls._write_fd, b"\0")
    calls.run_callbacks(None)
    assert heard == list(range(MANY))
    assert not is_woken(calls)
    calls.defer(heard.append, MANY)
    assert is_woken(calls)
    calls.run_callbacks(None)
    assert heard[-1] == MANY


def test_what_a_callback_wants_wakes_the_loop_again(calls: Calls) -> None:
    heard: list[str] = []
    calls.defer(lambda: calls.defer(heard.append, "later"))
    calls.run_callbacks(None)
    assert heard == []
    assert is_woken(calls)
    calls.run_callbacks(None)
    assert heard == ["later"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_what_is_wanted_while_the_loop_wakes_is_not_missed(
    calls: Calls, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    heard: list[str] = []
    read = os.read

    def read_meanwhile(descriptor: int, most: int) -> bytes:
        if when == "before":
            calls.defer(heard.append, "meanwhile")
        found = read(descriptor, most)
        if when == "after":
            calls.defer(heard.append, "meanwhile")
        return found

    calls.defer(heard.append, "first")
    monkeypatch.setattr(os, "read", read_meanwhile)
    calls.run_callbacks(None)
    monkeypatch.undo()
    assert heard == ["first", "meanwhile"]
    calls.defer(heard.append, "next")
    assert is_woken(calls)


def test_nothing_that_threads_want_is_missed(calls: Calls) -> None:
    heard: list[int] = []
    threads = Threads(8)
    for number in range(5_000):
        threads.do(lambda number=number: calls.defer(heard.append, number))  # type: ignore[misc]
    while len(heard) < 5_000:
        assert select.select([calls.fileno()], [], [], 10)[0]
        calls.run_callbacks(None)
    assert sorted(heard) == list(range(5_000))
    threads.shutdown()


def test_spare_threads_help_while_the_others_are_kept_waiting() -> None:
    threads = Threads(1, spare=2)
    go_on = threading.Event()
    done: queue.SimpleQueue[int] = queue.SimpleQueue()
    threads.do(lambda: go_on.wait(10))  # type: ignore[arg-type]
    for number in range(3):
        threads.do(lambda number=number: done.put(number))  # type: ignore[misc]
    now = time.monotonic()
    threads.look(now)  # who looks for the first time after a while cannot know what was before
    with pytest.raises(queue.Empty):
        done.get(timeout=0.1)
    threads.look(now + LOOKED)
    assert [done.get(timeout=10) for _ in range(3)] == [0, 1, 2]
    go_on.set()
    threads.shutdown()


def test_spare_threads_rest_while_the_process_computes() -> None:
    threads = Threads(1, spare=1)
    begun, go_on = threading.Event(), threading.Event()
    done: queue.SimpleQueue[int] = queue.SimpleQueue()

    def compute() -> None:
        begun.set()
        until = time.thread_time() + 2 * LOOKED
        while time.thread_time() < until:
            pass
        go_on.wait(10)

    threads.look(time.monotonic())
    threads.do(compute)
    begun.wait(10)
    threads.do(lambda: done.put(1))
    began = time.process_time()
    while time.process_time() - began < LOOKED:
        time.sleep(LOOKED / 10)
    threads.look(threads._looked_at + 1.5 * LOOKED)
    with pytest.raises(queue.Empty):
        done.get(timeout=0.1)
    go_on.set()
    assert done.get(timeout=10) == 1
    threads.shutdown()


def test_all_end_when_told_though_spare_ones_were_called() -> None:
    before = set(threading.enumerate())
    threads = Threads(2, spare=2)
    own = set(threading.enumerate()) - before
    for _ in range(4):
        threads._called.put(True)
    threads.shutdown()
    for each in own:
        each.join(10)
    assert not any(each.is_alive() for each in own)
