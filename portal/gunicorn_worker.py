"""gunicorn's worker of threads, with its connections kept away from the threads while they idle.

gthread gives each new connection to a thread, which waits up to 5 s for its first byte: browsers
open connections in advance, and eight of those hold a process. It takes one connection for each
turn of its loop, so under load they wait in the kernel. And it closes connections in that loop, up
to 2 s each for a phone that does not close its own end. Here the loop takes several at once and
watches them until they send, and likewise until they have closed. A process that holds more than
another one lets that one take them first.
"""

from __future__ import annotations

import errno
import logging
import selectors
import socket
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from gunicorn.workers.gthread import ThreadWorker

from portal import at_once
from portal.admission.waiting import since_it_came
from portal.connections import Connection, Phone, Settled
from portal.open_files import OTHER_FILES
from portal.shares import FULL, Shares
from portal.threads import LOOKED, Calls, Done, Threads

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable

    from portal.admission.early import Answer, Early

COMPUTING: Final = 4
"""Threads that always serve; the others help while these are kept waiting. Eight that compute take
a sixth more of the processor for the same, and leave the loop half as much of it."""

AT_ONCE: Final = 256
"""Connections taken in one turn; a turn is long when very many are held off in it."""

AHEAD: Final = 2
"""Connections that a process may hold more than another one before it lets that one go first; or
a quarter more, where that is more."""

GO_FIRST: Final = 0.005
"""Seconds for which it does: many times what an idle process needs to wake."""

TOLD_EVERY: Final = 1.0
"""Seconds after which the process that started this one is told again that it lives."""

LINGER: Final = 2.0
"""Seconds for which a closed connection may still have something to say, which is not read."""

SHARES: Final = Shares()
"""Of all processes of one portal: they are forked from the one that made it."""

_DRAINED_AT_ONCE: Final = 65_536

# Nobody waits; who waited has gone, which accept(2) may tell as an error of theirs; or no room.
_NOT_TAKEN: Final = frozenset(
    {errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED, errno.EPROTO, errno.ENOPROTOOPT}
    | {errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.EPERM}
    | {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
)

_log = logging.getLogger(__name__)


class Worker(ThreadWorker):  # type: ignore[misc]
    """The worker of the portal: `worker_class` of gunicorn's settings."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.cfg: Any = Settled(self.cfg)
        self.method_queue = Calls()
        self._told_at = 0.0
        self._others_first_until = 0.0
        self._lingering: dict[socket.socket, float] = {}
        self.place = SHARES.join()
        self.early: Early | None = None
        """Who answers for the portal when too many wait for a thread."""

    def forget(self) -> None:
        """Forget this process, which has ended; for the one that started it."""
        SHARES.leave(self.place)

    def get_thread_pool(self) -> Threads:
        """Return the threads that requests are given to."""
        computing = min(COMPUTING, self.cfg.threads)
        return Threads(computing, self.cfg.threads - computing)

    def enqueue_req(self, conn: Connection) -> None:
        """Give a request to the threads."""
        self.tpool.do(partial(self._serve, conn))

    def _serve(self, conn: Connection) -> None:
        try:
            kept = self.handle(conn)
        except BaseException:  # noqa: BLE001 - it would end the thread
            _log.exception("a request was not served")
            kept = False
        self.method_queue.defer(self.finish_request, conn, Done(kept))

    def notify(self) -> None:
        """Tell the process that started this one that it lives, and the others how much it has."""
        now = time.monotonic()
        if now - self._told_at > TOLD_EVERY:
            self._told_at = now
            super().notify()
        SHARES.tell(self.place, self.nr_conns if self.alive else FULL)

    def accept(self, listener: socket.socket) -> None:
        """Take connections that wait, while there is room, and watch them until they send."""
        for _ in range(min(AT_ONCE, self.worker_connections - self.nr_conns)):
            if not self._take(listener):
                return
            SHARES.tell(self.place, self.nr_conns)
            if self._is_ahead():
                self._others_first_until = time.monotonic() + GO_FIRST
                self.set_accept_enabled(False)
                return

    def set_accept_enabled(self, enabled: bool) -> None:
        """Listen or not: not while others go first, though there is room."""
        if not (enabled and time.monotonic() < self._others_first_until):
            super().set_accept_enabled(enabled)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Wait for what there is to do, or until it is time to listen or to look again."""
        now = time.monotonic()
        self.tpool.look(now)
        if self.tpool.waiting:
            timeout = min(timeout, LOOKED)
        if self._others_first_until > now:
            timeout = min(timeout, self._others_first_until - now)
        super().wait_for_and_dispatch_events(timeout)

    def _is_ahead(self) -> bool:
        """Tell whether this process holds so many more than another that that one goes first."""
        least = SHARES.least()
        return bool(self.nr_conns > least + max(AHEAD, least // 4))

    def _take(self, listener: socket.socket) -> bool:
        """Take one connection; False when none waits."""
        try:
            taken, address = listener.accept()
        except OSError as error:
            if error.errno in _NOT_TAKEN:
                return False
            raise
        self.nr_conns += 1
        client = Phone.of(taken)
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
        answer = self._taken(conn, client)
        if answer is None:
            return False
        self._renew(conn, watched)
        then = self.poller.get_key(client).data
        self._send(conn, watched, answer.response, then, client)
        return True

    def _taken(self, conn: Connection, client: socket.socket) -> Answer | None:
        """Return the answer to somebody who is held off, their request read.

        Whatever happens, others are served.
        """
        if self.early is None or not self.early.wanted:
            return None
        queued = self.tpool.waiting
        try:
            came = at_once.peek(client)
            peer = conn.client[0] if conn.client else ""
            answer = self.early(came, queued, since_it_came(client), peer)
            if answer is not None:
                at_once.skip(client, answer.read)
        except OSError:  # a thread finds out what it is
            return None
        except Exception:  # noqa: BLE001 - it would end the loop, and everybody's connection
            _log.exception("nobody was held off early")
            return None
        return answer

    def _send(
        self,
        conn: Connection,
        watched: deque[Connection],
        response: bytes,
        then: Callable[[socket.socket], None],
        client: socket.socket,
    ) -> None:
        """Send what there is room for, the rest when there is room, and `then` read on."""
        try:
            sent = at_once.send(client, response)
        except BlockingIOError:
            sent = 0
        except OSError:  # gone: that is seen when it is read
            sent = len(response)
        if sent < len(response):
            if sent:
                self._renew(conn, watched)
            rest = partial(self._send, conn, watched, response[sent:], then)
            self.poller.modify(client, selectors.EVENT_WRITE, rest)
        elif self.poller.get_key(client).events == selectors.EVENT_WRITE:
            self.poller.modify(client, selectors.EVENT_READ, then)

    def _renew(self, conn: Connection, watched: deque[Connection]) -> None:
        """Give a connection its time to keep silent anew."""
        watched.remove(conn)
        conn.set_timeout()
        watched.append(conn)

    def linger(self, client: socket.socket) -> bool:
        """Say that nothing more comes, and watch until the other end says so too."""
        if len(self._lingering) >= OTHER_FILES // 2:
            return False
        try:
            client.shutdown(socket.SHUT_WR)
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
