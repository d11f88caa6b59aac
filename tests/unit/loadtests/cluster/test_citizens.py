"""Citizens before several portals: who is silent or busy loses nobody's household."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loadtests.cluster.citizens import Citizens, Heard
from loadtests.households import Households
from loadtests.ledger import read
from tests.unit.loadtests.portal import BUSY, GARBLED, MOVED, SILENT, Portal, serving

HOUSEHOLDS = Households.of({"periode": "2026-1", "versi": "3"}, kinds=7)
FAST = 2_000.0


def address_of(name: str, portal: Portal) -> tuple[str, str, int]:
    host, port = portal.server_address[:2]
    return name, str(host), port


def sent(folder: Path, *portals: tuple[str, str, int], many: int = 20) -> Heard:
    citizens = Citizens(portals, HOUSEHOLDS, folder / "ledger", FAST)
    citizens.start()
    while citizens.sent < many:
        time.sleep(0.001)
    heard = citizens.stop()
    assert sorted(number for number, _ in read([folder / "ledger"])) == list(range(citizens.sent))
    return heard


@contextmanager
def silent() -> Iterator[tuple[str, str, int]]:
    """Give the address of a portal that is not there."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        host, port = taken.getsockname()
    yield "silent", host, port


def test_households_go_to_all_portals_and_each_receipt_is_kept(tmp_path: Path) -> None:
    with serving(Portal()) as one, serving(Portal()) as other:
        heard = sent(tmp_path, address_of("one", one), address_of("other", other))

    assert heard.accepted["one"] == sum(one.sent.values()) > 0
    assert heard.accepted["other"] == sum(other.sent.values()) > 0
    assert (heard.resent, heard.failures) == (0, [])
    assert not one.sent.keys() & other.sent.keys()


def test_a_portal_that_is_gone_is_left_alone_and_others_take_its_share(tmp_path: Path) -> None:
    with serving(Portal()) as one, silent() as gone:
        heard = sent(tmp_path, gone, address_of("one", one))

    assert heard.silent["silent"] >= 1
    assert set(heard.accepted) == {"one"}
    assert 1 <= heard.resent <= heard.silent["silent"]
    assert heard.failures == []


def test_who_got_no_answer_sends_the_same_again(tmp_path: Path) -> None:
    """It may have been accepted: that portal's first answers go nowhere."""
    with serving(Portal(SILENT, GARBLED)) as one:
        heard = sent(tmp_path, address_of("one", one), many=1)

    assert heard.silent["one"] >= 2
    assert set(one.sent.values()) == {3}
    assert heard.failures == []


def test_who_is_told_to_come_again_does(tmp_path: Path) -> None:
    with serving(Portal(BUSY)) as one:
        heard = sent(tmp_path, address_of("one", one), many=1)

    assert heard.refused["one"] == heard.accepted["one"] == heard.resent
    assert heard.silent["one"] == 0


def test_any_other_answer_is_a_failure(tmp_path: Path) -> None:
    with serving(Portal(MOVED)) as one:
        citizens = Citizens([address_of("one", one)], HOUSEHOLDS, tmp_path / "ledger", FAST)
        citizens.start()
        while not citizens.sent:
            time.sleep(0.001)
        heard = citizens.stop()

    assert heard.failures[0].endswith("HTTP 410 of one")
    assert len(heard.failures) == citizens.sent
    assert list(read([tmp_path / "ledger"])) == []


def test_who_is_abandoned_waits_for_no_receipt(tmp_path: Path) -> None:
    with silent() as gone:
        citizens = Citizens([gone], HOUSEHOLDS, tmp_path / "ledger", FAST)
        citizens.start()
        while not citizens.heard.silent["silent"]:
            time.sleep(0.001)
        heard = citizens.stop(at_once=True)

    assert len(heard.failures) == citizens.sent
    assert heard.accepted.total() == 0
