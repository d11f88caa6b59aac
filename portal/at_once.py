"""Reading and writing what there is, at once, without letting another thread in between.

Python lets go of the interpreter around every system call, for it may take long. These never wait.
While threads compute, it takes the worker's loop a hundred times as long as the call itself to get
the interpreter back, and that for every call: it could hold off no more than some hundred people a
second.
"""

from __future__ import annotations

import ctypes
import os
import socket
from typing import Final

MOST: Final = 16_384
"""Bytes of a request that are looked at; a household of four sends a quarter of that."""

_NOW: Final = int(socket.MSG_DONTWAIT)
_LOOK: Final = int(socket.MSG_DONTWAIT | socket.MSG_PEEK)
_QUIETLY: Final = int(socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)

_library: Final = ctypes.PyDLL(None, use_errno=True)
for _call in _library.recv, _library.send:
    _call.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int)
    _call.restype = ctypes.c_ssize_t
_room: Final = ctypes.create_string_buffer(MOST)


def peek(connection: socket.socket) -> bytes:
    """Return what has come, which stays unread; nothing when it has ended. Raises OSError."""
    size = _checked(_library.recv(connection.fileno(), _room, MOST, _LOOK))
    return ctypes.string_at(_room, size)


def skip(connection: socket.socket, length: int) -> None:
    """Take so many bytes off what was just seen. Raises OSError."""
    _checked(_library.recv(connection.fileno(), _room, min(length, MOST), _NOW))


def send(connection: socket.socket, data: bytes) -> int:
    """Send what there is room for; return how much that was. Raises OSError."""
    return _checked(_library.send(connection.fileno(), data, len(data), _QUIETLY))


def _checked(size: int) -> int:
    if size < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return size
