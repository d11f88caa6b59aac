"""A little HTTP server that answers as the portal does, and misbehaves when told to."""

import hashlib
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from registry.rules.answers import parse
from registry.rules.application import Application
from registry.rules.receipts import format_receipt, receipt_code

TODAY = date(2026, 1, 1)
FORM = """<!doctype html><title>Daftar</title><form method="post" action="/daftar">
<input type="hidden" name="periode" value="2026-1"><input type=hidden name=versi value="2026-1">
<button name="aksi" value="kirim">Kirim</button></form>"""
CLOSED = "<!doctype html><title>Pendaftaran ditutup</title><p>Dibuka lagi 1 Mei."

Refusal = Callable[["Handler"], None]


class Counter(ThreadingHTTPServer):
    """Takes forms at ``url``; ``refusals`` are used up, one for each POST, before it does."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.form = FORM
        self.refusals: deque[Refusal] = deque()
        self.forms: list[dict[str, list[str]]] = []
        self.pages_read = 0
        self.connections = 0
        self.hang_up = False
        self.no_code = False
        self.location = "/bukti/{token}"
        self.lock = threading.Lock()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of connections that a test has broken."""


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Counter

    def setup(self) -> None:
        super().setup()
        with self.server.lock:
            self.server.connections += 1

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass

    def do_GET(self) -> None:
        if self.path == "/daftar":
            self.answer(200, self.server.form)
            return
        with self.server.lock:
            self.server.pages_read += 1
        token = self.path.removeprefix("/bukti/")
        code = "" if self.server.no_code else format_receipt(receipt_code(bytes.fromhex(token)))
        groups = "</span>-<span>".join(code.split("-"))
        self.answer(200, f"<h1>Bukti daftar 2026</h1><p><span>{groups}</span><p>Simpan")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        form = parse_qs(body.decode(), keep_blank_values=True, strict_parsing=True)
        with self.server.lock:
            self.server.forms.append(form)
            refusal = self.server.refusals.popleft() if self.server.refusals else None
        if refusal:
            refusal(self)
            return
        application = parse(form, today=TODAY)
        if not isinstance(application, Application):
            self.answer(422, alert([problem.field for problem in application]))
            return
        token = hashlib.sha256(application.identity()).digest()[:16].hex()
        self.answer(303, "", {"Location": self.server.location.format(token=token)})

    def answer(self, status: int, page: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        body = page.encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        # As a server whose keep-alive has run out: without a word.
        self.close_connection = self.server.hang_up


def alert(fields: list[str]) -> str:
    """Return a page with an error summary, and links outside it that are none."""
    lines = "".join(f'<li><a href="#{field}">Tulis <b>ini</b><br></a>' for field in fields)
    return f'<a href="#isi">Ke isi</a><div role="alert"><ul>{lines}</ul></div><a href="#atas">'


def refuse(status: int, *, ticket: str = "", **headers: str) -> Refusal:
    """Refuse with a page that keeps the answers and may hold a ticket."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    page = '<form method="post"><input type="hidden" name="nama" value="ORANG LAIN">'
    if ticket:
        page += f'<input type="hidden" name="tiket" value="{ticket}">'
    return lambda handler: handler.answer(status, page, named)


def break_off(handler: Handler) -> None:
    """End the connection in the middle of an answer."""
    handler.wfile.write(b"HTTP/1.1 303 See Other\r\nContent-Length: 100\r\n\r\nhalf")
    handler.close_connection = True


def say_nothing(handler: Handler) -> None:
    """End the connection without an answer."""
    handler.close_connection = True


@contextmanager
def counter_open() -> Iterator[Counter]:
    """Run a counter for a while."""
    server = Counter()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
