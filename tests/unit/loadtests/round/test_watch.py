from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import pytest

from loadtests.ledger import Ledger, read
from loadtests.round.__main__ import asked_for, keep_ledger
from loadtests.round.playing import WHOLE, NoRoom, check_room
from loadtests.round.watch import Point, Watch, per_minute
from registry.inbox import Inbox, InboxUnavailable


class StillInbox:
    """An inbox of 10 entries, 3 of which wait; or none that answers."""

    down = False

    def depth(self) -> int:
        if self.down:
            raise InboxUnavailable("down", "")
        return 3

    def last_number(self) -> int:
        return 10


def watch(folder: Path, said: list[str], inbox: StillInbox) -> Watch:
    ledgers = [folder / "ledger-0.bin", folder / "ledger-1.bin"]
    counts = [folder / "counts-0.json", folder / "counts-1.json"]
    return Watch(ledgers, counts, cast("Inbox", inbox), 100, said.append, entries_before=2)


def test_it_is_read_from_the_ledger_and_the_inbox(tmp_path: Path) -> None:
    said: list[str] = []
    watched = watch(tmp_path, said, StillInbox())
    ledger = Ledger(tmp_path / "ledger-1.bin")
    ledger.add(1, bytes(16))
    ledger.close()

    point = watched.look()

    assert point is not None
    assert (point.accepted, point.drained, point.waiting) == (1, 5, 3)
    assert watched.deepest == 3
    assert said == []


def test_an_inbox_that_does_not_answer_is_no_point(tmp_path: Path) -> None:
    inbox = StillInbox()
    inbox.down = True

    assert watch(tmp_path, [], inbox).look() is None


def test_what_all_senders_count_is_added_up(tmp_path: Path) -> None:
    counted = {"opened": 2, "failures": ["household 3: HTTP 400"], "cpu": 1.5, "unanswered": 1}
    for number, (began, ended) in enumerate([(10.0, 20.0), (9.0, 15.0)]):
        content = {**counted, "began": began, "ended": ended, "refused": {"503": number + 1}}
        (tmp_path / f"counts-{number}.json").write_text(json.dumps(content))

    total = watch(tmp_path, [], StillInbox()).sent()

    assert (total.began, total.ended, total.refused) == (9.0, 20.0, {"503": 3})
    assert (total.opened, total.cpu, total.unanswered, len(total.failures)) == (4, 3.0, 2, 2)


def test_minutes_add_up_to_the_whole() -> None:
    points = [Point(seconds, 10 * seconds, 8 * seconds, 2 * seconds) for seconds in range(131)]

    minutes = per_minute(points)

    assert [each["accepted"] for each in minutes] == [590, 600, 110]
    assert sum(each["drained"] for each in minutes) == 8 * 130
    assert minutes[-1]["waiting"] == 260


@pytest.mark.parametrize(
    ("typed", "read"), [("", WHOLE), (" 300 ", 300), ("20,000", 20_000), ("1_799_332", WHOLE)]
)
def test_a_part_can_be_asked_for(typed: str, read: int) -> None:
    assert asked_for(typed) == read


@pytest.mark.parametrize("typed", ["0", "-1", "many", "1e6", "99999999999999999999", "१२", "1.5"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="REGISTRATIONS must be"):
        asked_for(typed)


def test_too_small_a_disk_is_told_of_before_anything_starts(tmp_path: Path) -> None:
    said: list[str] = []

    with pytest.raises(NoRoom, match="BENCH_DIR"):
        check_room(tmp_path, 10**10, said.append)
    assert "are free" in said[0]


def test_all_ledgers_are_kept_as_one(tmp_path: Path) -> None:
    for number in (0, 1):
        ledger = Ledger(tmp_path / f"ledger-{number}.bin")
        ledger.add(number, bytes(16))
        ledger.close()

    keep_ledger(tmp_path, tmp_path / "results" / "round-ledger.bin")

    kept = read([tmp_path / "results" / "round-ledger.bin"])
    assert [number for number, _ in kept] == [0, 1]
