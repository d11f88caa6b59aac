"""Minutes on the desk: listed, downloaded, whole for dinas alone, corrected by two people."""

from __future__ import annotations

from hashlib import sha256
from io import BytesIO
from operator import attrgetter
from typing import Any
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from portal.accounts.models import Account
from registry.documents.content import mask_nik
from registry.intake import Keys
from registry.rules.lifecycle import Role
from registry.store.bulk import table_of
from registry.store.models import Access, Application, Correction, Event, Minutes, Verdict
from registry.store.session import sessions
from tests.integration.evenings import Evening, evening
from tests.integration.portal.accounts.people import Office, accept, post
from tests.integration.registration import CIDENG, GAMBIR, PERIOD
from tests.unit.registry.documents.reading import run_together, whole
from worker.minutes import MinutesDesk

HERE = f"/musyawarah/{GAMBIR}/berita-acara"
WHY = "Pemeriksaan Inspektorat nomor 12."
WRONG = "Nama nomor 2 salah tulis di daftar hadir."


@pytest.fixture
def desk(database: Engine, keys: Keys) -> MinutesDesk:
    return MinutesDesk(sessions(database), keys.ring, "https://daftar.example.go.id")


@pytest.fixture
def asked(database: Engine, keys: Keys) -> Evening:
    """Give an evening in Gambir whose minutes are not made yet."""
    return evening(database, keys)


@pytest.fixture
def held(asked: Evening, desk: MinutesDesk) -> Evening:
    assert desk.make(asked.minutes_id) == "made"
    return asked


def rows(bind: Engine, model: Any) -> list[Any]:
    with bind.connect() as connection:
        return list(connection.execute(select(table_of(model))))


def events(bind: Engine, *kinds: str) -> list[tuple[str, str, dict[str, Any]]]:
    told = sorted(rows(bind, Event), key=attrgetter("id"))
    found = [(each.kind, each.actor_role, each.details) for each in told]
    return [each for each in found if each[0] in kinds]


def test_list_says_what_there_is(office: Office, held: Evening) -> None:
    page = office.signed_in(Role.REVIEWER).get(HERE).text
    for said in ("BA-001/31.71.01.1001/2026-1", "Ke-1, 18 November 2026", "Dibuat", "PDF"):
        assert said in page


def test_before_they_are_made_the_list_says_so(office: Office, asked: Evening) -> None:
    officer = office.signed_in(Role.REVIEWER)
    assert "Sedang dibuat" in officer.get(HERE).text
    assert "Sedang dibuat" in officer.get(f"{HERE}/1").text
    assert officer.get(f"{HERE}/1.pdf").status_code == 404


def test_minutes_that_fail_are_said_to(office: Office, asked: Evening) -> None:
    office.run("UPDATE minutes SET attempts = 3")
    dinas = office.signed_in(Role.DINAS)
    assert "Belum berhasil dibuat" in dinas.get(HERE).text
    assert "sesudah 3 kali" in dinas.get(f"{HERE}/1").text


def test_without_any_the_page_says_how_they_come(office: Office, period: str) -> None:
    assert "sesudah lurah menutup sidang" in office.signed_in(Role.CHAIR).get(HERE).text


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.CHAIR, Role.DINAS, Role.AUDITOR])
def test_what_is_downloaded_is_what_was_issued_and_masked(
    office: Office, database: Engine, held: Evening, role: Role
) -> None:
    client = office.signed_in(role)
    pdf, xlsx = client.get(f"{HERE}/1.pdf"), client.get(f"{HERE}/1.xlsx")
    (kept,) = rows(database, Minutes)
    assert sha256(pdf.data).digest() == kept.file_digest
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert "BA-001_31.71.01.1001_2026-1.pdf" in pdf.headers["Content-Disposition"]
    assert pdf.headers["Cache-Control"] == "no-store"
    printed = run_together(pdf.data)
    cells = ZipFile(BytesIO(xlsx.data)).read("xl/sharedStrings.xml").decode()
    for nik in held.niks:
        assert mask_nik(nik) in printed
        assert mask_nik(nik) in cells
        assert nik not in printed + cells
    taken = events(database, "minutes_opened")
    assert taken == [
        ("minutes_opened", role.value, {"number": 1, "form": form}) for form in ("pdf", "xlsx")
    ]


@pytest.mark.parametrize(
    ("role", "place"),
    [(Role.REVIEWER, CIDENG), (Role.CHAIR, CIDENG), (Role.COUNTER, GAMBIR), (Role.PENDAMPING, "")],
)
def test_what_is_not_ones_own_is_not_there(
    office: Office, database: Engine, held: Evening, role: Role, place: str
) -> None:
    client = office.signed_in(role, place)
    for path in ("", "/1", "/1.pdf", "/1.xlsx", "/1/perbaikan"):
        assert client.get(HERE + path).status_code == 404
    assert events(database, "minutes_opened") == []


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        (Role.REVIEWER, "Usulkan perbaikan"),
        (Role.CHAIR, ""),
        (Role.DINAS, "Lampiran lengkap"),
        (Role.AUDITOR, ""),
    ],
)
def test_each_is_offered_what_is_theirs(
    office: Office, held: Evening, role: Role, offered: str
) -> None:
    page = office.signed_in(role).get(f"{HERE}/1").text
    found = [each for each in ("Usulkan perbaikan", "Lampiran lengkap") if each in page]
    assert found == list(filter(None, [offered]))


@pytest.mark.parametrize("path", ["/2", "/0", "/2.pdf", "/1.docx", "/x", "/1?putaran=1999-1"])
def test_what_does_not_exist_is_not_there(office: Office, held: Evening, path: str) -> None:
    assert office.signed_in(Role.REVIEWER).get(HERE + path).status_code == 404


def full(client: FlaskClient, reason: str) -> TestResponse:
    return post(client, f"{HERE}/1/lengkap", page="/akun", alasan=reason)


def test_full_annex_is_for_dinas_for_a_reason_and_under_their_name(
    office: Office, database: Engine, held: Evening
) -> None:
    answer = full(office.signed_in(Role.DINAS), WHY)
    assert answer.status_code == 200
    printed = run_together(answer.data)
    assert all(nik in printed for nik in held.niks)
    name = next(each.full_name for each in office_accounts(office) if each.role == "dinas")
    assert f"SALINANLENGKAP–RAHASIA–{name.replace(' ', '')}," in printed
    opened = rows(database, Access)
    assert {each.application_id for each in opened} == set(held.ids)
    assert {(each.opened, each.reason, each.actor_role) for each in opened} == {
        ("annex", WHY, "dinas")
    }
    assert events(database, "annex_opened") == [("annex_opened", "dinas", {"number": 1})]


def office_accounts(office: Office) -> list[Any]:
    with office.database.connect() as connection:
        return list(connection.execute(select(table_of(Account))))


@pytest.mark.parametrize("reason", ["", "  ", "pendek", "x" * 301])
def test_full_annex_without_a_reason_is_not_made(
    office: Office, database: Engine, held: Evening, reason: str
) -> None:
    answer = full(office.signed_in(Role.DINAS), reason)
    assert answer.status_code == 422
    assert "Tulis alasannya" in answer.text
    assert reason in answer.text
    assert rows(database, Access) == []


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.CHAIR, Role.COUNTER, Role.AUDITOR])
def test_full_annex_is_for_nobody_else(
    office: Office, database: Engine, held: Evening, role: Role
) -> None:
    assert full(office.signed_in(role), WHY).status_code == 404
    assert rows(database, Access) == []


def test_forged_form_changes_nothing(office: Office, database: Engine, held: Evening) -> None:
    dinas, officer = office.signed_in(Role.DINAS), office.signed_in(Role.REVIEWER)
    assert dinas.post(f"{HERE}/1/lengkap", data={"alasan": WHY}).status_code == 400
    assert officer.post(f"{HERE}/1/perbaikan", data={"alasan": WRONG}).status_code == 400
    assert rows(database, Access) + rows(database, Correction) == []


def propose(client: FlaskClient, **fields: str) -> TestResponse:
    given = {"alasan": WRONG, "nama-2": "Djoko Susilo", **fields}
    return post(client, f"{HERE}/1/perbaikan", page="/akun", **given)


def decide(client: FlaskClient, bind: Engine, answer: str, **fields: str) -> TestResponse:
    (waiting,) = rows(bind, Correction)
    path = f"{HERE}/1/perbaikan/putusan"
    given = {"usulan": waiting.id.hex(), "putusan": answer, **fields}
    return post(client, path, page="/akun", **given)


def test_correction_is_recorded_by_one_and_approved_by_another(
    office: Office, database: Engine, held: Evening, desk: MinutesDesk
) -> None:
    officer, lurah = office.signed_in(Role.REVIEWER), office.signed_in(Role.CHAIR)
    before = [rows(database, each) for each in (Minutes, Verdict, Application)]
    sentence = {"nomor-1": "3", "kalimat-1": "Keluarga pindah bulan Mei."}
    assert propose(officer, catatan="Listrik padam.", **sentence).status_code == 303
    assert len(rows(database, Minutes)) == 1
    page = lurah.get(f"{HERE}/1").text
    for said in (WRONG, "Joko Susilo", "Djoko Susilo", "Listrik padam.", "bulan Mei"):
        assert said in page
    assert decide(lurah, database, "setuju").status_code == 303
    old, new = rows(database, Minutes)
    assert (new.number, new.corrects) == (2, old.id)
    assert desk.make(new.id) == "made"
    printed = whole(lurah.get(f"{HERE}/2.pdf").data)
    for said in (WRONG, "Djoko Susilo", "Listrik padam.", "Keluarga pindah bulan Mei."):
        assert said in printed
    assert old.digest.hex() in printed.replace(" ", "")
    assert "Diganti oleh nomor 2" in officer.get(HERE).text
    after = [rows(database, each) for each in (Minutes, Verdict, Application)]
    assert [after[0][:1], *after[1:]] == before
    kinds = [kind for kind, _, _ in events(database, "correction_recorded", "correction_approved")]
    assert kinds == ["correction_recorded", "correction_approved"]


def test_correction_that_is_declined_changes_nothing_and_another_may_follow(
    office: Office, database: Engine, held: Evening
) -> None:
    officer, lurah = office.signed_in(Role.REVIEWER), office.signed_in(Role.CHAIR)
    propose(officer)
    assert decide(lurah, database, "tolak").status_code == 303
    assert len(rows(database, Minutes)) == 1
    assert decide(lurah, database, "setuju").status_code == 409
    assert propose(officer).status_code == 303


def test_nobody_approves_what_they_recorded(
    office: Office, database: Engine, held: Evening
) -> None:
    """Not even a Plh, who is both."""
    client = office.app.test_client()
    person = office.invite(Role.REVIEWER)
    accept(client, person.token)
    office.set_up_totp(client, person)
    office.run(
        "INSERT INTO acting_chair (account_id, kelurahan_code, letter_number, from_on, until_on,"
        f" named_by) VALUES ({person.id}, '{GAMBIR}', '1/2026', '2020-01-01', '2099-01-01', 'x')"
    )
    propose(client)
    assert "catat sendiri" in client.get(f"{HERE}/1").text
    refused = decide(client, database, "setuju")
    assert refused.status_code == 409
    assert "disetujui oleh orang lain" in refused.text
    assert len(rows(database, Minutes)) == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"alasan": "salah"}, "paling sedikit 10 huruf"),
        ({"alasan": "x " * 300}, "terlalu panjang"),
        ({"alasan": "1234567890 12"}, "paling sedikit 10 huruf"),
        ({"nama-2": ""}, "tidak boleh kosong"),
        ({"nama-2": "3171010101010001"}, "Nama hanya huruf"),
        ({"jabatan-2": "x" * 90}, "terlalu panjang"),
        ({"nomor-1": "99", "kalimat-1": "Pindah."}, "tidak ada di agenda"),
        ({"nomor-1": "6", "kalimat-1": "Pindah."}, "belum diputuskan"),
        ({"nomor-1": "x", "kalimat-1": "Pindah."}, "tidak ada di agenda"),
        ({"nomor-1": "3"}, "keduanya"),
    ],
)
def test_what_is_wrong_with_a_correction_is_said_and_stays_typed(
    office: Office, database: Engine, held: Evening, fields: dict[str, str], said: str
) -> None:
    answer = propose(office.signed_in(Role.REVIEWER), **{"catatan": "Tetap di sini.", **fields})
    assert answer.status_code == 422
    assert said in answer.text
    assert "Tetap di sini." in answer.text
    assert rows(database, Correction) == []


def test_one_correction_waits_at_a_time(office: Office, database: Engine, held: Evening) -> None:
    officer = office.signed_in(Role.REVIEWER)
    propose(officer)
    again = propose(officer)
    assert again.status_code == 409
    assert "menunggu lurah" in again.text
    assert len(rows(database, Correction)) == 1


def test_minutes_are_corrected_once(office: Office, database: Engine, held: Evening) -> None:
    officer, lurah = office.signed_in(Role.REVIEWER), office.signed_in(Role.CHAIR)
    propose(officer)
    decide(lurah, database, "setuju")
    assert "sudah diperbaiki" in propose(officer).text
    assert len(rows(database, Minutes)) == 2


@pytest.mark.parametrize(
    ("role", "place"),
    [(Role.CHAIR, CIDENG), (Role.REVIEWER, GAMBIR), (Role.DINAS, ""), (Role.AUDITOR, "")],
)
def test_only_the_chair_of_the_kelurahan_approves(
    office: Office, database: Engine, held: Evening, role: Role, place: str
) -> None:
    propose(office.signed_in(Role.REVIEWER))
    assert decide(office.signed_in(role, place), database, "setuju").status_code == 404
    assert len(rows(database, Minutes)) == 1


@pytest.mark.parametrize("fields", [{"usulan": "zz"}, {"usulan": ""}, {"usulan": "00" * 16}])
def test_a_correction_that_is_none_is_not_there(
    office: Office, database: Engine, held: Evening, fields: dict[str, str]
) -> None:
    propose(office.signed_in(Role.REVIEWER))
    assert decide(office.signed_in(Role.CHAIR), database, "setuju", **fields).status_code == 404


def test_an_auditor_is_told_of_a_correction_and_not_whom_it_names(
    office: Office, database: Engine, held: Evening
) -> None:
    propose(office.signed_in(Role.REVIEWER))
    page = office.signed_in(Role.AUDITOR).get(f"{HERE}/1").text
    assert "Usulan perbaikan" in page
    assert "Susilo" not in page


def test_minutes_of_another_round_are_found_by_it(office: Office, held: Evening) -> None:
    officer = office.signed_in(Role.REVIEWER)
    office.run(
        "INSERT INTO period (id, title, opens_at, closes_at)"
        " VALUES ('2026-2', '2', now() - interval '1 hour', now() + interval '1 day')"
    )
    assert officer.get(f"{HERE}/1").status_code == 404
    page = officer.get(f"{HERE}/1?putaran={PERIOD}").text
    assert f"/1.pdf?putaran={PERIOD}" in page
