"""Connections of phones that go out of reach: in the middle of a head, or before they close."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any, Final

from gunicorn.http import RequestParser
from gunicorn.http.errors import NoMoreData
from gunicorn.workers.gthread import TConn

if TYPE_CHECKING:
    from portal.gunicorn_worker import Worker

SILENCE: Final = 20.0
"""Seconds without a byte for which a thread waits for a phone; gthread waits on."""


class Phone(socket.socket):
    """The socket of a phone, which is never waited for without end.

    gthread switches it between waiting and not waiting seven times for a request. Each switch is a
    system call, and lets another thread in between.
    """

    __slots__ = ()

    @classmethod
    def of(cls, taken: socket.socket) -> Phone:
        """Take over a socket that was just accepted."""
        phone = cls(taken.family, taken.type, taken.proto, fileno=taken.detach())
        phone.settimeout(SILENCE)
        return phone

    def setblocking(self, flag: bool) -> None:
        """Leave it: it waits for so long, and to the system, as to a poller, it never blocks."""


class Settled:
    """gunicorn's settings, each looked up once: it asks for some fifty at every request."""

    def __init__(self, settings: Any) -> None:
        self._settings = settings

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._settings, name)
        setattr(self, name, value)
        return value


class _Parser(RequestParser):  # type: ignore[misc]
    """Reads requests of phones that may go out of reach in the middle of a head."""

    def __next__(self) -> Any:
        try:
            return super().__next__()
        except TimeoutError:
            raise NoMoreData from None

    def finish_body(self, *bounds: Any, **named: Any) -> bool:
        """Read what is left of a body; mostly nothing is."""
        if self.mesg is not None and getattr(self.mesg.body.reader, "length", None) == 0:
            return True
        return bool(super().finish_body(*bounds, **named))


class Connection(TConn):  # type: ignore[misc]
    """A connection that is closed without waiting for the other end."""

    worker: Worker
    parser: RequestParser | None

    def init(self) -> None:
        """Make it ready for a thread, which does not wait for good."""
        if self.parser is None and not self.cfg.is_ssl:
            self.parser = _Parser(self.cfg, self.sock, self.client)
        super().init()

    def close(self, graceful: bool = False) -> None:
        """Close it; gracefully: what was sent arrives before the connection ends."""
        if not (graceful and self.worker.linger(self.sock)):
            super().close()
