"""`fmotm regions`, on real servers."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry.inbox import Inbox
from tests.integration.fmotm.commands.conftest import Fmotm

CSV = "kelurahan,rw,rt\n31.71.01.1001,1,1\n3171011001,001,002\n31.71.01.1002,9,3\n"


def load(fmotm: Fmotm, path: Path, text: str | bytes, *words: str, code: int = 0) -> str:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return fmotm("regions", "load-rt", str(path), *words, code=code).output


def test_rt_are_loaded_and_replaced(fmotm: Fmotm, bare_inbox: Inbox, tmp_path: Path) -> None:
    path = tmp_path / "rt.csv"
    assert "The file is good: 3 RT of 2" in load(fmotm, path, CSV, "--dry-run")
    assert bare_inbox.neighbourhoods() == {}
    assert "3 are new, 0 were taken out" in load(fmotm, path, CSV)
    assert bare_inbox.neighbourhoods()["31.71.01.1001"] == {(1, 1), (2, 1)}
    assert "0 are new, 0 were taken out" in load(fmotm, path, "\ufeff" + CSV)
    load(fmotm, path, "RT,RW,Kelurahan\r\n7,1,31.71.01.1001\r\n")
    known = bare_inbox.neighbourhoods()
    assert known == {"31.71.01.1001": {(7, 1)}, "31.71.01.1002": {(3, 9)}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the column kelurahan, rw, rt is missing"),
        ("kelurahan,rw\n", "the column rt is missing"),
        ("kelurahan,rw,rt\n", "no RT in it"),
        (CSV + "31.71.01.9999,1,1\n", "line 5: no such kelurahan"),
        (CSV + "31.71.01.1001,x,1\n", "line 5: rw is not a number"),
        (CSV + "31.71.01.1001,0,1\n", "line 5: rw is not a number"),
        (CSV + "31.71.01.1001,1,1000\n", "line 5: rt is not a number"),
        (CSV + "31.71.01.1001,1\n", "line 5: rt is not a number"),
        (CSV + "31.71.01.1001,1,٣\n", "line 5: rt is not a number"),
        (CSV + "31.71.01.1001,01,01\n", "line 5: RT 1 RW 1 of 31.71.01.1001 stands there twice"),
        (CSV + "x,1,1\n" * 50, "... and 30 more"),
        (b"\xff\xfe\x00bin", "no CSV file"),
        (CSV + "\0", "line 5: no such"),
    ],
)
def test_wrong_rt_load_nothing(
    fmotm: Fmotm, bare_inbox: Inbox, tmp_path: Path, text: str | bytes, said: str
) -> None:
    assert said in load(fmotm, tmp_path / "rt.csv", text, code=1)
    assert bare_inbox.neighbourhoods() == {}
