"""The flood guard by address, in one process and over many."""

from __future__ import annotations

import logging
import time

import pytest
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from redis.exceptions import ConnectionError as Gone

from portal.admission import addresses as guard
from portal.admission.addresses import BUSY, MOST, Addresses

KEY = b"k" * 32
HERE, THERE = "10.9.8.7", "10.9.8.6"


@pytest.fixture
def shared() -> FixedWindowRateLimiter:
    return FixedWindowRateLimiter(MemoryStorage())


class Broken(FixedWindowRateLimiter):
    """A server that is gone; counts how often it was asked."""

    asked = 0

    def hit(self, *given: object, **named: object) -> bool:
        self.asked += 1
        raise Gone("10.9.8.7 is not to be logged")


def come(guarded: Addresses, many: int, address: str = HERE) -> float:
    for _ in range(many):
        left = guarded.over(address)
    guarded.add_up()
    return left


def test_two_thousand_citizens_behind_one_address_are_let_in(
    shared: FixedWindowRateLimiter,
) -> None:
    guarded = Addresses(120_000, KEY, shared)
    for _ in range(30):
        assert come(guarded, 2_000 * 5 // 30) == 0


def test_above_the_ceiling_an_address_waits_and_others_do_not(
    shared: FixedWindowRateLimiter,
) -> None:
    guarded = Addresses(1_000, KEY, shared)
    assert come(guarded, 1_001) == 0  # before it was added up
    assert 0 < guarded.over(HERE) <= 60
    assert guarded.over(THERE) == 0


def test_what_other_processes_saw_counts(shared: FixedWindowRateLimiter) -> None:
    one, other = Addresses(1_000, KEY, shared), Addresses(1_000, KEY, shared)
    come(one, 600)
    assert come(other, 600) == 0
    assert other.over(HERE) > 0
    assert one.over(HERE) == 0
    come(one, BUSY)
    assert one.over(HERE) > 0


def test_an_address_that_is_not_busy_is_counted_by_nobody_else(
    shared: FixedWindowRateLimiter,
) -> None:
    guarded = Addresses(1_000, KEY, shared)
    come(guarded, BUSY - 1)
    assert shared.storage.storage == {}  # type: ignore[attr-defined]


def test_it_ends_with_its_window(
    shared: FixedWindowRateLimiter, monkeypatch: pytest.MonkeyPatch
) -> None:
    guarded = Addresses(1_000, KEY, shared)
    come(guarded, 1_001)
    later = time.time() + 61
    monkeypatch.setattr(time, "time", lambda: later)
    assert guarded.over(HERE) == 0
    guarded.add_up()
    assert guarded._over == {}


def test_while_the_server_is_gone_a_process_counts_alone_and_asks_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    broken = Broken(MemoryStorage())
    guarded = Addresses(1_000, KEY, broken)
    for address in (HERE, THERE, "10.9.8.5"):
        for _ in range(500):
            guarded.over(address)
    guarded.add_up()
    assert broken.asked == 1
    come(guarded, 501)
    assert guarded.over(HERE) > 0
    assert guarded.over(THERE) == 0
    assert "counted alone: ConnectionError" in caplog.text
    assert HERE not in caplog.text


def test_an_address_is_reported_before_it_is_refused_and_never_named(
    shared: FixedWindowRateLimiter, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    guarded = Addresses(1_000, KEY, shared)
    come(guarded, 300)
    assert caplog.text == ""
    for _ in range(3):
        come(guarded, 100)
    assert caplog.text.count("is watched") == 1
    assert guarded.over(HERE) == 0
    assert HERE not in caplog.text


def test_no_flood_of_addresses_fills_the_memory(shared: FixedWindowRateLimiter) -> None:
    guarded = Addresses(1_000, KEY, shared)
    for number in range(MOST + 500):
        guarded.over(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert len(guarded._seen) == MOST
    guarded.add_up()
    assert guarded._seen == {}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("fe80::1%eth0", "fe80::2", True),
        ("10.0.0.1", "10.0.0.2", False),
        ("not:an:address", "not:an:address", True),
        ("x:" * 5_000, "x:" * 6_000, True),
        ("", "", True),
    ],
)
def test_a_customer_has_an_address_or_the_half_of_one(one: str, other: str, same: bool) -> None:
    assert (guard._network(one) == guard._network(other)) is same
    assert len(guard._network(one)) <= 40
