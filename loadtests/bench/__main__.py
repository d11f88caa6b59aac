"""`make bench`: measure, print the table, write loadtests/results/bench.json.

Exits with 1 when a check failed: then something that was counted is not so. A goal that was missed
is told, and is no failure.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from fmotm.embedded import EmbeddedError
from loadtests.bench.bench import Bench
from loadtests.bench.measure import CheckFailed, only
from loadtests.bench.noop_server import NoOp, tuned
from loadtests.bench.report import as_json, as_text, described
from loadtests.bench.rows import NAMES, measured
from loadtests.bench.scale import FULL
from loadtests.bench.servers import running

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

    from loadtests.bench.measure import Row

RESULTS: Final = Path(__file__).resolve().parents[1] / "results" / "bench.json"


def main(argv: Sequence[str]) -> int:
    """Run the bench; give the exit code."""
    names = _arguments(argv)
    # Ended from outside, it still ends its servers.
    signal.signal(signal.SIGTERM, _leave)
    began = time.monotonic()
    try:
        rows = _measure(names)
    except (CheckFailed, EmbeddedError) as error:
        print(f"the bench cannot run: {error}", file=sys.stderr)
        return 1
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(as_json(rows), "utf-8")
    print(f"\n{as_text(described(rows))}\n")
    print(f"{time.monotonic() - began:.0f} s; written to {RESULTS}")
    return 1 if any(row.failure for row in rows) else 0


def _measure(names: Sequence[str]) -> list[Row]:
    rows = []
    _say("starting the servers")
    with running() as servers:
        _say(f"their folder: {servers.mount}")
        bench = Bench(servers, NoOp(servers.folder), FULL)
        bench.noop = tuned(bench.noop, bench.try_noop)
        _say(f"the no-op at its best: {bench.noop.settings}")
        for row in measured(bench, names, _say):
            rows.append(row)
            _say(as_text(described([row])).splitlines()[1])
    return rows


def _arguments(argv: Sequence[str]) -> tuple[str, ...]:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument(
        "--only", default="", metavar="ROWS", help=f"several by comma; of {', '.join(NAMES)}"
    )
    try:
        return only(NAMES, parser.parse_args(argv).only)
    except ValueError as error:
        parser.error(str(error))


def _say(line: str) -> None:
    print(line, flush=True)


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(143)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
