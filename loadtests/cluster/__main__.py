"""`make cluster`: play it, print what it came to, write loadtests/results/cluster.json.

Exits with 0 only if every receipt leads to exactly one application and the balance adds up; with 1
when something is not so; with 3 where network namespaces cannot be made.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import psycopg

from fmotm.embedded import EmbeddedError
from loadtests.bench.measure import CheckFailed
from loadtests.cluster.hosts import running
from loadtests.cluster.network import NoNamespaces
from loadtests.cluster.playing import Size, play
from loadtests.cluster.report import as_text, figures
from registry.inbox import InboxError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

RESULTS: Final = Path(__file__).resolve().parents[1] / "results" / "cluster.json"
CANNOT: Final = 3
"""Exit code where it cannot be played at all."""

MOST_HOSTS: Final = 8
FASTEST: Final = 500.0
LONGEST: Final = 60.0


def main(argv: Sequence[str]) -> int:
    """Play it; give the exit code."""
    size = asked_for(argv)
    signal.signal(signal.SIGTERM, _leave)
    try:
        _say(f"starting {size.portals} portals, {size.workers} workers and the data on their hosts")
        with running(size.portals, size.workers) as cluster:
            played = play(cluster, size, _say)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    except NoNamespaces as error:
        print(f"the cluster cannot be played here: {error}", file=sys.stderr)
        return CANNOT
    except (CheckFailed, EmbeddedError, InboxError, OSError, psycopg.Error) as error:
        print(f"the cluster failed: {error}", file=sys.stderr)
        return 1
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(figures(played), indent=1) + "\n", "utf-8")
    _say(f"\n{as_text(played)}\n\nwritten to {RESULTS}")
    return 0


def asked_for(argv: Sequence[str]) -> Size:
    """Return the size that the arguments ask for; leaves with 2 for one that there is not."""
    parser = argparse.ArgumentParser(prog="make cluster", description=__doc__)
    size = Size()
    for each in fields(Size):
        name = f"--{each.name.replace('_', '-')}"
        parser.add_argument(
            name, default=getattr(size, each.name), type=type(getattr(size, each.name))
        )
    given = parser.parse_args(argv)
    size = replace(size, **vars(given))
    for name, least, most in (
        ("portals", 2, MOST_HOSTS),
        ("workers", 2, MOST_HOSTS),
        ("rate", 1.0, FASTEST),
        ("calm", 0.5, LONGEST),
        ("portal_cut", 1.0, LONGEST),
        ("data_cut", 1.0, LONGEST),
        ("worker_cut", 1.0, LONGEST),
    ):
        if not least <= getattr(size, name) <= most:
            parser.error(f"{name.replace('_', '-')} is from {least:g} to {most:g}")
    return size


def _say(line: str) -> None:
    print(line, flush=True)


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(143)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
