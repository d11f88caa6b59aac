"""k6, for latency: requests come at a rate, whatever becomes of those before."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from loadtests.bench.measure import CheckFailed
from loadtests.bench.usage import run

if TYPE_CHECKING:
    from collections.abc import Mapping

_TO_END: Final = 120.0
"""Seconds that k6 may take to begin and, waiting for the last answers, to end."""

HOW: Final = "k6 is missing: `make bench` installs it (uv sync --group load)"


@dataclass(frozen=True, slots=True)
class Summary:
    """What k6 says of a run, by the names of its metrics."""

    metrics: Mapping[str, Mapping[str, float]]
    cores: float

    def count(self, status: int) -> int:
        """Return how many answers had this status; 0 is for no answer."""
        return int(self._of(f"http_req_duration{{status:{status}}}").get("count", 0))

    def p99(self, status: int) -> float:
        """Return the latency, in seconds, that 99 of 100 answers with this status kept within."""
        return self._of(f"http_req_duration{{status:{status}}}").get("p(99)", 0.0) / 1000

    def slowest(self, trend: str) -> float:
        """Return the p99, in seconds, of a script's own trend in milliseconds."""
        return self._of(trend).get("p(99)", 0.0) / 1000

    def total(self, counter: str) -> int:
        """Return a counter of a script's own, or of k6's, such as `dropped_iterations`."""
        return int(self._of(counter).get("count", 0))

    def _of(self, metric: str) -> Mapping[str, float]:
        return self.metrics.get(metric, {})


def find() -> str:
    """Return k6. Raises CheckFailed."""
    beside = Path(sys.executable).with_name("k6")
    found = str(beside) if beside.exists() else shutil.which("k6")
    if found is None:
        raise CheckFailed(HOW)
    return found


def play(script: Path, settings: Mapping[str, str], out: Path) -> Summary:
    """Run a script for its SECONDS; it writes its summary to OUT. Raises CheckFailed."""
    argv = [find(), "run", "--quiet", "--no-usage-report", "--address=", str(script)]
    within = float(settings["SECONDS"]) + _TO_END
    done = run(argv, within=within, environ={**os.environ, **settings, "OUT": str(out)})
    return parse(out.read_text("utf-8"), done.cores)


def parse(written: str, cores: float) -> Summary:
    """Read k6's summary. Raises CheckFailed when it is none."""
    try:
        found: dict[str, dict[str, Any]] = json.loads(written)["metrics"]
        return Summary({name: dict(each["values"]) for name, each in found.items()}, cores)
    except (ValueError, KeyError, TypeError) as error:
        message = f"k6 wrote no summary: {error}"
        raise CheckFailed(message) from None
