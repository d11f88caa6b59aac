"""Somebody comes to the counter and is registered there, or has their answers corrected."""

from __future__ import annotations

from datetime import timedelta

import pytest

from registry.rules.lifecycle import Role
from tests.integration.portal.accounts.people import Office
from tests.integration.portal.conftest import NOWHERE, NewApp
from tests.integration.portal.loket.visitors import Counter, household, send
from tests.integration.portal.support import PERIOD, Page, answered, drain, form, snapshot
from tests.integration.registration import CIDENG, GAMBIR

HOSTILE = "\"><script>alert('x')</script>{{ 7*7 }}"


@pytest.mark.parametrize("role", [Role.COUNTER, Role.REVIEWER, Role.CHAIR])
def test_the_counter_shows_what_can_be_done(counter: Counter, role: Role) -> None:
    page = counter.officer(role).get("/loket").text
    assert "Loket Gambir" in page
    for path in ("daftar", "perbaiki", "bukti", "kertas", "kertas/baru", "keberatan"):
        assert f'href="/loket/{path}"' in page
    assert 'href="/formulir.pdf"' in page


@pytest.mark.parametrize("role", [Role.DINAS, Role.AUDITOR, Role.PENDAMPING])
@pytest.mark.parametrize("path", ["", "/daftar", "/perbaiki", "/bukti", "/kertas", "/keberatan"])
def test_others_have_no_counter(counter: Counter, role: Role, path: str) -> None:
    assert counter.officer(role).get(f"/loket{path}").status_code == 404


def test_a_walk_in_is_registered_and_gets_a_receipt_to_print(counter: Counter) -> None:
    officer = counter.officer()
    page = Page(officer.get("/loket/daftar").text)
    assert page.values["diisi_oleh"] == ["6"]
    assert "persetujuan" not in page.values
    fields = household(1, diisi_oleh="6")
    sent = send(officer, "/loket/daftar", form(fields))
    assert sent.status_code == 303
    assert "Pendaftaran Anda sudah diterima" in officer.get(sent.location).text
    drain(counter.inbox, counter.keys, counter.database)
    registered = counter.application(fields)
    assert (registered.kelurahan_code, registered.helped_by) == (GAMBIR, "6")


def test_a_household_of_another_kelurahan_is_taken_too(counter: Counter) -> None:
    fields = household(1, kelurahan=CIDENG)
    assert send(counter.officer(), "/loket/daftar", form(fields)).status_code == 303
    drain(counter.inbox, counter.keys, counter.database)
    assert counter.application(fields).kelurahan_code == CIDENG


def test_sent_twice_it_is_one_application(counter: Counter) -> None:
    officer, fields = counter.officer(), form(household())
    for _ in range(2):
        assert send(officer, "/loket/daftar", fields).status_code == 303
    drain(counter.inbox, counter.keys, counter.database)
    assert counter.kinds(fields).count("received") == 1


def test_what_was_typed_stays_when_something_is_wrong(counter: Counter) -> None:
    fields = household(1, nik="31710117", alamat=HOSTILE)
    page = send(counter.officer(), "/loket/daftar", form(fields))
    assert page.status_code == 422
    assert "NIK harus 16 angka" in page.text
    assert HOSTILE not in page.text
    kept = Page(page.text).answered()
    kept.pop("csrf_token")
    assert kept == answered(fields)
    assert counter.entries() == 0


def test_members_get_their_boxes_without_scripts(counter: Counter) -> None:
    page = send(counter.officer(), "/loket/daftar", jumlah_anggota="2", aksi="anggota")
    assert page.status_code == 200
    assert {"anggota-1-nama", "anggota-2-nama"} <= Page(page.text).inputs


def test_a_forged_form_is_refused(counter: Counter) -> None:
    officer = counter.officer()
    assert officer.post("/loket/daftar", data=form(household())).status_code == 400
    assert counter.entries() == 0


def test_broken_letters_are_refused(counter: Counter) -> None:
    officer = counter.officer()
    assert send(officer, "/loket/daftar", form(household(1, nama="Si\ufffdti"))).status_code == 400
    assert counter.entries() == 0


def test_an_old_form_is_shown_anew_with_its_answers(counter: Counter) -> None:
    fields = household()
    page = send(counter.officer(), "/loket/daftar", form(fields, versi="1999-1"))
    assert page.status_code == 409
    assert Page(page.text).values["nama"] == fields["nama"]


def test_without_the_inbox_nothing_typed_is_lost(
    office: Office, period: str, new_app: NewApp, office_url: str
) -> None:
    there = Office(new_app(DATABASE_URL=office_url, INBOX_REDIS_URL=NOWHERE), office.database)
    officer, fields = there.signed_in(), household()
    assert officer.get("/loket").status_code == 200
    assert officer.get("/loket/daftar").status_code == 503
    page = send(officer, "/loket/daftar", form(fields))
    assert page.status_code == 503
    held = Page(page.text)
    assert held.values["nik"] == fields["nik"]
    assert held.values["periode"] == [PERIOD]


def test_a_closed_round_takes_no_walk_in(counter: Counter) -> None:
    counter.inbox.publish_periods([snapshot(closes=timedelta(hours=-1))])
    officer = counter.officer()
    assert "Pendaftaran sedang ditutup" in officer.get("/loket/daftar").text
    page = send(officer, "/loket/daftar", form(household()))
    assert page.status_code == 410
    assert "sudah ditutup" in page.text


def test_a_form_of_the_round_before_goes_into_the_one_that_is_open(counter: Counter) -> None:
    over = snapshot(timedelta(days=-9), timedelta(days=-2), period="2025-2")
    counter.inbox.publish_periods([over, snapshot()])
    page = send(counter.officer(), "/loket/daftar", form(household(), periode="2025-2"))
    assert page.status_code == 409
    assert Page(page.text).values["periode"] == [PERIOD]
    assert Page(page.text).values["nik"] == household()["nik"]


def test_answers_are_opened_by_receipt_and_nik_and_replace_the_earlier(counter: Counter) -> None:
    officer, fields = counter.officer(), counter.registered()
    receipt = counter.receipt(fields)
    page = send(officer, "/loket/perbaiki", nik=fields["nik"][0], bukti=receipt.lower())
    assert page.status_code == 200
    shown = Page(page.text).values
    assert shown["nama"] == [fields["nama"][0].upper()]
    assert shown["bukti_lama"] == [receipt]
    assert shown["diisi_oleh"] == ["6"]
    assert "persetujuan" not in shown
    assert counter.opened() == [("case", "Perbaikan di loket")]

    before = counter.application(fields)
    changed = {**fields, "alamat": ["Jalan Baru 5"], "bukti_lama": [receipt]}
    assert send(officer, "/loket/daftar", form(changed)).status_code == 303
    drain(counter.inbox, counter.keys, counter.database)
    after = counter.application(fields)
    assert (after.id != before.id, after.replaces) == (True, before.receipt)

    again = send(officer, "/loket/perbaiki", nik=fields["nik"][0], bukti=receipt)
    assert again.status_code == 422
    assert "sudah diganti" in again.text


@pytest.mark.parametrize("state", ["proposed", "not_proposed", "finalised"])
def test_what_is_decided_is_objected_to_not_corrected(counter: Counter, state: str) -> None:
    fields = counter.registered()
    counter.move(fields, state)
    page = send(
        counter.officer(),
        "/loket/perbaiki",
        nik=fields["nik"][0],
        bukti=counter.receipt(fields),
    )
    assert page.status_code == 422
    assert "Catat keberatan" in page.text
    assert fields["nama"][0] not in page.text
    assert counter.opened() == []


def test_another_kelurahans_application_is_corrected_there(counter: Counter) -> None:
    fields = counter.registered(1, kelurahan=CIDENG)
    page = send(
        counter.officer(), "/loket/perbaiki", nik=fields["nik"][0], bukti=counter.receipt(fields)
    )
    assert page.status_code == 422
    assert "Kelurahan Cideng" in page.text
    assert fields["nama"][0] not in page.text
    assert counter.opened() == []


@pytest.mark.parametrize(
    ("nik", "bukti", "said"),
    [
        ("", "", "Tulis NIK"),
        ("3171", "7KQ2-9FMA-X4TD", "NIK harus 16 angka"),
        ("3171011708850001", "AAAA-AAAA-AAAA", "Kode bukti tidak benar"),
        ("3171011708850001", "0000-0000-0000", "Tidak ada pendaftaran yang cocok"),
    ],
)
def test_what_does_not_fit_says_so(counter: Counter, nik: str, bukti: str, said: str) -> None:
    page = send(counter.officer(), "/loket/perbaiki", nik=nik, bukti=bukti)
    assert page.status_code == 422
    assert said in page.text
