"""A small cluster, by its command: hosts are cut off, and every receipt is there once."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from loadtests.cluster.__main__ import CANNOT, RESULTS

pytestmark = pytest.mark.timeout(420)
SMALL = ("--rate", "15", "--calm", "0.5", "--portal-cut", "2", "--data-cut", "2")
COMMAND = (sys.executable, "-m", "loadtests.cluster", *SMALL, "--worker-cut", "2")


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give a folder on a disk, which PostgreSQL's user can reach."""
    path = Path(tempfile.mkdtemp(prefix="fmotm-test-", dir="/var/tmp"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


def started(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        COMMAND,
        env={**os.environ, "BENCH_DIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Whoever runs the tests in the background has it ignored.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )


def uses(folder: Path) -> list[str]:
    """Name the processes that have a file of this folder open, or stand in it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            links = [process / "cwd", *process.joinpath("fd").iterdir()]
            if any(str(each.readlink()).startswith(str(folder)) for each in links):
                found.append(process.joinpath("cmdline").read_text())
        except OSError:
            continue
    return found


def test_hosts_are_cut_off_and_every_receipt_is_there_once(folder: Path) -> None:
    process = started(folder)
    said, complained = process.communicate(timeout=400)
    if process.returncode == CANNOT:
        pytest.skip(complained.strip())

    assert (process.returncode, complained) == (0, "")
    assert "each in the database exactly once" in said
    found = json.loads(RESULTS.read_text())
    assert [(each["host"], each["what"]) for each in found["incidents"]] == [
        ("portal-1", "cut off"),
        ("worker-1", "cut off"),
        ("data", "cut off"),
        ("worker-2", "died"),
    ]
    assert found["households"] == found["ledger"]["applications"] == found["balance"]["inserted"]
    assert found["incidents"][1]["held"] > 0
    assert found["incidents"][3]["held"] > 0
    assert uses(folder) == []
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(("told", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopped_in_the_middle_it_leaves_nothing(
    folder: Path, told: signal.Signals, code: int
) -> None:
    process = started(folder)
    assert process.stdout
    for line in process.stdout:
        if "cut off" in line:
            process.send_signal(told)
            break
    _, complained = process.communicate(timeout=100)
    if process.returncode == CANNOT:
        pytest.skip(complained.strip())

    assert process.returncode == code
    assert uses(folder) == []
    assert list(folder.iterdir()) == []
