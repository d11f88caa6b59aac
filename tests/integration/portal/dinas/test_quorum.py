"""Dinas' page of the quorum: the round's, the exceptions, and what an officer then may plan."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from registry.rules.lifecycle import Role
from registry.store.models import Musyawarah, QuorumRule
from tests.integration.portal.accounts.people import Office, token_of
from tests.integration.portal.musyawarah.room import Desk
from tests.integration.portal.support import now
from tests.integration.registration import CIDENG, GAMBIR

KUORUM = "/dinas/kuorum"
SMALL: dict[str, str | list[str]] = {"orang": "3", "unsur": "2", "wajib": ["lurah"]}


@dataclass
class Seat:
    """A device of somebody at dinas."""

    client: FlaskClient

    def text(self, path: str = "") -> str:
        answer = self.client.get(KUORUM + path)
        assert answer.status_code == 200
        return " ".join(re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2]).split())

    def post(self, path: str, **fields: str | list[str]) -> TestResponse:
        data = {"csrf_token": token_of(self.client, "/akun"), **fields}
        return self.client.post(KUORUM + path, data=data)


@pytest.fixture
def dinas(office: Office, period: str) -> Seat:
    return Seat(office.signed_in(Role.DINAS))


def rules(database: Engine) -> list[tuple[str | None, int, dict[str, object] | None]]:
    with Session(database) as session:
        found = session.scalars(select(QuorumRule).order_by(QuorumRule.id))
        return [(each.kelurahan_code, each.version, each.quorum) for each in found]


def planned(desk: Desk, **fields: str | list[str]) -> TestResponse:
    today = now().date().isoformat()
    return desk.post("", kunci=desk.hidden("", "kunci"), tanggal=today, **fields)


def test_until_dinas_sets_one_the_default_is_called_ours(dinas: Seat, office: Office) -> None:
    shown = dinas.text()
    assert "Paling sedikit 10 orang dari 4 unsur; wajib ada Lurah, RT/RW." in shown
    assert "Ini bawaan aplikasi. Dinas Sosial belum menetapkan kuorum" in shown
    officer = Desk(office.signed_in(Role.REVIEWER))
    assert "Ini bawaan aplikasi: Dinas Sosial belum menetapkan kuorum" in officer.get().text


def test_what_dinas_sets_is_where_the_plan_begins(dinas: Seat, office: Office) -> None:
    assert dinas.post("", versi="0", **SMALL).status_code == 303
    shown = dinas.text()
    assert "Paling sedikit 3 orang dari 2 unsur; wajib ada Lurah. Ditetapkan" in shown
    assert "oleh Orang Nomor" in shown
    assert "bawaan aplikasi" not in shown
    officer = Desk(office.signed_in(Role.REVIEWER))
    page = officer.get().text
    assert "Paling sedikit untuk kelurahan ini: 3 orang dari 2 unsur; wajib ada Lurah." in page
    assert "Ketentuan Dinas Sosial." in page
    assert 'name="orang" inputmode="numeric" maxlength="3" required value="3"' in page
    assert planned(officer, **SMALL).status_code == 303


@pytest.mark.parametrize(
    "less",
    [{"orang": "2"}, {"unsur": "1"}, {"wajib": ["rt_rw"]}, {"wajib": []}],
)
def test_an_officer_asks_for_more_and_never_for_less(
    dinas: Seat, office: Office, database: Engine, less: dict[str, str | list[str]]
) -> None:
    dinas.post("", versi="0", **SMALL)
    officer = Desk(office.signed_in(Role.REVIEWER))
    fields: dict[str, str | list[str]] = {**SMALL, **less}
    refused = planned(officer, **fields)
    assert refused.status_code == 422
    assert "Kuorum ini kurang dari ketentuan untuk kelurahan ini." in refused.text
    with Session(database) as session:
        assert session.scalars(select(Musyawarah)).all() == []
    more: dict[str, str | list[str]] = {"orang": "20", "unsur": "3", "wajib": ["lurah", "rt_rw"]}
    assert planned(officer, **more).status_code == 303
    today = now().date().isoformat()
    changed = officer.post("/1/rencana", versi="1", tanggal=today, **fields)
    assert changed.status_code == 422
    assert "Kuorum ini kurang dari ketentuan" in changed.text
    assert "Paling sedikit 20 orang dari 3 unsur" in officer.get("/1").text


def test_an_exception_is_added_changed_and_ended(dinas: Seat, office: Office) -> None:
    assert dinas.post("/kelurahan", versi="0", kelurahan=GAMBIR, **SMALL).status_code == 303
    assert "Gambir Gambir 3 orang dari 2 unsur; wajib ada Lurah" in dinas.text()
    here, there = (Desk(office.signed_in(Role.REVIEWER, code)) for code in (GAMBIR, CIDENG))
    assert "Ketentuan Dinas Sosial, khusus kelurahan ini." in here.get().text
    path = f"/kelurahan/{GAMBIR}"
    assert "Paling sedikit 3 orang" in dinas.text(path)
    fields: dict[str, str | list[str]] = {**SMALL, "orang": "5"}
    assert dinas.post(path, versi="1", **fields).status_code == 303
    assert "5 orang dari 2 unsur" in dinas.text()
    assert "10 orang dari 4 unsur" in there.client.get(f"/musyawarah/{CIDENG}/sidang").text
    assert dinas.post(f"{path}/hapus", versi="2").status_code == 303
    assert dinas.post(f"{path}/hapus", versi="2").status_code == 303
    assert "Tidak ada. Kuorum di atas berlaku di semua kelurahan." in dinas.text()
    assert dinas.client.get(KUORUM + path).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"orang": ""},
        {"orang": "0"},
        {"orang": "501"},
        {"orang": "9" * 5_000},
        {"orang": "٣"},
        {"orang": "3; DROP TABLE period"},
        {"unsur": "0"},
        {"unsur": "7"},
        {"unsur": "-1"},
    ],
)
@pytest.mark.parametrize("path", ["", "/kelurahan"])
def test_a_quorum_that_cannot_be_is_refused(
    dinas: Seat, database: Engine, path: str, wrong: dict[str, str]
) -> None:
    fields: dict[str, str | list[str]] = {**SMALL, **wrong}
    answer = dinas.post(path, versi="0", kelurahan=GAMBIR, **fields)
    assert answer.status_code == 422
    assert "Kuorum ini tidak mungkin dipenuhi." in answer.text
    assert rules(database) == []


def test_observers_and_nonsense_are_never_required(dinas: Seat, database: Engine) -> None:
    fields: dict[str, str | list[str]] = {**SMALL, "wajib": ["peninjau", "<b>", "rt_rw"]}
    assert dinas.post("", versi="0", **fields).status_code == 303
    quorum = {"people": 3, "elements": 2, "required": ["rt_rw"]}
    assert rules(database) == [(None, 1, quorum)]


@pytest.mark.parametrize("code", ["", "31.71.99.1001", "00.00.00.0000", "x" * 5_000, "' OR 1=1"])
def test_an_exception_for_no_kelurahan_is_refused(dinas: Seat, database: Engine, code: str) -> None:
    answer = dinas.post("/kelurahan", versi="0", kelurahan=code, **SMALL)
    assert answer.status_code == 422
    assert "Pilih kelurahannya dari daftar." in answer.text
    assert rules(database) == []


@pytest.mark.parametrize("code", ["31.71.99.1001", "00.00.00.0000", "3171011001", CIDENG])
def test_there_is_no_page_of_what_is_no_exception(dinas: Seat, database: Engine, code: str) -> None:
    dinas.post("/kelurahan", versi="0", kelurahan=GAMBIR, **SMALL)
    assert dinas.client.get(f"{KUORUM}/kelurahan/{code}").status_code == 404
    if code != CIDENG:
        assert dinas.post(f"/kelurahan/{code}", versi="0", **SMALL).status_code == 404
        assert dinas.post(f"/kelurahan/{code}/hapus", versi="0").status_code == 404
    assert len(rules(database)) == 1


@pytest.mark.parametrize("versi", ["0", "2", "", "x", "-1", "9" * 99])
def test_a_stale_page_changes_nothing_and_what_was_typed_stays(
    dinas: Seat, database: Engine, versi: str
) -> None:
    dinas.post("", versi="0", **SMALL)
    fields: dict[str, str | list[str]] = {**SMALL, "orang": "77"}
    answer = dinas.post("", versi=versi, **fields)
    assert answer.status_code == 409
    assert "Kuorum ini baru saja diubah orang lain." in answer.text
    assert 'value="77"' in answer.text
    assert len(rules(database)) == 1


def test_sent_twice_it_is_set_once(dinas: Seat, database: Engine) -> None:
    for _ in range(2):
        assert dinas.post("", versi="0", **SMALL).status_code == 303
        assert dinas.post("/kelurahan", versi="0", kelurahan=GAMBIR, **SMALL).status_code == 303
    assert [each[:2] for each in rules(database)] == [(None, 1), (GAMBIR, 1)]


def test_a_round_that_there_is_not_has_no_quorum(dinas: Seat, database: Engine) -> None:
    assert dinas.client.get(f"{KUORUM}?putaran=1999-1").status_code == 404
    assert dinas.post("?putaran=1999-1", versi="0", **SMALL).status_code == 404
    assert dinas.post("?putaran=latihan-1", versi="0", **SMALL).status_code == 404
    assert rules(database) == []


def test_without_the_token_nothing_is_set(dinas: Seat, database: Engine) -> None:
    assert dinas.client.post(KUORUM, data={"versi": "0", **SMALL}).status_code == 400
    assert rules(database) == []


def test_auditors_read_it_and_nobody_else_sees_it(
    dinas: Seat, office: Office, database: Engine
) -> None:
    dinas.post("/kelurahan", versi="0", kelurahan=GAMBIR, **SMALL)
    before = rules(database)
    posts = ("", "/kelurahan", f"/kelurahan/{GAMBIR}", f"/kelurahan/{GAMBIR}/hapus")
    auditor = Seat(office.signed_in(Role.AUDITOR))
    assert "3 orang dari 2 unsur" in auditor.text()
    assert "<form" not in auditor.client.get(KUORUM).text.partition("<main")[2]
    for role in (Role.AUDITOR, Role.REVIEWER, Role.CHAIR, Role.COUNTER, Role.PENDAMPING):
        seat = auditor if role is Role.AUDITOR else Seat(office.signed_in(role))
        if role is not Role.AUDITOR:
            assert seat.client.get(KUORUM).status_code == 404
        assert seat.client.get(f"{KUORUM}/kelurahan/{GAMBIR}").status_code == 404
        for path in posts:
            answer = seat.post(path, versi="1", kelurahan=CIDENG, orang="1", unsur="1")
            assert answer.status_code == 404, (role, path)
    assert rules(database) == before
