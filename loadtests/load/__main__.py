"""`make load`: play it, print figures, write loadtests/results/load.html and load.json.

Ends by itself, some seconds after the minutes asked for. Exits with 1 when a check failed.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from fmotm.embedded import EmbeddedError
from fmotm.households.client import SendError
from loadtests.bench.measure import CheckFailed
from loadtests.bench.servers import running
from loadtests.load.playing import Asked, Played, play_at, play_here
from loadtests.load.report import as_html
from loadtests.load.shapes import SHAPES, times_real
from loadtests.load.told import as_text, told
from loadtests.target import NotHere, loopback

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

RESULTS: Final = Path(__file__).resolve().parents[1] / "results"
MOST_PEAK, MOST_MINUTES = 2_000.0, 24 * 60.0


def main(argv: Sequence[str]) -> int:
    """Play a load; give the exit code."""
    try:
        asked, url = arguments(argv)
    except NotHere as not_here:
        print(f"refused: {not_here}", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, _leave)
    try:
        played = _play(asked, url)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    except (CheckFailed, EmbeddedError, SendError) as error:
        print(f"the load failed: {error}", file=sys.stderr)
        return 1
    found = told(played, url)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "load.json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    (RESULTS / "load.html").write_text(as_html(found), "utf-8")
    _say(f"\n{as_text(found)}\n\nwritten to {RESULTS / 'load.html'}")
    return 1 if found["problems"] else 0


def arguments(argv: Sequence[str]) -> tuple[Asked, str]:
    """Read the command line: what to play, and where; '' for servers of our own. Raises NotHere."""
    parser = argparse.ArgumentParser(prog="make load", description=__doc__)
    parser.add_argument("--shape", default="day", choices=tuple(SHAPES))
    parser.add_argument("--peak", default=40.0, type=_number(0.1, MOST_PEAK))
    parser.add_argument("--minutes", default=3.0, type=_number(0.05, MOST_MINUTES))
    parser.add_argument("--target", default="", help="a portal of this machine; else its own")
    given = parser.parse_args(argv)
    url = loopback(given.target) if given.target.strip() else ""
    return Asked(given.shape, given.peak, given.minutes * 60), url


class _number:  # noqa: N801 - used as a function
    """Reads a number between two others."""

    def __init__(self, least: float, most: float) -> None:
        self._least, self._most = least, most

    def __call__(self, text: str) -> float:
        number = float(text)
        if not self._least <= number <= self._most:
            message = f"must be from {self._least:g} to {self._most:g}"
            raise argparse.ArgumentTypeError(message)
        return number


def _play(asked: Asked, url: str) -> Played:
    shape = SHAPES[asked.shape]
    _say(f"{shape.name}: {shape.what}")
    _say(
        f"{asked.seconds / 60:g} minutes, at most {asked.peak:g} citizens a second:"
        f" {times_real(asked.peak):.0f} times the busiest moment of the biggest round"
    )
    if url:
        return play_at(url, asked)
    _say("starting the servers")
    with running() as servers:
        _say("people are coming")
        return play_here(servers, asked)


def _say(line: str) -> None:
    print(line, flush=True)


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(143)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
