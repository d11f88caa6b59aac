"""A household does not accept what the musyawarah decided."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from registry.opening import words
from registry.store.counter import objections_of
from tests.integration.portal.loket.visitors import Counter, send
from tests.integration.portal.support import Fields
from tests.integration.registration import CIDENG

WORDS = "Mobil itu milik <b>majikan</b>, bukan milik kami."


@pytest.fixture
def siti(counter: Counter) -> Fields:
    fields = counter.registered(1, kk="3171011203100004")
    counter.move(fields, "not_proposed")
    return fields


def objection(fields: Fields, **more: str) -> dict[str, str]:
    return {"ktp": "1", "nik": fields["nik"][0], "kk": "3171011203100004", "kata": WORDS, **more}


@pytest.mark.parametrize("by", ["bukti", "kk"])
def test_it_is_heard_again_and_its_words_are_sealed(
    counter: Counter, siti: Fields, by: str
) -> None:
    proof = {"bukti": counter.receipt(siti), "kk": ""} if by == "bukti" else {}
    officer = counter.officer()
    done = send(officer, "/loket/keberatan", **objection(siti, **proof))
    assert (done.status_code, done.location) == (303, "/loket?kabar=keberatan")
    assert "Keberatan sudah dicatat" in officer.get(done.location).text
    application = counter.application(siti)
    assert application.state == "queued"
    assert counter.kinds(siti)[-2:] == ["objected", "queued"]
    with Session(counter.database) as session:
        (taken,) = objections_of(session, application.id)
    assert b"majikan" not in taken.sealed
    assert words(counter.keys.ring, application.id, taken.sealed) == {"keberatan": WORDS}


def test_sent_twice_it_is_taken_in_once(counter: Counter, siti: Fields) -> None:
    officer = counter.officer()
    send(officer, "/loket/keberatan", **objection(siti))
    again = send(officer, "/loket/keberatan", **objection(siti))
    assert again.status_code == 422
    assert "sudah dicatat" in again.text
    assert counter.kinds(siti).count("objected") == 1


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("queued", "Belum ada keputusan"),
        ("field_check", "Belum ada keputusan"),
        ("forwarded", "Hubungi Dinas Sosial"),
        ("withdrawn", "Kirim formulir"),
    ],
)
def test_what_is_not_decided_is_not_objected_to(
    counter: Counter, siti: Fields, state: str, said: str
) -> None:
    counter.move(siti, state)
    page = send(counter.officer(), "/loket/keberatan", **objection(siti))
    assert page.status_code == 422
    assert said in page.text
    assert counter.application(siti).state == state


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kata": " - "}, "Tulis alasan keluarga"),
        ({"kata": "a" * 1001}, "Terlalu panjang"),
        ({"ktp": ""}, "Lihat dulu KTP aslinya"),
        ({"kk": ""}, "Tulis kode bukti, atau nomor KK"),
        ({"nik": "31"}, "NIK harus 16 angka"),
    ],
)
def test_what_lacks_is_said_and_what_was_typed_stays(
    counter: Counter, siti: Fields, wrong: dict[str, str], said: str
) -> None:
    page = send(counter.officer(), "/loket/keberatan", **objection(siti, **wrong))
    assert page.status_code == 422
    assert said in page.text
    assert "<b>majikan" not in page.text
    assert counter.application(siti).state == "not_proposed"


def test_another_kelurahans_household_goes_there(counter: Counter) -> None:
    fields = counter.registered(1, kelurahan=CIDENG, kk="3171011203100004")
    counter.move(fields, "not_proposed")
    page = send(counter.officer(), "/loket/keberatan", **objection(fields))
    assert page.status_code == 422
    assert "Kelurahan Cideng" in page.text
    assert counter.application(fields).state == "not_proposed"


def test_a_forged_form_takes_none_in(counter: Counter, siti: Fields) -> None:
    officer = counter.officer()
    assert officer.post("/loket/keberatan", data=objection(siti)).status_code == 400
    assert counter.application(siti).state == "not_proposed"
