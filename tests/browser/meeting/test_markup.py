"""The pages of a session as the W3C's checker reads them, in every stage."""

from __future__ import annotations

from pathlib import Path

import pytest

import portal
from tests.integration.portal.musyawarah.room import Room
from tests.w3c.checker import faults

pytestmark = pytest.mark.timeout(300)


def test_the_w3c_checker_finds_nothing(room: Room, tmp_path: Path) -> None:
    desk, pages = room.officer(), {}
    pages["none.html"] = desk.get().text
    room.registered(2)
    room.registered(2, ada_mobil="1")
    room.known(0, 1)
    desk.planned()
    pages["planned.html"] = desk.get("/1").text
    desk.step("bekukan", banyak="175")
    pages["frozen.html"] = desk.get("/1").text
    desk.step("buka")
    desk.attended()
    paths = {"open": "", "attendance": "/hadir", "list": "/daftar/7", "case": "/bahas/3"}
    paths |= {"keying": "/ketik", "agenda": "/agenda", "list-screen": "/layar", "recap": "/rekap"}
    pages |= {f"{name}.html": desk.get(f"/1{path}").text for name, path in paths.items()}
    desk.get("/1/bahas/3")
    pages["case-screen.html"] = desk.get("/1/layar").text
    desk.said(3, "not_proposed")
    pages["case-said.html"] = desk.get("/1/bahas/3").text
    pages["case-wrong.html"] = desk.said(4, "").text
    pages["keying-wrong.html"] = desk.post(
        "/1/ketik", kunci="00" * 16, nomor="99", putusan="1", alasan="", kalimat=""
    ).text
    desk.step("akhiri")
    pages["ended.html"] = desk.get("/1").text
    lurah = room.lurah()
    pages["closing.html"] = lurah.get("/1/tutup").text
    pages["closing-wrong.html"] = lurah.closes(9, 1, 0, 0).text
    lurah.closes(0, 1, 0, 0)
    pages["closed.html"] = desk.get("/1").text
    pages["sessions.html"] = desk.get().text
    folder = Path(portal.__file__).parent / "static"
    styles = {
        name: (folder / name).read_text() for name in ("layar.css", "meja.css", "musyawarah.css")
    }
    assert faults(tmp_path, {**pages, **styles}) == []
