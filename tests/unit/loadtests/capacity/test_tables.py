from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from loadtests.bench.table import NoPlace
from loadtests.capacity.__main__ import PAGE, Results, main, read, written
from loadtests.capacity.tables import ROWS, growth, household, inbox, limits, one_machine, places

COSTS: dict[str, Any] = {
    "households": 3_000,
    "cpu_ms": {
        "portal": 2.0,
        "worker": 0.7,
        "ticker": 0.02,
        "postgres": 0.5,
        "inbox": 0.1,
        "queue": 0.01,
    },
    "bytes": {
        "inbox_written": 966.1,
        "inbox_in": 684.2,
        "inbox_out": 384.0,
        "database": 3_249.5,
        "wal": 4_495.2,
        "form_sent": 880.4,
        "form_answer": 1_089,
        "page": 13_699,
    },
    "inbox_alone": [
        {"under_way": 1, "per_second": 253.3, "server_ms": 0.16},
        {"under_way": 128, "per_second": 10_114.2, "server_ms": 0.029},
    ],
    "machine": {
        "processor": "Made Up",
        "cores": 2,
        "memory_gb": 8.0,
        "system": "Linux",
        "commit": "abc",
    },
}
CLUSTER: dict[str, Any] = {"households": 100, "traffic": {"data": [500_000, 300_000]}}
RESULTS = Results(capacity=COSTS, cluster=CLUSTER)


def row(name: str, value: float | None = 1.0) -> dict[str, Any]:
    return {
        "name": name,
        "what": f"what {name} is",
        "value": value,
        "baseline": None,
        "ratio": None,
        "goal": 1.0,
        "unit": "KB",
        "compared": False,
        "lower_is_better": True,
        "spread": None,
        "generator_cpu": 0.0,
        "failure": "" if value else "it failed",
        "passed": True,
    }


def test_without_results_the_tables_say_what_to_run() -> None:
    assert "make bench ONLY=accept,sustained,drain" in one_machine(None)
    assert "Not measured yet: what a household costs (`make capacity`)" in household(None, None)
    assert "make capacity" in inbox(None)
    assert "memory (make bench ONLY=memory), what a household costs" in places(None, None)
    assert "Not measured yet" in limits([], COSTS)


def test_rows_that_are_missing_or_failed_are_named() -> None:
    said = one_machine([row("accept"), row("drain", None), row("fairness")])

    assert "| what accept is | 1 KB |" in said
    assert "what fairness is" not in said
    assert "Not measured yet: sustained, drain, memory, form, form-revalidated, status" in said


def test_when_all_is_there_nothing_is_missing() -> None:
    rows = [row(name) for name in ROWS]

    assert "Not measured" not in one_machine(rows) + household(COSTS, CLUSTER)
    assert "Not measured" not in places(rows, COSTS) + limits(rows, COSTS)


def test_a_household_costs_what_was_measured() -> None:
    said = household(COSTS, CLUSTER)

    assert "| portal: parse, seal, append, answer | 2.00 ms |" in said
    assert "| all of it | 3.33 ms |" in said
    assert "| disk: PostgreSQL, tables and indexes, for good | 3,250 B |" in said
    assert "queue receive | 5,000 B |" in said
    assert "Of 3,000 households on 2 cores (Made Up)" in said
    assert "network between hosts (`make cluster`)" in household(COSTS, None)


def test_a_round_is_told_by_fifths_of_its_time() -> None:
    minutes = [
        {"minute": number, "accepted": 0, "drained": 600 * number, "waiting": number}
        for number in range(1, 12)
    ]
    played = {"minutes": minutes, "registrations": 1_000, "sizes": {"database": 3_000_000}}

    said = growth(played)

    assert "| 1. | 15/s | 2 |" in said
    assert "| 5. | 95/s | 10 |" in said
    assert "3,000 B each" in said
    assert "Not measured yet" in growth({**played, "minutes": minutes[:5]})
    assert "make round" in growth(None)


def test_each_place_has_its_needs_and_where_its_size_comes_from() -> None:
    said = places([row("memory", 0.9)], COSTS)

    assert "| city: Jakarta | 1,799,332 |" in said
    assert "- country: assumed" in said
    assert "| 128 | 10,114/s | 0.029 ms |" in inbox(COSTS)


def test_the_inbox_is_limited_by_its_one_core_or_by_its_disk_whichever_is_less() -> None:
    """In the round it took 0.1 ms for each household; alone, on a slow disk, it took fewer."""
    rows = [row("memory", 0.9)]
    slow = {**COSTS, "inbox_alone": COSTS["inbox_alone"][:1]}

    assert "| 64 cores | the inbox | 6,000/s |" in limits(rows, COSTS)
    assert "| 64 cores | the inbox | 152/s |" in limits(rows, slow)


def test_the_page_has_a_place_for_each_table_and_is_left_alone_without() -> None:
    page = PAGE.read_text("utf-8")

    once = written(page, RESULTS)

    assert "3,250 B" in once
    assert written(once, RESULTS) == once
    with pytest.raises(NoPlace, match="household"):
        written(page.replace("<!-- household -->", ""), RESULTS)


def test_the_words_of_the_page_hold_no_rate() -> None:
    """Figures of the machine at hand stand in tables alone."""
    bare = written(PAGE.read_text("utf-8"), Results())

    assert re.search(r"\d/s|\d ms|\d KB", bare) is None


def test_results_that_are_not_there_are_none(tmp_path: Path) -> None:
    assert read("bench", tmp_path) is None


@pytest.mark.parametrize("given", [["--households", "99"], ["--households", "many"], ["now"]])
def test_what_cannot_be_measured_is_refused(given: list[str]) -> None:
    with pytest.raises(SystemExit):
        main(given)
