"""`make round`: play it, print what it came to, write loadtests/results/round.json.

REGISTRATIONS in the environment asks for a part. Exits with 1 when something does not add up.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from fmotm.embedded import EmbeddedError
from loadtests.bench.measure import CheckFailed
from loadtests.bench.servers import FOLDER, running
from loadtests.round.playing import WHOLE, check_room, play
from loadtests.round.result import as_text, figures

if TYPE_CHECKING:
    from types import FrameType

RESULTS: Final = Path(__file__).resolve().parents[1] / "results"
MOST: Final = 10_000_000


def main() -> int:
    """Play the round; give the exit code."""
    signal.signal(signal.SIGTERM, _leave)
    try:
        registrations = asked_for(os.environ.get("REGISTRATIONS", ""))
        folder = Path(os.environ.get(FOLDER, "").strip() or "/var/tmp")
        folder.mkdir(parents=True, exist_ok=True)
        check_room(folder, registrations, _say)
        _say(f"starting the servers; {registrations:,} registrations will be sent")
        with running() as servers:
            _say(f"their folder: {servers.mount}")
            try:
                found = figures(play(servers, registrations, _say))
            finally:
                keep_ledger(servers.folder.path / "logs", RESULTS / "round-ledger.bin")
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    except (CheckFailed, EmbeddedError, ValueError) as error:
        print(f"the round failed: {error}", file=sys.stderr)
        return 1
    RESULTS.mkdir(exist_ok=True)
    written = RESULTS / "round.json"
    written.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    _say(f"\n{as_text(found)}\n\nwritten to {written}")
    return 0


def keep_ledger(folder: Path, kept: Path) -> None:
    """Copy the senders' ledgers into one file, also when the round failed: it may tell why."""
    kept.parent.mkdir(exist_ok=True)
    with kept.open("wb") as whole:
        for path in sorted(folder.glob("ledger-*.bin")):
            with path.open("rb") as part:
                shutil.copyfileobj(part, whole)


def asked_for(text: str) -> int:
    """Return how many registrations are asked for; all when nothing is. Raises ValueError."""
    plain = text.strip().replace(",", "").replace("_", "")
    if not plain:
        return WHOLE
    if not plain.isascii() or not plain.isdigit() or not 0 < int(plain[:12]) <= MOST:
        message = f"REGISTRATIONS must be a number from 1 to {MOST:,}, not {text!r}"
        raise ValueError(message)
    return int(plain)


def _say(line: str) -> None:
    print(line, flush=True)


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(143)


if __name__ == "__main__":
    sys.exit(main())
