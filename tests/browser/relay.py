"""A relay between browser and portal that notes what went over it, whoever in the browser asked."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import urlsplit


class Carried(NamedTuple):
    """An answer as it went to the browser: bytes with its headers, and of its body alone."""

    path: str
    status: int
    size: int
    body: int


class Relay:
    """What was carried so far, and the address to open instead of the portal's."""

    def __init__(self, portal: str) -> None:
        self.portal = urlsplit(portal)
        self.carried: list[Carried] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def taken(self) -> list[Carried]:
        """Return what was carried since the last time."""
        taken, self.carried = self.carried, []
        return taken

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        relay = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                relay.carry(self)

            def log_message(self, *_: object) -> None:
                """Say nothing: what was carried is noted."""

        return Handler

    def carry(self, asked: BaseHTTPRequestHandler) -> None:
        """Pass a request on, and its answer back, byte by byte as it is."""
        onward = http.client.HTTPConnection(
            self.portal.hostname or "", self.portal.port, timeout=15
        )
        try:
            onward.request("GET", asked.path, headers=dict(asked.headers.items()))
            answer = onward.getresponse()
            body = answer.read()
            lines = [f"HTTP/1.1 {answer.status} {answer.reason}"]
            lines += [f"{name}: {value}" for name, value in answer.getheaders()]
        finally:
            onward.close()
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        path = urlsplit(asked.path).path
        self.carried.append(Carried(path, answer.status, len(head) + len(body), len(body)))
        asked.close_connection = True
        asked.wfile.write(head + body)


@contextmanager
def relay(portal: str) -> Iterator[Relay]:
    """Run a relay for a while."""
    running = Relay(portal)
    thread = threading.Thread(target=running.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield running
    finally:
        running.server.shutdown()
        running.server.server_close()
        thread.join()
