from __future__ import annotations

import pytest

from loadtests.target import NotHere, loopback


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        (" http://127.9.8.7:81/ ", "http://127.9.8.7:81"),
        ("http://localhost", "http://localhost"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
    ],
)
def test_this_machine_may_be_loaded(typed: str, read: str) -> None:
    assert loopback(typed) == read


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "127.0.0.1:8000",
        "http://",
        "http://10.0.0.1:8000",
        "http://0.0.0.0:8000",
        "https://127.0.0.1",
        "http://fmotm.jakarta.go.id",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://127.0.0.1@example.com/",
        "http://example.com@127.0.0.1/",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:0",
        "http://127.0.0.1/daftar",
        "http://127.0.0.1/?x",
        "http://2130706433",
        "http://0x7f000001",
        "http://127.1",
        "file:///etc/passwd",
        "http://[::ffff:10.0.0.1]",
    ],
)
def test_nobody_else_is(typed: str) -> None:
    with pytest.raises(NotHere):
        loopback(typed)
