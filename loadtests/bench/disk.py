"""On what a folder lies: a figure with fsync is worth nothing in memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

_IN_MEMORY: Final = frozenset({"tmpfs", "ramfs", "devtmpfs", "hugetlbfs"})
_MOUNTS: Final = Path("/proc/self/mounts")


@dataclass(frozen=True, slots=True)
class Mount:
    """A line of the mount table."""

    device: str
    path: str
    kind: str

    @property
    def in_memory(self) -> bool:
        """Whether what lies there is gone with the power."""
        return self.kind in _IN_MEMORY

    def __str__(self) -> str:
        return f"{self.kind} on {self.device}, mounted at {self.path}"


def mount_of(folder: Path, table: str | None = None) -> Mount:
    """Return where a folder is mounted, by the mount table (Linux). Raises ValueError."""
    text = _MOUNTS.read_text("utf-8") if table is None else table
    real = str(folder.resolve())
    mounts = [Mount(*_unescaped(line).split("\t")[:3]) for line in text.splitlines() if line]
    # Of two on the same place the later one hides the earlier.
    holding = [mount for mount in mounts if _holds(mount.path, real)]
    if not holding:
        message = f"the mount table does not tell where {folder} lies"
        raise ValueError(message)
    longest = max(len(mount.path) for mount in holding)
    return [mount for mount in holding if len(mount.path) == longest][-1]


def _holds(mounted: str, path: str) -> bool:
    return path == mounted or path.startswith(mounted.rstrip("/") + "/")


def _unescaped(line: str) -> str:
    r"""Return the fields of a line, between tabs: a space in one is written as \\040."""
    fields = line.split(" ")
    return "\t".join(field.replace("\\040", " ").replace("\\134", "\\") for field in fields)
