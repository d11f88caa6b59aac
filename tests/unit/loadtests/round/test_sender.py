"""A sender against a portal that answers what it is told to: nothing is lost, nobody is pressed."""

from __future__ import annotations

import base64
import socketserver
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs

from loadtests.ledger import read
from loadtests.round.sender import Counts, Sender, Task
from portal.citizen.receipt import Receipt, write
from registry.rules.receipts import format_receipt, receipt_code

FORM = {"periode": "2026-1", "versi": "3"}
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


def sent_to(portal: Portal, folder: Path, *, end: int = 20, tries: int = 9) -> Counts:
    """Send the even households below ``end``."""
    host, port = portal.server_address[:2]
    task = Task(
        host=str(host),
        port=port,
        form=FORM,
        first=0,
        step=2,
        end=end,
        connections=3,
        ledger=str(folder / "ledger"),
        counts=str(folder / "counts"),
        tries=tries,
    )
    with serving(portal):
        return Sender(task).run()


def kept(folder: Path) -> list[int]:
    return sorted(number for number, _ in read([folder / "ledger"]))


def test_every_household_is_sent_once_and_its_receipt_kept(tmp_path: Path) -> None:
    portal = Portal()

    counts = sent_to(portal, tmp_path)

    assert kept(tmp_path) == list(range(0, 20, 2))
    assert set(portal.sent.values()) == {1}
    assert {bytes(i).decode() for _, i in read([tmp_path / "ledger"])} == portal.sent.keys()
    assert (counts.opened, counts.failures, counts.unanswered) == (1, [], 0)
    assert (tmp_path / "counts").exists()


def test_who_is_refused_or_not_answered_is_sent_again(tmp_path: Path) -> None:
    portal = Portal(BUSY, CLOSING, SILENT, GARBLED)

    counts = sent_to(portal, tmp_path)

    assert kept(tmp_path) == list(range(0, 20, 2))
    assert set(portal.sent.values()) == {5}
    assert (counts.refused, counts.unanswered, counts.failures) == ({"503": 20}, 20, [])


def test_who_is_refused_for_good_fails_and_the_others_go_on(tmp_path: Path) -> None:
    counts = sent_to(Portal(MOVED), tmp_path)

    assert kept(tmp_path) == []
    assert len(counts.failures) == 10
    assert counts.failures[0].endswith("HTTP 410")


def test_nobody_is_sent_for_ever(tmp_path: Path) -> None:
    portal = Portal(*[BUSY] * 9)

    counts = sent_to(portal, tmp_path, end=4, tries=3)

    assert set(portal.sent.values()) == {3}
    assert counts.failures == ["household 0: HTTP 503, 3 times", "household 2: HTTP 503, 3 times"]


def test_after_a_hundred_failures_no_more_are_sent(tmp_path: Path) -> None:
    portal = Portal(MOVED)

    counts = sent_to(portal, tmp_path, end=1_000)

    assert 100 <= len(counts.failures) <= 103
    assert len(portal.sent) == len(counts.failures)


def test_a_receipt_that_shows_another_code_is_noticed(tmp_path: Path) -> None:
    counts = sent_to(Portal(shown=b"7KQ2-9FMA-X4TD"), tmp_path, end=2)

    assert counts.failures == ["household 0: a receipt does not show its code"]
    assert kept(tmp_path) == [0]
