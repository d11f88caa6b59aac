"""Ports on the loopback address."""

import random
import socket
from pathlib import Path

from fmotm.embedded.errors import EmbeddedError

LOOPBACK = "127.0.0.1"
_LOWEST, _HIGHEST = 15_000, 30_000


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Tell whether a server could listen there now. Raises PermissionError for a reserved port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: a connection of an earlier run that lingers in TIME_WAIT is no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except PermissionError:
            raise
        except OSError:
            return False
    return True


def free_port() -> int:
    """Return a free port for an embedded server.

    Below the system's range for outgoing connections: a client that retries against a server that
    is down could otherwise be given the server's own port, connect to itself, and keep it.
    """
    highest = min(_HIGHEST, _first_outgoing() - 1)
    lowest = _LOWEST if highest > _LOWEST else 1_024
    for _ in range(200):
        port = random.randint(lowest, max(lowest, highest))  # noqa: S311 - no secret
        if is_free(port):
            return port
    raise EmbeddedError("no free port was found on 127.0.0.1: too many servers run on this machine")


def _first_outgoing() -> int:
    try:
        return int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return 32_768
