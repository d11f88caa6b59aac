"""What processes cost: the processor's time of a program and of all that it started."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fmotm.embedded.locks import read_holder

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fmotm.embedded import DataFolder

_PROC: Final = Path("/proc")
_TICKS: Final = os.sysconf("SC_CLK_TCK")


def cpu_seconds(folder: DataFolder, names: Iterable[str]) -> dict[str, float]:
    """Return the seconds of processor that programs of a data folder took so far, by name.

    A program is its process, all that descend from it and those of them that ended (Linux).
    """
    stats = _stats()
    programs = {int(read_holder(folder.lock_of(name))["pid"]): name for name in names}
    found = dict.fromkeys(programs.values(), 0.0)
    for process, (_, ticks) in stats.items():
        if (program := _ancestor(process, stats, programs)) is not None:
            found[programs[program]] += ticks / _TICKS
    return found


def _ancestor(
    process: int, stats: Mapping[int, tuple[int, int]], programs: Mapping[int, str]
) -> int | None:
    """Return the program that a process descends from, or is."""
    while process not in programs:
        if process not in stats:
            return None
        process = stats[process][0]
    return process


def _stats() -> dict[int, tuple[int, int]]:
    """Return the parent and the ticks of every process."""
    found = {}
    for process in _PROC.glob("[0-9]*"):
        try:
            found[int(process.name)] = of_stat(
                process.joinpath("stat").read_text("utf-8", "replace")
            )
        except OSError:  # it ended meanwhile
            continue
    return found


def of_stat(line: str) -> tuple[int, int]:
    """Return the parent of a process, and its ticks of user and system, its dead children's too.

    The name before may hold anything, brackets and spaces as well.
    """
    fields = line.rpartition(")")[2].split()
    return int(fields[1]), sum(int(each) for each in fields[11:15])
