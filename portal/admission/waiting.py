"""How long a request has waited for its turn, told by the kernel.

The kernel knows for each connection when the last byte came in. When our code first runs for a
request, all that has passed since then was waiting: in the kernel's queue of new connections, for
the poller, for a thread. Time that the phone itself took to send is not in it.
"""

from __future__ import annotations

import socket
import struct
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_LAST_DATA_RECV: Final = 52
"""Where `struct tcp_info` of linux/tcp.h has `tcpi_last_data_recv`, milliseconds."""

_MILLISECONDS: Final = struct.Struct("=I")
_TOLD: Final = _LAST_DATA_RECV + _MILLISECONDS.size


def waited(environ: WSGIEnvironment) -> float:
    """Return the seconds; 0 where nobody can tell, which is everywhere but on Linux."""
    connection: socket.socket | None = environ.get("gunicorn.socket")
    return 0.0 if connection is None else since_it_came(connection)


def since_it_came(connection: socket.socket) -> float:
    """Return the seconds since the last byte came in on a connection; 0 where it is not known."""
    if sys.platform != "linux":
        return 0.0
    try:
        told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TOLD)
        milliseconds: int = _MILLISECONDS.unpack_from(told, _LAST_DATA_RECV)[0]
    except (OSError, struct.error):  # a socket of another family, or gone
        return 0.0
    return milliseconds / 1000
