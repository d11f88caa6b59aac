"""How many files a process of the portal may have open: each connection is one."""

from __future__ import annotations

import resource
from typing import Final

OTHER_FILES: Final = 256
"""Files that a process has open beside its connections."""


def room_for(connections: int) -> int:
    """Return how many of these connections a process can hold, each a file; allow it as many.

    The usual bound of 1,024 files would end a worker that takes more.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + OTHER_FILES
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return connections
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return allowed - OTHER_FILES
