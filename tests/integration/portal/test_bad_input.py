"""What malformed, oversized, truncated and hostile requests get: a clear page, and no trace."""

from __future__ import annotations

import json
import socket

import pytest
from flask.testing import FlaskClient

from registry.inbox import Inbox
from tests.integration.portal.conftest import Served
from tests.integration.portal.support import FORM, Page, answered, answers, body, form

WHOLE = body(form(answers()))
UNREADABLE = {
    "json": ("application/json", json.dumps(answers()).encode()),
    "multipart": ("multipart/form-data; boundary=x", b"--x\r\n\r\n--x--\r\n"),
    "text": ("text/plain", WHOLE),
    "no type": ("", WHOLE),
    "no boundary": ("multipart/form-data", b"--"),
    "ten thousand fields": (FORM, b"&".join(b"f%d=1" % n for n in range(10_000))[:60_000]),
    "many empty fields": (FORM, b"&" * 60_000),
    "latin-1": (FORM, WHOLE + b"&patokan=caf%E9"),
    "raw latin-1": (FORM, WHOLE + b"&patokan=caf\xe9"),
    "utf-16": (FORM, WHOLE.decode().encode("utf-16")),
    "surrogate": (FORM, WHOLE + b"&patokan=%ED%A0%80"),
    "overlong": (FORM, WHOLE + b"&patokan=%C0%AF"),
    "bytes": (FORM, bytes(range(256)) * 100),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_unreadable_form_gets_400_and_leaves_no_trace(
    client: FlaskClient, inbox: Inbox, name: str
) -> None:
    content_type, data = UNREADABLE[name]

    page = client.post("/daftar", data=data, content_type=content_type)

    assert page.status_code == 400
    assert "Belum terkirim" in page.text
    assert inbox.last_number() == 0


def test_wrong_encoding_keeps_what_could_be_read(client: FlaskClient) -> None:
    fields = {name: value for name, value in answers().items() if name != "nama"}

    data = body(form(fields)) + b"&nama=Ren%E9"
    page = Page(client.post("/daftar", data=data, content_type=FORM).text)

    assert page.answered() == answered({**fields, "nama": ["Ren\ufffd"]})


def test_truncated_form_keeps_what_arrived(served: Served, inbox: Inbox) -> None:
    cut = WHOLE[: len(WHOLE) // 2]

    status, page = raw_post(served, cut, length=len(WHOLE))

    assert status == 400
    assert "terputus" in page
    assert Page(page).answered()["persetujuan"] == ["1"]
    assert inbox.last_number() == 0


@pytest.mark.parametrize("size", [64 * 1024 + 1, 1_000_000, 20_000_000])
def test_oversized_form_gets_413(served: Served, inbox: Inbox, size: int) -> None:
    status, page = raw_post(served, b"alamat=" + b"x" * (size - 7), length=size)

    assert status == 413
    assert "Kiriman terlalu besar" in page
    assert inbox.last_number() == 0


def test_announced_size_alone_is_enough_for_413(served: Served) -> None:
    status, _ = raw_post(served, b"", length=10**12)

    assert status == 413


@pytest.mark.parametrize("chunk", [WHOLE, b"x" * 300_000])
def test_form_without_a_length_is_not_taken(served: Served, inbox: Inbox, chunk: bytes) -> None:
    head = "POST /daftar HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    head += f"Content-Type: {FORM}\r\nTransfer-Encoding: chunked\r\n\r\n"
    data = head.encode() + b"%x\r\n%b\r\n0\r\n\r\n" % (len(chunk), chunk)

    status, _ = talk(served, data)

    assert status in {400, 413}
    assert inbox.last_number() == 0


HOSTILE = {
    "nul": {"nama": ["SITI\x00AMINAH"], "alamat": ["\x00"]},
    "huge": {"alamat": ["A" * 20_000], "nama": ["B" * 20_000]},
    "marks": {"nama": ["a" + "\u0301" * 10_000]},
    "bidi": {"nik": ["\u202e" * 16], "kk": ["\u0661" * 16]},
    "twice": {"nik": ["1" * 16, "2" * 16] * 50},
    "people": {"bekerja": [str(n) for n in range(300)]},
    "unknown": {"__proto__": ["1"], "anggota-99-nama": ["X"], "anggota-0-nik": ["1"]},
    "sql": {"kelurahan": ["' OR 1=1 --"], "bukti_lama": ["'; DROP TABLE application"]},
    "date": {"lahir-hari": ["٣١"], "lahir-bulan": ["²"], "lahir-tahun": ["99999999"]},
    "ticket": {"tiket": ["x" * 5_000]},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_answers_never_break_the_page(client: FlaskClient, inbox: Inbox, name: str) -> None:
    fields = form({**answers(), **HOSTILE[name]})

    page = client.post("/daftar", data=body(fields), content_type=FORM)

    assert page.status_code in {303, 422}
    assert "Traceback" not in page.text
    for path in ("/cek", "/daftar"):
        assert client.post(path, data=body(fields), content_type=FORM).status_code != 500


@pytest.mark.parametrize("data", [b"", b"=", b"&&&", b"%", b"%zz=%", b"nik"])
def test_nearly_nothing_is_answered_with_the_form(
    client: FlaskClient, inbox: Inbox, data: bytes
) -> None:
    page = client.post("/daftar", data=data, content_type=FORM)

    assert page.status_code in {400, 409, 422}
    assert "periode" in Page(page.text).inputs
    assert inbox.last_number() == 0


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("PUT", "/daftar", 405),
        ("DELETE", "/cek", 405),
        ("POST", "/", 405),
        ("GET", "/%00", 404),
        ("GET", "/../../etc/passwd", 404),
        ("GET", "/static/../app.py", 404),
        ("GET", "/bukti/", 404),
        ("GET", "/daftar/", 404),
    ],
)
def test_wrong_turns_get_a_page_in_plain_words(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    page = client.open(path, method=method)

    assert page.status_code == status
    assert "Ke halaman awal" in page.text


def raw_post(served: Served, data: bytes, *, length: int) -> tuple[int, str]:
    head = f"POST /daftar HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {FORM}\r\n"
    return talk(served, f"{head}Content-Length: {length}\r\n\r\n".encode() + data)


def talk(served: Served, data: bytes) -> tuple[int, str]:
    """Send bytes, stop sending, and read the answer, as a phone that lost half its way."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as connection:
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # answered and closed before all was sent
        answer = b""
        while part := connection.recv(65536):
            answer += part
    head, _, page = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), page.decode()
