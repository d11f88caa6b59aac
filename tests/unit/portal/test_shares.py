"""The counts of connections that the processes of a portal share."""

from __future__ import annotations

import os

from portal.shares import FULL, Shares


def test_each_process_has_its_own_place_and_gives_it_back() -> None:
    shares = Shares(most=2)
    first, second = shares.join(), shares.join()
    assert (first, second) == (0, 1)
    assert shares.join() is None
    shares.leave(first)
    assert shares.join() == 0


def test_the_least_is_told_of_those_that_serve() -> None:
    shares = Shares()
    assert shares.least() == FULL
    first, second = shares.join(), shares.join()
    shares.tell(second, 9)
    assert shares.least() == 9  # the first has not begun yet
    shares.tell(first, 7)
    assert shares.least() == 7
    shares.tell(first, FULL)
    assert shares.least() == 9
    shares.leave(second)
    assert shares.least() == FULL


def test_who_found_no_place_does_no_harm() -> None:
    shares = Shares(most=1)
    shares.join()
    nowhere = shares.join()
    shares.tell(nowhere, 5)
    shares.leave(nowhere)
    assert shares.least() == FULL


def test_what_a_child_says_its_parent_sees() -> None:
    shares = Shares()
    place = shares.join()
    if (child := os.fork()) == 0:
        shares.tell(place, 42)
        os._exit(0)
    os.waitpid(child, 0)
    assert shares.least() == 42
