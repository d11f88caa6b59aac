"""A portal that answers what it is told to, for senders to be tried against."""

from __future__ import annotations

import base64
import socketserver
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import parse_qs

from portal.citizen.receipt import Receipt, write
from registry.rules.receipts import format_receipt, receipt_code

NOW = datetime(2026, 11, 22, tzinfo=UTC)
BUSY = b"HTTP/1.1 503 BUSY\r\nRetry-After: 0\r\nContent-Length: 4\r\n\r\nbusy"
CLOSING = BUSY.replace(b"Retry-After", b"Connection: close\r\nRetry-After")
MOVED = b"HTTP/1.1 410 GONE\r\nContent-Length: 0\r\n\r\n"
GARBLED = b"what?\r\n\r\n"
SILENT = b""


class Portal(socketserver.ThreadingTCPServer):
    """Gives each new household the answers in ``first``, in turn, and then its receipt.

    An answer of nothing closes the connection.
    """

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, *first: bytes, shown: bytes | None = None) -> None:
        super().__init__(("127.0.0.1", 0), Phone)
        self.first = first
        self.shown = shown
        self.sent: Counter[str] = Counter()
        self.turn = threading.Lock()


class Phone(socketserver.StreamRequestHandler):
    """One connection."""

    server: Portal

    def handle(self) -> None:
        while line := self.rfile.readline():
            length = 0
            while (header := self.rfile.readline()) not in {b"\r\n", b""}:
                name, _, value = header.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            body = self.rfile.read(length)
            answer = self.receipt(line) if line.startswith(b"GET") else self.form(body)
            if not answer:
                return
            self.wfile.write(answer)

    def form(self, body: bytes) -> bytes:
        (nik,) = parse_qs(body.decode())["nik"]
        with self.server.turn:
            before = self.server.sent[nik]
            self.server.sent[nik] += 1
        if before < len(self.server.first):
            return self.server.first[before]
        token = write(Receipt(nik.encode(), NOW), "secret" * 6)
        return f"HTTP/1.1 303 SEE\r\nLocation: /bukti/{token}\r\nContent-Length: 0\r\n\r\n".encode()

    def receipt(self, line: bytes) -> bytes:
        _, _, token = line.split()[1].partition(b"/bukti/")
        nik = base64.urlsafe_b64decode(token.partition(b".")[0])[:16]
        code = self.server.shown or format_receipt(receipt_code(nik)).encode()
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(code), code)


@contextmanager
def serving(portal: Portal) -> Iterator[Portal]:
    thread = threading.Thread(target=portal.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield portal
    finally:
        portal.shutdown()
        thread.join()
        portal.server_close()
