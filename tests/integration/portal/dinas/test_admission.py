"""Dinas' page of letting in: how it stands, and the limits, with who set them and why."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
import redis
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.admission import admission
from portal.dinas.admission import FIELDS
from registry.inbox import Inbox
from registry.inbox.admission import Published, publish, published
from registry.inbox.names import ADMISSION
from registry.rules.admission import DEFAULT, Kind, Limits, Refusal
from registry.rules.lifecycle import Role
from registry.store.models import AdmissionRule
from tests.integration.portal.accounts.people import Office, token_of

PINTU = "/dinas/pintu"
USUAL = {
    "memori": "85",
    "antrean": "0",
    "simpan": "500",
    "tunggu-kirim": "700",
    "tunggu-cek": "500",
    "tunggu-lain": "300",
    "alasan": "Puncak hari terakhir",
}


@dataclass
class Seat:
    """A device of somebody at dinas."""

    client: FlaskClient

    def text(self) -> str:
        answer = self.client.get(PINTU)
        assert answer.status_code == 200
        return read(answer)

    def set(self, version: int | str = 0, **fields: str) -> TestResponse:
        changed = {name.replace("_", "-"): value for name, value in fields.items()}
        data = {"csrf_token": token_of(self.client, "/akun"), "versi": version, **USUAL, **changed}
        return self.client.post(PINTU, data=data)


def read(answer: TestResponse) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2]).split())


@pytest.fixture
def dinas(office: Office, inbox: Inbox) -> Seat:
    return Seat(office.signed_in(Role.DINAS))


def rules(database: Engine) -> list[tuple[int, Limits, str]]:
    with Session(database) as session:
        found = session.scalars(select(AdmissionRule).order_by(AdmissionRule.version))
        return [(each.version, Limits.from_json(each.limits), each.reason) for each in found]


def test_until_dinas_sets_any_the_limits_are_called_ours(dinas: Seat) -> None:
    shown = dinas.text()
    assert "Ini bawaan aplikasi. Dinas Sosial belum mengubahnya." in shown
    assert "Antre di kotak masuk 0" in shown
    assert "tutup" not in shown.lower().replace("tutup sementara", "")


def test_what_dinas_sets_holds_for_all_portals_and_is_kept(
    dinas: Seat, inbox: Inbox, database: Engine
) -> None:
    assert dinas.set(tutup_cek="on", antrean="50000").status_code == 303
    limits = Limits(depth=50_000, lookups_closed=True)
    assert published(inbox) == Published(1, limits)
    assert rules(database) == [(1, limits, "Puncak hari terakhir")]
    shown = dinas.text()
    assert "Cek status sedang ditutup." in shown
    assert "oleh Orang Nomor" in shown
    assert "belum berlaku" not in shown
    assert dinas.set(1, alasan="Selesai").status_code == 303
    assert published(inbox) == Published(2, DEFAULT)
    assert dinas.text().count("Puncak hari terakhir") == 1


def test_it_shows_how_all_processes_do(dinas: Seat, office_app: Flask) -> None:
    gate = admission(office_app)
    gate.load.refused(Kind.LOOKUP, Refusal.BUSY_LOOKUP)
    gate.load.refusal(Kind.SUBMISSION, 0.25)
    gate.sampler.sample()
    shown = dinas.text()
    assert "Cek status, karena ramai 1" in shown
    assert "Menunggu giliran, paling lama 250 milidetik" in shown
    assert "Proses yang melayani 1" in shown


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("memori", "96"),
        ("memori", "9"),
        ("memori", ""),
        ("memori", "85.5"),
        ("memori", "٨٥"),
        ("antrean", "-1"),
        ("antrean", "9" * 5_000),
        ("simpan", "0"),
        ("tunggu-kirim", "0; DROP TABLE period"),
        ("tunggu-lain", "5001"),
    ],
)
def test_a_number_that_cannot_be_is_refused_and_what_was_typed_stays(
    dinas: Seat, inbox: Inbox, database: Engine, name: str, value: str
) -> None:
    answer = dinas.set(**{name: value, "alasan": "Alasan saya"})
    assert answer.status_code == 422
    [field] = [each for each in FIELDS if each.name == name]
    assert f"Periksa angka ini: {field.label} ({field.bounds} {field.unit})." in read(answer)
    assert "Alasan saya" in answer.text
    assert (rules(database), published(inbox).version) == ([], 0)


def test_what_comes_first_never_waits_less(dinas: Seat, database: Engine) -> None:
    answer = dinas.set(tunggu_cek="800")
    assert answer.status_code == 422
    assert "Kiriman harus boleh menunggu paling lama" in answer.text
    assert rules(database) == []


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501, "\0"])
def test_without_a_reason_nothing_is_set(dinas: Seat, database: Engine, reason: str) -> None:
    answer = dinas.set(tutup_cek="on", alasan=reason)
    assert answer.status_code == 422
    assert "Tulis alasannya" in answer.text
    assert rules(database) == []


def test_a_reason_is_text_and_no_markup(dinas: Seat) -> None:
    assert dinas.set(tutup_cek="on", alasan="<script>alert(1)</script>").status_code == 303
    assert "<script>alert" not in dinas.client.get(PINTU).text


@pytest.mark.parametrize("version", ["0", "2", "", "x", "-1", "9" * 99])
def test_a_stale_page_changes_nothing(
    dinas: Seat, inbox: Inbox, database: Engine, version: str
) -> None:
    dinas.set(tutup_cek="on")
    answer = dinas.set(version, tutup_lain="on")
    assert answer.status_code == 409
    assert "Batas ini baru saja diubah orang lain." in answer.text
    assert len(rules(database)) == 1
    assert published(inbox).limits == Limits(lookups_closed=True)


def test_sent_twice_it_is_set_once(dinas: Seat, database: Engine) -> None:
    for _ in range(2):
        assert dinas.set(tutup_cek="on").status_code == 303
    assert len(rules(database)) == 1


def test_while_portals_go_by_something_else_the_page_says_so(
    dinas: Seat, inbox: Inbox, inbox_client: redis.Redis
) -> None:
    dinas.set(tutup_cek="on")
    publish(inbox, 9, Limits(depth=7))
    assert "Batas ini belum berlaku di semua pintu." in dinas.text()
    inbox_client.delete(ADMISSION)
    assert "Batas ini belum berlaku di semua pintu." in dinas.text()
    dinas.set(0, tutup_cek="on")  # the same again tells the portals again
    assert "belum berlaku" not in dinas.text()


def test_the_auditor_looks_and_changes_nothing(office: Office, inbox: Inbox) -> None:
    auditor = Seat(office.signed_in(Role.AUDITOR))
    shown = auditor.text()
    assert "Berhenti menerima kalau memori terisi 85 persen" in shown
    assert "Simpan" not in shown
    assert auditor.set(tutup_cek="on").status_code == 404
    assert published(inbox).version == 0


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.CHAIR, Role.PENDAMPING])
def test_it_is_for_nobody_else(office: Office, inbox: Inbox, role: Role) -> None:
    stranger = Seat(office.signed_in(role))
    assert stranger.client.get(PINTU).status_code == 404
    assert stranger.set(tutup_cek="on").status_code == 404
    assert published(inbox).version == 0


def test_without_the_token_nothing_is_set(dinas: Seat, database: Engine) -> None:
    assert dinas.client.post(PINTU, data={"versi": "0", **USUAL}).status_code == 400
    assert rules(database) == []
