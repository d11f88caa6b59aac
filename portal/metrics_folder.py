"""The folder in which the processes of one portal count; known before the portal is loaded.

gunicorn_conf asks for it, and nobody else: a command that loads parts of the portal counts nowhere.
The counting library decides where it counts when it is imported, so here it is imported late.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

from registry.settings import setting

VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Where the counting library looks for it."""

_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - tempfile makes a folder of our own in it


def prepare() -> None:
    """Make the folder, or empty the one that was given: counts of a portal that has ended.

    One that is made here is removed when this process ends, also when it cannot start.
    """
    given = str(setting("METRICS_DIR").read(os.environ))
    folder = _emptied(Path(given)) if given else _temporary()
    os.environ[VARIABLE] = str(folder)


def _emptied(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in folder.glob("*.db"):
        old.unlink()
    return folder


def _temporary() -> Path:
    parent = _MEMORY if _MEMORY.is_dir() else None
    folder = Path(tempfile.mkdtemp(prefix="fmotm-metrics-", dir=parent))
    atexit.register(_remove, folder, os.getpid())
    return folder


def _remove(folder: Path, maker: int) -> None:
    if os.getpid() == maker:  # its children end as well, and before it
        shutil.rmtree(folder, ignore_errors=True)


def forget(pid: int) -> None:
    """Forget what a process that has ended held when it did; what it counted stays."""
    from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415

    mark_process_dead(pid)  # type: ignore[no-untyped-call]
