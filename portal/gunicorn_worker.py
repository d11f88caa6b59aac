"""gunicorn's worker of threads, with its connections kept away from the threads while they idle.

gthread gives each new connection to a thread, which waits up to 5 s for its first byte: browsers
open connections in advance, and eight of those hold a process. It takes one connection for each
turn of its loop, so under load they wait in the kernel. And it closes connections in that loop, up
to 2 s each for a phone that does not close its own end. Here the loop takes several at once and
watches them until they send, and likewise until they have closed.
"""

from __future__ import annotations

import errno
import selectors
import socket
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from gunicorn.workers.gthread import TConn, ThreadWorker

from portal.admission.waiting import since_it_came
from portal.open_files import OTHER_FILES
from portal.shares import FULL, Shares

if TYPE_CHECKING:
    from collections import deque

    from portal.admission.early import Early

AT_ONCE: Final = 16
"""Connections taken in one turn."""

AHEAD: Final = 2
"""Connections that a process may hold more than another one before it lets that one go first."""

GO_FIRST: Final = 0.001
"""Seconds for which it does: many times what an idle process needs to wake."""

LINGER: Final = 2.0
"""Seconds for which a closed connection may still have something to say, which is not read."""

SHARES: Final = Shares()
"""Of all processes of one portal: they are forked from the one that made it."""

_DRAINED_AT_ONCE: Final = 65_536
_PEEKED: Final = 16_384
"""Bytes of a request that are looked at; a household of four sends a quarter of that."""

_NOBODY_WAITS: Final = {errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED}


class Connection(TConn):  # type: ignore[misc]
    """A connection that is closed without waiting for the other end."""

    worker: Worker

    def close(self, graceful: bool = False) -> None:
        """Close it; gracefully: what was sent arrives before the connection ends."""
        if not (graceful and self.worker.linger(self.sock)):
            super().close()


class Worker(ThreadWorker):  # type: ignore[misc]
    """The worker of the portal: `worker_class` of gunicorn's settings."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._lingering: dict[socket.socket, float] = {}
        self.place = SHARES.join()
        self.early: Early | None = None
        """Who answers for the portal when too many wait for a thread."""

    def forget(self) -> None:
        """Forget this process, which has ended; for the one that started it."""
        SHARES.leave(self.place)

    def notify(self) -> None:
        """Tell the process that started this one that it lives, and the others how much it has."""
        super().notify()
        SHARES.tell(self.place, self.nr_conns if self.alive else FULL)

    def accept(self, listener: socket.socket) -> None:
        """Take connections that wait, while there is room, and watch them until they send."""
        for _ in range(min(AT_ONCE, self.worker_connections - self.nr_conns)):
            if not self._take(listener):
                return
            SHARES.tell(self.place, self.nr_conns)
            if self._has_more():
                return

    def _has_more(self) -> bool:
        """Tell whether this process is ahead of another, which was given time to catch up."""
        if self.nr_conns <= SHARES.least() + AHEAD:
            return False
        time.sleep(GO_FIRST)
        return True

    def _take(self, listener: socket.socket) -> bool:
        """Take one connection; False when none waits."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno in _NOBODY_WAITS:
                return False
            raise
        self.nr_conns += 1
        conn = Connection(self.cfg, client, address, listener.getsockname())
        conn.worker = self
        conn.timeout = time.monotonic() + self.cfg.keepalive
        self.pending_conns.append(conn)
        self.poller.register(
            client, selectors.EVENT_READ, partial(self.on_pending_socket_readable, conn)
        )
        return True

    def on_client_socket_readable(self, conn: Connection, client: socket.socket) -> None:
        """Give a request to a thread, or answer it at once when too many wait already."""
        if not self._held_off(conn, client, self.keepalived_conns):
            super().on_client_socket_readable(conn, client)

    def on_pending_socket_readable(self, conn: Connection, client: socket.socket) -> None:
        """Do the same with the first request of a connection."""
        if not self._held_off(conn, client, self.pending_conns):
            super().on_pending_socket_readable(conn, client)

    def _held_off(
        self, conn: Connection, client: socket.socket, watched: deque[Connection]
    ) -> bool:
        queued = self.tpool._work_queue.qsize()
        if self.early is None or not self.early.wanted(queued):
            return False
        try:
            came = client.recv(_PEEKED, socket.MSG_PEEK)
            answer = self.early(came, queued, since_it_came(client))
            if answer is None:
                return False
            client.recv(answer.read)
            whole = client.send(answer.response) == len(answer.response)
        except OSError:
            return False  # a thread finds out what it is
        watched.remove(conn)
        if whole:
            conn.set_timeout()
            watched.append(conn)
        else:
            self.poller.unregister(client)
            self.nr_conns -= 1
            conn.close()
        return True

    def linger(self, client: socket.socket) -> bool:
        """Say that nothing more comes, and watch until the other end says so too."""
        if len(self._lingering) >= OTHER_FILES // 2:
            return False
        try:
            client.shutdown(socket.SHUT_WR)
            client.setblocking(False)
            self.poller.register(client, selectors.EVENT_READ, self._drain)
        except (OSError, ValueError, KeyError):
            return False
        self._lingering[client] = time.monotonic() + LINGER
        return True

    def murder_pending(self) -> None:
        """End what has waited too long for its first byte, or for the other end to close."""
        super().murder_pending()
        now = time.monotonic()
        for client, until in list(self._lingering.items()):
            if until > now:
                break
            self._end(client)

    def _cap_keepalive(self, deadline: float) -> None:
        """End when stopping, by then at the latest, connections that say nothing; our own too."""
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)

    def _drain(self, client: socket.socket) -> None:
        try:
            if client.recv(_DRAINED_AT_ONCE):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self._end(client)

    def _end(self, client: socket.socket) -> None:
        del self._lingering[client]
        self.poller.unregister(client)
        client.close()
