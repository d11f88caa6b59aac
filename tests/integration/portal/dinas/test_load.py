"""Dinas' live page: right when all is well, when nothing is measured, and when a server is gone."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
import redis
from flask.testing import FlaskClient

from portal.services import services
from registry.inbox import connect
from registry.rules.lifecycle import Role
from registry.rules.load import Sample
from registry.watch import Watch
from tests.integration.portal.accounts.people import Office
from tests.integration.portal.conftest import NOWHERE

NAMES = ("Masuk", "Antrean", "Paling lama menunggu", "Diproses", "Ditolak")


@pytest.fixture
def watch(office: Office, queue_client: redis.Redis) -> Iterator[Watch]:
    """Give what the portal reads, empty."""
    with office.app.app_context():
        url = services().settings.redis_url
    with connect(url) as client:
        yield Watch(client)


@pytest.fixture
def dinas(office: Office) -> FlaskClient:
    return office.signed_in(Role.DINAS)


def said(client: FlaskClient, path: str = "") -> str:
    """Give what stands on the page, without its marks."""
    answer = client.get(f"/dinas/beban{path}")
    assert answer.status_code == 200
    page = answer.text.partition("<main")[2] or answer.text
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def an_hour(watch: Watch, a_minute: int = 600, **last: object) -> None:
    """Keep the samples of an hour in which so many came evenly, 20 wait, and some were refused."""
    now = time.time()
    for step in range(720, -1, -1):
        past = 720 - step
        arrived = 100_000 + a_minute * past // 12
        values = {"waiting": 20, "oldest": 1.5, "refused": {"nik": past // 72}, **last}
        watch.keep(Sample(now - 5 * step, arrived, **values))  # type: ignore[arg-type]


def test_nothing_is_measured_yet(dinas: FlaskClient, watch: Watch) -> None:
    shown = said(dinas)
    assert "Belum ada ukuran" in shown
    assert "<svg" not in dinas.get("/dinas/beban").text


def test_all_is_well_in_one_sentence_numbers_and_charts(dinas: FlaskClient, watch: Watch) -> None:
    an_hour(watch)
    shown = said(dinas)
    assert "Semua lancar. Pendaftaran masuk 10 per detik, antrean 20." in shown
    for each in ("Masuk 10 per detik", "Antrean 20", "Paling lama menunggu 2 detik"):
        assert each in shown
    page = dinas.get("/dinas/beban").text
    charts = re.findall(r'role="img" aria-label="([^"]+)"', page)
    assert len(charts) == 2 * len(NAMES)
    assert [each.partition(",")[0] for each in charts[::2]] == list(NAMES)
    assert charts[0] == (
        "Masuk, satu jam terakhir: tertinggi 10 per detik, terendah 10 per detik, "
        "terakhir 10 per detik"
    )
    assert "Satu NIK mendaftar terlalu sering" in shown


def test_refusals_are_told_by_kind_and_unknown_ones_together(
    dinas: FlaskClient, watch: Watch
) -> None:
    now = time.time()
    for at, many in ((now - 3000, 0), (now - 30, 10), (now - 1, 15)):
        kinds = {"busy_lookup": 100 * many, "new_kind": many, "newer_kind": many}
        watch.keep(Sample(at, 5, 0, 0.0, refused=kinds))
    shown = said(dinas)
    assert "Cek status, karena ramai 500 1.500 1.500" in shown
    assert "Lainnya 10 30 30" in shown
    assert "new_kind" not in shown
    assert "Sedang ramai" in shown


def test_a_gap_breaks_the_line(dinas: FlaskClient, watch: Watch) -> None:
    now = time.time()
    for back in (3000, 2995, 2990, 600, 595, 590, 5, 0):
        watch.keep(Sample(now - back, 10, 0, 0.0))
    first = dinas.get("/dinas/beban").text.partition("</svg>")[0]
    assert first.count("<polyline") == 3


def test_an_inbox_that_is_down_is_said_first(dinas: FlaskClient, watch: Watch) -> None:
    watch.keep(Sample(time.time() - 5, 10, 0, 0.0))
    watch.keep(Sample(time.time(), None))
    shown = said(dinas)
    assert "pendaftaran tidak bisa diterima" in shown
    assert "Antrean tidak diketahui" in shown


def test_old_measures_are_said_to_be_old(dinas: FlaskClient, watch: Watch) -> None:
    watch.keep(Sample(time.time() - 300, 10, 7, 0.0))
    shown = said(dinas)
    assert "Tidak ada ukuran baru" in shown
    assert "Antrean 7" in shown


def test_without_the_queue_server_the_page_says_so(
    dinas: FlaskClient, office: Office, watch: Watch
) -> None:
    with connect(NOWHERE) as gone:
        kept = office.app.extensions["watch"]
        office.app.extensions["watch"] = Watch(gone)
        shown = said(dinas)
        office.app.extensions["watch"] = kept
    assert "Ukuran tidak bisa dibaca sekarang" in shown


def test_the_script_gets_what_changes_alone(dinas: FlaskClient, watch: Watch) -> None:
    an_hour(watch)
    answer = dinas.get("/dinas/beban/isi")
    assert "<html" not in answer.text
    assert said(dinas, "/isi") in said(dinas)
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(answer.data) < 20_000


def test_it_is_in_the_menu_of_dinas_and_auditors_and_of_nobody_else(
    office: Office, watch: Watch
) -> None:
    for role in (Role.DINAS, Role.AUDITOR):
        client = office.signed_in(role)
        assert (
            'href="/dinas/beban" aria-current="page">Beban</a>' in client.get("/dinas/beban").text
        )
    for role in (Role.REVIEWER, Role.CHAIR, Role.COUNTER, Role.PENDAMPING):
        client = office.signed_in(role)
        for path in ("", "/isi"):
            assert client.get(f"/dinas/beban{path}").status_code == 404
        assert "/dinas/beban" not in client.get("/akun").text
    nobody = office.app.test_client()
    assert nobody.get("/dinas/beban").location == "/masuk?next=/dinas/beban"
    assert nobody.get("/dinas/beban/isi").status_code == 302
    assert nobody.post("/dinas/beban").status_code == 405
