"""`python -m loadtests.capacity`: the last results into docs/capacity.md.

With `--measure`, as `make capacity`, it first measures what a household costs and what the inbox
takes alone, and writes loadtests/results/capacity.json. `make bench` measures the rest. Exits with
1 when a check failed.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

import psycopg

from fmotm.embedded import EmbeddedError
from loadtests.bench.measure import CheckFailed
from loadtests.bench.servers import running
from loadtests.bench.table import PROJECT, put
from loadtests.capacity import tables
from loadtests.capacity.costs import HOUSEHOLDS, measure
from registry.inbox import InboxError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

RESULTS: Final = PROJECT / "loadtests" / "results"
PAGE: Final = PROJECT / "docs" / "capacity.md"


def main(argv: Sequence[str]) -> int:
    """Measure if asked to, and write the tables; give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m loadtests.capacity", description=__doc__)
    parser.add_argument("--measure", action="store_true", help="measure anew, and keep it")
    parser.add_argument("--households", type=int, default=HOUSEHOLDS, help="how many to measure by")
    asked = parser.parse_args(argv)
    if not 100 <= asked.households <= 100_000:
        parser.error("households is from 100 to 100,000")
    if asked.measure and (code := _measure(asked.households)):
        return code
    page = PAGE.read_text("utf-8")
    results = Results(*(read(each.name) for each in fields(Results)))
    PAGE.write_text(written(page, results), "utf-8")
    print(f"written to {PAGE.relative_to(PROJECT)}")
    return 0


@dataclass(frozen=True, slots=True)
class Results:
    """Files of results, each under its name; None where there is none."""

    bench: list[dict[str, Any]] | None = None
    capacity: dict[str, Any] | None = None
    cluster: dict[str, Any] | None = None
    round: dict[str, Any] | None = None


def written(page: str, found: Results) -> str:
    """Return the page with each table between its marks. Raises NoPlace when one has none."""
    for name, table in (
        ("one-machine", tables.one_machine(found.bench)),
        ("household", tables.household(found.capacity, found.cluster)),
        ("whole-round", tables.growth(found.round)),
        ("inbox-alone", tables.inbox(found.capacity)),
        ("limits", tables.limits(found.bench, found.capacity)),
        ("places", tables.places(found.bench, found.capacity)),
    ):
        page = put(page, name, f"\n{table}\n")
    return page


def read(name: str, folder: Path = RESULTS) -> Any:
    """Return a file of results; None when there is none."""
    path = folder / f"{name}.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else None


def _measure(households: int) -> int:
    signal.signal(signal.SIGTERM, _leave)
    try:
        _say(f"starting the servers; {households:,} households will be sent")
        with running() as servers:
            found = measure(servers, _say, households)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    except (CheckFailed, EmbeddedError, InboxError, OSError, psycopg.Error) as error:
        print(f"nothing was measured: {error}", file=sys.stderr)
        return 1
    RESULTS.mkdir(exist_ok=True)
    RESULTS.joinpath("capacity.json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    return 0


def _say(line: str) -> None:
    print(line, flush=True)


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(143)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
