"""A bad network between a browser and the portal: one can cut it, and see what went through."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import NamedTuple
from urllib.parse import urlsplit

_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding"}


class Passed(NamedTuple):
    """One request that the portal got, and what it answered."""

    method: str
    path: str
    status: int
    sent: bytes
    got: bytes
    size: int
    """Bytes of the answer, its headers too."""


class Network:
    """Passes requests on; `up` is whether it does, `answers` whether what comes back arrives."""

    def __init__(self, target: str) -> None:
        self.up = True
        self.answers = True
        self.passed: list[Passed] = []
        self._target = urlsplit(target).netloc
        network = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except ConnectionError:
                    self.close_connection = True

            def do_GET(self) -> None:
                network._pass_on(self)

            do_POST = do_GET  # noqa: N815 - http.server's name

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Write nothing: `passed` is the log."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def sent(self, method: str, path: str) -> list[Passed]:
        return [each for each in self.passed if (each.method, each.path) == (method, path)]

    def taken(self) -> list[Passed]:
        """Return what went through since the last time."""
        taken, self.passed = self.passed, []
        return taken

    @contextmanager
    def running(self) -> Iterator[Network]:
        Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()
        yield self
        self._server.shutdown()
        self._server.server_close()

    def _pass_on(self, asked: BaseHTTPRequestHandler) -> None:
        length = int(asked.headers.get("Content-Length", 0))
        body = asked.rfile.read(length)
        asked.close_connection = True
        if not self.up:
            return
        portal = http.client.HTTPConnection(self._target, timeout=30)
        portal.request(asked.command, asked.path, body or None, dict(asked.headers))
        answer = portal.getresponse()
        content = answer.read()
        portal.close()
        head = f"HTTP/1.1 {answer.status} {answer.reason}\r\n{answer.headers}"
        path, size = urlsplit(asked.path).path, len(head) + len(content)
        self.passed.append(Passed(asked.command, path, answer.status, body, content, size))
        if not self.answers:
            return
        asked.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in _HOP_BY_HOP:
                asked.send_header(name, value)
        asked.send_header("Connection", "close")
        asked.end_headers()
        asked.wfile.write(content)
