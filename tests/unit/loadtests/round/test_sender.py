"""A sender against a portal that answers what it is told to: nothing is lost, nobody is pressed."""

from __future__ import annotations

from pathlib import Path

from loadtests.ledger import read
from loadtests.round.sender import Counts, Sender, Task
from tests.unit.loadtests.portal import (
    BUSY,
    CLOSING,
    GARBLED,
    MOVED,
    SILENT,
    Portal,
    serving,
)

FORM = {"periode": "2026-1", "versi": "3"}


def sent_to(portal: Portal, folder: Path, *, end: int = 20, tries: int = 9) -> Counts:
    """Send the even households below ``end``."""
    host, port = portal.server_address[:2]
    task = Task(
        host=str(host),
        port=port,
        form=FORM,
        first=0,
        step=2,
        end=end,
        connections=3,
        ledger=str(folder / "ledger"),
        counts=str(folder / "counts"),
        tries=tries,
    )
    with serving(portal):
        return Sender(task).run()


def kept(folder: Path) -> list[int]:
    return sorted(number for number, _ in read([folder / "ledger"]))


def test_every_household_is_sent_once_and_its_receipt_kept(tmp_path: Path) -> None:
    portal = Portal()

    counts = sent_to(portal, tmp_path)

    assert kept(tmp_path) == list(range(0, 20, 2))
    assert set(portal.sent.values()) == {1}
    assert {bytes(i).decode() for _, i in read([tmp_path / "ledger"])} == portal.sent.keys()
    assert (counts.opened, counts.failures, counts.unanswered) == (1, [], 0)
    assert (tmp_path / "counts").exists()


def test_who_is_refused_or_not_answered_is_sent_again(tmp_path: Path) -> None:
    portal = Portal(BUSY, CLOSING, SILENT, GARBLED)

    counts = sent_to(portal, tmp_path)

    assert kept(tmp_path) == list(range(0, 20, 2))
    assert set(portal.sent.values()) == {5}
    assert (counts.refused, counts.unanswered, counts.failures) == ({"503": 20}, 20, [])


def test_who_is_refused_for_good_fails_and_the_others_go_on(tmp_path: Path) -> None:
    counts = sent_to(Portal(MOVED), tmp_path)

    assert kept(tmp_path) == []
    assert len(counts.failures) == 10
    assert counts.failures[0].endswith("HTTP 410")


def test_nobody_is_sent_for_ever(tmp_path: Path) -> None:
    portal = Portal(*[BUSY] * 9)

    counts = sent_to(portal, tmp_path, end=4, tries=3)

    assert set(portal.sent.values()) == {3}
    told = {"household 0: HTTP 503, 3 times", "household 2: HTTP 503, 3 times"}
    assert set(counts.failures) == told  # in whichever order their senders gave up
    assert len(counts.failures) == 2


def test_after_a_hundred_failures_no_more_are_sent(tmp_path: Path) -> None:
    portal = Portal(MOVED)

    counts = sent_to(portal, tmp_path, end=1_000)

    assert 100 <= len(counts.failures) <= 103
    assert len(portal.sent) == len(counts.failures)


def test_a_receipt_that_shows_another_code_is_noticed(tmp_path: Path) -> None:
    counts = sent_to(Portal(shown=b"7KQ2-9FMA-X4TD"), tmp_path, end=2)

    assert counts.failures == ["household 0: a receipt does not show its code"]
    assert kept(tmp_path) == [0]
