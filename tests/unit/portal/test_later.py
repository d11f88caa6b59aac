"""What is noted is written once, all of it, by whichever thread."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from portal.later import Later

NEVER = 3_600.0


def test_what_is_noted_is_written_together_and_once() -> None:
    written: list[Sequence[int]] = []
    later = Later(NEVER, written.append)
    for number in range(3):
        later.note(number)
    assert written == []
    later.write_now()
    later.write_now()
    assert written == [[0, 1, 2]]


def test_it_is_written_by_itself() -> None:
    done = threading.Event()
    later: Later[int] = Later(0.01, lambda _: done.set())
    for _ in range(2):  # a second time too
        done.clear()
        later.note(1)
        assert done.wait(30)


def test_threads_lose_nothing() -> None:
    written: list[int] = []
    all_there = threading.Event()

    def write(found: Sequence[int]) -> None:
        written.extend(found)
        if len(written) == 8_000:
            all_there.set()

    later = Later(0.001, write)

    def note() -> None:
        for number in range(2_000):
            later.note(number)

    threads = [threading.Thread(target=note) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    later.write_now()
    assert all_there.wait(30)
    assert sorted(written) == sorted(list(range(2_000)) * 4)
